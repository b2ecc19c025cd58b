import type { GetMetricDataInput } from "@aws-sdk/client-cloudwatch";
import { epochMs, minuteOf } from "../../../src/kernel/units.ts";
import { AwsFault } from "../wire/fault.ts";
import type { Received } from "../wire/received.ts";
import { checkQueries, type MetricQuery } from "./metric-queries.ts";
import type { MetricStore } from "./metric-store.ts";

const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 100_800;
const OPEN_TOKENS = 100;

type Input = Received<GetMetricDataInput>;

interface Result {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: readonly Date[];
  readonly Values: readonly number[];
}

/**
 * GetMetricData over what is visible now (aws.md 2).
 * @param pageDatapoints how many datapoints a page holds where the caller does not say. Far fewer than AWS's 100,800,
 *   so that callers page in everyday use and not first in an emergency.
 */
export const getMetricData = (store: MetricStore, pageDatapoints: number) => {
  const unread = new Map<string, readonly Result[]>();
  let tokens = 0;

  const page = (results: readonly Result[], size: number): object => {
    const [given, left] = split(results, size);
    if (left.length === 0) return { MetricDataResults: given, Messages: [] };
    tokens += 1;
    const NextToken = `page-${tokens}`;
    unread.set(NextToken, left);
    const [oldest] = unread.keys();
    if (unread.size > OPEN_TOKENS && oldest !== undefined) unread.delete(oldest);
    return { MetricDataResults: given, NextToken, Messages: [] };
  };

  return (input: Input): object => {
    const { from, to } = acceptRange(input);
    const size = input.MaxDatapoints ?? pageDatapoints;
    if (input.NextToken !== undefined) {
      const left = unread.get(input.NextToken);
      if (left === undefined) throw new AwsFault("InvalidNextToken", "The next token specified is invalid.");
      return page(left, size);
    }
    const queries = checkQueries(input.MetricDataQueries).filter((query) => query.returned);
    return page(
      queries.map((query) => resultOf(store, query, from, to, input.ScanBy === "TimestampAscending")),
      size,
    );
  };
};

const acceptRange = (input: Input): { readonly from: number; readonly to: number } => {
  const { MetricDataQueries: queries, ScanBy, MaxDatapoints } = input;
  if (input.LabelOptions !== undefined) throw invalid("The lab does not serve LabelOptions");
  if (ScanBy !== undefined && ScanBy !== "TimestampDescending" && ScanBy !== "TimestampAscending")
    throw invalid(`ScanBy '${ScanBy}' is not known`);
  if (MaxDatapoints !== undefined && (MaxDatapoints < 1 || MaxDatapoints > MAX_DATAPOINTS))
    throw invalid(`MaxDatapoints must be between 1 and ${MAX_DATAPOINTS}`);
  if (queries.length === 0 || queries.length > MAX_QUERIES)
    throw invalid(`The number of queries must be between 1 and ${MAX_QUERIES}`);
  // StartTime is inclusive and rounded down to the minute, EndTime exclusive (aws.md 2, GetMetricData).
  const from = minuteOf(epochMs(input.StartTime.getTime()));
  const to = input.EndTime.getTime();
  if (to <= from) throw invalid("The parameter StartTime must be less than the parameter EndTime.");
  return { from, to };
};

const resultOf = (store: MetricStore, query: MetricQuery, from: number, to: number, ascending: boolean): Result => {
  const points = [...query.compute(store, from, to)].sort(([one], [other]) => (ascending ? one - other : other - one));
  return {
    Id: query.id,
    Label: query.label,
    Timestamps: points.map(([at]) => new Date(at)),
    Values: points.map(([, value]) => value),
  };
};

const invalid = (message: string): AwsFault => new AwsFault("InvalidParameterValueException", message);

/**
 * Takes whole results while they fit; one that alone is larger than a page is cut, and its first part says so with
 * `PartialData`, to be continued under the same id (aws.md 2, GetMetricData).
 */
const split = (results: readonly Result[], size: number): [object[], readonly Result[]] => {
  const given: object[] = [];
  let room = size;
  for (const [index, result] of results.entries()) {
    const fits = result.Values.length <= room;
    if (!fits && given.length > 0) return [given, results.slice(index)];
    given.push({ ...cut(result, 0, room), StatusCode: fits ? "Complete" : "PartialData" });
    if (!fits) return [given, [cut(result, room), ...results.slice(index + 1)]];
    room -= result.Values.length;
  }
  return [given, []];
};

const cut = (result: Result, from: number, to?: number): Result => ({
  ...result,
  Timestamps: result.Timestamps.slice(from, to),
  Values: result.Values.slice(from, to),
});
