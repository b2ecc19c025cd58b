import { MINUTE_MS, parseDuration } from "../../../src/kernel/units.ts";
import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import { notAgreedTo } from "./agreed-to.ts";
import { SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";
import { evidenceGaps, wasSighted } from "./evidence-served.ts";

/** Of the cutover's own alarms: those that one over others stands for are no reason for anything. */
const listedFiringAt = ({ alarms, cutover }: World): number | null =>
  alarms.lastFiringAt(cutover.alarms.map(({ arn }) => arn));

/** Whether anything was really wrong in the last minutes, for which going back is right. */
const hadReason = (world: World, at: number, meddledAt: number): boolean => {
  if (at - meddledAt < 15 * MINUTE_MS) return true;
  if (at - (listedFiringAt(world) ?? 0) < 15 * MINUTE_MS) return true;
  for (let back = 0; back <= 15; back += 0.5) if (!world.truth.isHealthy(at - back * MINUTE_MS)) return true;
  return false;
};

/** Also whoever went back without the table's answer, and any operator: promote finds it as it would anybody else's. */
const isByHand = ({ run, what, weighted }: Extract<WorldEvent, { kind: "changed" }>): boolean =>
  run === null ||
  (what === "pin-up" && (run.kind === "operator" || run.unanswered)) ||
  (run.unanswered && weighted.to < weighted.from);

const isArmed = ({ before, after }: Extract<WorldEvent, { kind: "stored" }>): boolean =>
  after.phase === "armed" && after.latch === undefined && (before === null || before.latch !== undefined);

/** P3: not knowing never promotes, and by itself never rolls back before the limit of blindness. */
export const notKnowing = (): Checker => {
  let meddledAt = Number.NEGATIVE_INFINITY;
  /** Ticks that saw everything and were committed without a rollback, newest last. */
  let sighted: number[] = [];
  /** Since when green has, or may have, traffic: before that there is nothing to be blind to. */
  let litAt: number | null = null;
  /** No alarm of before then counts; when the run began that has armed, or armed again. */
  let armedSince = 0;

  const latched = (world: World, { at, after, run }: Extract<WorldEvent, { kind: "stored" }>): readonly string[] => {
    const cause = after.latch?.cause;
    if (cause?.kind === "alarm") {
      const firing = listedFiringAt(world);
      const rings = run?.served.alarms?.some(({ arn, state }) => arn === cause.alarmArn && state === "ALARM") === true;
      const recent = rings || (firing !== null && firing >= armedSince - SKEW_MS);
      const asked = world.faults.spell("alarms-unreadable", at) !== null;
      return recent || asked ? [] : ["rolled back for an alarm of before it was armed"];
    }
    if (cause?.kind !== "policy" || hadReason(world, at, meddledAt)) return [];
    const limitMs = parseDuration(world.policy.blind.after) - MINUTE_MS;
    const saw = sighted.findLast((tick) => tick > at - limitMs);
    const tooBlind = saw === undefined && (litAt === null || at - litAt >= limitMs);
    return tooBlind ? [] : [`rolled back (${cause.rules.join(", ")}) with nothing wrong, and not blind`];
  };

  const stored = (world: World, event: Extract<WorldEvent, { kind: "stored" }>): readonly string[] => {
    const { before, after } = event;
    const tick = after.lastTick;
    if (tick !== null && tick !== before?.lastTick && after.latch === undefined) {
      const run = world.table.servedAt(tick);
      if (run !== null && wasSighted(run, tick, event.at)) sighted = [...sighted.slice(-20), tick];
    }
    const found = before?.latch === undefined && after.latch !== undefined ? latched(world, event) : [];
    litAt = after.weightPercent > 0 || after.intent?.kind === "setWeight" ? (litAt ?? event.at) : null;
    return found;
  };

  const sent = (world: World, event: Extract<WorldEvent, { kind: "sent" }>): readonly string[] => {
    const { run, what, route } = event;
    const to = event.greenPercent ?? 0;
    if (what !== "weight" || run.tick === null || to <= world.rules.weightedPercent(route)) return [];
    const recorded = run.seen?.state.weightPercent ?? 0;
    if (to <= recorded) return [];
    const missing = notAgreedTo(world, run, recorded, evidenceGaps(world, run.tick, recorded).missing);
    return missing.length > 0 ? [`${to} % green asked for without knowing: ${missing.join(", ")}`] : [];
  };

  return {
    promise: "P3",
    watch: (event, world) => {
      if (event.kind === "changed" && isByHand(event)) meddledAt = event.at;
      if (event.kind === "stored") {
        if (isArmed(event)) armedSince = event.run?.startedAt ?? event.at;
        return stored(world, event);
      }
      return event.kind === "sent" ? sent(world, event) : null;
    },
  };
};
