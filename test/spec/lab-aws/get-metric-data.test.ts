import {
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
  PutMetricDataCommand,
  type PutMetricDataCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failureOf, manualClock, START, startAccount, type TestAccount } from "../../support/lab-account.ts";

let account: TestAccount;
const at = (minute: number): Date => new Date(START + minute * 60_000);
const put = (input: Partial<PutMetricDataCommandInput>) =>
  account.watch.send(new PutMetricDataCommand({ Namespace: "Shop", ...input }));
const stat = (Id: string, MetricName: string, Stat: string, Period = 60): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: "Shop", MetricName }, Stat, Period },
});
const math = (Id: string, Expression: string): MetricDataQuery => ({ Id, Expression });
const get = (queries: MetricDataQuery[], more: Partial<GetMetricDataCommandInput> = {}) =>
  account.watch.send(
    new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: at(0),
      EndTime: at(3),
      ScanBy: "TimestampAscending",
      ...more,
    }),
  );

beforeAll(async () => {
  const clock = manualClock();
  account = await startAccount(clock, { pageDatapoints: 6 });
  // Requests in every minute, errors only in the second, response times 1 to 100 ms in each of three minutes.
  await put({
    MetricData: [
      ...[10, 20, 30].map((Value, minute) => ({ MetricName: "Requests", Value, Timestamp: at(minute) })),
      { MetricName: "Errors", Value: 5, Timestamp: at(1) },
      ...[0, 1, 2].map((minute) => ({
        MetricName: "Time",
        Values: Array.from({ length: 100 }, (_, index) => (index + 1) / 1_000 + minute),
        Timestamp: at(minute),
      })),
      { MetricName: "Time", Dimensions: [{ Name: "Side", Value: "green" }], Value: 9, Timestamp: at(0) },
      { MetricName: "Weighted", Values: [1, 2], Counts: [99, 1], Timestamp: at(0) },
    ],
  });
  clock.advance(600_000);
});
afterAll(() => account.close());

const valuesOf = async (query: MetricDataQuery, ...needed: MetricDataQuery[]) => {
  const hidden = needed.map((one) => ({ ...one, ReturnData: false }));
  const { MetricDataResults } = await get([query, ...hidden]);
  expect(MetricDataResults?.map((result) => result.Id)).toEqual([query.Id]);
  return MetricDataResults?.[0]?.Values;
};

describe("statistics", () => {
  it.each([
    ["Sum", [10, 20, 30]],
    ["SampleCount", [1, 1, 1]],
    ["Average", [10, 20, 30]],
    ["Minimum", [10, 20, 30]],
    ["Maximum", [10, 20, 30]],
  ])("%s, minute by minute", async (name, values) => {
    expect(await valuesOf(stat("m", "Requests", name))).toEqual(values);
  });

  it("gives one p99 over three minutes, which is not the mean of theirs", async () => {
    expect(await valuesOf(stat("m", "Time", "p99"))).toEqual([0.099, 1.099, 2.099]);
    expect(await valuesOf(stat("m", "Time", "p99", 180))).toEqual([2.097]);
    expect(await valuesOf(stat("m", "Time", "p50", 180))).toEqual([1.05]);
  });

  it("counts periods from the start that was asked for", async () => {
    const { MetricDataResults } = await get([stat("m", "Requests", "Sum", 120)], { StartTime: at(1) });
    expect(MetricDataResults?.[0]).toMatchObject({ Timestamps: [at(1)], Values: [50] });
  });

  it("weighs values by their counts", async () => {
    expect(await valuesOf(stat("m", "Weighted", "Average"))).toEqual([1.01]);
    expect(await valuesOf(stat("m", "Weighted", "p99"))).toEqual([1]);
  });
});

describe("the range", () => {
  it("rounds its start down to the minute and leaves its end out", async () => {
    const { MetricDataResults } = await get([stat("m", "Requests", "Sum")], {
      StartTime: new Date(START + 59_999),
      EndTime: at(2),
    });
    expect(MetricDataResults?.[0]?.Values).toEqual([10, 20]);
  });

  it("comes newest first where nobody says otherwise", async () => {
    const { MetricDataResults } = await account.watch.send(
      new GetMetricDataCommand({ MetricDataQueries: [stat("m", "Requests", "Sum")], StartTime: at(0), EndTime: at(3) }),
    );
    expect(MetricDataResults?.[0]?.Values).toEqual([30, 20, 10]);
    expect(MetricDataResults?.[0]?.Timestamps).toEqual([at(2), at(1), at(0)]);
  });
});

describe("metric math", () => {
  const errors = stat("e", "Errors", "Sum");
  const requests = stat("r", "Requests", "Sum");

  it.each([
    ["e", [5]],
    ["100*FILL(e,0)/r", [0, 25, 0]],
    ["100 * e / r", [25]],
    ["r - 10", [0, 10, 20]],
    ["-r + 2 * (r - 1)", [8, 18, 28]],
    ["r - 5 - 5", [0, 10, 20]],
    ["r / (r - 10)", [2, 1.5]],
    ["IF(r > 15, r, 0)", [0, 20, 30]],
    ["IF(r >= 20 && r < 30, 1, 2)", [2, 1, 2]],
    ["r == 10 || r == 30", [1, 0, 1]],
    ["FILL(e, r)", [10, 5, 30]],
    ["FILL(n, 7)", [7, 7, 7]],
  ])("computes %s", async (expression, values) => {
    expect(await valuesOf(math("x", expression), errors, requests, stat("n", "Nothing", "Sum"))).toEqual(values);
  });

  it("takes expressions of expressions, in any order", async () => {
    expect(await valuesOf(math("x", "y * 2"), math("y", "r + 1"), requests)).toEqual([22, 42, 62]);
  });

  it.each(["e +", "(e", "e)", "SUM(e)", "FILL(e)", "e ** 2", "FILL(e,0) r", "2 * 3", "missing + 1", "x + 1", "e % 2"])(
    "refuses %j",
    async (expression) => {
      expect((await failureOf(get([math("x", expression), errors, requests]))).name).toBe("ValidationException");
    },
  );
});

describe("what is refused", () => {
  it.each<[string, MetricDataQuery[], string]>([
    ["an id with a capital", [stat("M", "Requests", "Sum")], "ValidationException"],
    ["an id twice", [stat("m", "Requests", "Sum"), stat("m", "Errors", "Sum")], "ValidationException"],
    ["a period of less than a minute", [stat("m", "Requests", "Sum", 30)], "ValidationException"],
    ["a period of a minute and a half", [stat("m", "Requests", "Sum", 90)], "ValidationException"],
    ["an unknown statistic", [stat("m", "Requests", "p101")], "ValidationException"],
    ["both a metric and an expression", [{ ...stat("m", "Requests", "Sum"), Expression: "m" }], "ValidationException"],
    ["another account", [{ ...stat("m", "Requests", "Sum"), AccountId: "1" }], "ValidationException"],
    ["no query", [], "InvalidParameterValueException"],
  ])("is %s", async (_what, queries, name) => {
    expect((await failureOf(get(queries))).name).toBe(name);
  });

  it("is a range that ends before it starts, a wild token, and data nobody may write", async () => {
    const requests = [stat("m", "Requests", "Sum")];
    expect((await failureOf(get(requests, { EndTime: at(0) }))).name).toBe("InvalidParameterValueException");
    expect((await failureOf(get(requests, { NextToken: "page-999" }))).name).toBe("InvalidNextToken");
    expect((await failureOf(put({ Namespace: "AWS/Shop", MetricData: [] }))).name).toBe(
      "InvalidParameterValueException",
    );
    const both = { MetricName: "m", Value: 1, Values: [1] };
    expect((await failureOf(put({ MetricData: [both] }))).name).toBe("InvalidParameterCombinationException");
  });
});

describe("pages", () => {
  const queries = ["a", "b", "c", "d"].map((id) => stat(id, "Requests", "Sum"));

  it("hold whole results while they fit", async () => {
    const first = await get(queries);
    expect(first.MetricDataResults?.map((result) => [result.Id, result.StatusCode])).toEqual([
      ["a", "Complete"],
      ["b", "Complete"],
    ]);
    const { NextToken } = first;
    const second = await get(queries, { NextToken });
    expect(second.MetricDataResults?.map((result) => [result.Id, result.Values?.length])).toEqual([
      ["c", 3],
      ["d", 3],
    ]);
    expect(second.NextToken).toBeUndefined();
  });

  it("cut a result that is larger than a page, and say so", async () => {
    const first = await get(queries.slice(0, 1), { MaxDatapoints: 2 });
    expect(first.MetricDataResults).toMatchObject([{ Id: "a", Values: [10, 20], StatusCode: "PartialData" }]);
    const { NextToken } = first;
    const rest = await get(queries.slice(0, 1), { MaxDatapoints: 2, NextToken });
    expect(rest.MetricDataResults).toMatchObject([{ Id: "a", Values: [30], StatusCode: "Complete" }]);
    expect(rest.NextToken).toBeUndefined();
  });
});
