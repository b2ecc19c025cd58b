import { describe, expect, it } from "vitest";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { durationMs } from "../../../src/kernel/units.ts";
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
      // Nothing else keeps it from going on.
      expect(report).toMatchObject({ kind: "judged", decision: "hold" });
      expect(world.state().blocking).toMatchObject([{ what: "evidence" }]);
      expect(wholeLedger(world).at(-1)).toMatchObject({ kind: "hold", detail: { evidence: "could not be stored" } });
    }
    expect(world.rules.greenPercent()).toBe(percent);
    expect(world.rules.writes).toHaveLength(written);
    expect(world.state().weightPercent).toBe(percent);
    expect(world.state().intent).toBeUndefined();
    expect(world.notify.sent.filter(({ body }) => body.includes("could not be stored"))).toHaveLength(1);
  });

  it("nor does a decommission begin, or go on", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("100 %", () => world.state().phase === "soaking");
    // Until its gates' windows are whole.
    await world.minutes(12);
    const { epoch, soak } = world.state();
    const approval = { by: "olga", reason: "soaked", epoch, at: world.clock.now() };
    world.store.put({ ...world.state(), soak: { ...soak, healthyMs: durationMs(48 * 3_600_000) }, approval });

    await world.minute(unstored(world));
    expect(world.state()).toMatchObject({ phase: "soaking", blocking: [{ what: "evidence" }] });
    expect(world.state().permit).toBeUndefined();

    await world.minute();
    expect(world.state()).toMatchObject({ phase: "decommissioning", permit: {} });
    await world.minute(unstored(world));
    expect(world.state()).toMatchObject({ phase: "decommissioning", blocking: [{ what: "evidence" }] });
    expect(world.state().permit).toBeUndefined();
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
