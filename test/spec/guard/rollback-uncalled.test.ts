import { describe, expect, it } from "vitest";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const HOSTS = ORDERS.alarms.find(({ severity }) => severity === "hard-down")?.arn ?? "";
const WHY = "rollback's function could not be called: Invoke of pawl-rollback: AccessDeniedException";

/** Promote has lost its right to call rollback's function. */
const uncallable = (world: FakeWorld): GuardPorts => ({
  ...world.ports,
  invoke: {
    ...world.ports.invoke,
    rollback: async () => outsideFailure("refused", "Invoke of pawl-rollback: AccessDeniedException"),
  },
});

const pages = (world: FakeWorld): readonly string[] =>
  world.notify.sent.flatMap(({ urgency, body }) => (urgency === "page" ? [body] : []));

const at10 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  return world;
};

describe("a rollback's function that cannot be called", () => {
  it("is named in the page and in the way of the tick that finds the reason, and of those after it", async () => {
    const world = await at10();
    world.truth.firing.add(HOSTS);
    await world.minute(uncallable(world));
    expect(world.rules.greenPercent()).toBe(0);
    expect(pages(world).at(-1)).toContain(WHY);
    expect(world.state().blocking).toContainEqual(expect.objectContaining({ what: "rollback-uncalled", value: WHY }));

    await world.minute(uncallable(world));
    const named = world.state().blocking.find(({ what }) => what === "rollback-uncalled");
    expect(named).toMatchObject({ value: WHY, clears: expect.stringContaining("pawl rollback") });
    expect(world.state().blocking.map(({ what }) => what)).toContain("rollback");
    expect(pages(world).at(-1)).toContain(WHY);
  });

  it("is named no more once it has been called", async () => {
    const world = await at10();
    world.truth.firing.add(HOSTS);
    await world.minute(uncallable(world));
    await world.minutes(3);
    expect(world.state()).toMatchObject({ phase: "rolledBack" });
    expect(world.state().blocking.map(({ what }) => what)).not.toContain("rollback-uncalled");
  });
});
