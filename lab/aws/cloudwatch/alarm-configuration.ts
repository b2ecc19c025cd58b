import type { PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import { AwsFault } from "../wire/fault.ts";
import type { Received } from "../wire/received.ts";
import type { AlarmRule, MissingData } from "./alarm-state.ts";
import { checkQueries, type MetricQuery, type QueryInput } from "./metric-queries.ts";

export type AlarmInput = Received<PutMetricAlarmInput>;

/** An alarm's configuration, checked. */
export interface AlarmConfiguration extends AlarmRule {
  readonly input: AlarmInput;
  readonly name: string;
  /** Everything the alarm reads; a plain alarm is one query with the id `m1`. */
  readonly queries: readonly MetricQuery[];
  /** The query that is compared with the threshold. */
  readonly watched: MetricQuery;
  readonly threshold: number;
  /** "greater than", for the reasons that people read. */
  readonly comparison: string;
  /** Fewest samples a percentile is judged by; 0 where low counts do not matter (aws.md 2, percentiles). */
  readonly minSamples: number;
}

const COMPARISONS: Readonly<Record<string, { readonly says: string; readonly of: (a: number, b: number) => boolean }>> =
  {
    GreaterThanThreshold: { says: "greater than", of: (a, b) => a > b },
    GreaterThanOrEqualToThreshold: { says: "greater than or equal to", of: (a, b) => a >= b },
    LessThanThreshold: { says: "less than", of: (a, b) => a < b },
    LessThanOrEqualToThreshold: { says: "less than or equal to", of: (a, b) => a <= b },
  };

const MISSING: Readonly<Record<string, MissingData>> = {
  breaching: "breaching",
  notBreaching: "notBreaching",
  ignore: "ignore",
  missing: "missing",
};

const SERVED = new Set([
  ...["AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions"],
  ...["MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit", "Metrics"],
  ...["EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator", "TreatMissingData"],
  ...["EvaluateLowSampleCountPercentile", "Tags"],
]);

const invalid = (message: string): AwsFault => new AwsFault("ValidationException", message);

/** @throws {AwsFault} whatever PutMetricAlarm refuses, and the members that the lab does not serve. */
export const acceptAlarm = (input: AlarmInput): AlarmConfiguration => {
  for (const member of Object.keys(input)) if (!SERVED.has(member)) throw invalid(`The lab does not serve ${member}`);
  const comparison = COMPARISONS[input.ComparisonOperator ?? ""];
  if (comparison === undefined) throw invalid(`The lab does not know ComparisonOperator '${input.ComparisonOperator}'`);
  const treatMissing = MISSING[input.TreatMissingData ?? "missing"];
  if (treatMissing === undefined) throw invalid(`TreatMissingData '${input.TreatMissingData}' is not known`);
  const { EvaluationPeriods = 0, DatapointsToAlarm = EvaluationPeriods, Threshold } = input;
  if (Threshold === undefined) throw invalid("An alarm needs a Threshold");
  if (EvaluationPeriods < 1 || DatapointsToAlarm < 1 || DatapointsToAlarm > EvaluationPeriods)
    throw invalid("DatapointsToAlarm must be between 1 and EvaluationPeriods");
  const queries = queriesOf(input);
  const [watched, ...others] = queries.filter((query) => query.returned);
  if (watched === undefined || others.length > 0) throw invalid("Exactly one element of Metrics must return data");
  if (queries.length > 10) throw invalid("An alarm takes at most 10 metrics");
  if ((watched.periodMs / 1_000) * EvaluationPeriods > 86_400) throw invalid("An alarm may look at most one day back");
  return {
    input,
    name: input.AlarmName,
    queries,
    watched,
    threshold: Threshold,
    comparison: comparison.says,
    breaches: (value) => comparison.of(value, Threshold),
    evaluationPeriods: EvaluationPeriods,
    datapointsToAlarm: DatapointsToAlarm,
    treatMissing,
    minSamples: minSamples(input),
  };
};

const PLAIN = ["MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit"] as const;

const queriesOf = (input: AlarmInput): readonly MetricQuery[] => {
  if (input.Metrics === undefined) return checkQueries([plainQuery(input)]);
  for (const member of PLAIN) if (input[member] !== undefined) throw invalid(`${member} cannot stand beside Metrics`);
  return checkQueries(input.Metrics);
};

const plainQuery = (input: AlarmInput, stat = input.Statistic ?? input.ExtendedStatistic): QueryInput => {
  const { Namespace, MetricName, Dimensions = [], Period, Unit } = input;
  if ((input.Statistic === undefined) === (input.ExtendedStatistic === undefined))
    throw invalid("An alarm needs either Statistic or ExtendedStatistic");
  if (Namespace === undefined || MetricName === undefined || Period === undefined || stat === undefined)
    throw invalid("An alarm needs either Metrics, or MetricName, Namespace and Period");
  return {
    Id: "m1",
    MetricStat: {
      Metric: { Namespace, MetricName, Dimensions },
      Period,
      Stat: stat,
      ...(Unit === undefined ? {} : { Unit }),
    },
  };
};

/** aws.md 2, percentiles: below 10/(1−p) samples an alarm told to `ignore` such counts keeps its state. */
const minSamples = (input: AlarmInput): number => {
  const { EvaluateLowSampleCountPercentile: low, ExtendedStatistic: stat } = input;
  if (low === undefined || low === "evaluate") return 0;
  if (low !== "ignore" || stat === undefined)
    throw invalid("EvaluateLowSampleCountPercentile goes with an ExtendedStatistic and is evaluate or ignore");
  const share = Number(stat.slice(1)) / 100;
  return Math.round(10 / (1 - share));
};

/** The number of samples behind a plain alarm's percentile. */
export const sampleCountQuery = (configuration: AlarmConfiguration): MetricQuery | undefined =>
  checkQueries([plainQuery(configuration.input, "SampleCount")])[0];
