import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { elbv2Service } from "../../lab/aws/elbv2/elbv2.ts";
import type { LoadBalancer } from "../../lab/aws/elbv2/load-balancer.ts";
import { createOrdersLoadBalancer } from "../../lab/aws/elbv2/orders-load-balancer.ts";
import { startLabClock } from "../../lab/clock.ts";
import type { ObservedRule, RulesPort, WeightWrite } from "../../src/actuation/rules-port.ts";
import { systemNow } from "../../src/adapters/clock/system-clock.ts";
import { elbv2Rules } from "../../src/adapters/elbv2/elbv2-rules.ts";
import { durationMs } from "../../src/kernel/units.ts";
import type { RouteBinding } from "../../src/signals/bindings.ts";
import { loadBalancerOf } from "../../src/wiring-table-and-rules.ts";
import { fakeRules } from "../support/fake-rules.ts";
import { PLAIN } from "../support/plain-cutover.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { type LabAccount, startAccount } from "./lab-account.ts";
import { soonEnough } from "./sample-state.ts";

const plain = PLAIN["the default action"];
const [route] = plain.routes as readonly [RouteBinding];
const hosts = (first: number) => Array.from({ length: 4 }, (_, index) => ({ id: "127.0.0.1", port: first + index }));
const once = { attempts: 1, timeoutMs: soonEnough };
const toTen: WeightWrite = { route, greenPercent: 10, stickySeconds: 60 };

let account: LabAccount;
let balancer: LoadBalancer;
let elbv2: RulesPort;
let memory: RulesPort;

beforeEach(async () => {
  balancer = createOrdersLoadBalancer(startLabClock(1), plain, { blue: hosts(7001), green: hosts(8001) });
  account = await startAccount(elbv2Service(balancer, () => 0));
  memory = fakeRules(virtualClock(), plain);
  elbv2 = elbv2Rules(loadBalancerOf(account.env), systemNow);
});
afterEach(() => account.close());

const WORLDS: readonly (readonly [string, () => RulesPort])[] = [
  ["Elastic Load Balancing", () => elbv2],
  ["memory", () => memory],
];

const defaultRule = async (rules: RulesPort): Promise<ObservedRule | undefined> => {
  const listener = await rules.readListener(route.listenerArn, soonEnough);
  if (!listener.ok) throw new Error(listener.failure.message);
  return listener.value.rules.find(({ priority }) => priority === null);
};

const targets = (blue: number, green: number) => [
  { targetGroupArn: route.blue, weight: blue },
  { targetGroupArn: route.green, weight: green },
];

describe.each(WORLDS)("the default action of %s", (_name, rules) => {
  test("takes a weight, and shows it in the answer and in the next read", async () => {
    const outcome = await rules().writeWeights(toTen, [], once);
    const shown = { priority: null, conditions: [], forward: { targets: targets(90, 10), sticky: true } };
    expect(outcome).toMatchObject({ kind: "applied", shows: [shown] });
    expect(await defaultRule(rules())).toMatchObject(shown);
  });

  test("goes back to blue with its stickiness off in the same write", async () => {
    await rules().writeWeights(toTen, [], once);
    await rules().writeWeights({ route, greenPercent: 0, stickySeconds: null }, [], once);
    expect(await defaultRule(rules())).toMatchObject({ forward: { targets: targets(100, 0), sticky: false } });
  });

  test("names green alone where blue is to be left out", async () => {
    const alone = { route, greenPercent: 100, stickySeconds: null, alone: "green" } as const;
    expect(await rules().writeWeights(alone, [], once)).toMatchObject({ kind: "applied" });
    const read = await defaultRule(rules());
    expect(read?.forward?.targets.map(({ targetGroupArn }) => targetGroupArn)).toEqual([route.green]);
  });
});

describe("the default action, when Elastic Load Balancing is strict or nasty", () => {
  const elb = { service: "elasticloadbalancing" };
  const calls = () => account.gateway.recentCalls().map(({ action }) => action);

  test("is written by ModifyListener, and ModifyRule is never tried on it", async () => {
    await elbv2.writeWeights(toTen, [], once);
    expect(calls()).toEqual(["ModifyListener"]);
  });

  test("one attempt is one request, and no answer is no refusal", async () => {
    account.gateway.inject({ ...elb, action: "ModifyListener", effect: { kind: "lose-answer" } });
    expect(await elbv2.writeWeights(toTen, [], { ...once, timeoutMs: durationMs(2_000) })).toMatchObject({
      kind: "unknown",
    });
    expect(calls()).toEqual(["ModifyListener"]);
    expect(await defaultRule(elbv2)).toMatchObject({ forward: { targets: targets(90, 10) } });
  });

  test("a rule that is none of the route's keeps what it has", async () => {
    const before = balancer.rules.filter(({ priority }) => priority !== "default");
    await elbv2.writeWeights(toTen, [], once);
    expect(balancer.rules.filter(({ priority }) => priority !== "default")).toEqual(before);
  });
});
