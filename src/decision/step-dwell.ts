import { toIso } from "../kernel/instant.ts";
import { type EpochMs, epochMs, later, parseDuration } from "../kernel/units.ts";
import { blindAfterMs } from "../policy/floor.ts";
import type { Policy, PolicyStep } from "../policy/policy-file.ts";
import type { GateVerdict } from "../policy/verdict.ts";
import { dwellEnds, dwellObstacle, type Obstacle, sawTicksBefore, verdictsOf, worstOf } from "./blocking.ts";
import type { DecideInput } from "./decision.ts";
import type { CutoverState } from "./state.ts";

/**
 * Since when the step's gates have not all passed, tick after tick, waivers left out of account; null while they do. A
 * tick that sees less than the ticks before it says nothing of them.
 */
export const unprovenSince = ({ state, policy, judgement, facts, tick }: DecideInput): EpochMs | null => {
  if (state.phase !== "shifting") return null;
  const step = policy.steps[state.step];
  if (step === undefined || !sawTicksBefore(facts.trouble)) return state.unprovenSince ?? null;
  return worstOf(verdictsOf(step.promoteWhen, judgement)) === "pass" ? null : (state.unprovenSince ?? tick);
};

/**
 * The rule by which a step that lasted too long goes back, or null. A gate that merely cannot be judged, or that fails by
 * minutes that nobody saw, looks the same for a tick or two as one that is broken; so a step that did pass is given up
 * only where it has not passed for as long as pawl may be blind. One that never passed has had all its time.
 */
export const stepTooLong = (
  { state, policy, tick, facts }: DecideInput,
  unproven: EpochMs | null,
): { readonly rule: string; readonly why: string } | null => {
  const step = policy.steps[state.step];
  if (state.phase !== "shifting" || step?.maxDwell === undefined || step.onMaxDwell !== "rollback") return null;
  if (unproven === null || !sawTicksBefore(facts.trouble)) return null;
  if (tick < givenUpAt(state, policy, step, unproven)) return null;
  const passed = unproven > state.verifiedAt ? `; its gates have not passed since ${toIso(unproven)}` : "";
  return {
    rule: `max-dwell:${step.id}`,
    why: `step ${step.id} did not pass its gates within ${step.maxDwell}${passed}`,
  };
};

const longestEnds = (state: CutoverState, { maxDwell }: PolicyStep): EpochMs | null =>
  maxDwell === undefined ? null : dwellEnds(state, parseDuration(maxDwell));

const givenUpAt = (state: CutoverState, policy: Policy, step: PolicyStep, unproven: EpochMs): EpochMs => {
  const ends = longestEnds(state, step) ?? unproven;
  const stood = unproven <= state.verifiedAt ? unproven : later(unproven, blindAfterMs(policy));
  return epochMs(Math.max(stood, ends));
};

/** The shortest time of a step, and where its gates do not pass, its longest. */
export const dwellObstacles = (
  { state, policy, tick }: DecideInput,
  step: PolicyStep,
  verdicts: readonly GateVerdict[],
  unproven: EpochMs | null,
): readonly Obstacle[] => {
  const shortest = dwellObstacle(state, dwellEnds(state, parseDuration(step.minDwell)), tick);
  const ends = longestEnds(state, step);
  if (ends === null || tick < ends) return shortest;
  // Told, and nothing more: once the gates come to pass, having been late does not stop the step.
  if (worstOf(verdicts) === "pass") return shortest;
  const back = step.onMaxDwell === "rollback" && unproven !== null;
  const late = {
    what: "max-dwell",
    value: `${Math.round((tick - state.verifiedAt) / 1000)} s in step ${step.id}`,
    threshold: `<= ${step.maxDwell}${back ? `; rollback at ${toIso(givenUpAt(state, policy, step, unproven))}` : ""}`,
    clears: "the step's gates pass, or a rollback",
  };
  return [...shortest, late];
};
