import { describe, expect, it } from "vitest";
import { MINUTE_MS } from "../../src/kernel/units.ts";
import { armedWorld, START } from "./armed-world.ts";
import { isWaived, notAgreedTo } from "./checkers/agreed-to.ts";
import { drawWaivers, withWaivers } from "./waived.ts";
import { diceOf } from "./world/dice.ts";
import type { Run } from "./world/run.ts";

const GAPS = ["hosts of green", "forward.lagRecords", "p99 of green", "an alarm"];

/** A run of a tick so many minutes after the beginning, judged under a policy that waives what is given. */
const judged = async (waivers: Parameters<typeof withWaivers>[1], minute: number) => {
  const { world, does, store } = await armedWorld();
  const policy = withWaivers(world.policy, waivers, START);
  await does("operator", (ports) => ports.policies.put(policy, "waiving"));
  await store({ policyDigest: "waiving" });
  const state = world.state();
  if (state === null) throw new Error("not armed");
  return { world, run: { tick: START + minute * MINUTE_MS, seen: { at: START, state } } as unknown as Run };
};

describe("what somebody has agreed to go on without", () => {
  it("is the gap of a waived gate, up to the tick at which it ends, and nothing else", async () => {
    const waivers = [["hosts", 10] as const, ["lag", 10] as const, ["alarms-quiet", 10] as const];
    const before = await judged(waivers, 9);
    expect(notAgreedTo(before.world, before.run, 10, GAPS)).toEqual(["forward.lagRecords", "p99 of green", "an alarm"]);
    const after = await judged(waivers, 10);
    expect(notAgreedTo(after.world, after.run, 10, GAPS)).toEqual(GAPS);
  });

  it("is at 100 % what looks at limits alone", async () => {
    const { world, run } = await judged([["p99", 10]], 9);
    expect(notAgreedTo(world, run, 50, ["p99 of green"])).toEqual([]);
    expect(notAgreedTo(world, run, 100, ["p99 of green"])).toEqual(["p99 of green"]);
    expect(isWaived(world, { ...run, tick: null } as Run, "p99")).toBe(false);
  });

  it("is drawn from dice of its own, some of it over already", () => {
    const drawn = Array.from({ length: 40 }, (_, seed) => drawWaivers(diceOf(seed, "waivers"), 30, 4)).flat();
    expect(drawn.some(([, minute]) => minute < 30)).toBe(true);
    expect(drawn).toEqual(Array.from({ length: 40 }, (_, seed) => drawWaivers(diceOf(seed, "waivers"), 30, 4)).flat());
  });
});
