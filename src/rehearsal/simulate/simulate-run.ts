import type { CutoverState } from "../../decision/state.ts";
import type { PromoteReport } from "../../guard/promote-tick.ts";
import { requestApprove } from "../../guard/requests.ts";
import type { Digest } from "../../kernel/digest.ts";
import { MINUTE_MS } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import { seedOf } from "../world/random.ts";
import type { Scenario } from "../world/scenario.ts";
import type { MinuteTraits } from "../world/traits.ts";
import { type SimulatedWorld, simulatedWorld } from "../world/world.ts";
import { runDiary } from "./run-diary.ts";
import type { Ending, RunOutcome } from "./run-outcome.ts";

export interface RunSettings {
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly traitsAt: (minute: number) => MinuteTraits;
  readonly seed: number;
  readonly digest: Digest;
}

/**
 * One cutover from arming to its end: decommission begins, traffic is back on blue, or the horizon is reached. The
 * guard's own loop on a virtual clock. The outcome depends on the settings and the run's number alone.
 */
export const simulateRun = async (settings: RunSettings, run: number): Promise<RunOutcome> => {
  const { scenario, policy, traitsAt, seed } = settings;
  const world = simulatedWorld({ ...settings, seed: seedOf(seed, run) });
  const armed = await world.arm();
  const diary = runDiary(policy, traitsAt);
  if (armed.kind !== "armed")
    return diary.outcome(world, run, "refused", armed.kind === "refused" ? armed.refusals : [armed.why]);
  const horizon = Math.floor(scenario.horizonMs / MINUTE_MS);
  let ending: Ending | null = null;
  while (ending === null) {
    await approve(world, scenario.approvesAfterMs);
    const before = stateOf(world);
    const report: PromoteReport = await world.tick();
    diary.note(before, stateOf(world), report, world);
    ending = endingOf(stateOf(world), world.minuteNow() >= horizon);
  }
  return diary.outcome(world, run, ending, []);
};

const stateOf = (world: SimulatedWorld): CutoverState => {
  const state = world.state();
  if (state === null) throw new RangeError("an armed cutover has a state");
  return state;
};

const endingOf = ({ phase, latch }: CutoverState, over: boolean): Ending | null => {
  if (phase === "decommissioning" || phase === "rolledBack") return phase;
  if (!over) return null;
  return latch === undefined ? "horizon" : "held";
};

/** An approval is good for 24 h; whoever gave it gives it again in time. */
const RENEWED_AFTER_MS = 23 * 60 * MINUTE_MS;

const approve = async (world: SimulatedWorld, afterMs: number | null): Promise<void> => {
  const { phase, soak, approval, latch } = stateOf(world);
  if (afterMs === null || phase !== "soaking" || latch !== undefined) return;
  const now = world.ports.clock.now();
  const old = approval === undefined || now - approval.at >= RENEWED_AFTER_MS;
  if (old && now - (soak.startedAt ?? now) >= afterMs)
    await requestApprove(world.ports, world.cutover.name, { by: "operator", reason: "by the scenario" });
};
