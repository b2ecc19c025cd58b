import type { CutoverState, Intent, Latch } from "../../src/decision/state.ts";
import { durationMs, epochMs, weightPercent } from "../../src/kernel/units.ts";

/** 2026-11-22T03:00:00Z, a scheduled minute. */
export const T = epochMs(1_795_316_400_000);
export const minutesAfter = (minutes: number) => epochMs(T + minutes * 60_000);

export const soonEnough = durationMs(5_000);

/** A cutover as it stands at 10 %: every optional member of the state is left out, to be added by a test. */
export const atTenPercent = (cutover: string): CutoverState => ({
  cutover,
  version: 1,
  writeId: "first",
  epoch: 3,
  armedAt: minutesAfter(-30),
  armedBy: "ada",
  phase: "shifting",
  step: 0,
  weightPercent: weightPercent(10),
  steppedAt: minutesAfter(-5),
  verifiedAt: minutesAfter(-5),
  wayBack: "open",
  soak: { startedAt: null, healthyMs: durationMs(0), lastMinute: null, restarts: 0 },
  evidence: {
    burst: { "blue.errors5xx": 1.25 },
    gates: {
      "evidence_below green.errors5xx green.requests 0.01 step": {
        from: minutesAfter(-4),
        next: minutesAfter(-2),
        observed: 2,
        spoke: 2,
        logs: [0.1, -0.30000000000000004, 1e-17, 2.5],
      },
    },
    rollback: {},
  },
  adoption: {
    policyDigest: "cc".repeat(32),
    by: "ada",
    reason: "the limit was wrong",
    at: minutesAfter(-2),
    restartStep: true,
  },
  policyDigest: "aa".repeat(32),
  whenNotLossless: "snap",
  drill: false,
  blueHostsAtArm: 4,
  conflictsAtArm: 0,
  rollbackSafety: { label: "bounded", seconds: 7.25, reasons: ["token is 7.25 s old"], at: minutesAfter(-1) },
  blocking: [],
  lastTick: minutesAfter(-1),
  ledgerHead: { seq: 12, hash: "bb".repeat(32) },
  outbox: [],
});

export const toFiftyPercent: Intent = {
  kind: "setWeight",
  epoch: 3,
  to: weightPercent(50),
  intentAt: minutesAfter(0),
  notAfter: epochMs(T + 150_000),
};

export const byOperator: Omit<Latch, "expected" | "fromPercent" | "reassertAfter"> = {
  mode: "snapped",
  cause: { kind: "operator", by: "ada", reason: "green looks wrong" },
  at: minutesAfter(1),
  record: {
    id: "orders/4/latch",
    cutover: "orders",
    epoch: 4,
    tick: null,
    at: minutesAfter(1),
    kind: "latch",
    summary: "Latched by ada: green looks wrong.",
    detail: { fromPercent: 10 },
  },
};
