import { describe, expect, it } from "vitest";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../../src/kernel/units.ts";
import { evaluateRule } from "../../../../src/policy/evaluate.ts";
import { type Advanced, advanceEvidence, type Progress } from "../../../../src/policy/operations/evidence/advance.ts";
import { withRecent } from "../../../../src/policy/operations/evidence/recent.ts";
import { type EvidenceUse, evidenceUse } from "../../../../src/policy/operations/evidence/uses.ts";
import type { Accumulator } from "../../../../src/snapshot/evidence-state.ts";
import { NOW } from "../../../support/evidence.ts";
import { type Counts, minuteCounts } from "../../../support/minute-counts.ts";

const minute = (index: number): EpochMs => epochMs(NOW + index * MINUTE_MS);

const BELOW = ["green.errors5xx", "green.requests", 0.01, "step"] as const;
const WORSE = ["green.errors5xx", "green.requests", "blue.errors5xx", "blue.requests", 1.25, "step"] as const;
const below = () => evidenceUse("evidence_below", BELOW) ?? expect.fail();
const worse = () => evidenceUse("evidence_worse", WORSE) ?? expect.fail();

/** Minutes 0, 1, 2 … of a step, as known at the tick that the last of them leads up to. */
const at = (rows: readonly (Counts | null)[], changes: Partial<Progress> = {}): Progress => ({
  uses: { gates: [below()], rollback: [worse()] },
  tick: minute(rows.length),
  step: { gatesFrom: minute(0), rollbackFrom: minute(0) },
  soak: null,
  greenFrom: minute(-1),
  intentAt: null,
  rows: minuteCounts(rows, minute(rows.length)),
  ...changes,
});

const GOOD: Counts = [200, 200, 0, 1];
const BAD: Counts = [200, 200, 20, 1];

const walk = (rows: readonly (Counts | null)[], every = 1): Advanced => {
  let advanced: Advanced = { evidence: {}, corrections: [] };
  for (let length = every; length <= rows.length; length += every)
    advanced = advanceEvidence(advanced.evidence, at(rows.slice(0, length)));
  return advanced;
};

/** Everything that was added up, the minutes that may still change included. */
const proof = ({ evidence }: Advanced) => whole(below(), evidence.gates?.[below().key]);
const detector = ({ evidence }: Advanced) => whole(worse(), evidence.rollback?.[worse().key]);
const whole = ({ test }: EvidenceUse, sum: Accumulator | undefined) => sum && withRecent(test, sum, 1);

describe("a sum over a step", () => {
  it("has nothing of a minute that is not final", () => {
    expect(proof(walk(Array.from({ length: 5 }, () => GOOD)))).toMatchObject({ next: minute(0), observed: 0 });
    expect(proof(walk(Array.from({ length: 6 }, () => GOOD)))).toMatchObject({ next: minute(1), observed: 1 });
  });

  it("has every final minute once, however often the guard looked", () => {
    const rows = Array.from({ length: 30 }, (_, index): Counts => (index % 7 === 0 ? BAD : GOOD));

    expect(walk(rows, 1).evidence).toEqual(walk(rows, 5).evidence);
    expect(proof(walk(rows))).toMatchObject({ next: minute(25), observed: 25, spoke: 25 });
  });

  it("does not change when a tick is judged again", () => {
    const once = walk(Array.from({ length: 12 }, () => GOOD)).evidence;
    const again = advanceEvidence(once, at(Array.from({ length: 12 }, () => GOOD)));

    expect(again.evidence).toEqual(once);
  });

  it("remembers that a minute was not seen", () => {
    const rows = [GOOD, null, null, GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, GOOD];

    expect(proof(walk(rows))).toMatchObject({ next: minute(5), observed: 3 });
  });

  it("begins anew with the next step", () => {
    const rows = Array.from({ length: 12 }, () => GOOD);
    const before = walk(rows).evidence;
    const step = { gatesFrom: minute(9), rollbackFrom: minute(8) };
    const after = advanceEvidence(before, at(rows, { step })).evidence;

    expect(after.gates?.[below().key]).toMatchObject({ from: minute(9), observed: 0, logs: [0, 0, 0, 0] });
    expect(after.rollback?.[worse().key]).toMatchObject({ from: minute(8), observed: 0 });
  });

  it("takes no minute of a change that is not settled, and takes it when the change came to nothing", () => {
    const rows = Array.from({ length: 15 }, () => GOOD);
    const open = advanceEvidence({}, at(rows, { intentAt: minute(4) }));
    const settled = advanceEvidence(open.evidence, at(rows));

    expect(proof(open)).toMatchObject({ next: minute(4), observed: 4 });
    expect(detector(open)).toMatchObject({ next: minute(10), observed: 10 });
    expect(proof(settled)).toMatchObject({ next: minute(10), observed: 10 });
  });

  it("is not there before the first step, nor for the soak outside it", () => {
    const soak = evidenceUse("evidence_below", [...BELOW.slice(0, 3), "soak"]) ?? expect.fail();
    const rows = [GOOD, GOOD, GOOD, GOOD, GOOD, GOOD, GOOD];

    expect(advanceEvidence({}, at(rows, { step: null, greenFrom: null })).evidence.gates).toEqual({});
    expect(advanceEvidence({}, at(rows, { uses: { gates: [soak], rollback: [] } })).evidence.gates).toEqual({});
  });
});

describe("a minute that got worse after it had been consumed", () => {
  const rows = Array.from({ length: 10 }, () => GOOD);
  const corrected: readonly Counts[] = [GOOD, GOOD, GOOD, BAD, ...rows.slice(4), GOOD];
  const advanced = () => advanceEvidence(walk(rows).evidence, at(corrected));

  it("takes back all that the proof had shown, and counts against it as it would have in time", () => {
    const inTime = proof(walk(corrected))?.logs ?? [];

    expect(proof(advanced())).toMatchObject({ next: minute(6), observed: 6 });
    expect(inTime).toHaveLength(4);
    for (const [index, log] of (proof(advanced())?.logs ?? []).entries())
      expect(log).toBeLessThanOrEqual((inTime[index] ?? 0) + 1e-9);
  });

  it("begins the proof anew where it had shown more than that", () => {
    const long = Array.from({ length: 40 }, () => GOOD);
    const one: Counts = [200, 200, 1, 1];
    const then = walk(long);
    const late = advanceEvidence(then.evidence, at([...long.slice(0, 32), one, ...long.slice(33), GOOD]));
    const [fresh = 0] = proof(walk(Array.from({ length: 6 }, () => GOOD)))?.logs ?? [];

    expect(Math.max(...(proof(then)?.logs ?? []))).toBeGreaterThan(10);
    expect(proof(late)?.logs[0]).toBeCloseTo(fresh, 8);
  });

  it("leaves what stood against green: one more error late must not wipe out hundreds in time", () => {
    const bad = [...Array.from({ length: 13 }, () => BAD), ...Array.from({ length: 9 }, () => GOOD)];
    const then = walk(bad);
    const one: Counts = [200, 200, 1, 1];
    const late = advanceEvidence(then.evidence, at([...bad.slice(0, 15), one, ...bad.slice(16), GOOD]));
    const untouched = advanceEvidence(then.evidence, at([...bad, GOOD]));

    expect(late.corrections[0]).toContain("(0,200 → 1,200)");
    for (const [index, log] of (proof(late)?.logs ?? []).entries())
      expect(log).toBeLessThan(proof(untouched)?.logs[index] ?? Number.NEGATIVE_INFINITY);
  });

  it("counts against green where harm is looked for", () => {
    expect(detector(advanced())).toEqual(detector(walk(corrected)));
    expect(Math.max(...(detector(advanced())?.logs ?? []))).toBeGreaterThan(
      Math.max(...(detector(walk(rows))?.logs ?? [])),
    );
  });

  it("is told, once for each operation", () => {
    const { corrections } = advanced();

    expect(corrections).toHaveLength(2);
    expect(corrections[0]).toBe(
      `${below().key}: the minute of 2026-01-05T12:03:00.000Z got worse after it was final (0,200 → 20,200)`,
    );
  });

  it("changes nothing where it got better: a correction never speaks for green", () => {
    const bad = [GOOD, GOOD, GOOD, BAD, ...rows.slice(4)];
    const then = walk(bad).evidence;
    const better = advanceEvidence(then, at([...rows, GOOD]));

    expect(better.corrections).toEqual([]);
    expect(proof(better)).toEqual(proof(advanceEvidence(then, at([...bad, GOOD]))));
    expect(detector(better)).toEqual(detector(advanceEvidence(then, at([...bad, GOOD]))));
  });

  it("is held against the worst that it was counted as, however often it changes", () => {
    const bad = [...rows.slice(0, 7), BAD, ...rows.slice(8)];
    const versions = [rows, bad, rows, bad, rows];
    const looks = versions.map((version, index) => [...version, ...Array.from({ length: index + 4 }, () => GOOD)]);
    const last = looks.reduce((kept, look) => {
      const { evidence, corrections } = advanceEvidence(kept.evidence, at(look));
      return { evidence, corrections: [...kept.corrections, ...corrections] };
    }, walk(rows));

    expect(last.corrections).toHaveLength(2);
    expect(detector(last)).toEqual(detector(walk([...bad, ...Array.from({ length: 8 }, () => GOOD)])));
  });
});

describe("a minute that a later snapshot does not hold", () => {
  const rows: readonly Counts[] = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? [700, 700, 3, 4] : GOOD));

  /** All that one tick saw of the series is missing, and the tick after sees everything again. */
  const glitched = (ticks: number): Advanced => {
    let kept = walk(rows.slice(0, 20));
    for (let length = 21; length <= 30; length += 1) {
      const blind = length <= 20 + ticks;
      const seen = rows.slice(0, length).map((row, index) => (blind && index >= length - 10 ? null : row));
      const { evidence, corrections } = advanceEvidence(kept.evidence, at(seen));
      kept = { evidence, corrections: [...kept.corrections, ...corrections] };
    }
    return kept;
  };

  it.each([1, 2, 4])("stays what it was consumed as: %i ticks without the series change no sum", (ticks) => {
    expect(glitched(ticks)).toEqual(walk(rows));
  });

  it("is counted, and not corrected, once it is seen for the first time", () => {
    const late = [...rows.slice(0, 23), null, ...rows.slice(24)];
    const before = advanceEvidence(walk(rows.slice(0, 28)).evidence, at(late.slice(0, 29)));
    const after = advanceEvidence(before.evidence, at(rows));

    expect(proof(before)).toMatchObject({ next: minute(24), observed: 23 });
    expect(after).toEqual(walk(rows));
  });

  it("is counted as not seen where no snapshot ever held it", () => {
    const gap = [...rows.slice(0, 15), null, ...rows.slice(16)];

    expect(proof(walk(gap))).toMatchObject({ next: minute(25), observed: 24 });
    expect(proof(advanceEvidence(walk(gap).evidence, at(rows)))).toEqual(proof(walk(gap)));
  });
});

describe("how blue's errors clump", () => {
  const clumped = (length: number) =>
    Array.from({ length }, (_, index): Counts => [0, 600, 0, index % 10 === 0 ? 20 : 0]);

  it("is learned before green has traffic, and fixed when the last of these minutes is final", () => {
    const rows = clumped(30);
    const armed = advanceEvidence({}, at(rows, { step: null, greenFrom: null })).evidence;
    const stepped = advanceEvidence(armed, at([...rows, GOOD], { greenFrom: minute(29) })).evidence;
    const final = advanceEvidence(stepped, at([...rows, GOOD, GOOD, GOOD, GOOD, GOOD], { greenFrom: minute(29) }));

    expect(armed.baseline?.errors["blue.errors5xx"]).toHaveLength(25);
    expect(stepped.burst).toBeUndefined();
    expect(final.evidence.baseline).toBeUndefined();
    expect(final.evidence.burst?.["blue.errors5xx"]).toBeGreaterThan(15);
  });

  it("holds the newest hour", () => {
    const rows = clumped(90);
    const armed = advanceEvidence({}, at(rows, { step: null, greenFrom: null })).evidence;

    expect(armed.baseline?.errors["blue.errors5xx"]).toHaveLength(60);
  });

  it("tempers what is accumulated", () => {
    const rows = Array.from({ length: 12 }, () => BAD);
    const logs = (burst: number) =>
      advanceEvidence({ burst: { "blue.errors5xx": burst } }, at(rows)).evidence.rollback?.[worse().key]?.logs ?? [];

    expect(Math.max(...logs(1))).toBeGreaterThan(10);
    expect(logs(4)).toEqual(logs(1).map((log) => log / 4));
  });
});

describe("a rule over the step", () => {
  const rows = Array.from({ length: 12 }, () => GOOD);
  const judged = (upTo: number) =>
    evaluateRule(
      { evidence_below: [...BELOW] },
      {
        now: minute(upTo),
        current: { values: {}, absent: {} },
        minutes: at(rows).rows,
        accumulated: { burst: {}, sums: walk(rows).evidence.gates ?? {} },
      },
      { minCoverage: 0.9, newestMinute: "required" },
    ).result;
  const ofRequests = (requests: number) =>
    evaluateRule(
      { evidence_below: [...BELOW.slice(0, 3), "1m"] },
      { now: NOW, current: { values: {}, absent: {} }, minutes: minuteCounts([[requests, 0, 0, 0]]) },
      { minCoverage: 0.9, newestMinute: "required" },
    ).result;

  it("reads the state's sum and, on top, the minutes that are not final yet", () => {
    const [value, expected] = [judged(10), ofRequests(10 * 200)].map((each) =>
      each.kind === "known" ? Number(each.value) : Number.NaN,
    );

    expect(value).toBeGreaterThan(20);
    expect((value ?? 0) / (expected ?? 1)).toBeCloseTo(1, 8);
  });

  it("is unknown where the state has nothing of it", () => {
    const result = evaluateRule(
      { evidence_below: [...BELOW.slice(0, 3), "soak"] },
      { now: NOW, current: { values: {}, absent: {} }, minutes: at(rows).rows, accumulated: { burst: {}, sums: {} } },
      { minCoverage: 0.9, newestMinute: "required" },
    ).result;

    expect(result).toEqual({
      kind: "unknown",
      reasons: ["evidence green.errors5xx / green.requests below 0.01 over the soak: the soak has not begun"],
    });
  });

  const overSoak = (sum: Accumulator) => {
    const rule = { evidence_below: [...BELOW.slice(0, 3), "soak"] };
    const { key } = evidenceUse("evidence_below", [...BELOW.slice(0, 3), "soak"]) ?? expect.fail();
    const accumulated = { burst: {}, sums: { [key]: sum } };
    const evidence = { now: NOW, current: { values: {}, absent: {} }, minutes: at(rows).rows, accumulated };
    return evaluateRule(rule, evidence, { minCoverage: 0.9, newestMinute: "required" }).result;
  };
  const begunAt = (from: EpochMs): Accumulator => ({ from, next: from, observed: 0, spoke: 0, logs: [0] });

  it("is unknown until a minute of what has just begun, or been restarted by a break, is over", () => {
    for (const minutes of [0, 1, 3])
      expect(overSoak(begunAt(minute(minutes)))).toMatchObject({
        reasons: [expect.stringMatching(/: no minute of it is over yet$/)],
      });
  });

  it("is unknown where it is asked for a time that the sum is already beyond", () => {
    const sum = { ...begunAt(minute(-5)), next: minute(1), observed: 6, spoke: 6 };
    expect(overSoak(sum)).toMatchObject({
      reasons: [expect.stringMatching(/: the state has accumulated later minutes already$/)],
    });
  });
});
