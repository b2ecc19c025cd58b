import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CutoverEvent } from "../../src/decision/events.ts";
import { evolve } from "../../src/decision/evolve.ts";
import { applyLatch } from "../../src/decision/latch.ts";
import { rollbackSafety } from "../../src/decision/rollback-safety.ts";
import { consumeSoak, type MinuteVerdict } from "../../src/decision/soak.ts";
import type { CutoverState, OperatorRequest, Soak } from "../../src/decision/state.ts";
import { type DurationMs, epochMs, weightPercent } from "../../src/kernel/units.ts";
import { chainRecord, EMPTY_LEDGER, headOf } from "../../src/ledger/chain.ts";
import { verifyLedger } from "../../src/ledger/verify-ledger.ts";
import { known, type Observation, unknown } from "../../src/signals/observation.ts";
import { sha256 } from "../support/fake-world.ts";
import { T0, unlatched } from "./arbitraries.ts";

const latched = (state: CutoverState): CutoverState =>
  applyLatch(
    state,
    {
      mode: "snapped",
      cause: { kind: "operator", by: "o", reason: "r" },
      at: T0,
      record: { id: "l", cutover: "orders", epoch: 0, tick: null, at: T0, kind: "latch", summary: "s", detail: {} },
    },
    "w2",
  );

const digests = fc.constantFrom("d", "e", "f");
const ADOPT: OperatorRequest = {
  ...{ verb: "adopt", by: "o", reason: "r", epoch: 1, version: 1 },
  ...{ at: T0, expiresAt: epochMs(T0 + 300_000) },
};

const events: fc.Arbitrary<CutoverEvent> = fc.oneof(
  fc.constant({ kind: "intentCleared" } as const),
  fc.constant({
    kind: "stepRefused",
    refused: { what: "step-refused", since: T0, value: "no", threshold: "taken", clears: "it is taken" },
  } as const),
  fc.constant({ kind: "pinLowered", at: T0 } as const),
  fc.record({
    kind: fc.constant("weightCommitted" as const),
    step: fc.integer({ min: -1, max: 3 }),
    at: fc.constant(T0),
    last: fc.boolean(),
  }),
  fc.constant({ kind: "latchVerified", at: T0, pinAnsweredAt: T0, reasserted: true } as const),
  fc.constant({ kind: "latchUnverified", told: { why: "a rule above", at: T0 } } as const),
  fc.constant({ kind: "latchHeld" } as const),
  fc
    .constantFrom(null, "it has expired")
    .map((refusal) => ({ kind: "requestTaken", at: T0, request: { ...ADOPT, policyDigest: "d" }, refusal }) as const),
  fc.constant({ kind: "pointOfNoReturn", at: T0 } as const),
  fc.constant({ kind: "wayBackClosed" } as const),
  fc.constant({ kind: "completed" } as const),
  digests.map((policyDigest) => ({ kind: "requested" as const, request: { ...ADOPT, policyDigest } })),
  fc.record({ policyDigest: digests, restarts: fc.boolean() }).map(({ policyDigest, restarts }) => ({
    kind: "policyAdopted" as const,
    adoption: { policyDigest, by: "o", reason: "r", at: T0 },
    at: T0,
    whenNotLossless: "hold" as const,
    drill: false,
    restarts,
  })),
  fc.record({
    kind: fc.constant("intentAnnounced" as const),
    intent: fc.record({
      kind: fc.constant("setWeight" as const),
      epoch: fc.constant(1),
      to: fc.constantFrom(10, 50, 100).map(weightPercent),
      intentAt: fc.constant(T0),
      notAfter: fc.constant(epochMs(T0 + 150_000)),
    }),
  }),
);

/** The state after every event that was possible, step by step; what cannot happen throws and changes nothing. */
const run = (from: CutoverState, list: readonly CutoverEvent[]): readonly CutoverState[] => {
  const states = [from];
  for (const event of list) {
    try {
      states.push(evolve(states.at(-1) ?? from, event));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return states;
};

describe("evolve", () => {
  it("raises the recorded weight only by committing an announced change, and only one step", () => {
    fc.assert(
      fc.property(unlatched, fc.array(events, { maxLength: 12 }), (from, list) => {
        const states = run(from, list);
        for (const [index, state] of states.entries()) {
          const before = states[index - 1];
          if (before === undefined || state.weightPercent <= before.weightPercent) continue;
          expect(before.intent?.to).toBe(state.weightPercent);
          expect(state.step).toBe(before.step + 1);
        }
      }),
      { numRuns: 600 },
    );
  });

  it("never raises anything under a latch, and never takes the point of no return", () => {
    fc.assert(
      fc.property(unlatched, fc.array(events, { maxLength: 12 }), (from, list) => {
        for (const state of run(latched(from), list)) {
          if (state.latch === undefined) continue;
          expect(state.weightPercent).toBeLessThanOrEqual(from.weightPercent);
          expect(state.wayBack === "open").toBe(from.wayBack === "open");
        }
      }),
      { numRuns: 600 },
    );
  });
});

describe("a policy in force", () => {
  it("changes only to one that waited, never under a latch or an open change, and moves nothing else", () => {
    const here = (state: CutoverState): CutoverState => ({ ...state, epoch: 1 });
    fc.assert(
      fc.property(unlatched.map(here), fc.boolean(), fc.array(events, { maxLength: 16 }), (from, held, list) => {
        const states = run(held ? latched(from) : from, list);
        for (const [index, state] of states.entries()) {
          const before = states[index - 1];
          if (before === undefined || state.policyDigest === before.policyDigest) continue;
          expect(before.adoption?.policyDigest).toBe(state.policyDigest);
          expect({ latch: before.latch, intent: before.intent, adoption: state.adoption }).toEqual({});
          expect(["armed", "shifting", "soaking"]).toContain(state.phase);
          const { phase, step, weightPercent: weight, wayBack, epoch } = before;
          expect(state).toMatchObject({ phase, step, weightPercent: weight, wayBack, epoch });
          expect(state.soak.healthyMs).toBeLessThanOrEqual(before.soak.healthyMs);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it("is what it was after a rollback, whatever waited", () => {
    fc.assert(
      fc.property(unlatched, fc.array(events, { maxLength: 12 }), (from, list) => {
        const waiting = { ...from, adoption: { policyDigest: "e", by: "o", reason: "r", at: T0 } };
        for (const state of run(latched(waiting), list)) {
          if (state.latch !== undefined) expect(state.policyDigest).toBe(from.policyDigest);
          if (state.phase === "rolledBack") expect(state.adoption).toBeUndefined();
        }
      }),
      { numRuns: 600 },
    );
  });
});

describe("the soak clock", () => {
  it("counts a minute at most once and only while healthy, whatever ticks are missed or repeated", () => {
    const verdicts = fc.array(fc.constantFrom<MinuteVerdict>("healthy", "healthy", "unproven", "bad"), {
      minLength: 40,
      maxLength: 40,
    });
    fc.assert(
      fc.property(verdicts, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (minutes, runs) => {
        let soak: Soak = { startedAt: T0, healthyMs: 0 as DurationMs, lastMinute: null, restarts: 0 };
        for (const [index, happens] of runs.entries()) {
          if (!happens) continue;
          const tick = epochMs(T0 + index * 60_000);
          const seen = {
            tick,
            gates: "pass" as const,
            verdict: (at: number) => minutes[(at - T0) / 60_000] ?? ("unproven" as const),
          };
          const before = soak;
          soak = consumeSoak(soak, seen);
          if (soak.restarts === before.restarts) expect(consumeSoak(soak, seen)).toEqual(soak);
          const healthy = minutes.slice(1, Math.max(1, index - 5)).filter((verdict) => verdict === "healthy").length;
          expect(soak.healthyMs).toBeLessThanOrEqual(healthy * 60_000);
        }
      }),
    );
  });
});

describe("the label of a snap-back", () => {
  const good: Readonly<Record<string, Observation>> = {
    "reverse.state": known("RUNNING", T0),
    "reverse.tasksRunning": known(2, T0),
    "reverse.tasksExpected": known(2, T0),
    "reverse.lagSeconds": known(0.5, T0),
    "reverse.lagRecords": known(3, T0),
    "reverse.strayRows": known(40, T0),
    "reverse.dataGap": known(false, T0),
    "reverse.deadLetters": known(0, T0),
    "conflicts.new": known(0, T0),
    "sequences.headroomSeconds": known(100, T0),
  };

  it("is lossless only where everything it rests on was read just now", () => {
    expect(rollbackSafety(good, T0).label).toBe("lossless");
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(good)), fc.boolean(), (path, stale) => {
        const gone = stale ? known(true, epochMs(T0 - 91_000)) : unknown("no answer", T0);
        expect(rollbackSafety({ ...good, [path]: gone }, T0).label).toBe("unknown");
      }),
    );
  });

  it("is lossy for a gap or a dead letter, whatever else can be read", () => {
    fc.assert(
      fc.property(fc.subarray(Object.keys(good)), fc.boolean(), (unread, gap) => {
        const rest = { ...good, ...Object.fromEntries(unread.map((path) => [path, unknown("no answer", T0)])) };
        const loss = gap ? { "reverse.dataGap": known(true, T0) } : { "reverse.deadLetters": known(1, T0) };
        expect(rollbackSafety({ ...rest, ...loss }, T0).label).toBe("lossy");
      }),
    );
  });
});

describe("the ledger", () => {
  it("shows any record that was changed, taken out or put elsewhere", () => {
    const record = fc.record({ summary: fc.string(), at: fc.integer({ min: 1, max: 1e12 }).map(epochMs) });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 2, maxLength: 8 }),
        fc.nat(),
        fc.constantFrom("change", "remove", "swap"),
        (list, pick, how) => {
          let head = EMPTY_LEDGER;
          const chain = list.map((one, index) => {
            const plain = { id: `${index}`, cutover: "orders", epoch: 1, tick: null, kind: "hold", detail: {}, ...one };
            const chained = chainRecord(head, plain, sha256);
            head = headOf(chained);
            return chained;
          });
          expect(verifyLedger(chain, sha256, head)).toMatchObject({ intact: true, records: list.length });
          const at = pick % (chain.length - 1);
          const forged = [...chain];
          const [one, other] = [chain[at], chain[at + 1]];
          if (one === undefined || other === undefined) throw new Error("unreachable");
          if (how === "change") forged[at] = { ...one, summary: `${one.summary}!` };
          if (how === "remove") forged.splice(at, 1);
          if (how === "swap") forged.splice(at, 2, other, one);
          expect(verifyLedger(forged, sha256, head).intact).toBe(false);
          expect(verifyLedger(chain.slice(0, -1), sha256, head).intact).toBe(false);
        },
      ),
    );
  });
});
