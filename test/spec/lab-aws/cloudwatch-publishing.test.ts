import { GetMetricDataCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readEmbeddedMetrics } from "../../../lab/aws/cloudwatch/embedded-metrics.ts";
import type { AlarmTransition } from "../../../lab/aws/contracts.ts";
import {
  bindings,
  dimensions,
  manualClock,
  racingClock,
  START,
  says,
  startAccount,
  startHost,
  type TestAccount,
} from "../../support/lab-account.ts";

let account: TestAccount | undefined;
afterEach(() => account?.close());

const line = JSON.stringify({
  _aws: {
    Timestamp: START,
    CloudWatchMetrics: [
      {
        Namespace: "pawl",
        Dimensions: [["service"], ["service", "cutover"]],
        Metrics: [{ Name: "stalestSeconds", Unit: "Seconds" }, { Name: "ticks" }],
      },
    ],
  },
  service: "pawl",
  cutover: "orders",
  stalestSeconds: [61, 125],
  ticks: 1,
  message: "not a metric",
});

describe("a function's log", () => {
  it("becomes one series per dimension set and metric", () => {
    const published = readEmbeddedMetrics(line);
    expect(published).toHaveLength(4);
    expect(published[1]).toEqual({
      namespace: "pawl",
      metric: "stalestSeconds",
      dimensions: { service: "pawl", cutover: "orders" },
      at: START,
      samples: [
        { value: 61, count: 1 },
        { value: 125, count: 1 },
      ],
      unit: "Seconds",
    });
  });

  it.each([
    ["an ordinary line", "START RequestId: 7"],
    ["an ordinary line of JSON", '{"level":"INFO","message":"CloudWatchMetrics"}'],
    ["a line cut short", line.slice(0, -1)],
    ["a line of another shape", '{"_aws":{"Timestamp":1,"CloudWatchMetrics":{}}}'],
    ["a dimension that the line lacks", line.replace('"service":"pawl",', "")],
    [
      "a value that is no number",
      line.replace('"stalestSeconds":[61,125]', '"stalestSeconds":"61"').replace('"ticks":1', '"ticks":null'),
    ],
  ])("holds no metric in %s", (_what, text) => {
    expect(readEmbeddedMetrics(text)).toEqual([]);
  });

  it("can be read as a metric some seconds later", async () => {
    const clock = manualClock();
    account = await startAccount(clock);
    account.cloudwatch.publishEmf(line);
    account.cloudwatch.publish({
      namespace: "AWS/Lambda",
      metric: "Invocations",
      dimensions: { FunctionName: "pawl-tick" },
      at: START,
      value: 1,
    });
    const stat = (Id: string, Namespace: string, MetricName: string, Name: string, Value: string, Stat: string) => ({
      Id,
      MetricStat: { Metric: { Namespace, MetricName, Dimensions: [{ Name, Value }] }, Stat, Period: 60 },
    });
    const read = new GetMetricDataCommand({
      MetricDataQueries: [
        stat("stalest", "pawl", "stalestSeconds", "service", "pawl", "Maximum"),
        stat("invoked", "AWS/Lambda", "Invocations", "FunctionName", "pawl-tick", "Sum"),
      ],
      StartTime: new Date(START),
      EndTime: new Date(START + 60_000),
    });
    const values = async () => (await account?.watch.send(read))?.MetricDataResults?.map((result) => result.Values);
    expect(await values()).toEqual([[], []]);
    clock.advance(10_000);
    expect(await values()).toEqual([[125], [1]]);
  });
});

describe("on a running clock", () => {
  it("traffic turns into metrics, and metrics into an alarm, with nobody's help", async () => {
    const host = await startHost(says("sorry", 500));
    // Slow enough that an evaluation a little late is still one of the same minute.
    account = await startAccount(racingClock(60), { targets: { blue: [host], green: [] }, evaluateByItself: true });
    const transitions: AlarmTransition[] = [];
    account.cloudwatch.onTransition((transition) => transitions.push(transition));
    await account.watch.send(
      new PutMetricAlarmCommand({
        AlarmName: "errors",
        Namespace: "AWS/ApplicationELB",
        MetricName: "HTTPCode_Target_5XX_Count",
        Dimensions: [dimensions.loadBalancer, dimensions.blue],
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 2,
        Threshold: 1,
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        TreatMissingData: "notBreaching",
      }),
    );
    const { url } = account.alb;
    await vi.waitFor(
      async () => {
        await fetch(url);
        expect(transitions.map((transition) => transition.to)).toContain("ALARM");
      },
      { timeout: 25_000, interval: 20 },
    );
    // 35 s after the minute, by the lab's clock, and never before it.
    const second = new Date(transitions.at(-1)?.at ?? 0).getUTCSeconds();
    expect(second).toBeGreaterThanOrEqual(35);
    await host.kill();
  });
});

describe("the account as a whole", () => {
  it("listens on loopback, once for every listener of the bindings", async () => {
    account = await startAccount(manualClock());
    expect([...account.alb.urls]).toEqual([[bindings.routes[0]?.listenerArn, account.alb.url]]);
    expect(account.alb.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
