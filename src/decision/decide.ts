import { toIso } from "../kernel/instant.ts";
import { type EpochMs, later, MINUTE_MS, parseDuration, weightPercent } from "../kernel/units.ts";
import { blindAfterMs } from "../policy/floor.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { GateVerdict, Judgement } from "../policy/verdict.ts";
import {
  dwellEnds,
  dwellObstacle,
  gateObstacles,
  knowsPolicy,
  type Obstacle,
  sinceWhen,
  standingObstacles,
  verdictsOf,
} from "./blocking.ts";
import type { DecideInput, Decision } from "./decision.ts";
import { approvalHolds, permitFor } from "./decommission-permit.ts";
import { freezeObstacles, sayWaiver, waived, waiversNow } from "./exceptions.ts";
import { type PageAfterMs, pageLines, pagesDue } from "./pages.ts";
import { greenMayHaveTraffic, rollbackCause } from "./rollback-cause.ts";
import { drillObstacles } from "./rollback-drill.ts";
import type { CutoverState } from "./state.ts";
import { dwellObstacles, unprovenSince } from "./step-dwell.ts";

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

/**
 * Without traffic on green there is nothing to be blind to, and past the point of no return the streams go by intent. A
 * tick without the policy does not know what to watch: it may begin a blindness, and never end one.
 */
const blindSinceOf = ({ state, judgement, facts, tick }: DecideInput): EpochMs | null => {
  if (!greenMayHaveTraffic(state) || state.wayBack !== "open") return null;
  if (judgement.blind.length > 0) return state.blindSince ?? tick;
  return knowsPolicy(facts.trouble) ? null : (state.blindSince ?? null);
};

const onward = (
  input: DecideInput,
  common: Pick<Decision, "blocking" | "blindSince" | "unprovenSince" | "reasons" | "page">,
): Decision => {
  const { state, policy, facts, tick } = input;
  const clear = common.blocking.length === 0;
  switch (state.phase) {
    case "armed":
    case "shifting": {
      const next = policy.steps[state.step + 1];
      if (!clear || next === undefined) return { kind: "hold", ...common };
      return { kind: "advance", step: state.step + 1, to: weightPercent(next.weight), ...common };
    }
    case "soaking":
      return clear
        ? { kind: "decommission", soak: facts.soak, permit: permitFor(state, tick), ...common }
        : { kind: "soak", soak: facts.soak, ...common };
    case "decommissioning":
      return clear
        ? { kind: "decommission", soak: state.soak, permit: permitFor(state, tick), ...common }
        : { kind: "hold", ...common };
    default:
      return { kind: "hold", ...common };
  }
};

const phaseObstacles = (
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
      return step === undefined
        ? [
            {
              what: "policy",
              value: `no step ${state.step}`,
              threshold: "a listed step",
              clears: "the policy it was armed with",
            },
          ]
        : dwellObstacles(input, step, verdicts, unproven);
    case "soaking":
      return [...soakObstacles(input), ...decommissionGates(input, verdicts), ...approvalObstacle(state, tick)];
    case "decommissioning":
      return state.wayBack === "open" ? approvalObstacle(state, tick) : [];
    default:
      return [];
  }
};

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

const blindObstacles = ({ judgement, facts, policy }: DecideInput, since: EpochMs | null): readonly Obstacle[] => {
  if (since === null) return [];
  const unseen = judgement.blind.map(({ signal, reason }) => `${signal}: ${reason}`);
  const watched = "every watched signal";
  const clears = "the signals can be read again";
  if (knowsPolicy(facts.trouble)) {
    const ends = `${policy.blind.action} at ${toIso(later(since, blindAfterMs(policy)))}`;
    return [{ what: "blind", value: unseen.join("; "), threshold: `${watched}; ${ends}`, clears }];
  }
  const value = [...unseen, `since ${toIso(since)}, and the policy that says what to watch cannot be read`].join("; ");
  return [{ what: "blind", value, threshold: watched, clears: `the policy can be read, and ${clears}` }];
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

const PAGE_AFTER_MS: PageAfterMs = {
  "drift:more-green": 0,
  "drift:foreign-shape": 0,
  "drift:unreadable": 3 * MINUTE_MS,
  disagreement: 0,
  "rollback-asked": 0,
  "max-dwell": 0,
  "max-soak": 0,
  blind: 3 * MINUTE_MS,
  policy: 3 * MINUTE_MS,
  snapshot: 3 * MINUTE_MS,
  snapshots: 3 * MINUTE_MS,
  evidence: 3 * MINUTE_MS,
  ledger: 0,
  "plain-mode": 0,
};

/** Where the policy says nothing of how long a step may last, and before the first one, where it cannot. */
const GATES_TOLD_AFTER_MS = 60 * MINUTE_MS;

const pageText = (input: DecideInput, blocking: Decision["blocking"]): string | null => {
  const { state, tick } = input;
  const after = waitsWithoutEnd(input, blocking) ? { ...gatesTold(blocking), ...PAGE_AFTER_MS } : PAGE_AFTER_MS;
  const due = pagesDue(blocking, after, { last: state.lastTick, now: tick });
  return due.length === 0 ? null : pageLines(due);
};

/** Nothing but gates is in the way, and no longest time of the step or the soak will ever be over: nobody would be told. */
const waitsWithoutEnd = ({ state, policy }: DecideInput, blocking: Decision["blocking"]): boolean => {
  const soaks = blocking.some(({ what }) => what === "soak");
  const ends =
    (state.phase === "shifting" && policy.steps[state.step]?.maxDwell !== undefined) ||
    (soaks && policy.soak.maxDuration !== undefined);
  return !ends && blocking.every(({ what }) => isGate(what) || what === "soak" || what === "approval");
};

const isGate = (what: string): boolean => what.startsWith("gate:");

const gatesTold = (blocking: Decision["blocking"]): PageAfterMs =>
  Object.fromEntries(blocking.flatMap(({ what }) => (isGate(what) ? [[what, GATES_TOLD_AFTER_MS]] : [])));
