import { FAULT_KINDS, type FaultKind } from "./faults/kinds.ts";
import { STORMS, type StormName } from "./faults/storms.ts";
import { type RunOptions, runSeed, type SeedOutcome } from "./run-seed.ts";

/** The least that still breaks the same promise: which kinds of fault, and for how long. */
export interface Shrunk {
  readonly options: Pick<RunOptions, "hours" | "policy" | "without" | "plain" | "storm" | "also">;
  readonly outcome: SeedOutcome;
}

const breaks = (outcome: SeedOutcome, promise: string): boolean =>
  outcome.violations.some((violation) => violation.promise === promise);

/**
 * Switches kinds of fault off, half of them at a time and then one by one, and shortens the run, for as long as the
 * first broken promise stays broken. Every purpose draws its own numbers, so what is left goes on as it did.
 */
export const shrink = async (failed: SeedOutcome, attempts = 150): Promise<Shrunk> => {
  const { seed, parameters } = failed;
  const { hours, policy, without, plain, storm, also } = parameters;
  const promise = failed.violations[0]?.promise ?? "";
  let least: Shrunk = {
    options: {
      ...{ hours, policy, without },
      ...(plain === undefined ? {} : { plain }),
      ...(storm === undefined ? {} : { storm }),
      ...(also === undefined ? {} : { also }),
    },
    outcome: failed,
  };
  let left = attempts;
  const tryWith = async (change: Partial<Shrunk["options"]>): Promise<boolean> => {
    if (left === 0) return false;
    left -= 1;
    const options = { ...least.options, ...change };
    const outcome = await runSeed(seed, options);
    if (!breaks(outcome, promise)) return false;
    least = { options, outcome };
    return true;
  };
  const drop = (kinds: readonly string[]) =>
    tryWith({ without: [...new Set([...(least.options.without ?? []), ...kinds])] });

  const unseen = FAULT_KINDS.filter((kind) => failed.faults[kind] === undefined);
  if (unseen.length > 0) await drop(unseen);
  for (let size = 16; size >= 1; size = Math.floor(size / 2)) {
    const kinds = FAULT_KINDS.filter((kind) => !(least.options.without ?? []).includes(kind));
    for (let from = 0; from < kinds.length; from += size) await drop(kinds.slice(from, from + size));
  }
  const firstAt = (least.outcome.violations[0]?.at ?? 0) / 3_600_000;
  for (const hours of [Math.ceil(firstAt), Math.ceil(firstAt) + 1])
    if (hours > 0 && hours < (least.options.hours ?? 0) && (await tryWith({ hours }))) break;
  return least;
};

/** One line that does it again. */
export const reproduces = (seed: number, { options }: Shrunk): string => {
  const { hours, policy, plain, storm, also } = options;
  const only = kindsOf(storm).filter((kind) => options.without?.includes(kind) !== true);
  const all = only.length === kindsOf(storm).length;
  const flags = {
    policy,
    hours,
    plain,
    storm,
    also: also?.join(","),
    only: all ? undefined : only.join(",") || "none",
  };
  const said = Object.entries(flags).map(([flag, value]) => (value === undefined ? "" : ` --${flag} ${value}`));
  return `./scripts/simulate --seeds ${seed}..${seed}${said.join("")}`;
};

/** The kinds that can come about at all. */
const kindsOf = (storm: StormName | undefined): readonly FaultKind[] =>
  FAULT_KINDS.filter((kind) => storm === undefined || STORMS[storm].odds[kind] !== undefined);
