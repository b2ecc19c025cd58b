import { weightPercent } from "../kernel/units.ts";
import { freezeBegins } from "../policy/freeze.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { GateVerdict, Judgement } from "../policy/verdict.ts";
import { adoptionObstacles } from "./adoption.ts";
import { blindObstacles, blindSinceOf } from "./blindness.ts";
import { gateObstacles, type Obstacle, sinceWhen, standingObstacles, verdictsOf } from "./blocking.ts";
import type { DecideInput, Decision } from "./decision.ts";
import { permitFor } from "./decommission-permit.ts";
import { freezeObstacles, sayWaiver, waived, waiversNow } from "./exceptions.ts";
import { pageText } from "./page-text.ts";
import { phaseObstacles } from "./phase-obstacles.ts";
import { rollbackCause } from "./rollback-cause.ts";
import { drillObstacles } from "./rollback-drill.ts";
import type { CutoverState, Permit } from "./state.ts";
import { unprovenSince } from "./step-dwell.ts";

/** The gates that open the way on from where the cutover stands. */
export const requiredGates = (state: CutoverState, policy: Policy): readonly string[] => {
  const last = policy.steps.at(-1)?.promoteWhen ?? [];
  switch (state.phase) {
    case "armed":
      return policy.start.require;
    case "shifting":
      return policy.steps[state.step]?.promoteWhen ?? [];
    case "soaking":
      return last;
    case "decommissioning":
      // Past the point of no return the streams are being taken apart; asking them to run would block the way out.
      return state.wayBack === "open" ? [...new Set([...last, ...policy.decommission.require])] : [];
    default:
      return [];
  }
};

/**
 * Chooses the next move of a cutover. Pure: the same input gives the same decision; no clock, no I/O.
 *
 * Rolling back wins over everything, a freeze, a pause or an unsettled change over every gate, and a gate over going on, so
 * that worse news can never make pawl bolder.
 */
export const decide = (input: DecideInput): Decision => {
  const { state, policy, judgement, facts, tick } = input;
  const blindSince = blindSinceOf(input);
  const unproven = unprovenSince(input);
  const since = { blindSince, unprovenSince: unproven };
  const cause = rollbackCause(input, since);
  const waivers = waiversNow(state, policy, tick);
  if (cause !== null && state.wayBack === "open") {
    const reasons = [...cause.reasons, ...waivers.map(sayWaiver)];
    return { kind: "rollback", cause: cause.cause, reasons, blocking: [], ...since, page: null };
  }

  const verdicts = waived(verdictsOf(requiredGates(state, policy), judgement), waivers);
  const obstacles = [
    ...(cause === null ? [] : [pastReturn(cause.reasons)]),
    ...facts.trouble,
    ...freezeObstacles(state, policy, tick),
    ...adoptionObstacles(state),
    ...drillObstacles(state, tick),
    ...standingObstacles(state, facts.traffic),
    ...disagreements(judgement),
    ...blindObstacles(input, blindSince),
    ...phaseObstacles(input, verdicts, unproven),
    ...gateObstacles(verdicts),
  ];
  const blocking = sinceWhen(obstacles, state.blocking, tick);
  const common = {
    blocking,
    ...since,
    reasons: [
      ...(blocking.length === 0 ? verdicts.map(passed) : blocking.map(({ what, value }) => `${what}: ${value}`)),
      ...waivers.map(sayWaiver),
    ],
    page: pageText(input, blocking),
  };
  return onward(input, common);
};

const onward = (
  input: DecideInput,
  common: Pick<Decision, "blocking" | "blindSince" | "unprovenSince" | "reasons" | "page">,
): Decision => {
  const { state, policy, facts, tick } = input;
  const clear = common.blocking.length === 0;
  const permit = (): Permit => permitFor(state, tick, freezeBegins(policy, tick));
  switch (state.phase) {
    case "armed":
    case "shifting": {
      const next = policy.steps[state.step + 1];
      if (!clear || next === undefined) return { kind: "hold", ...common };
      return { kind: "advance", step: state.step + 1, to: weightPercent(next.weight), ...common };
    }
    case "soaking":
      return clear
        ? { kind: "decommission", soak: facts.soak, permit: permit(), ...common }
        : { kind: "soak", soak: facts.soak, ...common };
    case "decommissioning":
      return clear
        ? { kind: "decommission", soak: state.soak, permit: permit(), ...common }
        : { kind: "hold", ...common };
    default:
      return { kind: "hold", ...common };
  }
};

const disagreements = (judgement: Judgement): readonly Obstacle[] =>
  judgement.disagreements.length === 0
    ? []
    : [
        {
          what: "disagreement",
          value: judgement.disagreements.join(", "),
          threshold: "both evaluators say the same",
          clears: "a release of pawl in which they agree",
        },
      ];

const pastReturn = (reasons: readonly string[]): Obstacle => ({
  what: "rollback-asked",
  value: reasons.join("; "),
  threshold: "none past the point of no return",
  clears: "pawl restore says what way back is left",
});

const passed = ({ gate, why }: GateVerdict): string => `${gate} passes: ${why}`;
