import { describe, expect, it } from "vitest";
import { arm } from "../../../src/guard/arm.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { PinnedCutover } from "../../../src/signals/routes.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { BOTH, http } from "../../support/two-routes.ts";

const shares = async (world: FakeWorld): Promise<readonly number[]> =>
  Promise.all(
    BOTH.routes.map(async ({ listenerArn, green }) => {
      const read = await world.rules.readListener(listenerArn, 1_000 as never);
      const first = read.ok
        ? [...read.value.rules].sort((a, b) => (a.priority ?? 1e9) - (b.priority ?? 1e9))[0]
        : undefined;
      return first?.forward?.targets.find(({ targetGroupArn }) => targetGroupArn === green)?.weight ?? 0;
    }),
  );

/** A wide route and, above it, a narrow one with groups of its own, both on the first listener. */
const NESTED: PinnedCutover = {
  ...ORDERS,
  routes: [
    http,
    {
      ...http,
      weightedRuleArn: `${http.weightedRuleArn}-api`,
      blue: `${http.blue}-api`,
      green: `${http.green}-api`,
      pin: { ruleArn: `${http.pin.ruleArn}-api`, raisedPriority: 89, parkedPriority: 91 },
    },
  ],
};

const nested = (): FakeWorld => {
  const world = fakeWorld(NESTED);
  const rule = { otherActions: [], conditions: [] };
  for (const [index, { listenerArn, weightedRuleArn, pin, blue, green }] of NESTED.routes.entries()) {
    world.rules.remove(weightedRuleArn);
    world.rules.remove(pin.ruleArn);
    const conditions = [{ Field: "path-pattern", PathPatternConfig: { Values: [index === 0 ? "/*" : "/api/*"] } }];
    const split = [
      { targetGroupArn: blue, weight: 100 },
      { targetGroupArn: green, weight: 0 },
    ];
    world.rules.add(listenerArn, {
      ...{ ...rule, conditions, ruleArn: weightedRuleArn, priority: pin.raisedPriority + 1 },
      forward: { targets: split, sticky: false },
    });
    world.rules.add(listenerArn, {
      ...{ ...rule, conditions, ruleArn: pin.ruleArn, priority: pin.parkedPriority },
      forward: { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false },
    });
  }
  return world;
};

const armed = async (): Promise<FakeWorld> => {
  const world = fakeWorld(BOTH);
  expect((await world.arm()).kind).toBe("armed");
  return world;
};

describe("a cutover with two routes", () => {
  it("moves both by the same step", async () => {
    const world = await armed();
    await world.until("50 %", () => world.state().weightPercent === 50);
    expect(await shares(world)).toEqual([50, 50]);
  });

  it("puts the one that moved alone back, and then takes the step again", async () => {
    const world = await armed();
    world.rules.fates.push({ kind: "answered" }, { kind: "timed-out", lands: "never" });
    await world.until("an open step", () => world.state().intent !== undefined);
    expect(await shares(world)).toEqual([10, 0]);
    await world.until("both at 0", () => world.rules.greenPercent() === 0, 6);
    expect(world.state().weightPercent).toBe(0);
    await world.until("10 %", () => world.state().weightPercent === 10, 6);
    expect(await shares(world)).toEqual([10, 10]);
  });

  it("goes back on both, and is verified only when both are seen", async () => {
    const world = await armed();
    await world.until("10 %", () => world.state().weightPercent === 10);
    const lost = { kind: "timed-out", lands: "never" } as const;
    world.rules.fates.push({ kind: "answered" }, lost, lost, lost);
    const trigger = { kind: "operator", by: "olga", reason: "enough", acceptLoss: true } as const;
    expect(await snapBack(world.ports, BOTH, trigger)).toMatchObject({ kind: "verified" });
    expect(await shares(world)).toEqual([0, 0]);
  });

  it("is stopped by a foreign change of either", async () => {
    const world = await armed();
    world.rules.remove(`${http.pin.ruleArn}-tls`);
    await world.minutes(15);
    expect(world.state().weightPercent).toBe(0);
    expect(world.state().blocking.map(({ what }) => what)).toContain("drift:foreign-shape");
  });
});

describe("a cutover with two routes on one listener, one inside the other", () => {
  const trigger = { kind: "operator", by: "olga", reason: "enough", acceptLoss: true } as const;
  const between = `${NESTED.routes[1]?.weightedRuleArn} at 99 stands between the pin's 98 and the weighted rule at 100`;
  /** The wide route's pin is to go up past the narrow one's rule. */
  const crossed = {
    ...NESTED,
    routes: [{ ...http, pin: { ...http.pin, raisedPriority: 98 } }, ...NESTED.routes.slice(1)],
  };
  const bring = (world: FakeWorld): void =>
    world.rules.edit(`${http.weightedRuleArn}-api`, (rule) => ({ ...rule, priority: 99 }));

  it("is armed, and goes back on both, where neither pin stands above the other's rule", async () => {
    const world = nested();
    expect(await world.arm()).toMatchObject({ kind: "armed" });
    expect(await snapBack(world.ports, NESTED, trigger)).toMatchObject({ kind: "verified" });
  });

  it("is not armed where one pin would take the other route's requests", async () => {
    const world = nested();
    bring(world);
    const options = { rehearsal: true, doctor: async () => [] };
    const report = await arm(world.ports, crossed, DRILL, "olga", options);
    expect(report).toMatchObject({
      kind: "refused",
      refusals: expect.arrayContaining([expect.stringContaining(between)]),
    });
  });

  it("is not called back on blue where the rules were moved so after arming", async () => {
    const world = nested();
    expect(await world.arm()).toMatchObject({ kind: "armed" });
    bring(world);
    expect(await snapBack(world.ports, crossed, trigger)).toMatchObject({
      kind: "unverified",
      why: expect.stringContaining(between),
    });
  });
});
