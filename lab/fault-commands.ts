import { setTimeout as pause } from "node:timers/promises";
import { outside, refused } from "../src/cli/exit.ts";
import type { DurationMs } from "../src/kernel/units.ts";
import { FAULTS } from "./faults/faults.ts";
import { readRunningLab } from "./lab-file.ts";

const ANSWER_WITHIN_MS = 60_000;

/** The menu: a line of what goes wrong and one of what pawl should do about it. */
export const describeFaults = (): readonly string[] =>
  FAULTS.flatMap(({ name, what, expect }) => [`${name.padEnd(24)}${what}`, `${"".padEnd(24)}→ ${expect}`]);

/**
 * Brings a fault upon a running lab; with a time, waits it out and ends the fault again.
 * @throws {CommandFailure} no lab runs, it does not know the fault, or the fault could not be brought about.
 */
export const inflict = async (
  file: string,
  name: string,
  forMs: DurationMs | undefined,
  say: (line: string) => void,
): Promise<void> => {
  const fault = await ask(file, "POST", name);
  say(`${name}: ${fault["what"]}`);
  say(`expected: ${fault["expect"]}`);
  if (forMs === undefined) {
    say(`It stays until you end it: ./scripts/lab fault ${name} --end`);
    return;
  }
  try {
    await pause(forMs);
  } finally {
    await endFault(file, name, say);
  }
};

export const endFault = async (file: string, name: string, say: (line: string) => void): Promise<void> => {
  await ask(file, "DELETE", name);
  say(`${name} is over.`);
};

const ask = async (file: string, method: "POST" | "DELETE", name: string): Promise<Record<string, unknown>> => {
  const lab = readRunningLab(file);
  if (lab === undefined) throw refused("No lab runs here.", `${file} names none.`, "Start one with ./scripts/lab up.");
  const response = await fetch(`${lab.adminUrl}/faults/${encodeURIComponent(name)}`, {
    method,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const body = (await response.json()) as Record<string, unknown>;
  if (response.ok) return body;
  const why = String(body["error"]);
  if (response.status === 500)
    throw outside(`${name} could not be carried out.`, why, "See ./scripts/lab status, and the lab's log.");
  throw refused(`${name} was refused.`, why, "./scripts/lab faults lists what there is.");
};
