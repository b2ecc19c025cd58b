import { describe, expect, it } from "vitest";
import { requestAdopt } from "../../../src/guard/requests.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { DRILL, type FakeWorld, fakeWorld, sha256 } from "../../support/fake-world.ts";

/** What a newer release has adopted before its deploy was taken back. */
const judgedBy = async (world: FakeWorld, policy: Policy): Promise<void> => {
  const digest = policyDigest(policy, sha256);
  await world.policies.put(policy, digest);
  const state = world.state();
  world.store.put({ ...state, version: state.version + 1, policyDigest: digest });
};

const atTen = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  return world;
};

const blockedBy = (world: FakeWorld, what: string) => world.state().blocking.find((each) => each.what === what);
const paged = (world: FakeWorld): string => world.notify.sent.map(({ body }) => body).join("\n");

const [firstStep, ...moreSteps] = DRILL.steps;
if (firstStep === undefined) throw new Error("a policy has steps");
const IN_WEEKS: Policy = { ...DRILL, steps: [{ ...firstStep, minDwell: "1w" }, ...moreSteps] };

describe("a policy in force that this release cannot judge by", () => {
  it("holds, says what it does not understand, and pages", async () => {
    const world = await atTen();
    await judgedBy(world, IN_WEEKS);
    await world.minutes(30);
    expect(world.state()).toMatchObject({ weightPercent: 10, phase: "shifting" });
    expect(blockedBy(world, "policy")?.value).toContain("steps.0.minDwell is not a duration such as 90s, 5m or 24h");
    expect(paged(world)).toContain("steps.0.minDwell is not a duration");
  });

  it("refuses to adopt another one beside it, and says what there is to do: asking again would not help", async () => {
    const world = await atTen();
    await judgedBy(world, IN_WEEKS);
    const asked = { by: "olga", reason: "r", policyDigest: policyDigest(DRILL, sha256) };
    expect(await requestAdopt(world.ports, "orders", asked)).toMatchObject({
      kind: "refused",
      why: expect.stringMatching(/^the policies cannot be read: .*steps.0.minDwell is not a duration/),
    });
    world.outage.table = true;
    expect(await requestAdopt(world.ports, "orders", asked)).toMatchObject({ kind: "failed" });
  });

  it("leaves the floor: a green that is dead goes back", async () => {
    const world = await atTen();
    await judgedBy(world, IN_WEEKS);
    await world.minutes(2);
    world.truth.greenErrorRatio = 1;
    await world.until("back on blue", () => world.state().phase === "rolledBack");
    expect(world.state().latch?.cause).toEqual({ kind: "policy", rules: ["floor"] });
  });
});

describe("a rollback rule in force that this release cannot judge", () => {
  it.each([
    ["there is no operator", { sudden_rise: ["green.p99Ms", "3m"] }],
    ["there is no signal", { ">": [{ var: "green.slowRequests" }, 100] }],
    ["is no window", { ">": [{ stat: ["green.errors5xx", "sum", "1w"] }, 100] }],
  ])("keeps every step from being taken, and pages at once: %s", async (why, when) => {
    const world = await atTen();
    await judgedBy(world, { ...DRILL, rollback: [...DRILL.rollback, { id: "newer", why: "w", when }] });
    await world.minutes(1);
    expect(paged(world)).toContain("this release cannot judge newer");
    await world.minutes(30);
    expect(world.state()).toMatchObject({ weightPercent: 10, phase: "shifting" });
    expect(blockedBy(world, "rollback-rules")?.value).toContain(why);
  });

  it("is got rid of as its block says, while the step that a policy would wait for cannot come", async () => {
    const world = await atTen();
    await judgedBy(world, {
      ...DRILL,
      rollback: [...DRILL.rollback, { id: "newer", why: "w", when: { sudden_rise: [1] } }],
    });
    await world.minutes(2);
    expect(blockedBy(world, "rollback-rules")?.clears).toContain("pawl policy adopt --restart-step of one");
    const asked = { by: "olga", reason: "r", policyDigest: policyDigest(DRILL, sha256), restartStep: true };
    expect(await requestAdopt(world.ports, "orders", asked)).toMatchObject({ kind: "accepted", takeover: "next-tick" });
    await world.until("the next step", () => world.state().step === 1);
    expect(blockedBy(world, "rollback-rules")).toBeUndefined();
  });

  it("keeps no other rule from firing", async () => {
    const world = await atTen();
    const newer = { id: "newer", why: "w", when: { sudden_rise: [1] } };
    await judgedBy(world, { ...DRILL, rollback: [newer, ...DRILL.rollback] });
    await world.minutes(2);
    world.truth.greenErrorRatio = 0.2;
    await world.until("back on blue", () => world.state().phase === "rolledBack");
    expect(world.state().latch?.cause).toMatchObject({ kind: "policy", rules: expect.arrayContaining(["slow-burn"]) });
  });
});
