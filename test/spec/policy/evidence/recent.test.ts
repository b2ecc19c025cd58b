import { describe, expect, it } from "vitest";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../../src/kernel/units.ts";
import { emptyAccumulator } from "../../../../src/policy/operations/evidence/accumulate.ts";
import { advanceSum, withRecent } from "../../../../src/policy/operations/evidence/recent.ts";
import { type EvidenceUse, evidenceUse } from "../../../../src/policy/operations/evidence/uses.ts";
import type { Accumulator } from "../../../../src/snapshot/evidence-state.ts";
import { SNAPSHOT_MINUTES } from "../../../../src/snapshot/freshness.ts";
import { NOW } from "../../../support/evidence.ts";
import { type Counts, minuteCounts } from "../../../support/minute-counts.ts";

const minute = (index: number): EpochMs => epochMs(NOW + index * MINUTE_MS);
const use = (name: string): EvidenceUse =>
  evidenceUse(name, ["green.errors5xx", "green.requests", 0.01, "step"]) ?? expect.fail();
const proof = () => use("evidence_below");
const detector = () => use("evidence_above");

const empty = ({ test }: EvidenceUse): Accumulator => emptyAccumulator(test, minute(0));

/** A sum of nothing but these readings of minute 0. */
const read = (asked: EvidenceUse, ...seen: readonly (readonly number[])[]): Accumulator => ({
  ...empty(asked),
  next: minute(1),
  recent: [{ at: minute(0), seen }],
});
const whole = (asked: EvidenceUse, sum: Accumulator, burst = 1) => withRecent(asked.test, sum, burst);

describe("a minute that was read more than once", () => {
  const [GOOD, BAD, SILENT] = [
    [0, 200],
    [20, 200],
    [0, 0],
  ] as const;

  it("counts as the worst for green, whichever came last", () => {
    for (const each of [proof(), detector()]) {
      const bad = whole(each, read(each, BAD));
      expect(whole(each, read(each, GOOD, BAD))).toEqual(bad);
      expect(whole(each, read(each, BAD, GOOD))).toEqual(bad);
    }
  });

  it("counts once, and as one that spoke where any reading of it says something", () => {
    expect(whole(proof(), read(proof(), GOOD, BAD))).toMatchObject({ observed: 1, spoke: 1 });
    expect(whole(proof(), read(proof(), SILENT, SILENT))).toMatchObject({ observed: 1, spoke: 0 });
    expect(whole(proof(), read(proof()))).toMatchObject({ observed: 0, spoke: 0 });
  });

  it("speaks no better for green than the reading that said nothing", () => {
    expect(whole(proof(), read(proof(), SILENT, GOOD)).logs).toEqual([0, 0, 0, 0]);
    expect(whole(proof(), read(proof(), GOOD, SILENT)).logs).toEqual([0, 0, 0, 0]);
    expect(whole(proof(), read(proof(), SILENT, BAD))).toEqual(whole(proof(), read(proof(), BAD)));
    const against = whole(detector(), read(detector(), BAD)).logs;
    expect(whole(detector(), read(detector(), SILENT, BAD)).logs).toEqual(against.map((log) => Math.max(0, log)));
  });

  it("says as much less as errors clump", () => {
    const once = whole(detector(), read(detector(), BAD)).logs;
    expect(whole(detector(), read(detector(), BAD), 4).logs).toEqual(once.map((log) => log / 4));
  });
});

describe("a sum after one tick", () => {
  const GOOD: Counts = [200, 0, 0, 0];
  const BAD: Counts = [200, 0, 20, 0];
  const good = (count: number): readonly Counts[] => Array.from({ length: count }, () => GOOD);

  const advance = (
    asked: EvidenceUse,
    before: Accumulator,
    rows: readonly (Counts | null)[],
    tick = rows.length,
    until: EpochMs = minute(tick - 5),
  ) =>
    advanceSum(asked, before, minuteCounts(rows, minute(rows.length)), {
      tick: minute(tick),
      until,
      burst: 1,
    });

  it("keeps apart the minutes of which the next snapshot may say something else, and no others", () => {
    const { sum, corrections } = advance(proof(), empty(proof()), good(20));
    const [oldest] = sum.recent ?? [];
    expect(corrections).toEqual([]);
    expect(oldest).toEqual({ at: minute(20 - SNAPSHOT_MINUTES + 1), seen: [[0, 200]] });
    expect(sum).toMatchObject({ next: minute(15), observed: 11, spoke: 11 });
    expect(sum.recent).toHaveLength(4);
    expect(whole(proof(), sum)).toMatchObject({ observed: 15, spoke: 15 });
  });

  it("has nothing apart where no snapshot can change it any more", () => {
    const { sum } = advance(proof(), empty(proof()), good(10));
    const later = advance(proof(), sum, good(10), 40, minute(5)).sum;
    expect(sum.recent).toHaveLength(4);
    expect(Object.keys(later)).not.toContain("recent");
    expect(later).toEqual({ ...whole(proof(), sum) });
  });

  it.each([
    ["half an hour", 30],
    ["a century", 100 * 365 * 24 * 60],
  ])("leaves out a gap of %s that no snapshot can show, and nothing behind it", (_, gap) => {
    const by = { tick: minute(gap), until: minute(gap - 5), burst: 1 };
    const { sum } = advanceSum(proof(), empty(proof()), minuteCounts(good(8), minute(gap)), by);
    expect(sum).toEqual({
      ...empty(proof()),
      next: minute(gap - 5),
      recent: [
        { at: minute(gap - 9), seen: [] },
        ...[8, 7, 6].map((ago) => ({ at: minute(gap - ago), seen: [[0, 200]] })),
      ],
    });
  });

  it("takes in a minute from before a gap that is still shown", () => {
    const rows = [...minuteCounts(good(2), minute(2)), ...minuteCounts(good(8), minute(40))];
    const { sum } = advanceSum(proof(), empty(proof()), rows, { tick: minute(40), until: minute(35), burst: 1 });
    expect(sum).toMatchObject({ next: minute(35), observed: 2, spoke: 2 });
  });

  it("takes in minutes up to the one that is asked for, and no part of it", () => {
    const within = epochMs(minute(3) + 59_999);
    expect(advance(proof(), empty(proof()), good(10), 10, within).sum.next).toBe(minute(3));
  });

  it("does not go back where it is asked for less than it has", () => {
    const { sum } = advance(proof(), empty(proof()), good(10));
    expect(advance(proof(), sum, good(10), 10, minute(2)).sum).toEqual(sum);
  });

  it("takes a minute of which nobody had all counts for one that was not seen, and waits for it", () => {
    const gap: readonly Counts[] = [GOOD, [200, 0, -1, 0], GOOD, ...good(5)];
    const before = advance(proof(), empty(proof()), gap).sum;
    expect(before.recent).toEqual([
      { at: minute(0), seen: [[0, 200]] },
      { at: minute(1), seen: [] },
      { at: minute(2), seen: [[0, 200]] },
    ]);
    const { sum, corrections } = advance(proof(), before, good(8));
    expect(corrections).toEqual([]);
    expect(sum.recent?.[1]).toEqual({ at: minute(1), seen: [[0, 200]] });
    const silent = advance(proof(), before, [GOOD, [0, 0, 0, 0], ...good(6)]).sum;
    expect(silent.recent?.[1]).toEqual({ at: minute(1), seen: [[0, 0]] });
  });

  it("is the same where none is kept apart, however that is written", () => {
    const none = advance(proof(), { ...empty(proof()), recent: [] }, good(8));
    expect(none).toEqual(advance(proof(), empty(proof()), good(8)));
  });

  it("tells each minute that got worse, by what it was last known as", () => {
    const before = advance(detector(), empty(detector()), good(8)).sum;
    const once = advance(detector(), before, [GOOD, BAD, ...good(6)]);
    const twice = advance(detector(), once.sum, [GOOD, [200, 0, 40, 0], BAD, ...good(5)]);
    expect(once.corrections).toEqual([
      `${detector().key}: the minute of 2026-01-05T12:01:00.000Z got worse after it was final (0,200 → 20,200)`,
    ]);
    expect(twice.corrections).toEqual([
      `${detector().key}: the minute of 2026-01-05T12:01:00.000Z got worse after it was final (20,200 → 40,200)`,
      `${detector().key}: the minute of 2026-01-05T12:02:00.000Z got worse after it was final (0,200 → 20,200)`,
    ]);
    expect(twice.sum.recent?.[1]?.seen).toEqual([
      [0, 200],
      [20, 200],
      [40, 200],
    ]);
  });

  it("takes no reading for a correction that it has counted before, or that is better for green", () => {
    const before = advance(detector(), empty(detector()), [GOOD, BAD, ...good(6)]).sum;
    for (const again of [BAD, GOOD, [200, 0, 10, 0]] as const) {
      const { sum, corrections } = advance(detector(), before, [GOOD, again, ...good(6)]);
      expect(corrections).toEqual([]);
      expect(sum).toEqual(before);
    }
  });

  it("takes one for a correction in which every count is another, or that is worse by one alternative alone", () => {
    const corrections = (asked: EvidenceUse, before: Counts, now: Counts) =>
      advance(asked, advance(asked, empty(asked), [before, ...good(7)]).sum, [now, ...good(7)]).corrections.length;
    expect(corrections(detector(), GOOD, [300, 0, 20, 0])).toBe(1);
    expect(corrections(detector(), [200, 0, 3, 0], [400, 0, 6, 0])).toBe(1);
  });

  it("takes what says something, where it said nothing before, for a correction if it is bad, and silence for none", () => {
    const compared = () =>
      evidenceUse("evidence_worse", [
        "green.errors5xx",
        "green.requests",
        "blue.errors5xx",
        "blue.requests",
        2,
        "step",
      ]) ?? expect.fail();
    const before = advance(compared(), empty(compared()), [[0, 600, 0, 0], ...good(7)]).sum;
    const now = (counts: Counts) => advance(compared(), before, [counts, ...good(7)]).corrections;
    expect(now([0, 700, 0, 1])).toEqual([]);
    expect(now([200, 600, 20, 0])).toEqual([expect.stringContaining("(0,0,0,600 → 20,200,0,600)")]);
  });

  it("holds it against a proof that there are fewer requests without an error than it had counted", () => {
    const before = advance(proof(), empty(proof()), good(8)).sum;
    const { corrections } = advance(proof(), before, [GOOD, [100, 0, 0, 0], ...good(6)]);
    expect(corrections).toHaveLength(1);
    expect(advance(proof(), before, [GOOD, [400, 0, 0, 0], ...good(6)]).corrections).toEqual([]);
  });

  it("takes back from a proof what it has shown for green, alternative by alternative, and from a detector nothing", () => {
    const corrected = (asked: EvidenceUse) => {
      const before: Accumulator = { ...read(asked, [0, 200]), logs: [5, -5, 0, 2] };
      const after = advance(asked, before, [[200, 0, 1, 0], ...good(5)], 6, minute(1)).sum;
      const inTime: Accumulator = { ...read(asked, [1, 200]), logs: before.logs };
      return { after: whole(asked, after).logs, inTime: whole(asked, inTime).logs };
    };
    const { after, inTime } = corrected(proof());
    expect(inTime.map((log) => log > 0)).toEqual([true, false, true, true]);
    for (const [index, log] of inTime.entries()) expect(after[index]).toBeCloseTo(Math.min(0, log), 12);
    const kept = corrected(detector());
    expect(kept.after).toEqual(kept.inTime);
  });
});
