import {
  CreateRuleCommand,
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  PriorityInUseException,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { elbv2Service } from "../../lab/aws/elbv2/elbv2.ts";
import type { LoadBalancer } from "../../lab/aws/elbv2/load-balancer.ts";
import { createOrdersLoadBalancer } from "../../lab/aws/elbv2/orders-load-balancer.ts";
import { startLabClock } from "../../lab/clock.ts";
import { readCutovers } from "../../scripts/template/read-cutovers.ts";
import type { RulesPort } from "../../src/actuation/rules-port.ts";
import { systemNow } from "../../src/adapters/clock/system-clock.ts";
import { elbv2Hosts } from "../../src/adapters/elbv2/elbv2-hosts.ts";
import { elbv2Rules } from "../../src/adapters/elbv2/elbv2-rules.ts";
import { durationMs } from "../../src/kernel/units.ts";
import type { PinnedCutover, PinnedRoute } from "../../src/signals/routes.ts";
import { loadBalancerOf } from "../../src/wiring-table-and-rules.ts";
import { type FakeRules, fakeRules } from "../support/fake-rules.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { type LabAccount, startAccount } from "./lab-account.ts";
import { once, ruleOf, rulePortSuite, split, toTen } from "./rule-port-suite.ts";
import { soonEnough } from "./sample-state.ts";

const [orders] = readCutovers(`${import.meta.dirname}/../..`) as readonly [PinnedCutover];
const [route] = orders.routes as readonly [PinnedRoute];

const hosts = (first: number) => Array.from({ length: 4 }, (_, index) => ({ id: "127.0.0.1", port: first + index }));

let account: LabAccount;
let balancer: LoadBalancer;
let elbv2: RulesPort;
let memory: FakeRules;

beforeEach(async () => {
  balancer = createOrdersLoadBalancer(startLabClock(1), orders, { blue: hosts(7001), green: hosts(8001) });
  account = await startAccount(elbv2Service(balancer, () => 0));
  memory = fakeRules(virtualClock(), orders);
  elbv2 = elbv2Rules(loadBalancerOf(account.env), systemNow);
});
afterEach(() => account.close());

const LISTENER_RULE = { Conditions: [{ Field: "path-pattern", Values: ["/admin/*"] }] };

rulePortSuite("the local Elastic Load Balancing", () => ({
  rules: elbv2,
  route,
  loadBalancerArn: orders.loadBalancerArn,
  occupy: (Priority) =>
    loadBalancerOf(account.env).send(
      new CreateRuleCommand({
        ...LISTENER_RULE,
        ListenerArn: route.listenerArn,
        Priority,
        Actions: [{ Type: "forward", TargetGroupArn: route.blue }],
      }),
    ),
}));

rulePortSuite("memory", () => ({
  rules: memory,
  route,
  loadBalancerArn: orders.loadBalancerArn,
  occupy: async (priority) =>
    memory.add(route.listenerArn, {
      ...{ ruleArn: "arn:other", priority, conditions: LISTENER_RULE.Conditions, otherActions: [] },
      forward: { targets: [{ targetGroupArn: route.blue, weight: 1 }], sticky: false },
    }),
}));

describe("the rules of Elastic Load Balancing, when it is nasty", () => {
  const elb = { service: "elasticloadbalancing" };

  test("a write whose answer never comes is unknown, though it was carried out", async () => {
    account.gateway.inject({ ...elb, action: "ModifyRule", effect: { kind: "lose-answer" } });
    const outcome = await elbv2.writeWeights(toTen(route), [], { attempts: 1, timeoutMs: durationMs(2_000) });
    expect(outcome.kind).toBe("unknown");
    expect(await ruleOf({ rules: elbv2, route }, route.weightedRuleArn)).toMatchObject({
      forward: split(route, 90, 10, true),
    });
  });

  test("one attempt is one request, even when it fails", async () => {
    account.gateway.inject({ ...elb, action: "ModifyRule", effect: { kind: "down" } });
    expect(await elbv2.writeWeights(toTen(route), [], once)).toMatchObject({ kind: "unknown" });
    expect(account.gateway.recentCalls().filter((call) => call.action === "ModifyRule")).toHaveLength(1);
  });

  test("groups that are sticky themselves are refused side by side at 0, and blue alone is taken", async () => {
    const attributes = { "stickiness.enabled": "true" };
    Object.assign(balancer.targetGroup(route.green) ?? {}, { attributes });
    const toZero = { route, greenPercent: 0, stickySeconds: null };
    expect(await elbv2.writeWeights(toZero, [], once)).toMatchObject({ code: "InvalidConfigurationRequest" });
    expect(await elbv2.writeWeights({ ...toZero, alone: "blue" }, [], once)).toMatchObject({ kind: "applied" });
  });

  test("a throttled write is refused: it was not carried out", async () => {
    account.gateway.inject({ ...elb, action: "ModifyRule", effect: { kind: "throttle" } });
    expect(await elbv2.writeWeights(toTen(route), [], once)).toMatchObject({ kind: "refused" });
    expect(await ruleOf({ rules: elbv2, route }, route.weightedRuleArn)).toMatchObject({
      forward: split(route, 100, 0, false),
    });
  });

  test("a rollback's write is repeated until it is answered", async () => {
    account.gateway.inject({ ...elb, action: "SetRulePriorities", times: 2, effect: { kind: "throttle" } });
    const outcome = await elbv2.movePin(route, "raised", { attempts: 5, timeoutMs: soonEnough });
    expect(outcome).toMatchObject({ kind: "applied", shows: [{ priority: 99 }] });
  });

  test("an attempt that got lost is not forgotten because a later one was refused", async () => {
    account.gateway.inject({ ...elb, action: "ModifyRule", times: 1, effect: { kind: "down" } });
    account.gateway.inject({ ...elb, action: "ModifyRule", effect: { kind: "throttle" } });
    const outcome = await elbv2.writeWeights(toTen(route), [], { attempts: 2, timeoutMs: soonEnough });
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
    await elbv2.writeWeights(toTen(route), [login], once);
    const read = await ruleOf({ rules: elbv2, route }, route.weightedRuleArn);
    expect(read?.otherActions).toMatchObject([{ Type: "authenticate-oidc", Order: 1 }]);
    const again = await elbv2.writeWeights({ ...toTen(route), greenPercent: 50 }, read?.otherActions ?? [], once);
    expect(again).toMatchObject({ kind: "applied", shows: [{ forward: split(route, 50, 50, true) }] });
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

test("target health is asked for again where one group alone was throttled, and nothing else is asked for twice", async () => {
  const busy = [Object.assign(new Error("Rate exceeded"), { name: "Throttling" })];
  const asked: string[] = [];
  const send = async ({ input }: { readonly input: { readonly TargetGroupArn: string } }) => {
    asked.push(input.TargetGroupArn);
    const error = input.TargetGroupArn === route.green ? busy.shift() : undefined;
    if (error !== undefined) throw error;
    return { TargetHealthDescriptions: [{ TargetHealth: { State: "healthy" } }] };
  };
  const hosts = elbv2Hosts({ send } as unknown as ElasticLoadBalancingV2Client);
  expect(await hosts.read(orders, soonEnough)).toMatchObject({ ok: true, value: [{ side: "blue" }, { healthy: 1 }] });
  expect(asked.toSorted()).toEqual([route.blue, route.green, route.green].toSorted());
});

test("one second in which the account's calls are throttled makes no read blind", async () => {
  const busyUntil = performance.now() + 1_000;
  const send = async () => {
    if (performance.now() < busyUntil) throw Object.assign(new Error("Rate exceeded"), { name: "Throttling" });
    return { TargetHealthDescriptions: [{ TargetHealth: { State: "healthy" } }] };
  };
  const read = elbv2Hosts({ send } as unknown as ElasticLoadBalancingV2Client).read(orders, durationMs(2_000));
  expect(await read).toMatchObject({ ok: true });
});

describe("the adapter, by what the SDK throws", () => {
  const throwing = (...errors: readonly Error[]) => {
    const left = [...errors];
    const send = async (command: object) => {
      const error = left.shift();
      if (error !== undefined) throw error;
      return command instanceof DescribeRulesCommand
        ? { Rules: [{ RuleArn: route.pin.ruleArn, Priority: "99" }] }
        : { Rules: [] };
    };
    return elbv2Rules({ send } as unknown as ElasticLoadBalancingV2Client, systemNow);
  };
  const named = (name: string) => Object.assign(new Error("no"), { name });
  const taken = () => new PriorityInUseException({ message: "in use", $metadata: { httpStatusCode: 400 } });

  test.each([
    ["AccessDenied", "refused"],
    ["ExpiredTokenException", "refused"],
    ["CredentialsProviderError", "refused"],
    ["Throttling", "refused"],
    ["TimeoutError", "unknown"],
    ["AbortError", "unknown"],
    ["InternalFailure", "unknown"],
    ["ACodeOfTomorrowException", "unknown"],
  ])("%s is %s", async (name, kind) => {
    expect(await throwing(named(name)).writeWeights(toTen(route), [], once)).toMatchObject({ kind });
  });

  test("a pin that has its number already is moved, also after an attempt that got lost", async () => {
    const insist = { attempts: 3, timeoutMs: soonEnough };
    expect(await throwing(named("TimeoutError"), taken()).movePin(route, "raised", insist)).toMatchObject({
      kind: "applied",
      shows: [{ priority: 99 }],
    });
  });

  test("a number that is taken stays refused where the look at it fails", async () => {
    expect(await throwing(taken(), named("TimeoutError")).movePin(route, "raised", once)).toMatchObject({
      kind: "refused",
      code: "PriorityInUse",
    });
  });
});
