import { toIso } from "../kernel/instant.ts";
import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import { type EpochMs, earlier, later, MINUTE_MS } from "../kernel/units.ts";
import type { GateVerdict, Judgement } from "../policy/verdict.ts";
import type { TrafficReading } from "../snapshot/traffic.ts";
import type { Blocking, CutoverState } from "./state.ts";

/** A reason not to go on, before it is known since when it stands. */
export type Obstacle = Omit<Blocking, "since">;

/** Whether a tick saw what the ticks before it had seen, by what was wrong with its looking. */
export const sawTicksBefore = (trouble: readonly Pick<Obstacle, "what">[]): boolean =>
  !trouble.some(({ what }) => what === "snapshots");

/** Whether a tick was judged by the cutover's policy, and not by what stands in where that cannot be read. */
export const knowsPolicy = (trouble: readonly Pick<Obstacle, "what">[]): boolean =>
  !trouble.some(({ what }) => what === "policy");

/** Keeps `since` of what already blocked at the previous tick, so that everybody sees how long a wait has lasted. */
export const sinceWhen = (
  obstacles: readonly Obstacle[],
  previous: readonly Blocking[],
  tick: EpochMs,
): readonly Blocking[] =>
  obstacles.map((obstacle) => ({
    ...obstacle,
    since: previous.find(({ what }) => what === obstacle.what)?.since ?? tick,
  }));

/** What stands in the way as people are shown it: what blocked at the last tick, and an act that does not come about. */
export const inTheWay = ({ blocking, stoppedAct }: CutoverState): readonly Blocking[] =>
  stoppedAct === undefined
    ? blocking
    : [
        ...blocking,
        {
          what: `act:${stoppedAct.action}`,
          since: stoppedAct.since,
          value: stoppedAct.why,
          threshold: "done",
          clears: "it comes about; it is tried again every minute",
        },
      ];

/** The verdicts of the required gates; one that was not judged is unknown, never passed. */
export const verdictsOf = (required: readonly string[], judgement: Judgement): readonly GateVerdict[] =>
  required.map(
    (gate) =>
      judgement.gates.find((verdict) => verdict.gate === gate) ?? {
        gate,
        why: "",
        verdict: "unknown",
        reasons: ["it was not judged"],
        comparisons: [],
      },
  );

/** Fail wins over unknown, unknown over pass; no gates at all is unknown: nothing was asked. */
export const worstOf = (verdicts: readonly GateVerdict[]): "pass" | "fail" | "unknown" => {
  if (verdicts.some(({ verdict }) => verdict === "fail")) return "fail";
  return verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === "pass") ? "pass" : "unknown";
};

export const gateObstacles = (verdicts: readonly GateVerdict[]): readonly Obstacle[] =>
  verdicts
    .filter(({ verdict }) => verdict !== "pass")
    .map((verdict) => {
      // What cannot be compared has broken nothing; and beside what is unknown another signal's threshold would be taken for its own.
      const sought = verdict.verdict === "unknown" ? null : false;
      const told = verdict.comparisons.find(({ holds }) => holds === sought);
      return {
        what: `gate:${verdict.gate}`,
        value:
          verdict.verdict === "unknown"
            ? `unknown: ${verdict.reasons.join("; ") || "no value"}`
            : told === undefined
              ? "false"
              : `${told.what} is ${canonicalJson(told.value)}`,
        threshold: told === undefined ? "true" : `${told.operator} ${sayThreshold(told.threshold)}`,
        clears: verdict.why === "" ? "the gate passes" : `the gate passes: ${verdict.why}`,
      };
    });

/** A threshold may be reckoned from a signal, such as blue's p99, that has no value now. */
const sayThreshold = (threshold: JsonValue): string => (threshold === null ? "unknown" : canonicalJson(threshold));

export const dwellObstacle = (state: CutoverState, until: EpochMs, tick: EpochMs): readonly Obstacle[] =>
  tick >= until
    ? []
    : [
        {
          what: "dwell",
          // What settles a step reads it back after the minute that it is judged by.
          value: `${Math.max(0, Math.round((tick - state.verifiedAt) / 1000))} s at ${state.weightPercent} %`,
          threshold: `until ${toIso(until)}`,
          clears: "the step's shortest time is over",
        },
      ];

export const standingObstacles = (state: CutoverState, traffic: TrafficReading): readonly Obstacle[] => [
  ...(state.pause === undefined
    ? []
    : [
        {
          what: "pause",
          value: `by ${state.pause.by}: ${state.pause.reason}`,
          threshold: "none",
          clears: "pawl resume",
        },
      ]),
  ...(state.intent === undefined
    ? []
    : [
        {
          what: "intent",
          value: `${state.intent.kind} ${state.intent.to} % asked at ${toIso(state.intent.intentAt)}, outcome unknown`,
          threshold: "settled",
          clears: `the rules, read again after ${toIso(state.intent.notAfter)}, show all of it or nothing`,
        },
      ]),
  ...(traffic.drift === "in-sync" ? [] : [driftObstacle(state, traffic)]),
  ...(traffic.drift === "unreadable" ? sentBackBefore(state) : []),
];

const driftObstacle = ({ weightPercent }: CutoverState, { drift, detail }: TrafficReading): Obstacle => ({
  what: `drift:${drift}`,
  value: detail,
  threshold: `${weightPercent} % green as recorded`,
  clears: "the rules are as recorded, or a rollback",
});

/** Somebody else sent traffic back, by the weights or by the pin. */
const SENT_BACK = ["drift:more-blue", "drift:pin-raised"];

export const isSentBack = ({ drift }: TrafficReading): boolean => SENT_BACK.includes(`drift:${drift}`);

/** That traffic was sent back by somebody else, so that a second look can find it confirmed; none where it was not. */
export const sentBackObstacles = (state: CutoverState, traffic: TrafficReading): readonly Obstacle[] => {
  if (traffic.drift === "unreadable") return sentBackBefore(state);
  return isSentBack(traffic) ? [driftObstacle(state, traffic)] : [];
};

/** What was seen before the rules could not be read: a second look may confirm it however many could not be had between. */
const sentBackBefore = ({ blocking }: CutoverState): readonly Obstacle[] =>
  blocking.filter(({ what }) => SENT_BACK.includes(what)).map(({ since: _, ...obstacle }) => obstacle);

/** True when this stood at an earlier tick already: two reads a minute apart are not one stale read. */
export const stoodBefore = (what: string, previous: readonly Blocking[], tick: EpochMs): boolean => {
  const before = previous.find((block) => block.what === what);
  return before !== undefined && before.since <= earlier(tick, MINUTE_MS);
};

export const dwellEnds = (state: CutoverState, minDwellMs: number): EpochMs => later(state.verifiedAt, minDwellMs);
