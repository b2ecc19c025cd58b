import { readFileSync } from "node:fs";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { recordingReader } from "../../src/rehearsal/recording/read-recording.ts";
import { replaying } from "../../src/rehearsal/replay/replay.ts";
import { livedCutover } from "./lived-cutover.ts";
import type { Figure, Measurement } from "./measurement.ts";

/** Thirty days, a tick a minute; a week of them is replayed. */
const MONTH = 43_200;
const WEEK = 10_080;

const policyOf = (name: string) => {
  const file = `policies/orders/${name}.json`;
  const loaded = loadPolicy(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8"), file);
  if (!loaded.ok) throw new Error(`${file} is no policy`);
  return loaded.value;
};

const run = (): readonly Figure[] => {
  const lines = [...livedCutover(policyOf("policy"), WEEK)];
  const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
  const reader = recordingReader((body) => body as never);
  const replay = replaying({ policy: null, against: null });
  const start = process.cpuUsage();
  for (const [index, line] of lines.entries()) for (const item of reader.take(line, index + 1)) replay.take(item);
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  const { ticks, reproduced } = replay.result();
  return [
    {
      what: "ticks a CPU second",
      value: `${Math.round(ticks / seconds)}`,
      note: `${reproduced.differing} of ${ticks} come out otherwise`,
    },
    {
      what: "CPU seconds for 43,200 ticks",
      value: ((seconds * MONTH) / ticks).toFixed(2),
      note: "reading, judging, comparing",
    },
    { what: "the recording of them", value: `${((bytes * MONTH) / ticks / 1e6).toFixed(0)} MB` },
  ];
};

export const REPLAY: Measurement = {
  name: "replay",
  about: "a week of the orders policy, judged again from its recording, and what thirty days come to",
  run,
};
