import type { AlarmTransition } from "../contracts.ts";

export type AlarmState = AlarmTransition["to"];
export type MissingData = "breaching" | "notBreaching" | "ignore" | "missing";

export interface AlarmRule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissing: MissingData;
  readonly breaches: (value: number) => boolean;
}

export interface Point {
  readonly at: number;
  readonly value: number;
}

export interface Evaluation {
  /** null: the alarm stays in the state it is in. */
  readonly state: AlarmState | null;
  /** The real points that were judged, newest first. */
  readonly judged: readonly Point[];
  readonly breaching: number;
  /** How many missing points `treatMissing` stood in for. */
  readonly filled: number;
}

/** How many periods are looked at: more than the N of "M of N", so that missing points can be made up (aws.md 3). */
export const evaluationRange = (rule: Pick<AlarmRule, "evaluationPeriods">): number => rule.evaluationPeriods + 2;

/**
 * Judges an alarm by the points of its evaluation range, as CloudWatch documents it (aws.md 3, treatMissingData).
 *
 * The trap in it is on purpose: where at least N real points exist in the range, they alone are judged, and
 * `treatMissing` is ignored, so that errors minutes apart can still be "2 of 3" of a metric that is silent in between.
 * Only where there are fewer does `treatMissing` stand in, and then only as often as needed.
 *
 * @param range one entry per period, oldest first, undefined where the period has no datum.
 */
export const evaluateAlarm = (rule: AlarmRule, range: readonly (Point | undefined)[]): Evaluation => {
  const newestFirst = range.filter((point) => point !== undefined).reverse();
  const judged = newestFirst.slice(0, rule.evaluationPeriods);
  const breaching = judged.filter((point) => rule.breaches(point.value)).length;
  const filled = rule.evaluationPeriods - judged.length;
  const assumed = rule.treatMissing === "breaching" ? breaching + filled : breaching;
  const evaluation = { judged, breaching, filled };
  const stateIf = (holds: boolean): AlarmState => (holds ? "ALARM" : "OK");
  if (filled === 0 || rule.treatMissing === "breaching" || rule.treatMissing === "notBreaching")
    return { ...evaluation, state: stateIf(assumed >= rule.datapointsToAlarm) };
  if (breaching >= rule.datapointsToAlarm) return { ...evaluation, state: "ALARM" };
  if (judged.length === 0)
    return { ...evaluation, state: rule.treatMissing === "missing" ? "INSUFFICIENT_DATA" : null };
  if (breaching < judged.length) return { ...evaluation, state: "OK" };
  // Only breaching points, too few of them: an alarm once the oldest is at least M periods old, and not before.
  const age = range.length - range.findIndex((point) => point?.at === judged.at(-1)?.at);
  const due = rule.treatMissing === "missing" && age >= rule.datapointsToAlarm;
  return { ...evaluation, state: due ? "ALARM" : null };
};
