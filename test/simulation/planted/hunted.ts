import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import type { StormName } from "../faults/storms.ts";
import { bundleWith } from "./bundle.ts";
import type { Fault } from "./fault.ts";
import type { Finding } from "./finding.ts";

/** What became of the hunt for one planted fault. */
export interface Hunted {
  readonly fault: Fault;
  /** Seeds that were to be run at most. */
  readonly within: number;
  /** The storm they are run in; null: any weather. */
  readonly amid: StormName | null;
  readonly finding: Finding;
  /** Why nothing can be said: the plant has rotted, or the process did not end by itself. */
  readonly trouble: string | null;
  readonly asExpected: boolean;
}

/** So long may a hunt take. A guard that hangs is not found by anybody. */
const BOUND_MS = 300_000;
/** What is redundant, or has not been seen yet, is looked for so long. */
const QUIET_SEEDS = 10;

/**
 * Runs seeds from 1 on, in a process of its own, until one shows the fault.
 * @throws {Error} the fault has rotted, or the process ended otherwise than by saying what it found.
 */
export const hunt = async (fault: Fault | null, within: number, amid: StormName | null): Promise<Finding> => {
  const bundle = await bundleWith(fault);
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [bundle, String(within), ...(amid === null ? [] : [amid])],
      { timeout: BOUND_MS },
    );
    return JSON.parse(stdout) as Finding;
  } finally {
    await rm(bundle, { force: true });
  }
};

/** Plants a fault, looks for it for as long as the table says, and holds the outcome against the table. */
export const hunted = async (fault: Fault): Promise<Hunted> => {
  const { expected } = fault;
  const within = "within" in expected ? expected.within : QUIET_SEEDS;
  const amid = ("within" in expected ? expected.amid : undefined) ?? null;
  try {
    const finding = await hunt(fault, within, amid);
    return {
      fault,
      within,
      amid,
      finding,
      trouble: null,
      asExpected: "unseen" in expected || "redundant" in expected === (finding === null),
    };
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    return { fault, within, amid, finding: null, trouble, asExpected: false };
  }
};
