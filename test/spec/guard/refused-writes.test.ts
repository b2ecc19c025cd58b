import { describe, expect, it } from "vitest";
import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import { lowerGreen, raiseGreen } from "../../../src/guard/change-weight.ts";
import { readRoutes } from "../../../src/guard/look.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { weightPercent } from "../../../src/kernel/units.ts";
import type { RouteBinding } from "../../../src/signals/bindings.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { BOTH, http, tls } from "../../support/two-routes.ts";

const OTHER: ObservedRule = {
  ruleArn: "arn:other",
  priority: http.pin.raisedPriority,
  conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/admin/*"] } }],
  forward: { targets: [{ targetGroupArn: "arn:elsewhere", weight: 1 }], sticky: false },
  otherActions: [],
};

const armed = async (cutover = ORDERS): Promise<FakeWorld> => {
  const world = fakeWorld(cutover);
  expect((await world.arm()).kind).toBe("armed");
  return world;
};
const ruleShare = async (world: FakeWorld, { listenerArn, weightedRuleArn, green }: RouteBinding): Promise<number> => {
  const read = await world.rules.readListener(listenerArn, 1_000 as never);
  const rule = read.ok ? read.value.rules.find(({ ruleArn }) => ruleArn === weightedRuleArn) : undefined;
  return rule?.forward?.targets.find(({ targetGroupArn }) => targetGroupArn === green)?.weight ?? -1;
};
const told = (world: FakeWorld, subject: RegExp) => world.notify.sent.filter((one) => subject.test(one.subject));
const back = (world: FakeWorld) =>
  snapBack(world.ports, world.cutover, { kind: "operator", by: "olga", reason: "enough", acceptLoss: true });

describe("a step that the load balancer refuses", () => {
  it("for good is paged with what to do, and its intent is over", async () => {
    const world = await armed();
    world.rules.fates.push({ kind: "refused", code: "TargetGroupNotFound" });
    await world.until("told", () => told(world, /refused 10 %/).length > 0);
    expect(told(world, /refused 10 %/)[0]).toMatchObject({
      urgency: "page",
      body: expect.stringMatching(/TargetGroupNotFound: .*Create the target group again/),
    });
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state().intent).toBeUndefined();
  });

  it("minute after minute is paged every quarter of an hour, and asked for every minute all the same", async () => {
    const world = await armed();
    for (let minute = 0; minute < 60; minute += 1) world.rules.fates.push({ kind: "refused", code: "AccessDenied" });
    await world.until("told", () => told(world, /refused 10 %/).length > 0);
    await world.minutes(31);

    expect(told(world, /refused 10 %/)).toHaveLength(3);
    expect(world.rules.fates.length).toBeLessThan(30);
    expect(world.state().blocking).toMatchObject([
      { what: "step-refused", value: expect.stringMatching(/AccessDenied/) },
    ]);
    world.rules.fates.length = 0;
    await world.until("10 %", () => world.state().weightPercent === 10);
    expect(world.state().blocking.map(({ what }) => what)).not.toContain("step-refused");
  });

  it("because it is throttled wakes nobody, and is asked again by a later tick", async () => {
    const world = await armed();
    world.rules.fates.push({ kind: "refused", code: "Throttling" });
    await world.until("10 %", () => world.state().weightPercent === 10);
    expect(told(world, /refused 10 %/).map(({ urgency }) => urgency)).toEqual(["info"]);
  });

  it("is asked once a tick and never twice", async () => {
    const world = await armed();
    world.rules.fates.push({ kind: "timed-out", lands: "never" });
    await world.until("asked", () => world.rules.writes.length > 0);
    expect(world.rules.writes).toHaveLength(1);
    expect(world.state().intent).toMatchObject({ kind: "setWeight", to: 10 });
  });
});

describe("two routes of which one refuses the step", () => {
  it("are both where they were when the tick ends: the other one is put back at once", async () => {
    const world = await armed(BOTH);
    world.rules.fates.push({ kind: "answered" }, { kind: "refused", code: "IncompatibleProtocols" });
    await world.until("told", () => told(world, /refused 10 %/).length > 0);
    expect(told(world, /refused 10 %/)[0]?.body).toMatch(/^IncompatibleProtocols: .*protocol/);
    expect(told(world, /refused 10 %/)[0]?.body).toContain(`(weights of ${tls.weightedRuleArn})`);
    expect([await ruleShare(world, http), await ruleShare(world, tls)]).toEqual([0, 0]);
    expect(world.state()).toMatchObject({ weightPercent: 0 });
    expect(world.state().intent).toBeUndefined();
  });

  it("and whose put-back is lost leave the intent to be settled by reading", async () => {
    const world = await armed(BOTH);
    const lost = { kind: "timed-out", lands: "never" } as const;
    world.rules.fates.push({ kind: "answered" }, { kind: "refused", code: "Throttling" }, lost, lost, lost);
    await world.until("an open step", () => world.state().intent !== undefined);
    expect([await ruleShare(world, http), await ruleShare(world, tls)]).toEqual([10, 0]);
    await world.until("10 % on both", () => world.state().weightPercent === 10, 12);
    expect([await ruleShare(world, http), await ruleShare(world, tls)]).toEqual([10, 10]);
  });

  it("are repeated alone where they go back: one refused pin does not keep the other from being raised", async () => {
    const world = await armed(BOTH);
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.rules.fates.push({ kind: "refused", code: "AccessDenied" });
    await back(world);
    expect(world.state().latch?.verifiedAt).toBeDefined();
    expect(
      world.rules.writes.filter(({ what, route }) => what === "pin raised" && route === http.weightedRuleArn).length,
    ).toBeGreaterThan(1);
  });
});

describe("a rollback whose pin's number is taken", () => {
  const taken = async (): Promise<FakeWorld> => {
    const world = await armed();
    await world.until("50 %", () => world.state().weightPercent === 50);
    world.rules.add(http.listenerArn, OTHER);
    return world;
  };

  it("sends everything back by the weights, says why it is not verified, and what to do", async () => {
    const world = await taken();
    expect(await back(world)).toMatchObject({
      kind: "unverified",
      why: expect.stringMatching(/PriorityInUse.*move that rule/),
    });
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state().latch?.verifiedAt).toBeUndefined();
  });

  it("on one route of two is told with the pin that it keeps down, and the other one is not mentioned", async () => {
    const world = await armed(BOTH);
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.rules.add(tls.listenerArn, OTHER);
    const report = await back(world);
    const why = report.kind === "unverified" ? report.why : "";
    expect(why).toMatch(/^PriorityInUse: .*move that rule/);
    expect(why).toContain(`(pin ${tls.pin.ruleArn})`);
    expect(why).not.toContain(`${http.pin.ruleArn})`);
  });

  it("is verified by the next tick once that rule is moved", async () => {
    const world = await taken();
    await back(world);
    world.rules.edit("arn:other", (rule) => ({ ...rule, priority: 500 }));
    await world.until("verified", () => world.state().phase === "rolledBack", 4);
  });

  it("keeps a login that stands before the forward", async () => {
    const world = await taken();
    const login = { Type: "authenticate-cognito", Order: 1, AuthenticateCognitoConfig: { UserPoolArn: "pool" } };
    world.rules.edit(http.weightedRuleArn, (rule) => ({ ...rule, otherActions: [login] }));
    await back(world);
    const read = await world.rules.readListener(http.listenerArn, 1_000 as never);
    const rule = read.ok ? read.value.rules.find(({ ruleArn }) => ruleArn === http.weightedRuleArn) : undefined;
    expect(rule).toMatchObject({ otherActions: [login], forward: { targets: [{ weight: 100 }, { weight: 0 }] } });
  });
});

it("a rollback that is throttled is repeated until it is verified", async () => {
  const world = await armed();
  await world.until("10 %", () => world.state().weightPercent === 10);
  world.rules.fates.push(...Array.from({ length: 7 }, () => ({ kind: "refused", code: "Throttling" }) as const));
  expect(await back(world)).toMatchObject({ kind: "verified" });
});

it("rules that are not as bound are never raised, and may be lowered all the same", async () => {
  const world = await armed();
  world.rules.add(http.listenerArn, { ...OTHER, conditions: [], priority: 5 });
  const { sights } = await readRoutes(world.ports, ORDERS);
  expect(sights).toMatchObject([{ kind: "foreign" }]);
  const steps = { from: weightPercent(0), to: weightPercent(10) };
  expect(await raiseGreen(world.ports, ORDERS, steps, sights)).toMatchObject({ kind: "refused" });
  expect(world.rules.writes).toEqual([]);
  expect(await lowerGreen(world.ports, ORDERS, sights)).toMatchObject([{ kind: "applied" }]);
});

describe("a step of two routes", () => {
  const stepped = async (prepare: (world: FakeWorld) => void, foreign = false) => {
    const world = await armed(BOTH);
    if (foreign) world.rules.edit(tls.weightedRuleArn, (rule) => ({ ...rule, forward: null }));
    const { sights } = await readRoutes(world.ports, BOTH);
    prepare(world);
    const weights = { from: weightPercent(0), to: weightPercent(10) };
    return { world, outcome: await raiseGreen(world.ports, BOTH, weights, sights) };
  };

  it("is not taken where one of their rules is not as bound, and may be later", async () => {
    const { world, outcome } = await stepped(() => {}, true);
    expect(outcome).toEqual({ kind: "refused", message: "the rules are not as bound", retryable: true });
    expect(world.rules.writes).toEqual([]);
    expect(await raiseGreen(world.ports, BOTH, { from: weightPercent(0), to: weightPercent(10) }, [])).toEqual(outcome);
  });

  it("may be taken later only where neither refusal is for good", async () => {
    const refuse =
      (...codes: readonly string[]) =>
      (world: FakeWorld) => {
        for (const code of codes) world.rules.fates.push({ kind: "refused", code });
      };
    const outcomeOf = async (...codes: readonly string[]) => (await stepped(refuse(...codes))).outcome;
    expect(await outcomeOf("Throttling", "Throttling")).toMatchObject({ kind: "refused", retryable: true });
    expect(await outcomeOf("Throttling", "AccessDenied")).toMatchObject({ kind: "refused", retryable: false });
    expect(await outcomeOf("AccessDenied", "Throttling")).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/AccessDenied.*; Throttling/),
    });
  });

  it("is taken where both are answered, and show it", async () => {
    expect((await stepped(() => {})).outcome).toEqual({ kind: "applied" });
  });

  it("is not taken by an answer that shows another weight, or a rule that is not as bound", async () => {
    const world = await armed(BOTH);
    const { sights } = await readRoutes(world.ports, BOTH);
    const read = await world.rules.readListener(tls.listenerArn, 1_000 as never);
    const before = read.ok ? read.value.rules : [];
    for (const shows of [before, []]) {
      const writeWeights: FakeWorld["rules"]["writeWeights"] = async (write, ...by) =>
        write.route.listenerArn === tls.listenerArn
          ? { kind: "applied", answeredAt: world.clock.now(), shows }
          : world.rules.writeWeights(write, ...by);
      const ports = { ...world.ports, rules: { ...world.ports.rules, writeWeights } };
      const weights = { from: weightPercent(0), to: weightPercent(10) };
      expect((await raiseGreen(ports, BOTH, weights, sights)).kind).toBe("unknown");
    }
  });

  it("whose answers were lost is taken where a look shows both, and is not known where it shows one", async () => {
    const lost = (...lands: readonly ("now" | "never")[]) =>
      stepped((world) => {
        for (const each of lands) world.rules.fates.push({ kind: "timed-out", lands: each });
      });
    expect((await lost("now", "now")).outcome).toEqual({ kind: "applied" });
    for (const lands of [
      ["now", "never"],
      ["never", "now"],
      ["never", "never"],
    ] as const)
      expect((await lost(...lands)).outcome.kind).toBe("unknown");
  });

  it("whose answers were lost is not known either where no look is answered", async () => {
    const { outcome } = await stepped((world) => {
      for (const _ of BOTH.routes) world.rules.fates.push({ kind: "timed-out", lands: "now" });
      world.rules.describeFails = true;
    });
    expect(outcome.kind).toBe("unknown");
  });
});

it("a rule that nobody has read is not written, going back either: that could drop a login", async () => {
  const world = await armed(BOTH);
  const unread = { kind: "refused", code: "NotRead", message: "the rule was not read" };
  expect(await lowerGreen(world.ports, BOTH, [])).toEqual([unread, unread]);
  const { sights } = await readRoutes(world.ports, { ...BOTH, routes: [tls] });
  expect(await lowerGreen(world.ports, BOTH, sights)).toMatchObject([unread, { kind: "applied" }]);
});
