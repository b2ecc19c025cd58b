import type { EpochMs } from "../kernel/units.ts";
import { knownBurst } from "../policy/operations/evidence/baseline.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { Obstacle } from "./blocking.ts";
import { restartSoak } from "./soak.ts";
import type { Adoption, CutoverState, OperatorRequest } from "./state.ts";

/** A policy that takes over, and what the state has to know of it. */
export interface Adopted {
  readonly adoption: Adoption;
  readonly at: EpochMs;
  readonly whenNotLossless: "snap" | "hold";
  readonly drill: boolean;
  /** The step or the soak under way begins again; not where it has just begun. */
  readonly restarts: boolean;
}

const ADOPTING_PHASES: readonly CutoverState["phase"][] = ["armed", "shifting", "soaking"];

export const mayAdopt = ({ latch, phase }: CutoverState): boolean =>
  latch === undefined && ADOPTING_PHASES.includes(phase);

/** Where a policy that was asked for takes over. */
export type Takeover = "next-tick" | "next-step";

/**
 * A policy takes over where nothing has been judged by the old one that still counts: before the first step, as a step is
 * committed, as the soak's clock begins again, and where an operator has a step begin again. Never while a change of the
 * load balancer is open: nobody knows yet at which step that ends.
 */
export const takeoverOf = (state: CutoverState, { restartStep }: Pick<Adoption, "restartStep">): Takeover =>
  state.intent === undefined && (state.phase !== "shifting" || restartStep === true) ? "next-tick" : "next-step";

/**
 * Why a policy cannot take over a cutover; none where it can. Asked when it is requested, and again when it takes over.
 *
 * @param current - The policy in force.
 */
export const adoptionRefusals = (
  state: CutoverState,
  current: Policy,
  next: Policy,
  asked: Pick<Adoption, "restartStep">,
): readonly string[] => [
  ...standingRefusals(state),
  ...((current.drill === true) === (next.drill === true)
    ? []
    : [next.drill === true ? "the new policy is a drill, this is none" : "this is a drill, the new policy is none"]),
  ...weightRefusal(state, current, next, takeoverOf(state, asked)),
];

/**
 * A policy that was to take over by now and has not: it could not be read. What is in force goes on judging, and opens no
 * way; whoever asked was told that this tick judges by the other one.
 */
export const adoptionObstacles = (state: CutoverState): readonly Obstacle[] => {
  const { adoption } = state;
  if (adoption === undefined || takeoverOf(state, adoption) === "next-step") return [];
  return [
    {
      what: "adoption",
      value: `policy ${adoption.policyDigest}, asked for by ${adoption.by}, could not be read`,
      threshold: "in force",
      clears: "the table gives it, or pawl policy adopt of the policy in force",
    },
  ];
};

/** Every weight up to the one at which it takes over has to be the same, or nobody knows where the cutover stands. */
const weightRefusal = (state: CutoverState, current: Policy, next: Policy, takeover: Takeover): readonly string[] => {
  const steps = state.step + (takeover === "next-tick" ? 1 : 2);
  const weights = ({ steps: all }: Policy): string =>
    all
      .slice(0, steps)
      .map(({ weight }) => weight)
      .join(", ");
  const [was, is] = [weights(current), weights(next)];
  if (was === is) return [];
  const where =
    takeover === "next-tick"
      ? `green stands at ${state.weightPercent} %`
      : `it would take over at the next step, ${current.steps[state.step + 1]?.weight} %`;
  return [`${where}, and the weights so far are ${was} here and ${is} in the new policy`];
};

const standingRefusals = ({ latch, phase }: CutoverState): readonly string[] => [
  ...(latch === undefined ? [] : ["a rollback is latched; pawl arm --again takes the policy it is to go on with"]),
  ...(ADOPTING_PHASES.includes(phase) || latch !== undefined
    ? []
    : [`it is ${phase}: what is taken apart was soaked and approved under the policy in force`]),
];

/** Why a request to adopt is not taken, as far as it can be said without looking into the policies; null: it is. */
export const adoptRefusal = (state: CutoverState, { policyDigest }: OperatorRequest): string | null => {
  const [standing] = standingRefusals(state);
  if (standing !== undefined) return standing;
  if (policyDigest === undefined) return "it names no policy";
  return policyDigest === state.policyDigest && state.adoption === undefined ? "it is in force already" : null;
};

/** To ask for the policy in force is to want no other any more. */
export const adoptionAsked = (state: CutoverState, request: OperatorRequest): CutoverState => {
  // Stryker disable next-line StringLiteral: a request without one was refused before, the types do not know it
  const { policyDigest = "", by, reason, at, restartStep } = request;
  const { adoption: _, ...rest } = state;
  if (policyDigest === state.policyDigest) return rest;
  return { ...rest, adoption: { policyDigest, by, reason, at, ...(restartStep === true ? { restartStep } : {}) } };
};

/** Where its step or its soak goes on, what was judged by the policy before counts for nothing any more. */
export const adopted = (state: CutoverState, { adoption, at, restarts, ...of }: Adopted): CutoverState => {
  const { adoption: _, approval: __, ...rest } = state;
  const { policyDigest } = adoption;
  const next = { ...rest, policyDigest, whenNotLossless: of.whenNotLossless, drill: of.drill };
  // An approval was given to what the policy before had shown; there is none before the soak.
  if (!restarts) return next;
  return {
    ...next,
    steppedAt: at,
    verifiedAt: at,
    ...(state.phase === "shifting" ? { unprovenSince: at } : {}),
    soak: state.phase === "soaking" ? restartSoak(state.soak, at) : state.soak,
    // How errors come in clumps was measured before green had any; that stays true.
    evidence: state.step < 0 ? state.evidence : { burst: knownBurst(state.evidence) },
  };
};
