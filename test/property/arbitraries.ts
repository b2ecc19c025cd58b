import fc from "fast-check";
import type { DecideInput, Facts } from "../../src/decision/decision.ts";
import type { CutoverState, Phase, SafetyLabel, WayBack } from "../../src/decision/state.ts";
import { type DurationMs, type EpochMs, epochMs, weightPercent } from "../../src/kernel/units.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import type { GateVerdict, Judgement, RollbackVerdict } from "../../src/policy/verdict.ts";
import type { RuleDrift } from "../../src/snapshot/traffic.ts";

const MINUTE = 60_000;
export const T0 = epochMs(1_795_000_020_000 - (1_795_000_020_000 % MINUTE));

export const POLICY: Policy = {
  apiVersion: "pawl/v1",
  name: "laws",
  description: "Three steps, two gates.",
  data: { cadence: "1m", maxAge: "3m", minCoverage: 0.9 },
  traffic: { requestsPerMinute: 100 },
  gates: { a: { why: "a", rule: true }, b: { why: "b", rule: true } },
  start: { require: ["a"] },
  steps: [
    { id: "s10", weight: 10, minDwell: "5m", maxDwell: "30m", onMaxDwell: "rollback", promoteWhen: ["a", "b"] },
    { id: "s50", weight: 50, minDwell: "5m", promoteWhen: ["a", "b"] },
    { id: "s100", weight: 100, minDwell: "5m", promoteWhen: ["a", "b"] },
  ],
  rollback: [{ id: "r", why: "r", when: true }],
  whenNotLossless: "snap",
  blind: { after: "10m", watch: ["x.y"], action: "rollback" },
  afterRollback: { cooldown: "5m" },
  soak: { duration: "24h", onBreak: "restart-clock" },
  decommission: { require: ["a"], approval: "operator" },
  freeze: [],
  waivers: [],
};

const ago = (maxMinutes: number): fc.Arbitrary<EpochMs> =>
  fc.integer({ min: 0, max: maxMinutes * 60 }).map((seconds) => epochMs(T0 - seconds * 1_000));

const optional = <Name extends string, Value>(name: Name, value: fc.Arbitrary<Value>) =>
  fc
    .oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })

    .map((one) => (one === undefined ? {} : { [name]: one }) as { [key in Name]?: Value });

const position = fc.constantFrom<{ phase: Phase; step: number; weight: number }>(
  { phase: "armed", step: -1, weight: 0 },
  { phase: "shifting", step: 0, weight: 10 },
  { phase: "shifting", step: 1, weight: 50 },
  { phase: "soaking", step: 2, weight: 100 },
  { phase: "decommissioning", step: 2, weight: 100 },
);

/** Every unlatched state that the types and the phases allow. */
export const unlatched: fc.Arbitrary<CutoverState> = fc
  .record({
    position,
    epoch: fc.integer({ min: 1, max: 9 }),
    verifiedAt: ago(40),
    label: fc.constantFrom<SafetyLabel>("lossless", "bounded", "lossy", "unknown"),
    wayBack: fc.constantFrom<WayBack>("open", "open", "restorable", "closed"),
    healthyHours: fc.integer({ min: 12, max: 48 }),
    pause: optional("pause", fc.record({ by: fc.constant("o"), reason: fc.constant("r"), at: ago(10) })),
    intentAt: optional("intentAt", ago(10)),
    approvedAt: fc.oneof(fc.record({ approvedAt: ago(1_600) }), fc.constant<{ approvedAt?: EpochMs }>({})),
    blindSince: optional("blindSince", ago(30)),
    version: fc.nat(1_000),
  })
  .map((of): CutoverState => {
    const { phase, step, weight } = of.position;
    const { intentAt } = of.intentAt;
    const next = POLICY.steps[step + 1];
    return {
      cutover: "orders",
      version: of.version,
      writeId: "w",
      epoch: of.epoch,
      armedAt: epochMs(T0 - 7_200_000),
      armedBy: "olga",
      phase,
      step,
      weightPercent: weightPercent(weight),
      steppedAt: of.verifiedAt,
      verifiedAt: of.verifiedAt,
      wayBack: phase === "decommissioning" ? of.wayBack : "open",
      soak: {
        startedAt: phase === "soaking" ? of.verifiedAt : null,
        healthyMs: (of.healthyHours * 3_600_000) as DurationMs,
        lastMinute: null,
        restarts: 0,
      },
      evidence: {},
      policyDigest: "d",
      whenNotLossless: "snap",
      drill: false,
      blueHostsAtArm: 4,
      conflictsAtArm: 0,
      rollbackSafety: { label: of.label, seconds: 1, reasons: [], at: of.verifiedAt },
      blocking: [],
      lastTick: epochMs(T0 - MINUTE),
      ledgerHead: { seq: 0, hash: "0".repeat(64) },
      outbox: [],
      ...of.pause,
      ...of.blindSince,
      ...(intentAt === undefined || next === undefined
        ? {}
        : {
            intent: {
              kind: "setWeight",
              epoch: of.epoch,
              to: weightPercent(next.weight),
              intentAt,
              notAfter: epochMs(intentAt + 150_000),
            },
          }),
      ...(of.approvedAt.approvedAt === undefined
        ? {}
        : { approval: { by: "o", reason: "r", epoch: of.epoch, at: of.approvedAt.approvedAt } }),
    };
  });

const gateVerdict =
  (gate: string) =>
  (verdict: GateVerdict["verdict"]): GateVerdict => ({
    gate,
    why: gate,
    verdict,
    reasons: [],
    comparisons: [],
  });

/** Good news mostly, or hardly any case would ever get as far as going on. */
const rarely = fc.constantFrom(...Array<boolean>(11).fill(false), true);
const MOSTLY_PASS = [...Array<"pass">(10).fill("pass"), "fail", "unknown"] as const;
const MOSTLY_CLEAR = [...Array<"clear">(10).fill("clear"), "fired", "unknown"] as const;

export const judgement: fc.Arbitrary<Judgement> = fc
  .record({
    a: fc.constantFrom<GateVerdict["verdict"]>(...MOSTLY_PASS),
    b: fc.constantFrom<GateVerdict["verdict"]>(...MOSTLY_PASS),
    r: fc.constantFrom<RollbackVerdict["verdict"]>(...MOSTLY_CLEAR),
    blind: rarely,
    disagreement: rarely,
  })
  .map((of) => ({
    gates: [gateVerdict("a")(of.a), gateVerdict("b")(of.b)],
    rollback: [{ rule: "r", why: "r", verdict: of.r, reasons: [], comparisons: [] }],
    blind: of.blind ? [{ signal: "x.y", reason: "gone" }] : [],
    disagreements: of.disagreement ? ["gate a"] : [],
  }));

const DRIFTS: readonly RuleDrift[] = [
  ...Array<RuleDrift>(20).fill("in-sync"),
  "more-green",
  "more-blue",
  "pin-raised",
  "foreign-shape",
  "unreadable",
];

export const factsFor = (state: CutoverState): fc.Arbitrary<Facts> =>
  fc
    .record({
      drift: fc.constantFrom(...DRIFTS),
      firing: rarely,
      failsForSure: fc.boolean(),
      trouble: rarely,
    })
    .map((of) => ({
      traffic: { readAt: T0, drift: of.drift, detail: of.drift, greenPercent: null },
      firing: of.firing ? [{ arn: "alarm", severity: "degraded" as const }] : [],
      safety: state.rollbackSafety,
      soak: state.soak,
      failsForSure: of.failsForSure,
      trouble: of.trouble ? [{ what: "snapshot", value: "v", threshold: "t", clears: "c" }] : [],
    }));

export const decideInput: fc.Arbitrary<DecideInput> = unlatched.chain((state) =>
  fc.record({
    state: fc.constant(state),
    policy: fc.constant(POLICY),
    judgement,
    facts: factsFor(state),
    tick: fc.constant(T0),
  }),
);
