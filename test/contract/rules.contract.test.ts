import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { elbv2Service } from "../../lab/aws/elbv2/elbv2.ts";
import type { LoadBalancer } from "../../lab/aws/elbv2/load-balancer.ts";
import { createOrdersLoadBalancer } from "../../lab/aws/elbv2/orders-load-balancer.ts";
import { startLabClock } from "../../lab/clock.ts";
import { readCutovers } from "../../scripts/template/read-cutovers.ts";
import type { ObservedRule, RulesPort, WeightWrite } from "../../src/actuation/rules-port.ts";
import { systemNow } from "../../src/adapters/clock/system-clock.ts";
import { elbv2Hosts } from "../../src/adapters/elbv2/elbv2-hosts.ts";
import { elbv2Rules } from "../../src/adapters/elbv2/elbv2-rules.ts";
import { durationMs } from "../../src/kernel/units.ts";
import type { PinnedCutover, PinnedRoute } from "../../src/signals/routes.ts";
import { loadBalancerOf } from "../../src/wiring-table-and-rules.ts";
import { fakeRules } from "../support/fake-rules.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { type LabAccount, startAccount } from "./lab-account.ts";
import { soonEnough } from "./sample-state.ts";

const [orders] = readCutovers(`${import.meta.dirname}/../..`) as readonly [PinnedCutover];
const [route] = orders.routes as readonly [PinnedRoute];

const hosts = (first: number) => Array.from({ length: 4 }, (_, index) => ({ id: "127.0.0.1", port: first + index }));

let account: LabAccount;
let balancer: LoadBalancer;
let elbv2: RulesPort;
let memory: RulesPort;

beforeEach(async () => {
  balancer = createOrdersLoadBalancer(startLabClock(1), orders, { blue: hosts(7001), green: hosts(8001) });
  account = await startAccount(elbv2Service(balancer, () => 0));
  memory = fakeRules(virtualClock(), orders);
  elbv2 = elbv2Rules(loadBalancerOf(account.env), systemNow);
});
afterEach(() => account.close());

const once = { attempts: 1, timeoutMs: soonEnough };
const toTen: WeightWrite = { route, greenPercent: 10, stickySeconds: 60 };

const ruleOf = async (rules: RulesPort, ruleArn: string): Promise<ObservedRule | undefined> => {
  const listener = await rules.readListener(route.listenerArn, soonEnough);
  if (!listener.ok) throw new Error(listener.failure.message);
  return listener.value.rules.find((rule) => rule.ruleArn === ruleArn);
};

const split = (blue: number, green: number, sticky: boolean) => ({
  targets: [
    { targetGroupArn: route.blue, weight: blue },
    { targetGroupArn: route.green, weight: green },
  ],
  sticky,
});

const WORLDS: readonly (readonly [string, () => RulesPort])[] = [
  ["Elastic Load Balancing", () => elbv2],
  ["memory", () => memory],
];

describe.each(WORLDS)("the rules of %s", (_name, rules) => {
  test("are read with priority, conditions and where they forward to; the default rule has no priority", async () => {
    const listener = await rules().readListener(route.listenerArn, soonEnough);
    if (!listener.ok) throw new Error(listener.failure.message);
    expect(listener.value.rules).toHaveLength(3);
    expect(await ruleOf(rules(), route.weightedRuleArn)).toMatchObject({
      priority: 100,
      conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }],
      forward: split(100, 0, false),
      otherActions: [],
    });
    expect(await ruleOf(rules(), route.pin.ruleArn)).toMatchObject({
      priority: 101,
      forward: { targets: [{ targetGroupArn: route.blue }], sticky: false },
    });
    expect(listener.value.rules.filter((rule) => rule.priority === null)).toHaveLength(1);
  });

  test("take a weight, and show it in the answer and in the next read", async () => {
    const outcome = await rules().writeWeights(toTen, [], once);
    expect(outcome).toMatchObject({ kind: "applied", shows: [{ forward: split(90, 10, true) }] });
    expect(await ruleOf(rules(), route.weightedRuleArn)).toMatchObject({ priority: 100, forward: split(90, 10, true) });
  });

  test("lose their stickiness in the same write that asks for none", async () => {
    await rules().writeWeights(toTen, [], once);
    expect(await rules().writeWeights({ ...toTen, greenPercent: 0, stickySeconds: null }, [], once)).toMatchObject({
      kind: "applied",
    });
    expect(await ruleOf(rules(), route.weightedRuleArn)).toMatchObject({ forward: split(100, 0, false) });
  });

  test("move the pin above and below the weighted rule, however often", async () => {
    for (const [to, priority] of [
      ["raised", 99],
      ["raised", 99],
      ["parked", 101],
    ] as const) {
      const outcome = await rules().movePin(route, to, once);
      expect(outcome).toMatchObject({ kind: "applied", shows: [{ ruleArn: route.pin.ruleArn, priority }] });
      expect(await ruleOf(rules(), route.pin.ruleArn)).toMatchObject({ priority });
    }
  });

  test("say RuleNotFound of a pin that is gone, and applied to whoever deletes it again", async () => {
    for (const _again of [1, 2]) expect(await rules().deletePin(route, soonEnough)).toMatchObject({ kind: "applied" });
    expect(await rules().movePin(route, "raised", once)).toMatchObject({ kind: "refused", code: "RuleNotFound" });
  });

  test("refuse a weight for a rule that is not there", async () => {
    const elsewhere = { ...route, weightedRuleArn: `${route.weightedRuleArn.slice(0, -1)}0` };
    const outcome = await rules().writeWeights({ ...toTen, route: elsewhere }, [], once);
    expect(outcome).toMatchObject({ kind: "refused", code: "RuleNotFound" });
  });

  test("say not-found of a listener that is not there", async () => {
    const outcome = await rules().readListener(`${route.listenerArn.slice(0, -1)}0`, soonEnough);
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "not-found" } });
  });
});

describe("the rules of Elastic Load Balancing, when it is nasty", () => {
  const elb = { service: "elasticloadbalancing" };

  test("a write whose answer never comes is unknown, though it was carried out", async () => {
    account.gateway.inject({ ...elb, action: "ModifyRule", effect: { kind: "lose-answer" } });
    const outcome = await elbv2.writeWeights(toTen, [], { attempts: 1, timeoutMs: durationMs(300) });
    expect(outcome.kind).toBe("unknown");
    expect(await ruleOf(elbv2, route.weightedRuleArn)).toMatchObject({ forward: split(90, 10, true) });
  });

  test("one attempt is one request, even when it fails", async () => {
    account.gateway.inject({ ...elb, action: "ModifyRule", effect: { kind: "down" } });
    expect(await elbv2.writeWeights(toTen, [], once)).toMatchObject({ kind: "unknown" });
    expect(account.gateway.recentCalls().filter((call) => call.action === "ModifyRule")).toHaveLength(1);
  });

  test("a throttled write is refused: it was not carried out", async () => {
    account.gateway.inject({ ...elb, action: "ModifyRule", effect: { kind: "throttle" } });
    expect(await elbv2.writeWeights(toTen, [], once)).toMatchObject({ kind: "refused" });
    expect(await ruleOf(elbv2, route.weightedRuleArn)).toMatchObject({ forward: split(100, 0, false) });
  });

  test("a rollback's write is repeated until it is answered", async () => {
    account.gateway.inject({ ...elb, action: "SetRulePriorities", times: 2, effect: { kind: "throttle" } });
    const outcome = await elbv2.movePin(route, "raised", { attempts: 5, timeoutMs: soonEnough });
    expect(outcome).toMatchObject({ kind: "applied", shows: [{ priority: 99 }] });
  });

  test("an attempt that got lost is not forgotten because a later one was refused", async () => {
    account.gateway.inject({ ...elb, action: "ModifyRule", times: 1, effect: { kind: "down" } });
    account.gateway.inject({ ...elb, action: "ModifyRule", effect: { kind: "throttle" } });
    const outcome = await elbv2.writeWeights(toTen, [], { attempts: 2, timeoutMs: soonEnough });
    expect(outcome.kind).toBe("unknown");
  });

  test("actions before the forward are written back as they were, with the secret nobody can read kept", async () => {
    const login = {
      Type: "authenticate-oidc",
      Order: 1,
      AuthenticateOidcConfig: {
        Issuer: "https://login.example",
        AuthorizationEndpoint: "https://login.example/authorize",
        TokenEndpoint: "https://login.example/token",
        UserInfoEndpoint: "https://login.example/user",
        ClientId: "orders",
        UseExistingClientSecret: true,
      },
    };
    await elbv2.writeWeights(toTen, [login], once);
    const read = await ruleOf(elbv2, route.weightedRuleArn);
    expect(read?.otherActions).toMatchObject([{ Type: "authenticate-oidc", Order: 1 }]);
    const again = await elbv2.writeWeights({ ...toTen, greenPercent: 50 }, read?.otherActions ?? [], once);
    expect(again).toMatchObject({ kind: "applied", shows: [{ forward: split(50, 50, true) }] });
    const written = balancer.rules.find((rule) => rule.arn === route.weightedRuleArn)?.actions;
    expect(written).toMatchObject([
      { Type: "authenticate-oidc", AuthenticateOidcConfig: { ClientId: "orders" } },
      { Type: "forward", Order: 2 },
    ]);
  });
});

test("hosts are counted by side; whatever is not healthy is unhealthy", async () => {
  const [blue, green] = [balancer.targetGroup(route.blue), balancer.targetGroup(route.green)];
  for (const target of blue?.targets ?? []) target.state = "healthy";
  for (const target of green?.targets.slice(0, 1) ?? []) target.state = "unhealthy";
  for (const target of green?.targets.slice(1, 3) ?? []) target.state = "healthy";
  expect(await elbv2Hosts(loadBalancerOf(account.env)).read(orders, soonEnough)).toEqual({
    ok: true,
    value: [
      { side: "blue", targetGroupArn: route.blue, healthy: 4, unhealthy: 0 },
      { side: "green", targetGroupArn: route.green, healthy: 2, unhealthy: 2 },
    ],
  });
});
