import { toIso } from "../kernel/instant.ts";
import { type EpochMs, parseDuration } from "../kernel/units.ts";
import type { GateVerdict } from "../policy/verdict.ts";
import { dwellEnds, dwellObstacle, gateObstacles, knowsPolicy, type Obstacle, verdictsOf } from "./blocking.ts";
import type { DecideInput } from "./decision.ts";
import { approvalHolds } from "./decommission-permit.ts";
import type { CutoverState } from "./state.ts";
import { dwellObstacles } from "./step-dwell.ts";

/** What a phase asks for beside the gates of its step: time, soak, what decommission requires, somebody's approval. */
export const phaseObstacles = (
  input: DecideInput,
  verdicts: readonly GateVerdict[],
  unproven: EpochMs | null,
): readonly Obstacle[] => {
  const { state, policy, tick } = input;
  const step = policy.steps[state.step];
  switch (state.phase) {
    case "armed": {
      const { minDwell } = policy.start;
      return minDwell === undefined ? [] : dwellObstacle(state, dwellEnds(state, parseDuration(minDwell)), tick);
    }
    case "shifting":
      return step === undefined ? unlistedStep(input) : dwellObstacles(input, step, verdicts, unproven);
    case "soaking":
      return [...soakObstacles(input), ...decommissionGates(input, verdicts), ...approvalObstacle(state, tick)];
    case "decommissioning":
      return state.wayBack === "open" ? approvalObstacle(state, tick) : [];
    default:
      return [];
  }
};

/** What stands in for a policy that cannot be read lists no steps; that the policy itself lists none is not known then. */
const unlistedStep = ({ state, facts }: DecideInput): readonly Obstacle[] =>
  knowsPolicy(facts.trouble)
    ? [
        {
          what: "policy",
          value: `no step ${state.step}`,
          threshold: "a listed step",
          clears: "the policy it was armed with",
        },
      ]
    : [];

const soakObstacles = ({ state, policy, facts, tick }: DecideInput): readonly Obstacle[] => {
  const requiredMs = parseDuration(policy.soak.duration);
  if (facts.soak.healthyMs >= requiredMs) return [];
  const soak = {
    what: "soak",
    value: `${facts.soak.healthyMs / 1000} s healthy`,
    threshold: `>= ${requiredMs / 1000} s`,
    clears: "enough observed, healthy minutes at 100 % have become final",
  };
  const { maxDuration } = policy.soak;
  if (maxDuration === undefined || tick < dwellEnds(state, parseDuration(maxDuration))) return [soak];
  return [soak, { ...soak, what: "max-soak", threshold: `over within ${maxDuration}` }];
};

const decommissionGates = (
  { policy, judgement }: DecideInput,
  soaking: readonly GateVerdict[],
): readonly Obstacle[] => {
  const judged = soaking.map(({ gate }) => gate);
  return gateObstacles(
    verdictsOf(
      policy.decommission.require.filter((gate) => !judged.includes(gate)),
      judgement,
    ),
  );
};

const approvalObstacle = (state: CutoverState, tick: EpochMs): readonly Obstacle[] =>
  approvalHolds(state, tick)
    ? []
    : [
        {
          what: "approval",
          value: state.approval === undefined ? "none of this epoch" : `given at ${toIso(state.approval.at)}`,
          threshold: "of this epoch, at most 24 h old",
          clears: "pawl approve --reason",
        },
      ];
