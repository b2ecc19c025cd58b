import { isOnBlue, mayReachGreen, type RouteSight } from "../actuation/observed-route.ts";
import { weightStands } from "../actuation/plan-writes.ts";
import { type Obstacle, sentBackObstacles } from "../decision/blocking.ts";
import { APPLY_BOUND_MS } from "../decision/bounds.ts";
import type { CutoverEvent } from "../decision/events.ts";
import { quietFrom } from "../decision/plain-mode.ts";
import { outsiderCause } from "../decision/rollback-cause.ts";
import { staysOnGreen } from "../decision/rollback-safety.ts";
import { settledLabel } from "../decision/settle-label.ts";
import type { CutoverState, Latch, LatchCause, RollbackSafety } from "../decision/state.ts";
import { toIso } from "../kernel/instant.ts";
import { type EpochMs, later, weightPercent } from "../kernel/units.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import { firingAlarms, trafficOf } from "../snapshot/take-snapshot.ts";
import type { Tick } from "./promote-tick.ts";

/** What a latched cutover still needs, and what is true of it once this tick is over. */
export interface Repair {
  readonly doing: string;
  readonly events: readonly CutoverEvent[];
  /** Traffic may still reach green, or blue has to be asserted once more. */
  readonly sendBack: boolean;
  /** Below the pin the weighted rule still names green: no traffic yet, but all of it were the pin to go. */
  readonly lower?: boolean;
  readonly obstacles: readonly Obstacle[];
  /** What people are told of it, where that is no obstacle. */
  readonly news?: string;
}

/** Whoever was to be told of the rollback may not have been: it was said past the outbox, which keeps what cannot be sent. */
export const released = ({ latch, request }: CutoverState): Repair => {
  const doing = "an operator took the latch off past the point of no return";
  const who = request === undefined ? [] : [`${request.by}: ${request.reason}`];
  const news = [latch?.record.summary ?? "", ...who, "Nothing was written; traffic is where it was."].join("\n");
  return { doing, events: [], sendBack: false, obstacles: [], news };
};

/** What is to be done under this latch now. Pure: it goes by what the tick saw. */
export const repairOf = (
  tick: Tick,
  state: CutoverState,
  latch: Latch,
  safety: RollbackSafety,
  now: EpochMs,
): Repair => {
  if (state.wayBack !== "open") return pastReturn(latch);
  if (latch.verifiedAt === undefined) return unverified(tick, state, latch, safety);
  return verified(tick, state, latch, now);
};

/** There is no rule to go back by any more; people decide, with what is left. */
const pastReturn = (latch: Latch): Repair => ({
  doing: "a rollback was asked for past the point of no return; nothing is written",
  events: [],
  sendBack: false,
  obstacles: [
    {
      what: "latch",
      value: latch.record.summary,
      threshold: "none past the point of no return",
      clears: "pawl restore says what is left; pawl resume goes on",
    },
  ],
});

/**
 * What does not wait for a lossless way back: a hard-down alarm that is in ALARM now, whose event may have been lost, or
 * have come before the latch; and somebody who sent traffic back by hand, whose word stands as it does without a latch.
 */
const endOfHold = ({ seen, cutover, at }: Tick, state: CutoverState): LatchCause | null => {
  const own = seen.snapshots.at(-1) ?? seen.snapshots[0];
  const alarm = firingAlarms(own, cutover).find(({ severity }) => severity === "hard-down");
  return alarm === undefined
    ? (outsiderCause({ state, facts: { traffic: trafficOf(own) }, tick: at })?.cause ?? null)
    : { kind: "alarm", alarmArn: alarm.arn, severity: alarm.severity, alarmAt: at };
};

const unverified = (tick: Tick, state: CutoverState, latch: Latch, safety: RollbackSafety): Repair => {
  const waits = staysOnGreen(state);
  const end = waits ? endOfHold(tick, state) : null;
  if (waits && safety.label !== "lossless" && end === null)
    return {
      doing: "held, going back would lose writes",
      events: latch.mode === "held" ? [] : [{ kind: "latchHeld" }],
      sendBack: false,
      obstacles: [
        {
          what: "held",
          value: `${safety.label}: ${safety.reasons.join("; ")}`,
          threshold: "lossless",
          clears: "the reverse stream catches up, or pawl rollback --accept-loss",
        },
        ...sentBackObstacles(state, trafficOf(tick.seen.snapshots.at(-1) ?? tick.seen.snapshots[0])),
      ],
    };
  return {
    doing: "going back to blue",
    events: waits ? [{ kind: "latchReleased", ...(end === null ? {} : { cause: end }), expected: safety }] : [],
    sendBack: true,
    obstacles: [
      {
        what: "rollback",
        ...whatVerifies(tick, latch),
      },
    ],
  };
};

const whatVerifies = ({ cutover, seen }: Tick, latch: Latch): Omit<Obstacle, "what"> => {
  const value = "not verified yet";
  const isPlain = hasPlainRoute(cutover);
  const threshold = isPlain
    ? `blue written by an answer after ${toIso(quietFrom(latch))} and seen in two reads`
    : "the pin raised by an answered write and seen in two reads";
  const why = foreignIn(seen.sights);
  if (why !== null) return { value: `${value}: ${why}`, threshold, clears: PUT_BACK };
  if (isPlain)
    return {
      value,
      threshold,
      clears: "a step sent before can no longer arrive where no pin shadows it; then the load balancer answers",
    };
  return seen.sights.some((sight) => sight.kind === "seen" && sight.observed.pin === "gone")
    ? {
        value: "somebody deleted a pin; the weights send everything to blue",
        threshold,
        clears: "the pin is created again, its ARN is in cutover.json, and that is deployed",
      }
    : { value, threshold, clears: "the load balancer answers" };
};

/** No rollback puts right what somebody else made of the rules. */
const PUT_BACK = "that is put back as cutover.json has it; every tick looks, and sends traffic back again";

const foreignIn = (sights: readonly RouteSight[]): string | null =>
  sights.find((sight) => sight.kind === "foreign")?.why ?? null;

const verified = (tick: Tick, state: CutoverState, latch: Latch, now: EpochMs): Repair => {
  const own = tick.seen.snapshots.at(-1) ?? tick.seen.snapshots[0];
  const unpinned = tick.seen.sights.length > 0 && !tick.seen.sights.every(isOnBlue);
  const reassert = latch.reassertAfter !== undefined && now > later(latch.reassertAfter, APPLY_BOUND_MS);
  const { settled, waitingFor } = settledBy(tick, state, unpinned, now);
  const greenAgain = tick.seen.sights.some(mayReachGreen);
  return {
    doing: unpinned ? wayBackAgain(tick).doing : settled === null ? "rolled back" : `settled ${settled.label}`,
    events: [
      ...(greenAgain ? [{ kind: "greenAgain" as const, at: now }] : []),
      ...(settled === null ? [] : [{ kind: "settled" as const, settled }]),
    ],
    sendBack: unpinned || reassert,
    lower: tick.seen.sights.some((sight) => sight.kind === "seen" && !weightStands(sight.observed, weightPercent(0))),
    obstacles: [
      { what: "latch", value: latch.record.summary, threshold: "none", clears: "pawl arm --again --policy <name>" },
      ...(unpinned
        ? [
            {
              what: "drift:unpinned",
              value: `${trafficOf(own).detail}${noLonger(state, greenAgain)}`,
              ...wayBackAgain(tick).obstacle,
              ...(foreignIn(tick.seen.sights) === null ? {} : { clears: PUT_BACK }),
            },
          ]
        : []),
      ...waitingFor.map((value) => ({
        what: "settle",
        value,
        threshold: "reverse proven empty",
        clears: "the drain proof arrives",
      })),
    ],
  };
};

/** While somebody sends traffic to green a proof that reverse is empty is of before, however new it is. */
const settledBy = (
  { seen }: Tick,
  state: CutoverState,
  unpinned: boolean,
  now: EpochMs,
): Pick<ReturnType<typeof settledLabel>, "settled" | "waitingFor"> => {
  if (unpinned && seen.sights.some(mayReachGreen)) return { settled: null, waitingFor: ["all traffic on blue"] };
  if (state.settled !== undefined) return { settled: null, waitingFor: [] };
  if (unpinned) return { settled: null, waitingFor: ["all traffic on blue"] };
  const own = seen.snapshots.at(-1) ?? seen.snapshots[0];
  return settledLabel(state, { waitingFor: [], ...seen.observed?.settle, instants: own.instants }, now);
};

/** Whoever was told that it has settled is told that this is open again. */
const noLonger = ({ settled }: CutoverState, greenAgain: boolean): string =>
  greenAgain && settled !== undefined ? `; that it settled as ${settled.label} is no longer proven` : "";

const wayBackAgain = ({ cutover }: Tick) =>
  hasPlainRoute(cutover)
    ? {
        doing: "sending everything to blue again",
        obstacle: { threshold: "blue alone, by the pin or the weights", clears: "rollback sends it there again" },
      }
    : {
        doing: "raising the pin again",
        obstacle: { threshold: "the pin raised", clears: "rollback raises it again" },
      };
