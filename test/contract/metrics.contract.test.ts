import { CloudWatchClient, type StatusCode } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CloudWatch, createCloudWatch } from "../../lab/aws/cloudwatch/cloudwatch.ts";
import { startLabClock } from "../../lab/clock.ts";
import { readCutovers } from "../../scripts/template/read-cutovers.ts";
import { systemNow } from "../../src/adapters/clock/system-clock.ts";
import { cloudwatchAlarms } from "../../src/adapters/cloudwatch/cloudwatch-alarms.ts";
import { cloudwatchMetrics } from "../../src/adapters/cloudwatch/cloudwatch-metrics.ts";
import { ask } from "../../src/adapters/cloudwatch/metric-answers.ts";
import { minuteQuestions } from "../../src/adapters/cloudwatch/metric-questions.ts";
import { type EpochMs, earlier, epochMs, MINUTE_MS, minuteOf } from "../../src/kernel/units.ts";
import type { CutoverBindings } from "../../src/signals/bindings.ts";
import type { MetricReadings, MetricSeries, MetricsPort } from "../../src/signals/ports.ts";
import { cloudwatchOf } from "../../src/wiring-aws.ts";
import { fakeWorld } from "../support/fake-world.ts";
import { type LabAccount, startAccount } from "./lab-account.ts";
import { soonEnough } from "./sample-state.ts";

const [orders] = readCutovers(`${import.meta.dirname}/../..`) as readonly [CutoverBindings];
const LB = { LoadBalancer: "app/orders/50dc6c495c0c9188" };
const GREEN = { ...LB, TargetGroup: "targetgroup/orders-green/1d2c3b4a59687766" };
const BLUE = { ...LB, TargetGroup: "targetgroup/orders-blue/73e2d6bc24d8a067" };

let cloudwatch: CloudWatch;
let account: LabAccount;
let port: MetricsPort;
let T: EpochMs;

const start = async (pageDatapoints: number) => {
  const clock = startLabClock(1);
  cloudwatch = createCloudWatch({ clock, dir: "", log: () => {} }, { pageDatapoints, evaluateByItself: false });
  account = await startAccount(cloudwatch.service);
  port = cloudwatchMetrics(cloudwatchOf(account.env), systemNow);
  T = minuteOf(clock.now());
};
beforeEach(() => start(30));
afterEach(async () => {
  cloudwatch.stop();
  await account.close();
});

const ago = (minutes: number): EpochMs => earlier(T, minutes * MINUTE_MS);
const put = (dimensions: Readonly<Record<string, string>>, metric: string, minutesAgo: number, ...values: number[]) =>
  cloudwatch.store.put({
    namespace: "AWS/ApplicationELB",
    metric,
    dimensions,
    at: ago(minutesAgo),
    samples: values.map((value) => ({ value, count: 1 })),
  });

const read = async (): Promise<MetricReadings> => {
  const answer = await port.read(orders, T, soonEnough);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value;
};
const minutesOf = (readings: MetricReadings, of: MetricSeries["of"], metric: MetricSeries["metric"]) =>
  readings.series.find((series) => series.of === of && series.metric === metric)?.minutes;
const p99Of = (readings: MetricReadings, use: "gates" | "rollback") =>
  readings.p99.find((datum) => datum.of === "green" && datum.use === use);

const memory = fakeWorld();
const WORLDS: readonly (readonly [string, () => { readonly port: MetricsPort; readonly T: EpochMs }])[] = [
  ["CloudWatch", () => ({ port, T })],
  ["memory", () => ({ port: memory.ports.metrics, T: minuteOf(memory.clock.now()) })],
];

describe.each(WORLDS)("any answer of %s", (_name, world) => {
  test("holds minutes of [T−10, T) in order, every series once, and four p99 of three whole minutes", async () => {
    for (const minutes of [3, 1, 2]) put(BLUE, "RequestCount", minutes, 100);
    const { port: asked, T: tick } = world();
    const answer = await asked.read(orders, tick, soonEnough);
    if (!answer.ok) throw new Error(answer.failure.message);
    const { series, p99, missing } = answer.value;
    expect(missing).toEqual([]);
    expect(series.map(({ of, metric }) => `${of}.${metric}`).sort()).toEqual(
      ["blue", "green"]
        .flatMap((of) => ["answered", "connectionErrors", "errors5xx", "requests"].map((metric) => `${of}.${metric}`))
        .concat("lb.errors5xx", "lb.requests"),
    );
    const blue = series.find(({ of, metric }) => of === "blue" && metric === "requests")?.minutes ?? [];
    expect(blue.length).toBeGreaterThan(2);
    expect(blue.map(({ at }) => at)).toEqual(blue.map(({ at }) => at).toSorted((a, b) => a - b));
    for (const { minutes } of series)
      for (const { at } of minutes) {
        expect(at % MINUTE_MS).toBe(0);
        expect(at).toBeGreaterThanOrEqual(tick - 10 * MINUTE_MS);
        expect(at).toBeLessThan(tick);
      }
    expect(
      p99.map(({ of, use, from, to }) => [of, use, (tick - from) / MINUTE_MS, (tick - to) / MINUTE_MS]).sort(),
    ).toEqual([
      ["blue", "gates", 5, 2],
      ["blue", "rollback", 3, 0],
      ["green", "gates", 5, 2],
      ["green", "rollback", 3, 0],
    ]);
  });
});

describe("the metrics of CloudWatch", () => {
  test("are the minutes of [T−10, T), of each side and of the load balancer, oldest first", async () => {
    for (const minutes of [11, 10, 1, 0]) put(GREEN, "RequestCount", minutes, 5, 7);
    put(BLUE, "RequestCount", 3, 100);
    put(LB, "RequestCount", 3, 112);
    put(LB, "HTTPCode_ELB_5XX_Count", 3, 2);
    const readings = await read();
    expect(minutesOf(readings, "green", "requests")).toEqual([
      { at: ago(10), value: 12 },
      { at: ago(1), value: 12 },
    ]);
    expect(minutesOf(readings, "blue", "requests")).toEqual([{ at: ago(3), value: 100 }]);
    expect(minutesOf(readings, "lb", "requests")).toEqual([{ at: ago(3), value: 112 }]);
    expect(minutesOf(readings, "lb", "errors5xx")).toEqual([{ at: ago(3), value: 2 }]);
    expect(readings.missing).toEqual([]);
  });

  test("leave a minute out that nobody reported: whether that is zero is not the adapter's to say", async () => {
    put(GREEN, "RequestCount", 4, 10);
    const readings = await read();
    expect(minutesOf(readings, "green", "errors5xx")).toEqual([]);
    expect(minutesOf(readings, "green", "connectionErrors")).toEqual([]);
  });

  test("count as answered whatever status the target sent", async () => {
    for (const digit of [2, 3, 4, 5]) put(GREEN, `HTTPCode_Target_${digit}XX_Count`, 4, digit);
    put(GREEN, "HTTPCode_Target_2XX_Count", 3, 40);
    const readings = await read();
    expect(minutesOf(readings, "green", "answered")).toEqual([
      { at: ago(4), value: 14 },
      { at: ago(3), value: 40 },
    ]);
    expect(minutesOf(readings, "green", "errors5xx")).toEqual([{ at: ago(4), value: 5 }]);
  });

  test("are followed over every page", async () => {
    for (let minutes = 1; minutes <= 10; minutes += 1)
      for (const dimensions of [GREEN, BLUE, LB]) put(dimensions, "RequestCount", minutes, minutes);
    await start(11);
    for (let minutes = 1; minutes <= 10; minutes += 1)
      for (const dimensions of [GREEN, BLUE, LB]) put(dimensions, "RequestCount", minutes, minutes);
    const readings = await read();
    for (const of of ["green", "blue", "lb"] as const) expect(minutesOf(readings, of, "requests")).toHaveLength(10);
    expect(account.gateway.recentCalls().length).toBeGreaterThan(3);
  });

  test("are whole where one of them goes on over several pages", async () => {
    await start(4);
    for (let minutes = 1; minutes <= 10; minutes += 1) put(GREEN, "RequestCount", minutes, minutes);
    put(BLUE, "RequestCount", 3, 100);
    const readings = await read();
    expect(minutesOf(readings, "green", "requests")?.map(({ value }) => value)).toEqual([
      10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
    ]);
    expect(minutesOf(readings, "blue", "requests")).toEqual([{ at: ago(3), value: 100 }]);
    expect(readings.missing).toEqual([]);
  });

  /** One page a status, each with a point of the same result. */
  const answering = (...statuses: StatusCode[]): CloudWatchClient => {
    let pages = 0;
    const send = async () => {
      const [page, StatusCode] = [pages, statuses[pages]];
      pages += 1;
      const point = { Timestamps: [new Date(ago(5 - page))], Values: [page] };
      const NextToken = pages < statuses.length ? `page-${pages}` : undefined;
      return { MetricDataResults: [{ Id: "q0", StatusCode, ...point }], NextToken };
    };
    return Object.assign(new CloudWatchClient({ region: "us-east-1" }), { send });
  };

  test.each<readonly [string, StatusCode[], string | null]>([
    ["Complete in the end", ["PartialData", "PartialData", "Complete"], null],
    ["PartialData, and nothing followed it", ["PartialData"], "PartialData"],
    ["cut off by InternalError", ["PartialData", "InternalError"], "InternalError"],
    ["InternalError, whatever followed it", ["InternalError", "Complete"], "InternalError"],
    ["Forbidden", ["Forbidden"], "Forbidden"],
  ])("are missing, not thin, unless the answer to one was whole: %s", async (_name, statuses, fault) => {
    const [first] = minuteQuestions(orders);
    const questions = first === undefined ? [] : [first];
    const [answer] = await ask(answering(...statuses), questions, { from: ago(10), to: T }, AbortSignal.timeout(5_000));
    expect(answer?.fault).toBe(fault === null ? null : `CloudWatch answered ${fault}, not Complete`);
    expect(answer?.data.size).toBe(statuses.length);
  });

  test("hold one p99 over three whole minutes for gates, and a later one for rollback rules", async () => {
    put(GREEN, "TargetResponseTime", 5, ...Array.from({ length: 99 }, () => 0.1));
    put(GREEN, "TargetResponseTime", 4, 0.4);
    put(GREEN, "TargetResponseTime", 1, ...Array.from({ length: 50 }, () => 0.9));
    const readings = await read();
    expect(p99Of(readings, "gates")).toMatchObject({ from: ago(5), to: ago(2) });
    expect(p99Of(readings, "gates")?.p99Ms).toBeLessThan(401);
    expect(p99Of(readings, "rollback")).toMatchObject({ from: ago(3), to: T });
    expect(p99Of(readings, "rollback")?.p99Ms).toBeCloseTo(900);
  });

  test("have a p99 of null where nothing was measured", async () => {
    expect(p99Of(await read(), "gates")).toMatchObject({ p99Ms: null });
  });

  test("fail as a whole where CloudWatch cannot be reached", async () => {
    account.gateway.inject({ service: "monitoring", effect: { kind: "down" } });
    expect(await port.read(orders, T, soonEnough)).toMatchObject({ ok: false, failure: { kind: "unreachable" } });
  });
});

describe("the alarms of CloudWatch", () => {
  const [ratio, ...others] = orders.alarms.map((alarm) => alarm.arn) as [string, ...string[]];
  const rollback = "arn:aws:lambda:us-east-1:000000000000:function:pawl-rollback";

  test("say their state, since when, and what they would do; an unknown one is left out", async () => {
    await cloudwatch.resources.create("Ratio", "AWS::CloudWatch::Alarm", {
      AlarmName: "pawl-orders-green-5xx-ratio",
      AlarmActions: [rollback],
      Namespace: "AWS/ApplicationELB",
      MetricName: "HTTPCode_Target_5XX_Count",
      Dimensions: Object.entries(GREEN).map(([Name, Value]) => ({ Name, Value })),
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 3,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
    });
    put(GREEN, "HTTPCode_Target_5XX_Count", 1, 9);
    cloudwatch.evaluateAlarms();
    const answer = await cloudwatchAlarms(cloudwatchOf(account.env)).read([ratio, ...others], soonEnough);
    expect(answer).toMatchObject({
      ok: true,
      value: [{ arn: ratio, state: "ALARM", actionsEnabled: true, actions: [rollback] }],
    });
    const changedAt = answer.ok ? answer.value[0]?.stateChangedAt : undefined;
    expect(Math.abs((changedAt ?? epochMs(0)) - T)).toBeLessThan(2 * MINUTE_MS);
  });
});
