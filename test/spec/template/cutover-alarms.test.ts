import { describe, expect, test } from "vitest";
import { parseExpression } from "../../../lab/aws/cloudwatch/expression.ts";
import { alarmFaults } from "../../../scripts/template/check-alarms.ts";
import { alarmsOf } from "../../../scripts/template/cutover-alarms.ts";
import { readCutovers } from "../../../scripts/template/read-cutovers.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";

const [orders] = readCutovers(`${import.meta.dirname}/../../..`) as readonly [CutoverBindings];
const [route] = orders.routes as readonly [CutoverBindings["routes"][number]];
const named = (end: string) => `arn:aws:cloudwatch:us-east-1:000000000000:alarm:pawl-orders-${end}`;

describe("the alarms of a cutover", () => {
  test("are named after it, watch its own dimensions, and only dead hosts are hard-down", () => {
    expect(alarmsOf(orders).map(({ name, severity }) => [name, severity])).toEqual([
      ["pawl-orders-green-5xx-ratio", "degraded"],
      ["pawl-orders-green-connection-errors", "degraded"],
      ["pawl-orders-green-p99", "degraded"],
      ["pawl-orders-green-healthy-hosts", "hard-down"],
      ["pawl-orders-lb-5xx-ratio", "degraded"],
    ]);
    const [, , p99] = alarmsOf(orders);
    expect(p99?.properties["Metrics"]).toContainEqual({
      Id: "p99",
      MetricStat: {
        Metric: {
          Namespace: "AWS/ApplicationELB",
          MetricName: "TargetResponseTime",
          Dimensions: [
            { Name: "LoadBalancer", Value: "app/orders/50dc6c495c0c9188" },
            { Name: "TargetGroup", Value: "targetgroup/orders-green/1d2c3b4a59687766" },
          ],
        },
        Period: 60,
        Stat: "p99",
      },
      ReturnData: false,
    });
  });

  test("do not send anybody to a blue that cannot be reached: its refused connections are no errors of green's", () => {
    const lb = alarmsOf(orders).find(({ name }) => name.endsWith("lb-5xx-ratio"));
    const metrics = lb?.properties["Metrics"] as readonly {
      readonly Id: string;
      readonly Expression?: string;
      readonly MetricStat?: { readonly Metric: { readonly MetricName: string; readonly Dimensions: unknown } };
    }[];
    expect(metrics.map(({ Id }) => Id)).toEqual(["ratio", "bad", "requests", "blue0"]);
    expect(metrics.at(-1)?.MetricStat?.Metric).toMatchObject({
      MetricName: "TargetConnectionErrorCount",
      Dimensions: [{ Value: "app/orders/50dc6c495c0c9188" }, { Value: expect.stringContaining("orders-blue") }],
    });
    const expression = metrics[0]?.Expression ?? "";
    const percent = (counts: Readonly<Record<string, number>>): number | undefined => {
      const series = new Map(Object.entries(counts).map(([id, value]) => [id, new Map([[0, value]])]));
      return parseExpression(expression)
        .evaluate({ series, periods: [0] })
        .get(0);
    };
    // Half of all requests go to a dead blue, or to a dead green; or nothing is wrong and nothing is published.
    expect(percent({ bad: 500, requests: 1000, blue0: 500 })).toBe(0);
    expect(percent({ bad: 500, requests: 1000 })).toBe(50);
    expect(percent({ requests: 1000 })).toBe(0);
  });

  test("are one set for two listeners in front of the same green, and a set each for two greens", () => {
    const tls = { ...route, listenerArn: `${route.listenerArn}0`, weightedRuleArn: `${route.weightedRuleArn}0` };
    expect(alarmsOf({ ...orders, routes: [route, tls] })).toHaveLength(5);
    const admin = { ...route, green: "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/admin-green/ab" };
    const names = alarmsOf({ ...orders, routes: [route, admin] }).map((plan) => plan.name);
    expect(names).toHaveLength(9);
    expect(names).toContain("pawl-orders-green-p99-admin-green");
  });
});

describe("the list of alarms in cutover.json", () => {
  test("is accepted as committed, also with alarms of the operator's own", () => {
    expect(alarmFaults(orders)).toEqual([]);
    const own = {
      arn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:checkout-failures",
      severity: "degraded",
    } as const;
    expect(alarmFaults({ ...orders, alarms: [...orders.alarms, own] })).toEqual([]);
  });

  test("is told which alarm it lacks", () => {
    const alarms = orders.alarms.filter((alarm) => alarm.arn !== named("green-p99"));
    expect(alarmFaults({ ...orders, alarms })).toEqual([
      `policies/orders/cutover.json lacks the alarm ${named("green-p99")} (severity "degraded"): add it to "alarms".`,
    ]);
  });

  test("is told which alarm nobody makes", () => {
    const alarms = [...orders.alarms, { arn: named("green-p95"), severity: "degraded" } as const];
    expect(alarmFaults({ ...orders, alarms })).toEqual([
      expect.stringContaining(`${named("green-p95")}, which nobody`),
    ]);
  });

  test("may not call hard-down what leaves green answering", () => {
    const alarms = orders.alarms.map((alarm) => ({ ...alarm, severity: "hard-down" as const }));
    expect(alarmFaults({ ...orders, alarms })).toHaveLength(4);
  });

  test("may not list an alarm twice", () => {
    const alarms = [...orders.alarms, ...orders.alarms.slice(0, 1)];
    expect(alarmFaults({ ...orders, alarms })).toEqual([expect.stringContaining("twice")]);
  });
});
