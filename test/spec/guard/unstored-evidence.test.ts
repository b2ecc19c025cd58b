import { describe, expect, it } from "vitest";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { type FakeWorld, fakeWorld, wholeLedger } from "../../support/fake-world.ts";

/** The table takes everything, this tick's snapshot too, but not what the decision rests on. */
const unstored = ({ ports }: FakeWorld): GuardPorts => ({
  ...ports,
  evidence: { ...ports.evidence, put: async () => outsideFailure("refused", "PutItem: not authorized") },
});

/** Armed or at 10 %, in the minute before the next step is due. */
const beforeStepFrom = async (percent: 0 | 10): Promise<FakeWorld> => {
  const reaches = (target: number, from: FakeWorld) =>
    from.until(`${target} % or more`, () => from.state().weightPercent >= target);
  const scout = fakeWorld();
  await scout.arm();
  await reaches(percent, scout);
  const minutes = await reaches(percent + 1, scout);
  const world = fakeWorld();
  await world.arm();
  await reaches(percent, world);
  await world.minutes(minutes - 1);
  expect(world.state().weightPercent).toBe(percent);
  return world;
};

describe("a step whose evidence could not be stored", () => {
  it.each([0, 10] as const)("from %i % is not taken, minute after minute", async (percent) => {
    const world = await beforeStepFrom(percent);
    const written = world.rules.writes.length;
    for (let minute = 0; minute < 5; minute += 1) {
      const report = await world.minute(unstored(world));
      // The gates say yes: nothing else keeps it from going on.
      expect(report).toMatchObject({ kind: "judged", decision: "advance" });
      expect(wholeLedger(world).at(-1)).toMatchObject({ kind: "hold", detail: { evidence: "could not be stored" } });
    }
    expect(world.rules.greenPercent()).toBe(percent);
    expect(world.rules.writes).toHaveLength(written);
    expect(world.state().weightPercent).toBe(percent);
    expect(world.state().intent).toBeUndefined();
  });

  it("is taken by the first tick that can store it, and its record names it", async () => {
    const world = await beforeStepFrom(0);
    await world.minute(unstored(world));
    await world.minute();
    expect(world.rules.greenPercent()).toBe(10);
    const step = wholeLedger(world).findLast(({ detail }) => detail["decision"] === "advance");
    expect(world.evidence.all.has(String(step?.detail["evidence"]))).toBe(true);
  });

  it("does not keep a rollback", async () => {
    const world = await beforeStepFrom(10);
    world.truth.greenErrorRatio = 0.3;
    for (let minute = 0; minute < 3; minute += 1) await world.minute(unstored(world));
    expect(world.rules.greenPercent()).toBe(0);
  });
});
