import { PHASES } from "../../decision/state.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { FlatSnapshot } from "./flat-snapshot.ts";
import type { Picture } from "./picture.ts";

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new RangeError(`its ${what} is not what a recording holds`);
};

/**
 * What did not change since the line before has been looked at there.
 * @throws {RangeError} a part of it is not what a recording holds.
 */
export const checkPicture = (picture: Picture, before: Picture | undefined, tick: EpochMs): void => {
  demand(isObject(picture), "picture of the tick");
  const { cutover, snapshot, state, trouble, decision, verdicts, operands, back, looked } = picture;
  demand(isObject(snapshot) && snapshot.tick === tick, "snapshot");
  demand(
    Number.isSafeInteger(back) && back >= 0 && back <= tick && (looked === null || Array.isArray(looked)),
    "look back",
  );
  demand(Array.isArray(trouble) && Array.isArray(operands), "trouble");
  if (cutover !== before?.cutover) demand(isObject(cutover) && Array.isArray(cutover.alarms), "cutover");
  if (verdicts !== before?.verdicts)
    demand(isObject(verdicts) && isObject(verdicts.gates) && isObject(verdicts.rollback), "verdicts");
  if (decision !== before?.decision)
    demand(isObject(decision) && Array.isArray(decision.reasons) && Array.isArray(decision.blocking), "decision");
  demand(isState(state), "state");
};

const isState = (state: Picture["state"]): boolean =>
  isObject(state) &&
  isObject(state.soak) &&
  isObject(state.evidence) &&
  Array.isArray(state.blocking) &&
  PHASES.includes(state.phase) &&
  [state.epoch, state.armedAt, state.steppedAt, state.verifiedAt, state.weightPercent].every(Number.isSafeInteger) &&
  Number.isSafeInteger(state.step);

/** There are some fifty; an hour of minutes with any number of them would not fit into memory. */
const MOST_SIGNALS = 1_000;

const isRow = (row: FlatSnapshot["minutes"][number]): boolean =>
  isObject(row) && Number.isSafeInteger(row.at) && isSmall(row.values) && isSmall(row.absent);

const isSmall = (members: unknown): boolean => isObject(members) && Object.keys(members).length <= MOST_SIGNALS;

/** @throws {RangeError} it is no snapshot of a recording. */
export const checkSnapshot = (columns: FlatSnapshot, before: FlatSnapshot | undefined): void => {
  demand(isObject(columns), "snapshot");
  const { paths, read, values, reasons, minutes, epoch, taken, tick } = columns;
  const lists = [paths, read, values, reasons];
  demand(
    lists.every((each) => Array.isArray(each) && each.length === paths.length),
    "snapshot",
  );
  demand([epoch, taken, tick].every(Number.isSafeInteger) && Array.isArray(minutes), "snapshot");
  if (paths !== before?.paths)
    demand(
      paths.every((path) => typeof path === "string"),
      "snapshot",
    );
  for (const row of minutes) if (before?.minutes.includes(row) !== true) demand(isRow(row), "minutes");
};
