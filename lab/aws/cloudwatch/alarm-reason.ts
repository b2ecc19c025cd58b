import type { EpochMs } from "../../../src/kernel/units.ts";
import type { AlarmConfiguration } from "./alarm-configuration.ts";
import { offsetTime, type ShownState } from "./alarm-events.ts";
import type { AlarmState, Evaluation, Point } from "./alarm-state.ts";

const OUTCOME: Readonly<Record<AlarmConfiguration["treatMissing"], string>> = {
  breaching: "Breaching",
  notBreaching: "NonBreaching",
  ignore: "Ignored",
  missing: "Missing",
};

/** `22/11/26 09:01:00`, as the reasons of alarms write an instant. */
const shortTime = (at: number): string => {
  const [date = "", time = ""] = new Date(at).toISOString().split(/[T.]/);
  const [year = "", month = "", day = ""] = date.split("-");
  return `${day}/${month}/${year.slice(2)} ${time}`;
};

const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** Words and data of a state that an evaluation led to, in the form of CloudWatch's own reasons. */
export const explained = (
  alarm: AlarmConfiguration,
  evaluation: Evaluation,
  change: { readonly from: AlarmState; readonly to: AlarmState; readonly at: EpochMs },
): ShownState => ({
  value: change.to,
  at: change.at,
  reason: reasonOf(alarm, evaluation, change),
  reasonData: JSON.stringify({
    version: "1.0",
    queryDate: offsetTime(change.at),
    ...statisticOf(alarm),
    period: alarm.watched.periodMs / 1_000,
    recentDatapoints: evaluation.judged.map((point) => point.value),
    threshold: alarm.threshold,
    evaluatedDatapoints: evaluation.judged.map((point) => ({ timestamp: offsetTime(point.at), value: point.value })),
  }),
});

const statisticOf = (alarm: AlarmConfiguration): object => {
  const stat = alarm.watched.input.MetricStat;
  return stat === undefined ? {} : { statistic: stat.Stat };
};

const reasonOf = (
  alarm: AlarmConfiguration,
  { judged, breaching, filled }: Evaluation,
  { from, to }: { readonly from: AlarmState; readonly to: AlarmState },
): string => {
  if (to === "INSUFFICIENT_DATA") return `Insufficient Data: ${filled} datapoints were unknown.`;
  const treated = `${filled} missing datapoint${filled === 1 ? " was" : "s were"} treated as [${OUTCOME[alarm.treatMissing]}]`;
  if (judged.length === 0)
    return `Threshold Crossed: no datapoints were received for ${filled} periods and ${treated}.`;
  const crossed = to === "ALARM";
  const said = judged.filter((point) => alarm.breaches(point.value) === crossed);
  const needed = crossed ? alarm.datapointsToAlarm : alarm.evaluationPeriods - alarm.datapointsToAlarm + 1;
  const list = said.map(({ at, value }: Point) => `${decimal(value)} (${shortTime(at)})`).join(", ");
  const count = crossed ? breaching : judged.length - breaching;
  return [
    `Threshold Crossed: ${count} out of the last ${alarm.evaluationPeriods} datapoints [${list}]`,
    `${count === 1 ? "was" : "were"} ${crossed ? "" : "not "}${alarm.comparison} the threshold (${decimal(alarm.threshold)})`,
    ...(filled === 0 ? [] : [`and ${treated}`]),
    `(minimum ${needed} datapoint${needed === 1 ? "" : "s"} for ${from} -> ${to} transition).`,
  ].join(" ");
};
