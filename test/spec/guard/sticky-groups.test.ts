import { describe, expect, it } from "vitest";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { RouteBinding } from "../../../src/signals/bindings.ts";
import { type AnyWorld, DRILL, fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { PLAIN, plainWorld } from "../../support/plain-cutover.ts";

/** What the load balancer says of two groups in a rule that is not sticky, where one of them is sticky itself. */
const REFUSED = { kind: "refused", code: "InvalidConfigurationRequest" } as const;
const ANSWERED = { kind: "answered" } as const;
const TRIGGER = { kind: "operator", by: "olga", reason: "enough", acceptLoss: true } as const;

const at50 = async <World extends AnyWorld>(world: World): Promise<World> => {
  expect((await world.arm(DRILL)).kind).toBe("armed");
  await world.until("50 %", () => world.state().weightPercent === 50);
  return world;
};

/** Target groups and weights of the first route's weighted rule. */
const targetsIn = async ({ rules, cutover }: AnyWorld) => {
  const { listenerArn, weightedRuleArn } = cutover.routes[0] as RouteBinding;
  const read = await rules.readListener(listenerArn, 1_000 as never);
  const all = read.ok ? read.value.rules : [];
  return all.find((rule) => rule.ruleArn === (weightedRuleArn ?? `${listenerArn}/default`))?.forward?.targets;
};

const { blue, green, listenerArn, pin } = ORDERS.routes[0] as (typeof ORDERS.routes)[number];
const BLUE_ALONE = [{ targetGroupArn: blue, weight: 100 }];
const BOTH = [...BLUE_ALONE, { targetGroupArn: green, weight: 0 }];

describe("a rollback whose target groups somebody has made sticky", () => {
  it.each(Object.entries(PLAIN))(
    "without a pin names blue alone, and is verified in its time: %s",
    async (_, cutover) => {
      const world = await at50(plainWorld(cutover));
      world.rules.fates.push(REFUSED, ANSWERED);
      expect(await snapBack(world.ports, cutover, TRIGGER)).toMatchObject({ kind: "asserted" });
      expect(await targetsIn(world)).toEqual(BLUE_ALONE);
      await world.until("rolled back", () => world.state().phase === "rolledBack", 8);
      expect(world.rules.greenPercent()).toBe(0);
    },
  );

  it("names blue alone where the pin's number is taken, and green again once the pin is up", async () => {
    const world = await at50(fakeWorld());
    const conditions = [{ Field: "path-pattern", PathPatternConfig: { Values: ["/admin/*"] } }];
    const forward = { targets: [{ targetGroupArn: "arn:elsewhere", weight: 1 }], sticky: false };
    const priority = pin.raisedPriority;
    world.rules.add(listenerArn, { ruleArn: "arn:other", priority, conditions, forward, otherActions: [] });
    const refusedPairs = Array.from({ length: 20 }, () => [ANSWERED, REFUSED, ANSWERED]).flat();
    world.rules.fates.push(...refusedPairs);
    expect(await snapBack(world.ports, ORDERS, TRIGGER)).toMatchObject({ kind: "unverified" });
    expect(world.rules.greenPercent()).toBe(0);
    expect(await targetsIn(world)).toEqual(BLUE_ALONE);

    world.rules.fates.length = 0;
    world.rules.remove("arn:other");
    await world.until("verified", () => world.state().phase === "rolledBack", 4);
    expect(await targetsIn(world)).toEqual(BOTH);
  });

  it("leaves green named below its raised pin: it stays health-checked", async () => {
    const world = await at50(fakeWorld());
    world.rules.fates.push(ANSWERED, REFUSED);
    expect(await snapBack(world.ports, ORDERS, TRIGGER)).toMatchObject({ kind: "verified" });
    expect((await targetsIn(world))?.map(({ targetGroupArn }) => targetGroupArn)).toEqual([blue, green]);
  });
});
