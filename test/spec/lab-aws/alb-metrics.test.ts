import { type Dimension, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { ModifyRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  dimensions,
  forwardTo,
  type Host,
  type ManualClock,
  manualClock,
  route,
  START,
  says,
  startAccount,
  startHost,
  type TestAccount,
} from "../../support/lab-account.ts";

let account: TestAccount;
let clock: ManualClock;
let blue: Host;
let green: Host;
const healthChecks = { intervalRealMs: 30_000, timeoutRealMs: 5_000, healthyThreshold: 1, unhealthyThreshold: 1 };

beforeEach(async () => {
  clock = manualClock();
  blue = await startHost(says("blue"));
  green = await startHost(says("green"));
  account = await startAccount(clock, {
    targets: { blue: [blue], green: [green] },
    publishDelaysMs: [10_000, 45_000],
    dataPlane: { healthChecks, idleTimeoutRealMs: 1_500 },
  });
});
afterEach(async () => {
  await account.close();
  await Promise.all([blue.kill(), green.kill()]);
});

const send = async (requests: number): Promise<void> => {
  for (let sent = 0; sent < requests; sent += 1) await (await fetch(account.alb.url)).text();
};
const allTo = (of: { blue: number; green: number }) =>
  account.elb.send(new ModifyRuleCommand({ RuleArn: route.weightedRuleArn, Actions: [forwardTo(of)] }));
/** The minute that began at the start is over, and all its parts are published. */
const minuteIsOut = (): void => {
  account.metrics.flush();
  clock.advance(120_000);
};
const read = async (MetricName: string, Dimensions: Dimension[], Stat: string, Unit?: "Count" | "Seconds") => {
  const Metric = { Namespace: "AWS/ApplicationELB", MetricName, Dimensions };
  const { MetricDataResults } = await account.watch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        { Id: "m", MetricStat: { Metric, Stat, Period: 60, ...(Unit === undefined ? {} : { Unit }) } },
      ],
      StartTime: new Date(START),
      EndTime: new Date(START + 60_000),
    }),
  );
  expect(MetricDataResults?.[0]?.StatusCode).toBe("Complete");
  return MetricDataResults?.[0]?.Values ?? [];
};
const byLb = [dimensions.loadBalancer];
const byBlue = [dimensions.loadBalancer, dimensions.blue];
const byGreen = [dimensions.loadBalancer, dimensions.green];

describe("metrics of traffic", () => {
  it("count requests and answers by load balancer and by target group, and nothing where nothing happened", async () => {
    await send(5);
    blue.answer = says("sorry", 500);
    await send(2);
    minuteIsOut();
    expect(await read("RequestCount", byLb, "Sum")).toEqual([7]);
    expect(await read("RequestCount", byBlue, "Sum")).toEqual([7]);
    expect(await read("HTTPCode_Target_2XX_Count", byBlue, "Sum")).toEqual([5]);
    expect(await read("HTTPCode_Target_5XX_Count", byBlue, "Sum")).toEqual([2]);
    expect(await read("HTTPCode_Target_5XX_Count", byLb, "Sum")).toEqual([2]);
    expect(await read("TargetResponseTime", byBlue, "SampleCount", "Seconds")).toEqual([7]);
    for (const absent of [
      "RequestCount",
      "HTTPCode_Target_2XX_Count",
      "HTTPCode_Target_5XX_Count",
      "TargetResponseTime",
    ])
      expect(await read(absent, byGreen, "Sum")).toEqual([]);
    expect(await read("HTTPCode_ELB_5XX_Count", byLb, "Sum")).toEqual([]);
    expect(await read("TargetConnectionErrorCount", byBlue, "Sum")).toEqual([]);
  });

  it("exist only under the dimensions that are published, and under their own unit", async () => {
    await send(1);
    minuteIsOut();
    expect(await read("RequestCount", [dimensions.blue], "Sum")).toEqual([]);
    expect(await read("RequestCount", [], "Sum")).toEqual([]);
    expect(await read("RequestCount", [...byBlue].reverse(), "Sum", "Count")).toEqual([1]);
    expect(await read("RequestCount", byBlue, "Sum", "Seconds")).toEqual([]);
  });

  it("of a dead target are the load balancer's own errors, and none of the target's", async () => {
    await allTo({ blue: 0, green: 100 });
    await green.kill();
    await send(3);
    minuteIsOut();
    expect(await read("HTTPCode_ELB_5XX_Count", byLb, "Sum")).toEqual([3]);
    expect(await read("HTTPCode_ELB_502_Count", byLb, "Sum")).toEqual([3]);
    expect(await read("HTTPCode_ELB_5XX_Count", byGreen, "Sum")).toEqual([]);
    expect(await read("TargetConnectionErrorCount", byGreen, "Sum")).toEqual([3]);
    expect(await read("RequestCount", byGreen, "Sum")).toEqual([3]);
    expect(await read("HTTPCode_Target_5XX_Count", byGreen, "Sum")).toEqual([]);
    expect(await read("TargetResponseTime", byGreen, "SampleCount")).toEqual([]);
  });

  it("of a silent target have no response time, so that its p99 looks well", async () => {
    await send(4);
    blue.answer = () => {};
    await send(1);
    minuteIsOut();
    expect(await read("RequestCount", byBlue, "Sum")).toEqual([5]);
    expect(await read("TargetResponseTime", byBlue, "SampleCount")).toEqual([4]);
    const [p99] = await read("TargetResponseTime", byBlue, "p99");
    expect(p99).toBeLessThan(1.5);
    expect(await read("HTTPCode_ELB_504_Count", byLb, "Sum")).toEqual([1]);
    expect(await read("TargetConnectionErrorCount", byBlue, "Sum")).toEqual([]);
  });

  it("of an empty group count no request at all", async () => {
    for (const group of account.elbv2.targetGroups) group.targets = [];
    await send(2);
    minuteIsOut();
    expect(await read("HTTPCode_ELB_503_Count", byLb, "Sum")).toEqual([2]);
    expect(await read("RequestCount", byLb, "Sum")).toEqual([]);
  });

  it("show the hosts that the health checks see, without counting the checks as requests", async () => {
    const targets = account.elbv2.targetGroups.flatMap((group) => group.targets);
    await vi.waitFor(() => expect(targets.map((target) => target.state)).toEqual(["healthy", "healthy"]), {
      timeout: 15_000,
    });
    minuteIsOut();
    expect(await read("HealthyHostCount", byGreen, "Minimum")).toEqual([1]);
    expect(await read("UnHealthyHostCount", byGreen, "Maximum")).toEqual([0]);
    expect(await read("HealthyHostCount", byLb, "Maximum")).toEqual([]);
    expect(await read("RequestCount", byLb, "Sum")).toEqual([]);
  });
});

describe("the newest minute", () => {
  it("fills up as one node after the other publishes it", async () => {
    await send(40);
    account.metrics.flush();
    const seen = async () => (await read("RequestCount", byLb, "Sum"))[0] ?? 0;
    clock.advance(9_000);
    expect(await seen()).toBe(0);
    clock.advance(1_000);
    const firstNode = await seen();
    expect(firstNode).toBeGreaterThan(0);
    expect(firstNode).toBeLessThan(40);
    clock.advance(35_000);
    expect(await seen()).toBe(40);
  });

  it("can have its errors later than its requests", async () => {
    const remove = account.cloudwatch.store.delayPublishing("HTTPCode_Target_5XX_Count", 180_000);
    blue.answer = says("sorry", 500);
    await send(3);
    minuteIsOut();
    expect(await read("RequestCount", byBlue, "Sum")).toEqual([3]);
    expect(await read("HTTPCode_Target_5XX_Count", byBlue, "Sum")).toEqual([]);
    clock.advance(180_000);
    expect(await read("HTTPCode_Target_5XX_Count", byBlue, "Sum")).toEqual([3]);
    remove();
  });
});
