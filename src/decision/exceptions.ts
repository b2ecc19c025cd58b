import { toIso } from "../kernel/instant.ts";
import type { EpochMs } from "../kernel/units.ts";
import { frozenAt } from "../policy/freeze.ts";
import type { Policy, Waiver } from "../policy/policy-file.ts";
import type { GateVerdict } from "../policy/verdict.ts";
import { waiversInForce } from "../policy/waivers.ts";
import type { Obstacle } from "./blocking.ts";
import type { CutoverState } from "./state.ts";

/**
 * A freeze holds every step, and decommission up to the point of no return. Behind it the streams are half taken apart,
 * and stopping there is no safer than going on.
 */
export const freezeObstacles = (state: CutoverState, policy: Policy, tick: EpochMs): readonly Obstacle[] => {
  const frozen = state.wayBack === "open" ? frozenAt(policy, tick) : null;
  if (frozen === null) return [];
  const end = frozen.until === null ? "no end that can be told" : `until ${toIso(frozen.until)}`;
  return [{ what: "freeze", value: frozen.why, threshold: end, clears: "the freeze ends; a rollback needs no thaw" }];
};

/** The waivers that count where the cutover stands: on the way to a step, and never in the soak or behind it. */
export const waiversNow = (state: CutoverState, policy: Policy, tick: EpochMs): readonly Waiver[] => {
  const step = policy.steps[state.step];
  if (state.phase === "armed") return waiversInForce(policy, policy.start.require, tick);
  return state.phase === "shifting" && step !== undefined ? waiversInForce(policy, step.promoteWhen, tick) : [];
};

/** The verdicts as they count for going on: a waived gate passes, and its `why` says by whose word. */
export const waived = (verdicts: readonly GateVerdict[], waivers: readonly Waiver[]): readonly GateVerdict[] =>
  verdicts.map((verdict) => {
    const waiver = waivers.find(({ gate }) => gate === verdict.gate);
    if (waiver === undefined || verdict.verdict === "pass") return verdict;
    return { ...verdict, verdict: "pass", why: `only by waiver; it is ${verdict.verdict}` };
  });

/** "waived until 2026-11-27T18:00:00Z by ada: p99, a slow report runs on green". */
export const sayWaiver = ({ gate, by, expires, why }: Waiver): string =>
  `waived until ${expires} by ${by}: ${gate}, ${why}`;
