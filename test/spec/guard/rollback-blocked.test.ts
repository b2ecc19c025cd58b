import { describe, expect, it } from "vitest";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { route, ruleOf } from "../../support/route-rules.ts";

const trigger = { kind: "operator", by: "olga", reason: "enough", acceptLoss: true } as const;

const at10 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  return world;
};

/** A maintenance page for some of the route's requests, as somebody in trouble puts it up. */
const maintenance = (world: FakeWorld): void =>
  world.rules.add(route.listenerArn, ruleOf({ ruleArn: "maintenance", priority: 5 }));

const unverifiedPages = (world: FakeWorld): readonly string[] =>
  world.notify.sent.flatMap(({ subject, body }) => (/could not be verified/.test(subject) ? [body] : []));

describe("a rollback whose route somebody else has changed", () => {
  it.each<[string, (world: FakeWorld) => void, string]>([
    ["by a rule above", maintenance, "rule maintenance stands above and takes requests of this route"],
    [
      "into a fixed response",
      (world) => world.rules.edit(route.weightedRuleArn, (rule) => ({ ...rule, forward: null })),
      "the weighted rule does not forward",
    ],
  ])(
    "(%s) raises the pin, and says in report, page and status what keeps it from being verified",
    async (_, change, why) => {
      const world = await at10();
      change(world);
      expect(await snapBack(world.ports, ORDERS, trigger)).toEqual({ kind: "unverified", why });
      expect(world.rules.greenPercent()).toBe(0);
      expect(unverifiedPages(world)).toEqual([`${why}. The next tick goes on.`]);

      await world.minute();
      const [obstacle] = world.state().blocking;
      expect(obstacle).toMatchObject({ what: "rollback", value: `not verified yet: ${why}` });
      expect(obstacle?.clears).toContain("put back");
      expect(world.notify.sent.findLast(({ subject }) => /going back to blue/.test(subject))?.body).toContain(why);
    },
  );

  it("tells the same once and again after a quarter of an hour, and something else at once", async () => {
    const world = await at10();
    maintenance(world);
    await snapBack(world.ports, ORDERS, trigger);
    await world.minutes(14);
    expect(unverifiedPages(world)).toHaveLength(1);
    await world.minutes(2);
    expect(unverifiedPages(world)).toHaveLength(2);

    world.rules.add(route.listenerArn, ruleOf({ ruleArn: "another", priority: 4 }));
    world.rules.remove("maintenance");
    await world.minute();
    expect(unverifiedPages(world).at(-1)).toContain("rule another");

    world.rules.remove("another");
    await world.minutes(2);
    expect(world.state().latch).toMatchObject({ verifiedAt: expect.any(Number) });
    expect(world.state().latch).not.toHaveProperty("told");
  });

  it("that was verified before says what has changed since, and not that it will be put right", async () => {
    const world = await at10();
    expect(await snapBack(world.ports, ORDERS, trigger)).toMatchObject({ kind: "verified" });
    maintenance(world);
    await world.minute();
    const found = world.state().blocking.find(({ what }) => what === "drift:unpinned");
    expect(found).toMatchObject({
      value: expect.stringContaining("rule maintenance"),
      clears: expect.stringContaining("put back"),
    });
  });

  it("is told of straight, every time, where the table does not take it", async () => {
    const world = await at10();
    maintenance(world);
    await snapBack(world.ports, ORDERS, trigger);
    world.rules.remove("maintenance");
    world.rules.add(route.listenerArn, ruleOf({ ruleArn: "another", priority: 4 }));
    const deaf = { ...world.ports.state, transition: async () => ({ kind: "unknown", message: "no answer" }) as const };
    await snapBack({ ...world.ports, state: deaf }, ORDERS, trigger);
    expect(unverifiedPages(world).at(-1)).toContain("rule another");
  });

  it("says that the rules could not be read, where they could not", async () => {
    const world = await at10();
    world.rules.describeFails = true;
    expect(await snapBack(world.ports, ORDERS, trigger)).toMatchObject({
      kind: "unverified",
      why: expect.stringContaining("the rules could not be read: DescribeRules of"),
    });
  });
});
