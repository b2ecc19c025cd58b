import { describe, expect, it } from "vitest";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../../src/kernel/units.ts";
import { advanceEvidence, type Progress } from "../../../../src/policy/operations/evidence/advance.ts";
import { type EvidenceUse, evidenceUse } from "../../../../src/policy/operations/evidence/uses.ts";
import type { EvidenceState } from "../../../../src/snapshot/evidence-state.ts";
import { NOW } from "../../../support/evidence.ts";
import { type Counts, minuteCounts } from "../../../support/minute-counts.ts";

const minute = (index: number): EpochMs => epochMs(NOW + index * MINUTE_MS);
const GOOD: Counts = [200, 600, 0, 1];
const BAD: Counts = [200, 600, 20, 1];
const good = (count: number): readonly Counts[] => Array.from({ length: count }, () => GOOD);

const use = (lookBack: string, errors = "green.errors5xx"): EvidenceUse =>
  evidenceUse("evidence_above", [errors, "green.requests", 0.01, lookBack]) ?? expect.fail();

/** Minutes 0, 1, 2 … as known at the tick that the last of them leads up to, in a step that began with them. */
const at = (rows: readonly (Counts | null)[], changes: Partial<Progress> = {}): Progress => ({
  uses: { gates: [use("step")], rollback: [] },
  tick: minute(rows.length),
  step: { gatesFrom: minute(0), rollbackFrom: minute(0) },
  soak: null,
  greenFrom: minute(0),
  intentAt: null,
  rows: minuteCounts(rows, minute(rows.length)),
  ...changes,
});

describe("one tick of evidence", () => {
  it("keeps nothing where the policy accumulates nothing", () => {
    const before: EvidenceState = { burst: { "blue.errors5xx": 3 }, gates: {}, rollback: {} };
    expect(advanceEvidence(before, at(good(9), { uses: { gates: [], rollback: [] } }))).toEqual({
      evidence: {},
      corrections: [],
    });
  });

  it("keeps the sums that the policy still asks for, and no others", () => {
    const before = advanceEvidence({}, at(good(9))).evidence;
    const other = use("step", "green.unanswered");
    const { evidence } = advanceEvidence(before, at(good(9), { uses: { gates: [other], rollback: [use("step")] } }));
    expect(Object.keys(evidence.gates ?? {})).toEqual([other.key]);
    expect(Object.keys(evidence.rollback ?? {})).toEqual([use("step").key]);
  });

  it("takes the minutes of the soak for what looks back over it, and those of the step for the rest", () => {
    const uses = [use("step"), use("soak")];
    const { evidence } = advanceEvidence(
      {},
      at(good(20), {
        uses: { gates: uses, rollback: uses },
        step: { gatesFrom: minute(2), rollbackFrom: minute(1) },
        soak: { gatesFrom: minute(8), rollbackFrom: minute(7) },
      }),
    );
    const from = (sums: EvidenceState["gates"]) => uses.map(({ key }) => sums?.[key]?.from);
    expect(from(evidence.gates)).toEqual([minute(2), minute(8)]);
    expect(from(evidence.rollback)).toEqual([minute(1), minute(7)]);
  });

  it("goes on with a sum that began where the step does, or later, and with none that is older", () => {
    const before = advanceEvidence({}, at(good(12))).evidence;
    const from = (index: number) => {
      const step = { gatesFrom: minute(index), rollbackFrom: minute(index) };
      return advanceEvidence(before, at(good(12), { step })).evidence.gates?.[use("step").key]?.from;
    };
    expect([-1, 0, 1].map(from)).toEqual([minute(0), minute(0), minute(1)]);
  });

  it("goes on with no sum from a prototype", () => {
    const { gates = {} } = advanceEvidence({}, at(good(12))).evidence;
    const inherited = advanceEvidence({ burst: {}, gates: Object.create(gates) }, at(good(7)));
    const fresh = advanceEvidence({ burst: {} }, at(good(7)));
    expect(inherited).toEqual(fresh);
  });

  it("takes in for gates no minute of a change that is not settled, the one in which it was begun included", () => {
    const next = (intentAt: EpochMs | null) => {
      const progress = at(good(15), { intentAt, uses: { gates: [use("step")], rollback: [use("step")] } });
      const { gates, rollback } = advanceEvidence({}, progress).evidence;
      return [gates, rollback].map((sums) => sums?.[use("step").key]?.next);
    };
    expect(next(null)).toEqual([minute(10), minute(10)]);
    expect(next(epochMs(minute(4) + 30_000))).toEqual([minute(4), minute(10)]);
    expect(next(minute(14))).toEqual([minute(10), minute(10)]);
  });

  it("tells a minute that got worse once for each operation, be it asked by gates and rollback rules alike", () => {
    const both = { uses: { gates: [use("step")], rollback: [use("step")] } };
    const before = advanceEvidence({}, at(good(9), both)).evidence;
    const { corrections } = advanceEvidence(before, at([GOOD, BAD, ...good(7)], both));
    expect(corrections).toEqual([
      `${use("step").key}: the minute of 2026-01-05T12:01:00.000Z got worse after it was final (0,200 → 20,200)`,
    ]);
    const ofRollback = { uses: { gates: [], rollback: [use("step")] } };
    expect(advanceEvidence(before, at([GOOD, BAD, ...good(7)], ofRollback)).corrections).toEqual(corrections);
  });

  it("tempers each operation as the errors clump that it reads, and not at all where nothing is known of them", () => {
    const uses = { gates: [use("step"), use("step", "green.unanswered")], rollback: [] };
    const rows = minuteCounts([BAD, ...good(40)], minute(41)).map(({ at: start, readings }) => ({
      at: start,
      readings: {
        ...readings,
        values: { ...readings.values, green: { ...readings.values["green"], unanswered: start === NOW ? 20 : 0 } },
      },
    }));
    const logsAt = (burst: EvidenceState["burst"]) => {
      const { gates } = advanceEvidence({ ...(burst && { burst }) }, at([BAD, ...good(40)], { uses, rows })).evidence;
      return uses.gates.map(({ key }) => gates?.[key]?.logs ?? []);
    };
    const [plain = []] = logsAt({});
    expect(logsAt({})).toEqual([plain, plain]);
    const [tempered = [], untempered] = logsAt({ "blue.errors5xx": 2 });
    expect(untempered).toEqual(plain);
    expect(tempered).toEqual(plain.map((log) => log / 2));
    expect(Math.min(...plain)).toBeLessThan(0);
  });

  it("learns of every signal once how blue's errors clump, be it asked for by gates or by rollback rules", () => {
    const uses = { gates: [use("step"), use("soak")], rollback: [use("step", "green.unanswered")] };
    const blue = Array.from({ length: 9 }, (): Counts => [0, 600, 0, 3]);
    const { baseline } = advanceEvidence({}, at(blue, { uses, step: null, greenFrom: null })).evidence;
    expect(baseline).toEqual({
      next: minute(4),
      errors: { "blue.errors5xx": [3, 3, 3, 3], "blue.unanswered": [] },
    });
  });

  it("takes in no minute that is not final, on whatever second the tick is", () => {
    const { gates } = advanceEvidence({}, at(good(9), { tick: epochMs(minute(9) + 59_000) })).evidence;
    expect(gates?.[use("step").key]?.next).toBe(minute(4));
  });
});
