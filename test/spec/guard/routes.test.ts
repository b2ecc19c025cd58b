import { describe, expect, it } from "vitest";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { PinnedCutover } from "../../../src/signals/routes.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const [http] = ORDERS.routes;
if (http === undefined) throw new Error("unreachable");

/** The same split on :80 and on :443. */
const TWO_ROUTES: PinnedCutover = {
  ...ORDERS,
  routes: [
    http,
    {
      ...http,
      listenerArn: `${http.listenerArn}-tls`,
      weightedRuleArn: `${http.weightedRuleArn}-tls`,
      pin: { ...http.pin, ruleArn: `${http.pin.ruleArn}-tls` },
    },
  ],
};

const shares = async (world: FakeWorld): Promise<readonly number[]> =>
  Promise.all(
    TWO_ROUTES.routes.map(async ({ listenerArn, green }) => {
      const read = await world.rules.readListener(listenerArn, 1_000 as never);
      const first = read.ok
        ? [...read.value.rules].sort((a, b) => (a.priority ?? 1e9) - (b.priority ?? 1e9))[0]
        : undefined;
      return first?.forward?.targets.find(({ targetGroupArn }) => targetGroupArn === green)?.weight ?? 0;
    }),
  );

const armed = async (): Promise<FakeWorld> => {
  const world = fakeWorld(TWO_ROUTES);
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
    expect(await snapBack(world.ports, TWO_ROUTES, trigger)).toMatchObject({ kind: "verified" });
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
