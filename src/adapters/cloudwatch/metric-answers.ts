import { type CloudWatchClient, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import type { EpochMs } from "../../kernel/units.ts";
import type { MetricSeries } from "../../signals/ports.ts";
import type { Question } from "./metric-questions.ts";

/** What CloudWatch said to one question: its data by instant, or why they may not be used. */
export interface Answer extends Question {
  readonly data: ReadonlyMap<number, number>;
  readonly fault: string | null;
}

export interface Missing {
  readonly what: string;
  readonly reason: string;
}

/** Asks for [from, to) and follows every page. @throws whatever the SDK throws. */
export const ask = async (
  client: CloudWatchClient,
  questions: readonly Question[],
  range: { readonly from: EpochMs; readonly to: EpochMs },
  abortSignal: AbortSignal,
): Promise<readonly Answer[]> => {
  const data = new Map(questions.map(({ query }) => [query.Id, new Map<number, number>()]));
  const statuses = new Map(questions.map(({ query }) => [query.Id, [] as string[]]));
  const warnings: string[] = [];
  const request = {
    MetricDataQueries: questions.map((question) => question.query),
    StartTime: new Date(range.from),
    EndTime: new Date(range.to),
    ScanBy: "TimestampAscending" as const,
  };
  for await (const page of paginateGetMetricData({ client }, request, { abortSignal })) {
    warnings.push(...(page.Messages ?? []).map((message) => message.Value ?? message.Code ?? "a message"));
    for (const result of page.MetricDataResults ?? []) {
      statuses.get(result.Id)?.push(result.StatusCode ?? "no status");
      for (const [index, at] of (result.Timestamps ?? []).entries()) {
        const value = result.Values?.[index];
        if (value === undefined) warnings.push(`${result.Id} has more timestamps than values`);
        else data.get(result.Id)?.set(at.getTime(), value);
      }
    }
  }
  return questions.map((question) => ({
    ...question,
    data: data.get(question.query.Id) ?? new Map(),
    fault: faultOf(statuses.get(question.query.Id) ?? [], warnings),
  }));
};

const faultOf = (statuses: readonly string[], warnings: readonly string[]): string | null => {
  if (warnings.length > 0) return `CloudWatch says: ${warnings.join("; ")}`;
  if (statuses.length === 0) return "CloudWatch did not answer this question";
  // A result that is cut off at the end of a page goes on, on the next one, under its own id.
  const isContinued = (index: number): boolean => statuses[index] === "PartialData" && index < statuses.length - 1;
  const bad = statuses.find((status, index) => status !== "Complete" && !isContinued(index));
  return bad === undefined ? null : `CloudWatch answered ${bad}, not Complete`;
};

const nameOf = ({ of, metric }: Question): string => `${of}.${metric}`;

const groupBySeries = (answers: readonly Answer[]): readonly (readonly [Answer, ...Answer[]])[] => [
  ...answers
    .reduce((groups, answer) => {
      const group = groups.get(nameOf(answer));
      if (group) group.push(answer);
      else groups.set(nameOf(answer), [answer]);
      return groups;
    }, new Map<string, [Answer, ...Answer[]]>())
    .values(),
];

const sumByMinute = (answers: readonly Answer[]): MetricSeries["minutes"] => {
  const sums = new Map<number, number>();
  for (const { data } of answers) for (const [at, value] of data) sums.set(at, (sums.get(at) ?? 0) + value);
  return [...sums].sort(([a], [b]) => a - b).map(([at, value]) => ({ at: at as EpochMs, value }));
};

/** Series of sums. One part that is not complete makes the whole series missing: half a sum is a wrong number. */
export const seriesOf = (answers: readonly Answer[]): { series: MetricSeries[]; missing: Missing[] } => {
  const series: MetricSeries[] = [];
  const missing: Missing[] = [];
  for (const group of groupBySeries(answers)) {
    const [{ of, metric }] = group;
    const fault = group.find((answer) => answer.fault !== null)?.fault ?? null;
    if (fault !== null || metric === "p99Ms") missing.push({ what: nameOf(group[0]), reason: fault ?? "not a sum" });
    else series.push({ of, metric, minutes: sumByMinute(group) });
  }
  return { series, missing };
};

const NOT_ALIGNED = "CloudWatch cut the window differently from what was asked";

/** The worst p99 of a side's target groups in milliseconds, one datum each, starting exactly at `from`. */
export const worstP99 = (
  answers: readonly Answer[],
  from: EpochMs,
): { readonly p99Ms: number | null; readonly fault: string | null } => {
  const fault =
    answers.find((answer) => answer.fault !== null)?.fault ??
    (answers.some(({ data }) => [...data.keys()].some((at) => at !== from)) ? NOT_ALIGNED : null);
  const seconds = answers.flatMap(({ data }) => [...data.values()]);
  return { p99Ms: fault !== null || seconds.length === 0 ? null : Math.max(...seconds) * 1000, fault };
};
