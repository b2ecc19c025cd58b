import { permitFor } from "../../src/decision/decommission-permit.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import type { ActOutcome, DecommissionActs, OutsideAction } from "../../src/decommission/acts.ts";
import { DECOMMISSION_PLAN } from "../../src/decommission/plan.ts";
import { type DecommissionProgress, runDecommission } from "../../src/decommission/run-decommission.ts";
import { ONE_ATTEMPT } from "../../src/guard/limits.ts";
import type { GuardPorts } from "../../src/guard/ports.ts";
import { later, MINUTE_MS, weightPercent } from "../../src/kernel/units.ts";
import { type FakeWorld, fakeWorld } from "./fake-world.ts";

/** Acts on nothing: each has its effect once, however often it is asked, as the real ones look before they do. */
export interface FakeActs {
  readonly acts: DecommissionActs;
  /** In the order in which they came about; each once. */
  readonly effects: OutsideAction[];
  /** What an act answers instead of coming about, for as long as it is here. */
  readonly instead: Map<OutsideAction, ActOutcome>;
  /** Acts that were asked for although an earlier one was not in the journal as finished. */
  readonly premature: string[];
}

export const fakeActs = (journal: GuardPorts["journal"], cutover: string): FakeActs => {
  const effects: OutsideAction[] = [];
  const instead: FakeActs["instead"] = new Map();
  const premature: string[] = [];
  const order = DECOMMISSION_PLAN.map(({ action }) => action);
  const actOn = async (action: OutsideAction): Promise<ActOutcome> => {
    const listed = await journal.list(cutover);
    const finished = listed.ok ? listed.value.flatMap((of) => (of.finishedAt === undefined ? [] : [of.action])) : [];
    for (const before of order.slice(0, order.indexOf(action)))
      if (!finished.includes(before)) premature.push(`${action} before ${before}`);
    const otherwise = instead.get(action);
    if (otherwise !== undefined) return otherwise;
    if (!effects.includes(action)) effects.push(action);
    return { kind: "done", detail: {} };
  };
  const outside = order.filter(
    (action): action is OutsideAction => action !== "point-of-no-return" && action !== "outwait-rollback",
  );
  const acts = Object.fromEntries(outside.map((action) => [action, () => actOn(action)]));
  return { acts: acts as unknown as DecommissionActs, effects, instead, premature };
};

export interface Decommissioning extends FakeActs {
  readonly world: FakeWorld;
  readonly change: (by: Partial<CutoverState>) => void;
  readonly takePermit: () => void;
  /** As promote does at every minute in which nothing is against it. */
  readonly grantPermit: () => void;
  readonly run: (through?: GuardPorts) => Promise<DecommissionProgress>;
  /** A minute at a time, with a fresh permit each; what the last run said. */
  readonly runMinutes: (count: number) => Promise<DecommissionProgress>;
}

/** A cutover whose soak is over and approved, at the minute in which decommission is first allowed to begin. */
export const beginDecommission = async (): Promise<Decommissioning> => {
  const world = fakeWorld();
  await world.arm();
  const fake = fakeActs(world.journal, world.cutover.name);
  const change = (by: Partial<CutoverState>): void => {
    const state = world.state();
    world.store.put({ ...state, version: state.version + 1, writeId: world.ports.newId(), ...by });
  };
  const takePermit = (): void => {
    const { permit: _gone, ...state } = world.state();
    world.store.put({ ...state, version: state.version + 1, writeId: world.ports.newId() });
  };
  const grantPermit = (): void => {
    const now = world.clock.now();
    if (world.state().phase === "decommissioning") change({ permit: permitFor(world.state(), now), lastTick: now });
  };
  const run = (through: GuardPorts = world.ports): Promise<DecommissionProgress> =>
    runDecommission({ ...through, acts: fake.acts, hasTime: () => true }, world.cutover);
  for (const route of world.cutover.routes)
    await world.rules.writeWeights({ route, greenPercent: 100, stickySeconds: null }, [], ONE_ATTEMPT);
  const approval = { by: "olga", reason: "the soak is over", epoch: world.state().epoch, at: world.clock.now() };
  change({ phase: "decommissioning", weightPercent: weightPercent(100), approval });
  grantPermit();
  return {
    ...fake,
    ...{ world, change, takePermit, grantPermit, run },
    runMinutes: async (count) => {
      let last: DecommissionProgress = { done: [], stopped: "" };
      for (let minute = 0; minute < count; minute += 1) {
        world.clock.advanceTo(later(world.clock.now(), MINUTE_MS));
        grantPermit();
        last = await run();
      }
      return last;
    },
  };
};
