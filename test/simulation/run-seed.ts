import type { CutoverState } from "../../src/decision/state.ts";
import { MINUTE_MS } from "../../src/kernel/units.ts";
import { sha256 } from "../../src/wiring-local.ts";
import type { Checker, Violation } from "./checkers/checker.ts";
import { allCheckers } from "./checkers/index.ts";
import { endingOf } from "./ending.ts";
import { type FaultSettings, type Faults, faultsOf } from "./faults/faults.ts";
import { FAULT_KINDS, type FaultKind } from "./faults/kinds.ts";
import type { Storm } from "./faults/storm.ts";
import { STORMS } from "./faults/storms.ts";
import { cutoverOf, type Parameters, parametersOf, policyOf, type RunOptions } from "./parameters.ts";
import { START } from "./start.ts";
import { senderOf } from "./world/alarm-post.ts";
import type { WorldEvent } from "./world/events.ts";
import { meddlersOf } from "./world/foreign-hands.ts";
import { peopleOf } from "./world/people.ts";
import { tracer } from "./world/trace.ts";
import { minuteAfter, type World, worldOf } from "./world/world.ts";

export type { RunOptions } from "./parameters.ts";

/** What became of one seed. The same seed and options give the same to the last bit. */
export interface SeedOutcome {
  readonly seed: number;
  readonly parameters: Parameters;
  readonly virtualMinutes: number;
  readonly ticks: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly promotions: number;
  readonly rollbacks: number;
  readonly rearms: number;
  readonly decommissions: number;
  readonly ending: string;
  readonly violations: readonly Violation[];
}

const HOUR_MS = 60 * MINUTE_MS;
/** So many of one run are plenty to look into. */
const VIOLATIONS_MAX = 20;

/**
 * One whole run of the shipped guard in a world drawn from one seed. Throws nothing: what the guard throws is a
 * violation, and so is what this world cannot go on with.
 */
export const runSeed = async (seed: number, options: RunOptions = {}): Promise<SeedOutcome> => {
  const parameters = parametersOf(seed, options);
  const violations: Violation[] = [];
  const tally = { promotions: 0, rollbacks: 0, rearms: 0, decommissions: 0 };
  const checkers = allCheckers(sha256, parameters.recomputes);
  const blame = (promise: string, what: string, at: number): void => {
    if (violations.length < VIOLATIONS_MAX) violations.push({ promise, at: at - START, what });
  };
  const until = START + parameters.hours * HOUR_MS;
  const { weather, without, storm } = parameters;
  const faults = faultsOf({
    ...{ seed, from: START, until, weather, without },
    ...(storm === undefined ? {} : broken(STORMS[storm], () => world.state())),
  });
  const watchers = [
    (event: WorldEvent) => ask(checkers, event, world, blame),
    (event: WorldEvent) => count(event, tally),
    ...(options.trace === undefined ? [] : [tracer(options.trace, START)]),
  ];
  const world: World = worldOf({
    ...{
      seed,
      start: START,
      cutover: cutoverOf(parameters),
      policy: policyOf(parameters),
      faults,
      digest: sha256,
      watchers,
    },
    keepsEvidence: parameters.recomputes,
    composites: parameters.composites ?? [],
    hasCompany: parameters.also?.includes("mixed-events") === true,
  });
  let ending = "unended";
  try {
    ending = await live(world, parameters, until);
    if (ending === "unended") blame("end", "it neither ended nor waits for anybody who was told", world.time.now());
    for (const checker of checkers)
      for (const what of (await checker.end?.(world)) ?? []) blame(checker.promise, what, world.time.now());
  } catch (error) {
    blame("bug", error instanceof Error ? (error.stack ?? error.message) : String(error), world.time.now());
  }
  // Whoever else lives in this thread has had no turn of the event loop since the run began.
  await new Promise((resolve) => setImmediate(resolve));
  const virtualMinutes = Math.round((world.time.now() - START) / MINUTE_MS);
  return {
    seed,
    parameters,
    virtualMinutes,
    ticks: world.ticks(),
    faults: faults.counts,
    ...tally,
    ending,
    violations,
  };
};

const broken = ({ odds, during }: Storm, state: () => CutoverState | null): Partial<FaultSettings> => ({
  odds,
  ...(during === undefined ? {} : { mayStrike: () => state()?.phase === during }),
});

type Blame = (promise: string, what: string, at: number) => void;

const ask = (checkers: readonly Checker[], event: WorldEvent, world: World, blame: Blame): void => {
  for (const checker of checkers) {
    const found = checker.watch(event, world);
    if (found === null) continue;
    for (const what of typeof found === "string" ? [found] : found) blame(checker.promise, what, event.at);
  }
};

type Tally = { promotions: number; rollbacks: number; rearms: number; decommissions: number };

const count = (event: WorldEvent, tally: Tally): void => {
  if (event.kind !== "stored") return;
  const { before, after } = event;
  if (after.weightPercent > (before?.weightPercent ?? 0)) tally.promotions += 1;
  if (after.latch?.verifiedAt !== undefined && before?.latch?.verifiedAt === undefined) tally.rollbacks += 1;
  if (before?.latch !== undefined && after.latch === undefined && after.phase === "armed") tally.rearms += 1;
  if (after.phase === "complete" && before?.phase !== "complete") tally.decommissions += 1;
};

/** Faults that are a state of the world, counted as they begin. */
const STANDING: readonly FaultKind[] = FAULT_KINDS.filter((kind) =>
  /^(green-|stream-|blue-|rows-|reverse-|schedule-silent|alarm-muted)/.test(kind),
);

/** Minute by minute, until the run has ended or nobody can wait any longer. */
const live = async (world: World, parameters: Parameters, until: number): Promise<string> => {
  const people = peopleOf(world, parameters, sha256);
  const meddle = meddlersOf(world, parameters);
  const send = senderOf(world, parameters);
  const { time, faults } = world;
  const latest = until + quietLimitMs(parameters);
  while (time.now() < latest) {
    const minute = minuteAfter(time.now());
    const quiet = minute >= until;
    countStanding(faults, minute);
    schedule(world, minute);
    time.at(minute + 10_000, () => {
      send(world.alarms.evaluate(minute));
    });
    time.at(minute + 20_000, meddle);
    time.at(minute + 30_000, () => {
      people.act(quiet);
      world.deadMan.evaluate(time.now());
      world.tell({ kind: "minute", at: time.now() });
    });
    await time.runTo(minute + MINUTE_MS - 1);
    const ending = endingOf(world);
    // A cutover that is complete has nothing left that could go wrong.
    if (ending !== null && (ending === "complete" || minute >= until + CALM_MS)) return ending;
  }
  return endingOf(world, true) ?? "unended";
};

const countStanding = (faults: Faults, minute: number): void => {
  for (const kind of STANDING) {
    const spell = faults.spell(kind, minute);
    if (spell !== null && spell.from > minute - MINUTE_MS) faults.count(kind);
  }
};

/** Longer than anything that is under way can take to be settled. */
const CALM_MS = 25 * MINUTE_MS;

/** How long an undisturbed cutover takes at the most, three times over. */
const quietLimitMs = ({ policy, dwellFactor }: Parameters): number =>
  policy === "production" ? 100 * HOUR_MS : 3 * HOUR_MS * Math.max(2, dwellFactor);

const schedule = (world: World, minute: ReturnType<typeof minuteAfter>): void => {
  const { time, faults } = world;
  if (faults.spell("schedule-silent", minute) !== null) return;
  const late = faults.strikes("schedule-late", minute) ? faults.dice("schedule-late").between(5_000, 170_000) : 2_000;
  time.at(minute + late, () => world.tick(minute));
};
