import type { CutoverState } from "../../../src/decision/state.ts";
import { MINUTE_MS, parseDuration } from "../../../src/kernel/units.ts";
import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";
import { isSet } from "./rehearsed.ts";

type Stored = Extract<WorldEvent, { kind: "stored" }>;
type Sent = Extract<WorldEvent, { kind: "sent" }>;

/** P2: what ought to latch does, and under a latch nothing is announced, recorded or given up. */
export const underALatch = (): Checker => {
  /** The first of the ticks in a row that saw too little of a green with traffic. */
  let blindSince: number | null = null;

  const blindFor = (world: World, tick: number, blind: boolean): readonly string[] => {
    blindSince = blind ? (blindSince ?? tick) : null;
    const limitMs = parseDuration(world.policy.blind.after);
    if (blindSince === null || tick - blindSince < limitMs) return [];
    return [`blind since ${(tick - blindSince) / MINUTE_MS} min, and nothing went back`];
  };

  /** A tick that was judged, and left the cutover without a latch although it was shown why it must not. */
  const unlatched = (world: World, { after, before, run }: Stored): readonly string[] => {
    const tick = after.lastTick;
    if (tick === null || tick === before?.lastTick) return [];
    const served = judgedBy(world, tick, run);
    if (served === undefined) return [];
    const goesOn = after.latch === undefined && after.wayBack === "open";
    const withTraffic = goesOn && after.weightPercent > 0;
    return [
      ...(goesOn ? ringing(served) : []),
      ...(withTraffic && isBroken(served, tick) ? ["a tenth of green's answers were errors; nothing went back"] : []),
      ...blindFor(world, tick, withTraffic && isBlind(served)),
    ];
  };

  return {
    promise: "P2",
    watch: (event, world) => {
      if (event.kind === "sent") return sentWhileHeld(event);
      if (event.kind !== "stored") return null;
      return [...written(event), ...tooSoon(world, event), ...unlatched(world, event)];
    },
  };
};

/** What a tick was judged by: where its snapshot could not be stored, what the run itself had been shown. */
const judgedBy = (world: World, tick: number, run: Run | null): Run["served"] | undefined =>
  (world.table.servedAt(tick) ?? (run?.tick === tick ? run : null))?.served;

const written = ({ before, after }: Stored): readonly string[] => {
  if (before === null || after.latch === undefined) return [];
  const announced = after.intent !== undefined && after.intent.intentAt !== before.intent?.intentAt;
  return [
    ...(after.weightPercent > before.weightPercent ? [`${after.weightPercent} % was recorded under a latch`] : []),
    ...(announced ? [`${after.intent.kind} was announced under a latch`] : []),
    ...(before.wayBack === "open" && after.wayBack !== "open" ? ["the way back was given up under a latch"] : []),
    ...(isOverwritten(before, after) ? ["another latch took the place of the first"] : []),
  ];
};

const isOverwritten = (before: CutoverState, after: CutoverState): boolean =>
  before.latch !== undefined && after.latch?.record.id !== before.latch.record.id;

const tooSoon = (world: World, { before, after, at }: Stored): readonly string[] => {
  if (before?.latch === undefined || after.phase !== "armed" || after.latch !== undefined) return [];
  if (isRehearsal(world, before.latch)) return [];
  const cooledMs = parseDuration(world.policy.afterRollback.cooldown);
  return at < before.latch.at + cooledMs - SKEW_MS ? ["armed again before it had cooled down"] : [];
};

/** A rehearsal has heated nothing up. What it waits for all the same, its own checker knows. */
const isRehearsal = (world: World, { cause, fromPercent, at }: NonNullable<CutoverState["latch"]>): boolean =>
  fromPercent === 0 && cause.kind === "alarm" && isSet(world, cause.alarmArn, at);

/**
 * Whoever may override it says so in the state first. One that the table did not answer goes all the same, and what it
 * learns afterwards does not take that back.
 */
const sentWhileHeld = ({ run, what }: Sent): string | null => {
  const held = run.seen?.state.latch?.mode === "held";
  return what === "pin-up" && held && !run.unanswered ? "the pin was raised under a held latch" : null;
};

type Served = Run["served"];

const ringing = ({ alarms }: Served): readonly string[] =>
  (alarms ?? [])
    .filter(({ state }) => state === "ALARM")
    .map(({ arn }) => `${arn} was seen in ALARM, and nothing went back`);

const inLastMinutes = (served: Served, metric: string, tick: number): readonly number[] =>
  (served.metrics?.series.find((one) => one.of === "green" && one.metric === metric)?.minutes ?? [])
    .filter(({ at }) => at >= tick - 3 * MINUTE_MS && at < tick)
    .map(({ value }) => value);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What the committed policies call gross failure, in three minutes that are all there. */
const isBroken = (served: Served, tick: number): boolean => {
  const requests = inLastMinutes(served, "requests", tick);
  const errors = sum(inLastMinutes(served, "errors5xx", tick));
  return requests.length === 3 && errors >= 10 && errors >= 0.1 * sum(requests);
};

/** Blind for sure: an instant that both policies watch was not answered. What is counted by the minute may be older. */
const isBlind = ({ hosts, observed }: Served): boolean => {
  const lag = (stream: string): boolean => observed?.observations[`${stream}.lagRecords`]?.known === true;
  return hosts === undefined || !lag("forward") || !lag("reverse");
};
