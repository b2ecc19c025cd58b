import { describe, expect, it } from "vitest";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { DRILL, type FakeWorld, fakeWorld } from "../../support/fake-world.ts";
import { BOTH } from "../../support/two-routes.ts";

const pages = (world: FakeWorld): readonly string[] =>
  world.notify.sent.filter(({ urgency }) => urgency === "page").map(({ subject, body }) => `${subject}: ${body}`);

describe("somebody is told, again and again,", () => {
  it("where a step has reached one route alone, and the load balancer refuses to take it back", async () => {
    const world = fakeWorld(BOTH);
    await world.arm();
    const { rules } = world;
    const { writeWeights } = rules;
    let raised = 0;
    rules.writeWeights = async (write, others, limits) => {
      if (write.greenPercent === 0) return { kind: "refused", code: "AccessDenied", message: "not authorized" };
      raised += 1;
      if (raised > 1) rules.fates.push({ kind: "timed-out", lands: "never" });
      return writeWeights(write, others, limits);
    };
    await world.until("a step is open", () => world.state().intent !== undefined);
    await world.minutes(9);
    expect(pages(world)).toEqual([]);
    await world.minutes(21);
    expect(rules.greenPercent()).toBe(10);
    expect(pages(world)).toHaveLength(2);
    expect(pages(world)[0]).toMatch(/^orders needs somebody: intent: setWeight 10 % asked at /);
  });

  it("where what a rollback has cost is not proven within half an hour", async () => {
    const world = fakeWorld();
    await world.arm(DRILL);
    await world.until("50 %", () => world.state().weightPercent === 50);
    await world.minutes(2);
    world.truth.drains = false;
    await snapBack(world.ports, world.cutover, { kind: "operator", by: "olga", reason: "slow", acceptLoss: false });
    await world.minutes(1);
    world.notify.sent.length = 0;
    await world.minutes(28);
    expect(pages(world)).toEqual([]);
    await world.minutes(17);
    expect(pages(world)).toHaveLength(2);
    expect(pages(world)[0]).toContain("settle: reverse: the slot has not confirmed the token. Clears when:");
    world.truth.drains = true;
    world.notify.sent.length = 0;
    await world.until("settled", () => world.state().settled !== undefined);
    await world.minutes(40);
    expect(pages(world)).toEqual([]);
  });
});
