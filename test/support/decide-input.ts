import type { DecideInput, Facts } from "../../src/decision/decision.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import { durationMs, type EpochMs, epochMs, weightPercent } from "../../src/kernel/units.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import type { GateVerdict, Judgement } from "../../src/policy/verdict.ts";
import { POLICY } from "../property/arbitraries.ts";

/** 2026-11-22T03:00:00Z, a scheduled minute. */
export const NOW = epochMs(1_795_316_400_000);
export const ago = (seconds: number): EpochMs => epochMs(NOW - seconds * 1_000);
export const hence = (seconds: number): EpochMs => epochMs(NOW + seconds * 1_000);

/** A cutover at 10 % for ten minutes: every optional member of the state is left out. */
export const stateOf = (change: Partial<CutoverState> = {}): CutoverState => ({
  cutover: "orders",
  version: 4,
  writeId: "w4",
  epoch: 3,
  armedAt: ago(7_200),
  armedBy: "ada",
  phase: "shifting",
  step: 0,
  weightPercent: weightPercent(10),
  steppedAt: ago(660),
  verifiedAt: ago(600),
  wayBack: "open",
  soak: { startedAt: null, healthyMs: durationMs(0), lastMinute: null, restarts: 0 },
  evidence: {},
  policyDigest: "current",
  whenNotLossless: "snap",
  drill: false,
  blueHostsAtArm: 4,
  conflictsAtArm: 0,
  rollbackSafety: { label: "lossless", seconds: 1, reasons: [], at: ago(60) },
  blocking: [],
  lastTick: ago(60),
  ledgerHead: { seq: 0, hash: "0".repeat(64) },
  outbox: [],
  ...change,
});

export const armed = (change: Partial<CutoverState> = {}): CutoverState =>
  stateOf({ phase: "armed", step: -1, weightPercent: weightPercent(0), ...change });

export const soaking = (change: Partial<CutoverState> = {}): CutoverState =>
  stateOf({ phase: "soaking", step: 2, weightPercent: weightPercent(100), ...change });

/** A step to 50 %, announced a minute ago and not settled. */
export const TO_FIFTY = {
  kind: "setWeight",
  epoch: 3,
  to: weightPercent(50),
  intentAt: ago(60),
  notAfter: hence(90),
} as const;

export const gateOf = (gate: string, change: Partial<GateVerdict> = {}): GateVerdict => ({
  ...{ gate, why: `${gate} is well`, verdict: "pass", reasons: [], comparisons: [] },
  ...change,
});

export const judgementOf = (change: Partial<Judgement> = {}): Judgement => ({
  gates: [gateOf("a"), gateOf("b")],
  rollback: [{ rule: "r", why: "r broke", verdict: "clear", reasons: [], comparisons: [] }],
  blind: [],
  disagreements: [],
  ...change,
});

export const inputOf = (of: {
  readonly state?: CutoverState;
  readonly policy?: Partial<Policy>;
  readonly judgement?: Partial<Judgement>;
  readonly facts?: Partial<Facts>;
  readonly tick?: EpochMs;
}): DecideInput => {
  const state = of.state ?? stateOf();
  return {
    state,
    policy: { ...POLICY, ...of.policy },
    judgement: judgementOf(of.judgement),
    facts: {
      traffic: { readAt: NOW, drift: "in-sync", detail: "", greenPercent: state.weightPercent },
      firing: [],
      safety: state.rollbackSafety,
      soak: state.soak,
      failsForSure: false,
      trouble: [],
      ...of.facts,
    },
    tick: of.tick ?? NOW,
  };
};
