import { describe, expect, it } from "vitest";
import { rearm } from "../../../src/guard/re-arm.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { pinned, route, ruleOf, weighted } from "../../support/route-rules.ts";

const trigger = { kind: "operator", by: "olga", reason: "enough", acceptLoss: true } as const;
const login = { Type: "authenticate-oidc", Order: 1, AuthenticateOidcConfig: { ClientId: "shop" } };

/** A route whose users log in, somebody else's rule at the pin's number, and a Describe that does not answer. */
const unreadable = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  for (const { ruleArn } of [weighted(), pinned()])
    world.rules.edit(ruleArn, (rule) => ({ ...rule, otherActions: [login] }));
  expect(await world.arm()).toMatchObject({ kind: "armed" });
  await world.until("10 %", () => world.state().weightPercent === 10);
  const aside = [{ Field: "path-pattern", PathPatternConfig: { Values: ["/admin"] } }];
  world.rules.add(route.listenerArn, ruleOf({ priority: route.pin.raisedPriority, conditions: aside }));
  world.rules.describeFails = true;
  return world;
};

const weightedRule = async (world: FakeWorld) => {
  world.rules.describeFails = false;
  const read = await world.rules.readListener(route.listenerArn, 1_000 as never);
  return read.ok ? read.value.rules.find(({ ruleArn }) => ruleArn === route.weightedRuleArn) : undefined;
};

describe("a rollback whose pin is refused while the rules cannot be read", () => {
  it("writes the weights all the same, with the actions that the rule was armed with", async () => {
    const world = await unreadable();
    expect(await snapBack(world.ports, ORDERS, trigger)).toMatchObject({
      kind: "unverified",
      why: expect.stringContaining("PriorityInUse"),
    });
    expect(world.rules.greenPercent()).toBe(0);
    expect(await weightedRule(world)).toMatchObject({ otherActions: [login] });
  });

  it("armed before that was kept, writes nothing that could drop a login, and says which weights it has not written", async () => {
    const world = await unreadable();
    const { otherActionsAtArm: _none, ...older } = world.state();
    world.store.put({ ...older, version: older.version + 1, writeId: "older" });
    expect(await snapBack(world.ports, ORDERS, trigger)).toMatchObject({
      kind: "unverified",
      why: expect.stringContaining(`the weights of ${route.weightedRuleArn} were not written: NotRead`),
    });
    expect(world.rules.greenPercent()).toBe(10);
  });

  it("without the table writes nothing to it either: blue may be fenced", async () => {
    const world = await unreadable();
    world.outage.table = true;
    const writes = world.rules.writes.length;
    await snapBack({ ...world.ports, state: { ...world.ports.state, latch: unanswered } }, ORDERS, trigger);
    expect(world.rules.writes.slice(writes).map(({ what }) => what)).not.toContain("weight 0");
  });

  it("leaves a rule alone that a look shows without a forward: that is somebody's doing", async () => {
    const world = await unreadable();
    world.rules.describeFails = false;
    world.rules.edit(route.weightedRuleArn, (rule) => ({ ...rule, forward: null }));
    await snapBack(world.ports, ORDERS, trigger);
    expect(await weightedRule(world)).toMatchObject({ forward: null });
  });
});

const unanswered = async () => ({ kind: "unknown", message: "the table did not answer" }) as const;

describe("arming again", () => {
  it("keeps the actions of the rules as they are by then", async () => {
    const world = fakeWorld();
    await world.arm();
    expect(world.state().otherActionsAtArm).toEqual({ [route.weightedRuleArn]: [] });
    await snapBack(world.ports, ORDERS, trigger);
    await world.until("settled", () => world.state().settled !== undefined);
    for (const { ruleArn } of [weighted(), pinned()])
      world.rules.edit(ruleArn, (rule) => ({ ...rule, otherActions: [login] }));
    await world.minutes(120);
    const again = { rehearsal: true, doctor: async () => [] };
    expect(await rearm(world.ports, ORDERS, DRILL, "olga", again)).toMatchObject({ kind: "armed" });
    expect(world.state().otherActionsAtArm).toEqual({ [route.weightedRuleArn]: [login] });
  });
});
