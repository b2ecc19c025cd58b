import type { CutoverState } from "../../../src/decision/state.ts";
import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { APPLY_BOUND_MS, INTENT_LIFE_MS, REHEARSAL_LIFE_MS, SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";
import { meddledRules } from "./meddled.ts";

type Stored = Extract<WorldEvent, { kind: "stored" }>;
type AlarmSet = Extract<WorldEvent, { kind: "alarm-set" }>;
type Latch = NonNullable<CutoverState["latch"]>;

/** A request that is longer under way than this belongs to a run that stood still with it: nobody can call it back. */
const UNDER_WAY_MS = 35_000;

/** P2: a rehearsal of the rollback moves no traffic, hides no alarm, and takes back nothing that is meant. */
export const rehearsed = (): Checker => {
  const meddled = meddledRules();
  /** By run, when it announced itself. */
  const announced = new Map<Run, number>();
  /** Rehearsals under which nothing may advance yet. */
  const holding = new Map<Run, number>();
  const rung = new Set<Run>();
  /** Latches of which somebody who meant it has been told that they are theirs. */
  const meant = new Set<string>();

  const begun = (world: World, run: Run, before: CutoverState, after: CutoverState): readonly string[] => {
    const at = after.rollbackDrill?.at ?? 0;
    announced.set(run, at);
    holding.set(run, at);
    const isQuiet = before.phase === "armed" && before.latch === undefined && before.intent === undefined;
    return [
      ...(isQuiet ? [] : [`a rehearsal began while it was ${before.phase}`]),
      ...withGreen(world, run, "a rehearsal began"),
    ];
  };

  /** What somebody gave green after the run could last have seen the rules is not its doing. */
  const withGreen = (world: World, run: Run, what: string): readonly string[] =>
    world.cutover.routes.flatMap((_, route) => {
      const last = world.rules.shares[route]?.at(-1)?.greenPercent ?? 0;
      return last > 0 && !meddled.unseenBy(run, world, route)
        ? [`${what} while green has ${last} % of route ${route}`]
        : [];
    });

  const stored = (world: World, event: Stored): readonly string[] => {
    const { run, before, after } = event;
    if (before === null || run === null) return [];
    const isRearm = before.latch !== undefined && after.latch === undefined;
    if (isRearm) holding.clear();
    return run.kind === "rehearsal" ? wrote(world, event, run, before) : [];
  };

  const wrote = (world: World, { after, at }: Stored, run: Run, before: CutoverState): readonly string[] => {
    const { latch } = before;
    if (latch !== undefined && after.latch === undefined) return taken(world, run, latch, at);
    if (after.rollbackDrill === undefined && latch === undefined) holding.delete(run);
    const isBegun = after.rollbackDrill !== undefined && after.rollbackDrill.at !== before.rollbackDrill?.at;
    return isBegun ? begun(world, run, before, after) : [];
  };

  const taken = (world: World, run: Run, latch: Latch, at: number): readonly string[] => {
    const { cause, fromPercent, record } = latch;
    const own = cause.kind === "alarm" && isSet(world, cause.alarmArn, latch.at);
    const early = latch.at + INTENT_LIFE_MS + APPLY_BOUND_MS - SKEW_MS - at;
    const loud = run.served.alarms?.filter(({ state }) => state !== "OK").length ?? 1;
    return [
      ...(fromPercent === 0 ? [] : [`a rehearsal armed again what had gone back from ${fromPercent} %`]),
      ...(own ? [] : [`a rehearsal armed again what had gone back by ${cause.kind}`]),
      ...(meant.has(record.id) ? ["a rehearsal armed again what somebody had meant"] : []),
      ...(early > 0 ? ["a rehearsal armed again while a request of before it may still arrive"] : []),
      ...(loud === 0 ? [] : [`a rehearsal armed again over ${loud} alarms that were not quiet`]),
    ];
  };

  const set = (world: World, event: AlarmSet): readonly string[] => {
    const { run, to, at, askedAt, rang } = event;
    const stoodStill = at - askedAt > UNDER_WAY_MS;
    if (to === "OK") return stoodStill || !rang ? [] : hidden(world, event);
    rung.add(run);
    const since = announced.get(run);
    if (since === undefined) return ["a rehearsal set an alarm, and had not announced it"];
    if (stoodStill) return [];
    const late = at - since > REHEARSAL_LIFE_MS + UNDER_WAY_MS + SKEW_MS;
    return [
      ...(late ? ["a rehearsal set an alarm when its time was over"] : []),
      ...withGreen(world, run, "an alarm was set"),
    ];
  };

  /** An alarm that rings by itself was made quiet: before the first step its next evaluation is early enough. */
  const hidden = (world: World, { run, at }: AlarmSet): readonly string[] => {
    const looked = run.seen?.at ?? at;
    if (!rung.has(run)) return ["an alarm that rang was made quiet by a rehearsal that had not set it"];
    const green = world.rules.greenPercent();
    return green > 0 && at - looked < UNDER_WAY_MS
      ? [`an alarm that rang was made quiet by a rehearsal, and green has ${green} %`]
      : [];
  };

  const rises = ({ run, effective, sentAt }: Extract<WorldEvent, { kind: "changed" }>): readonly string[] => {
    if (run === null || effective.to <= effective.from) return [];
    const held = [...holding.values()].some((at) => sentAt > at + SKEW_MS && sentAt < at + REHEARSAL_LIFE_MS - SKEW_MS);
    return held ? [`green rose to ${effective.to} % in a rehearsal`] : [];
  };

  /** Whoever went back in earnest, got the table's answer, and came to their own end. */
  const ended = (run: Run): void => {
    const latch = run.seen?.state.latch;
    const { back } = run;
    const isOther = back?.by === "alarm" && back.calls.some(({ arn }) => !isOf(latch, arn));
    const isEarnest = back?.by === "operator" || isOther;
    const wasTold = !run.unanswered && !run.isCutOff;
    if (latch !== undefined && isEarnest && wasTold && run.startedAt > latch.at + SKEW_MS) meant.add(latch.record.id);
  };

  return {
    promise: "P2",
    watch: (event, world) => {
      if (event.kind === "changed") {
        meddled.note(event);
        return rises(event);
      }
      if (event.kind === "rehearsed") holding.delete(event.run);
      if (event.kind === "ended") ended(event.run);
      if (event.kind === "alarm-set") return set(world, event);
      return event.kind === "stored" ? stored(world, event) : null;
    },
  };
};

const isOf = (latch: Latch | undefined, arn: string): boolean =>
  latch?.cause.kind === "alarm" && latch.cause.alarmArn === arn;

/** Whether a rehearsal had set this alarm, within its time, when the latch came. */
export const isSet = (world: World, arn: string, latchedAt: number): boolean =>
  world.alarms.setAt(arn).some((at) => at <= latchedAt + SKEW_MS && latchedAt <= at + REHEARSAL_LIFE_MS + SKEW_MS);
