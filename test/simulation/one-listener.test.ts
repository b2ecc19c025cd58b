import { describe, expect, it } from "vitest";
import type { PinnedRoute } from "../../src/signals/routes.ts";
import { ONCE } from "./armed-world.ts";
import { allCheckers } from "./checkers/index.ts";
import { faultsOf } from "./faults/faults.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { cutoverOf, type Parameters, parametersOf, policyOf } from "./parameters.ts";
import { START } from "./start.ts";
import { type WorldPorts, worldOf } from "./world/world.ts";

const digest = (text: string): string => `${text.length}`;

const scene = (listener: NonNullable<Parameters["listener"]>) => {
  const parameters: Parameters = { ...parametersOf(1, { policy: "drill" }), routes: 2, listener };
  const said: string[] = [];
  const checkers = allCheckers(digest, false);
  const world = worldOf({
    ...{ seed: 1, start: START, cutover: cutoverOf(parameters), policy: policyOf(parameters), digest },
    faults: faultsOf({ seed: 1, from: START, until: START, weather: 1, without: FAULT_KINDS }),
    keepsEvidence: false,
    watchers: [
      (event) => {
        for (const checker of checkers) said.push(...[checker.watch(event, world) ?? []].flat());
      },
    ],
  });
  const [api, all] = world.cutover.routes as readonly PinnedRoute[];
  if (api === undefined || all === undefined) throw new Error("two routes");
  const does = async (work: (ports: WorldPorts) => Promise<unknown>) => {
    world.launch("promote", START, work);
    await world.time.runTo(world.time.now() + 1_000);
  };
  const weighs = (route: PinnedRoute, greenPercent: number) =>
    does((ports) => ports.rules.writeWeights({ route, greenPercent, stickySeconds: null }, [], ONCE));
  const shares = () => world.rules.shares.map((changes) => changes.at(-1)?.greenPercent);
  return { world, api, all, does, weighs, shares, said };
};

describe("two routes on one listener", () => {
  it("have one list of rules, and each its own requests", async () => {
    const { world, api, all, weighs, does, shares } = scene("one");
    expect(api.listenerArn).toBe(all.listenerArn);
    expect(world.rules.rulesOf(0)).toBe(world.rules.rulesOf(1));
    await weighs(api, 10);
    await weighs(all, 50);
    expect(shares()).toEqual([10, 50]);
    await does((ports) => ports.rules.movePin(all, "raised", ONCE));
    expect(shares()).toEqual([10, 0]);
    expect([world.rules.wouldTake(0), world.rules.wouldTake(1)]).toEqual([[], []]);
  });

  it("lose them to each other where one's pin goes up above the other's rule", async () => {
    const { world, api, all, weighs, does, shares, said } = scene("muddled");
    expect(world.rules.wouldTake(1)).toEqual([0]);
    await weighs(api, 10);
    expect(said).toContain("green was given more, and pin 1 would take requests of 0");
    await does((ports) => ports.rules.movePin(all, "raised", ONCE));
    expect(shares()).toEqual([0, 0]);
  });
});
