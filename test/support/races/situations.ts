import { permitFor } from "../../../src/decision/decommission-permit.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { durationMs, later, weightPercent } from "../../../src/kernel/units.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { DRILL, type FakeWorld, fakeWorld, sha256 } from "../fake-world.ts";

/** Quiet before it may be armed again: long enough for every wait that the guard itself demands. */
const COOL_DOWN_MS = durationMs(400_000);

/** A policy that may take over anywhere: the drill with other words. */
export const OTHER_POLICY: Policy = { ...DRILL, description: "The drill, said otherwise." };

const armed = async (cutover: CutoverBindings): Promise<FakeWorld> => {
  const world = fakeWorld(cutover);
  await world.arm();
  await world.policies.put(OTHER_POLICY, policyDigest(OTHER_POLICY, sha256));
  return world;
};

/** Everything passes; only a pause keeps the next tick from taking a step, and it is taken away. */
const beforeStep = async (world: FakeWorld, fromPercent: number): Promise<FakeWorld> => {
  await world.until(`${fromPercent} %`, () => world.state().weightPercent === fromPercent);
  put(world, { pause: { by: "olga", reason: "the race begins later", at: world.clock.now() } });
  await world.until("nothing but the pause", () => blocking(world) === "pause");
  const { pause: _pause, ...state } = world.state();
  world.store.put(state);
  return world;
};

const blocking = (world: FakeWorld): string =>
  world
    .state()
    .blocking.map(({ what }) => what)
    .join();

const put = (world: FakeWorld, change: Partial<CutoverState>): void => world.store.put({ ...world.state(), ...change });

const rollBack = (world: FakeWorld) =>
  snapBack(world.ports, world.cutover, { kind: "operator", by: "olga", reason: "before the race", acceptLoss: true });

const rolledBack = async (cutover: CutoverBindings): Promise<FakeWorld> => {
  const world = await beforeStep(await armed(cutover), 10);
  await rollBack(world);
  await world.until("settled", () => world.state().settled !== undefined);
  world.clock.advanceTo(later(world.clock.now(), COOL_DOWN_MS));
  return world;
};

type Prepare = (cutover: CutoverBindings) => Promise<FakeWorld>;

/** Where a cutover may stand when several runs get hold of it at once. Its next minute has not been served yet. */
export const SITUATIONS = {
  "before the first step": async (cutover) => beforeStep(await armed(cutover), 0),
  "before the next step": async (cutover) => beforeStep(await armed(cutover), 10),
  "a step whose answer never came": async (cutover) => {
    const world = await beforeStep(await armed(cutover), 0);
    world.rules.fates.push({ kind: "timed-out", lands: { afterMs: 29_000 } });
    await world.minutes(4);
    return world;
  },
  "green has failed": async (cutover) => {
    const world = await beforeStep(await armed(cutover), 10);
    world.truth.greenErrorRatio = 0.5;
    return world;
  },
  "latched, and its rollback died": async (cutover) => {
    const world = await beforeStep(await armed(cutover), 10);
    world.rules.fates.push(...Array.from({ length: 40 }, () => ({ kind: "timed-out", lands: "never" }) as const));
    await rollBack(world);
    world.rules.fates.length = 0;
    return world;
  },
  "ready to arm again": rolledBack,
  "armed again, its pin still up": async (cutover) => {
    const world = await rolledBack(cutover);
    await rearm(world.ports, world.cutover, DRILL, "olga", { rehearsal: true, doctor: async () => [] });
    return world;
  },
  "before the point of no return": async (cutover) => {
    const world = await armed(cutover);
    await world.until("100 %", () => world.state().weightPercent === 100);
    const { epoch } = world.state();
    const approval = { by: "olga", reason: "the soak is over", epoch, at: world.clock.now() };
    put(world, { phase: "decommissioning", weightPercent: weightPercent(100), approval });
    put(world, { permit: permitFor(world.state(), world.clock.now()) });
    return world;
  },
} satisfies Record<string, Prepare>;

export type Situation = keyof typeof SITUATIONS;
