import type { Metric, MetricDataQuery, MetricStat } from "@aws-sdk/client-cloudwatch";
import { AwsFault } from "../wire/fault.ts";
import type { Received } from "../wire/received.ts";
import { type Expression, parseExpression, type Series } from "./expression.ts";
import type { MetricId, MetricStore } from "./metric-store.ts";
import { type Statistic, statisticNamed } from "./statistics.ts";

export type QueryInput = Received<MetricDataQuery>;

/** One query, checked; `compute` reads the store as it is visible now. */
export interface MetricQuery {
  readonly id: string;
  readonly label: string;
  readonly returned: boolean;
  readonly periodMs: number;
  readonly input: QueryInput;
  /** @param from start of the first period: periods are counted from here, not from the full hour. */
  compute(store: MetricStore, from: number, to: number): Series;
}

const invalid = (message: string): AwsFault => new AwsFault("ValidationException", message);

/**
 * Checks a list of queries as GetMetricData and PutMetricAlarm do.
 * @throws {AwsFault} a bad id, statistic, period or expression, or one that needs an id that is not there.
 */
export const checkQueries = (inputs: readonly QueryInput[]): readonly MetricQuery[] => {
  const queries = new Map<string, MetricQuery>();
  // An expression may stand before what it needs: keep taking those whose needs are met, until none is left.
  let waiting = inputs.map(parseQuery);
  if (new Set(inputs.map((input) => input.Id)).size < inputs.length) throw invalid("Ids of queries must be unique");
  while (waiting.length > 0) {
    const ready = waiting.filter((query) => query.needs.every((id) => queries.has(id)));
    if (ready.length === 0) throw invalid(`'${waiting[0]?.input.Id}' needs an id that is not in the request`);
    for (const query of ready) queries.set(query.input.Id, finish(query, queries));
    waiting = waiting.filter((query) => !ready.includes(query));
  }
  return inputs.flatMap((input) => queries.get(input.Id) ?? []);
};

interface ParsedQuery {
  readonly input: QueryInput;
  readonly needs: readonly string[];
  readonly source: { readonly kind: "expression"; readonly of: Expression } | ReturnType<typeof parseMetricStat>;
}

const parseQuery = (input: QueryInput): ParsedQuery => {
  if (!/^[a-z][a-zA-Z0-9_]{0,254}$/.test(input.Id))
    throw invalid(`Id '${input.Id}' must start with a lower-case letter`);
  if (input.AccountId !== undefined) throw invalid("The lab does not serve AccountId");
  if ((input.MetricStat === undefined) === (input.Expression === undefined))
    throw invalid(`'${input.Id}' needs either MetricStat or Expression, and not both`);
  if (input.MetricStat !== undefined) return { input, needs: [], source: parseMetricStat(input.MetricStat) };
  const expression = parseExpression(input.Expression ?? "");
  if (expression.needs.length === 0) throw invalid(`'${input.Id}': the expression uses no metric`);
  return { input, needs: expression.needs, source: { kind: "expression", of: expression } };
};

const parseMetricStat = (stat: Received<MetricStat>) => {
  const statistic = statisticNamed(stat.Stat);
  if (statistic === undefined) throw invalid(`The lab does not know the statistic '${stat.Stat}'`);
  return {
    kind: "metric" as const,
    metric: metricId(stat.Metric),
    statistic,
    periodMs: acceptPeriod(stat.Period),
    unit: stat.Unit,
  };
};

/** Whole minutes only: the metrics of load balancers have no finer points (aws.md 3, latency). */
export const acceptPeriod = (seconds: number): number => {
  if (!Number.isInteger(seconds) || seconds < 60 || seconds > 86_400 || seconds % 60 !== 0)
    throw invalid(`Period '${seconds}' must be a multiple of 60`);
  return seconds * 1_000;
};

export const metricId = (metric: Received<Metric>): MetricId => {
  if (metric.Namespace === undefined || metric.MetricName === undefined)
    throw invalid("A metric needs a Namespace and a MetricName");
  const dimensions = (metric.Dimensions ?? []).map(({ Name, Value }) => {
    if (Name === undefined || Value === undefined) throw invalid("A dimension needs a Name and a Value");
    return [Name, Value] as const;
  });
  return { namespace: metric.Namespace, metric: metric.MetricName, dimensions: Object.fromEntries(dimensions) };
};

const finish = ({ input, needs, source }: ParsedQuery, known: ReadonlyMap<string, MetricQuery>): MetricQuery => {
  const common = { id: input.Id, input, returned: input.ReturnData ?? true };
  if (source.kind === "metric")
    return {
      ...common,
      label: input.Label ?? source.metric.metric,
      periodMs: source.periodMs,
      compute: (store, from, to) => readSeries(store, source, from, to),
    };
  const used = needs.flatMap((id) => known.get(id) ?? []);
  const periodMs = used[0]?.periodMs ?? 0;
  if (used.some((query) => query.periodMs !== periodMs))
    throw invalid(`'${input.Id}': the lab does not mix periods in one expression`);
  return {
    ...common,
    label: input.Label ?? input.Id,
    periodMs,
    compute: (store, from, to) =>
      source.of.evaluate({
        series: new Map(used.map((query) => [query.id, query.compute(store, from, to)])),
        periods: periodStarts(from, to, periodMs),
      }),
  };
};

const periodStarts = (from: number, to: number, periodMs: number): readonly number[] =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / periodMs)) }, (_, index) => from + index * periodMs);

const readSeries = (
  store: MetricStore,
  of: { metric: MetricId; statistic: Statistic; periodMs: number; unit: string | undefined },
  from: number,
  to: number,
): Series => {
  const points = new Map<number, number>();
  for (const at of periodStarts(from, to, of.periodMs)) {
    const samples = store.samples(of.metric, at, Math.min(at + of.periodMs, to), of.unit);
    // Nothing measured is no point at all, never a zero (aws.md 0, row 10).
    if (samples.length > 0) points.set(at, of.statistic(samples));
  }
  return points;
};
