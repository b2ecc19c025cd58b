import { MINUTE_MS } from "../../kernel/units.ts";
import { rateBound } from "../../policy/operations/rates.ts";
import type { Policy } from "../../policy/policy-file.ts";
import { type FanPoint, fanPoint, type Spread, spreadOf, tally } from "./quantiles.ts";
import type { Ending, RunOutcome } from "./run-outcome.ts";

/** What was simulated; the same again gives the same report. */
export interface Simulated {
  readonly scenario: string;
  readonly policy: string;
  readonly policyName: string;
  readonly seed: number;
  readonly runs: number;
  readonly horizonMs: number;
}

export interface Share {
  readonly runs: number;
  /** Of all runs that were armed, 0 to 1. */
  readonly share: number;
}

/** What no run may have is not proven by a few that have not: the true share is at most this, with 95 % confidence. */
interface BoundedShare extends Share {
  readonly atMost: number;
}

type Tally = ReturnType<typeof tally>;

export interface StepReport {
  /** `start` before the first step. */
  readonly step: string;
  readonly weight: number;
  readonly entered: number;
  readonly advanced: number;
  readonly rolledBack: number;
  readonly stayed: number;
  /** Of the runs that went on from it, minutes in it. */
  readonly minutes: Spread | null;
}

export interface HoldReason {
  readonly step: string;
  readonly what: string;
  /** Minutes it held, on the average of all runs that were armed. */
  readonly minutes: number;
  /** Minutes of these in which nothing else did. */
  readonly alone: number;
  readonly runs: number;
}

/** What an operator chooses thresholds by. All times in minutes. */
export interface SimulationReport extends Simulated {
  readonly horizonMinutes: number;
  readonly ticks: number;
  readonly endings: Readonly<Record<Ending, number>>;
  /** Why runs were not armed, each sentence with the number of runs. */
  readonly refusals: Tally;
  readonly timeToFull: Share & { readonly minutes: Spread | null };
  readonly timeInStep: readonly StepReport[];
  readonly rollbacks: Share & { readonly because: Tally };
  /** Rolled back though green had never been bad. */
  readonly falseRollback: BoundedShare & { readonly because: Tally };
  /** Stepped up, from a weight above 0, while green was bad. */
  readonly falsePromotion: BoundedShare & { readonly steps: number };
  /** From the first minute in which green was bad and had traffic, to the latch that came after it. */
  readonly detectionDelay: {
    readonly exposed: number;
    readonly detected: number;
    /** Of those exposed: latched before, and held, or green would have had no traffic any more. Nothing was detected there. */
    readonly latchedBefore: number;
    /** Of those detected: held, because going back would have lost writes. */
    readonly held: number;
    readonly minutes: (Spread & { readonly most: number }) | null;
  };
  /** Expected failures of a run's requests on green, beyond those that they would have met on blue. */
  readonly requestsHarmed: Spread & { readonly mean: number; readonly most: number; readonly greenRequests: number };
  readonly holdReasons: readonly HoldReason[];
  /** Green's share of traffic over time, until nothing changes any more in any run. */
  readonly weights: readonly FanPoint[];
  /** Run by run, for whoever looks for the odd one. */
  readonly outcomes: readonly RunSummary[];
}

export type RunSummary = Pick<
  RunOutcome,
  "run" | "ending" | "full" | "rollback" | "exposed" | "falsePromotions" | "harmed" | "pages"
>;

/** Puts the outcomes of all runs together. Pure; their order does not matter. */
export const reportOf = (simulated: Simulated, policy: Policy, unordered: readonly RunOutcome[]): SimulationReport => {
  const outcomes = unordered.toSorted((a, b) => a.run - b.run);
  const armed = outcomes.filter(({ ending }) => ending !== "refused");
  const share = (runs: number): Share => ({ runs, share: armed.length === 0 ? 0 : runs / armed.length });
  const bounded = (runs: number): BoundedShare => ({ ...share(runs), atMost: upperBound(runs, armed.length) });
  const full = armed.flatMap((one) => one.full ?? []);
  const rolledBack = armed.flatMap(({ rollback }) => rollback ?? []);
  const falsely = rolledBack.filter((rollback) => rollback.falsely);
  const promoted = armed.filter(({ falsePromotions }) => falsePromotions > 0);
  const horizonMinutes = Math.floor(simulated.horizonMs / MINUTE_MS);
  return {
    ...simulated,
    horizonMinutes,
    ticks: sum(outcomes.map(({ ticks }) => ticks)),
    endings: endingsOf(outcomes),
    refusals: tally(outcomes.flatMap(({ refusals }) => refusals)),
    timeToFull: { ...share(full.length), minutes: spreadOf(full) },
    timeInStep: stepReports(policy, armed),
    rollbacks: { ...share(rolledBack.length), because: tally(rolledBack.flatMap(({ because }) => because)) },
    falseRollback: { ...bounded(falsely.length), because: tally(falsely.flatMap(({ because }) => because)) },
    falsePromotion: { ...bounded(promoted.length), steps: sum(promoted.map((one) => one.falsePromotions)) },
    detectionDelay: detection(armed),
    requestsHarmed: harmed(armed),
    holdReasons: holdReasons(armed),
    weights: armed.length === 0 ? [] : fanOf(armed, horizonMinutes),
    outcomes: outcomes.map(summaryOf),
  };
};

const CONFIDENCE = 0.95;

const upperBound = (runs: number, all: number): number =>
  all === 0 ? 1 : rateBound("upper", { part: runs, whole: all }, CONFIDENCE);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const most = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b), 0);

const summaryOf = (one: RunOutcome): RunSummary => {
  const { run, ending, full, rollback, exposed, falsePromotions, harmed, pages } = one;
  return { run, ending, full, rollback, exposed, falsePromotions, harmed, pages };
};

const endingsOf = (outcomes: readonly RunOutcome[]): SimulationReport["endings"] => {
  const count = (ending: Ending) => outcomes.filter((one) => one.ending === ending).length;
  return {
    decommissioning: count("decommissioning"),
    rolledBack: count("rolledBack"),
    held: count("held"),
    horizon: count("horizon"),
    refused: count("refused"),
  };
};

const stepReports = (policy: Policy, outcomes: readonly RunOutcome[]): readonly StepReport[] => {
  const stays = outcomes.flatMap((one) => one.stays);
  return [{ id: "start", weight: 0 }, ...policy.steps].map(({ id, weight }) => {
    const here = stays.filter(({ step }) => step === id);
    const left = (how: string) => here.filter((stay) => stay.left === how);
    const advanced = left("advanced");
    return {
      ...{ step: id, weight, entered: here.length, advanced: advanced.length },
      ...{ rolledBack: left("rolledBack").length, stayed: left("stayed").length },
      minutes: spreadOf(advanced.map(({ from, to }) => to - from)),
    };
  });
};

const detection = (outcomes: readonly RunOutcome[]): SimulationReport["detectionDelay"] => {
  const exposed = outcomes.filter((one) => one.exposed !== null);
  const latched = exposed.flatMap(({ rollback, exposed: since, ending }) =>
    rollback === null || since === null ? [] : [{ delay: rollback.minute - since, ending }],
  );
  const detected = latched.filter(({ delay }) => delay >= 0);
  const delays = detected.map(({ delay }) => delay);
  const spread = spreadOf(delays);
  return {
    exposed: exposed.length,
    detected: detected.length,
    latchedBefore: latched.length - detected.length,
    held: detected.filter(({ ending }) => ending === "held").length,
    minutes: spread === null ? null : { ...spread, most: most(delays) },
  };
};

const harmed = (outcomes: readonly RunOutcome[]): SimulationReport["requestsHarmed"] => {
  const numbers = outcomes.map((one) => one.harmed);
  return {
    ...(spreadOf(numbers) ?? { p10: 0, median: 0, p90: 0 }),
    mean: numbers.length === 0 ? 0 : sum(numbers) / numbers.length,
    most: most(numbers),
    greenRequests: sum(outcomes.map((one) => one.greenRequests)),
  };
};

const holdReasons = (outcomes: readonly RunOutcome[]): readonly HoldReason[] => {
  const reasons = new Map<string, { step: string; what: string; minutes: number; alone: number; runs: number }>();
  for (const { step, what, minutes, alone } of outcomes.flatMap((one) => one.held)) {
    const reason = reasons.get(`${step} ${what}`) ?? { step, what, minutes: 0, alone: 0, runs: 0 };
    reasons.set(`${step} ${what}`, reason);
    reason.minutes += minutes;
    reason.alone += alone;
    reason.runs += 1;
  }
  const per = outcomes.length;
  return [...reasons.values()]
    .map((reason) => ({ ...reason, minutes: reason.minutes / per, alone: reason.alone / per }))
    .sort((a, b) => b.minutes - a.minutes || b.alone - a.alone);
};

/** Somewhat after the last change of any run: from there on all stay as they are, for hours. */
const fanEnd = (outcomes: readonly RunOutcome[]): number => {
  const last = outcomes.reduce((latest, { shares }) => Math.max(latest, shares.at(-1)?.[0] ?? 0), 0);
  return Math.ceil(last * 1.15) + SHORTEST_FAN;
};

const SHORTEST_FAN = 10;
/** Enough for a picture. */
const FAN_POINTS = 240;

const fanOf = (outcomes: readonly RunOutcome[], horizonMinutes: number): readonly FanPoint[] => {
  const until = Math.min(horizonMinutes, fanEnd(outcomes));
  const every = Math.max(1, Math.ceil(until / FAN_POINTS));
  const points: FanPoint[] = [];
  for (let minute = 0; minute <= until; minute += every)
    points.push(
      fanPoint(
        minute,
        outcomes.map(({ shares }) => shares.findLast(([from]) => from <= minute)?.[1] ?? 0),
      ),
    );
  return points;
};
