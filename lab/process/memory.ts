import { readFileSync } from "node:fs";
import { familyOf } from "./process-table.ts";

export interface MemoryPeak {
  /** Highest sum seen over the whole process tree, MiB, rounded up. */
  readonly peakMiB: number;
  /**
   * `PSS` counts a shared page once; `RSS` counts it for every process that maps it, so it is too high, never too low.
   * It is said where any process of the peak's sample would not show its PSS, as in most containers.
   */
  readonly measure: "PSS" | "RSS";
}

interface Sample {
  readonly bytes: number;
  readonly measure: MemoryPeak["measure"];
}

const PAGE_BYTES = 4_096;

/**
 * Samples the memory of a process and everything below it until stopped.
 *
 * @param everyMs - Real milliseconds between samples. A sample of twenty processes takes some 10 ms of CPU.
 * @returns a function that takes a last sample and tells the peak.
 */
export const watchMemory = (rootPid: number, everyMs = 2_000): (() => MemoryPeak) => {
  let peak: Sample = { bytes: 0, measure: "PSS" };
  const take = (): void => {
    const sample = sampleTree(rootPid);
    if (sample.bytes > peak.bytes) peak = sample;
  };
  take();
  const timer = setInterval(take, everyMs).unref();
  return () => {
    clearInterval(timer);
    take();
    return { peakMiB: Math.ceil(peak.bytes / 1_048_576), measure: peak.measure };
  };
};

const sampleTree = (rootPid: number): Sample => {
  const samples = familyOf(new Set([rootPid])).map(({ pid }) => samplePss(pid) ?? sampleRss(pid));
  return {
    bytes: samples.reduce((sum, { bytes }) => sum + bytes, 0),
    measure: samples.some(({ measure }) => measure === "RSS") ? "RSS" : "PSS",
  };
};

/** Undefined where the kernel keeps it from us: another user's process, and no right to trace it. */
const samplePss = (pid: number): Sample | undefined => {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1];
  return kilobytes === undefined ? undefined : { bytes: Number(kilobytes) * 1_024, measure: "PSS" };
};

const sampleRss = (pid: number): Sample => {
  const pages = readOrEmpty(`/proc/${pid}/statm`).split(" ")[1];
  // A process that ended between listing and reading uses nothing, and says nothing about what may be read.
  return pages === undefined ? { bytes: 0, measure: "PSS" } : { bytes: Number(pages) * PAGE_BYTES, measure: "RSS" };
};

const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
