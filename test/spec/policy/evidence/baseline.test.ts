import { describe, expect, it } from "vitest";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../../src/kernel/units.ts";
import { knownBurst, nextBaseline } from "../../../../src/policy/operations/evidence/baseline.ts";
import { NOW } from "../../../support/evidence.ts";
import { type Counts, minuteCounts } from "../../../support/minute-counts.ts";

const SIGNAL = "blue.errors5xx";
const minute = (index: number): EpochMs => epochMs(NOW + index * MINUTE_MS);

/** Minutes 0, 1, 2 … of blue alone, whose errors are their number. */
const rows = minuteCounts(
  Array.from({ length: 80 }, (_, index): Counts => [0, 600, 0, index]),
  minute(80),
);
const errors = (from: number, upTo: number) => Array.from({ length: upTo - from }, (_, index) => from + index);
const by = (final: number, greenFrom: EpochMs | null = null, signals: readonly string[] = [SIGNAL]) => ({
  signals,
  rows,
  final: minute(final),
  greenFrom,
});

describe("what blue alone shows before green has traffic", () => {
  it("is every minute that is final, once, over as many ticks as it takes", () => {
    const first = nextBaseline({}, by(3));
    expect(first).toEqual({ baseline: { next: minute(3), errors: { [SIGNAL]: errors(0, 3) } } });
    expect(nextBaseline(first, by(3))).toEqual(first);
    expect(nextBaseline(first, by(5))).toEqual({
      baseline: { next: minute(5), errors: { [SIGNAL]: errors(0, 5) } },
    });
  });

  it("is never taken twice where an earlier tick is judged again", () => {
    const first = nextBaseline({}, by(5));
    expect(nextBaseline(first, by(3))).toEqual(first);
  });

  it("is no more than an hour of the newest minutes", () => {
    const hour = nextBaseline(nextBaseline({}, by(50)), by(70));
    expect(hour.baseline?.errors).toEqual({ [SIGNAL]: errors(10, 70) });
  });

  it("begins anew for a signal that was not asked for before", () => {
    const before = nextBaseline({}, by(2));
    const { baseline } = nextBaseline(before, by(4, null, [SIGNAL, "blue.requests", "toString"]));
    expect(baseline?.errors).toEqual({ [SIGNAL]: errors(0, 4), "blue.requests": [600, 600], toString: [] });
  });

  it("goes on while the minutes up to green's first are not final, and is fixed with the last of them", () => {
    const within = epochMs(minute(12) + 20_000);
    expect(nextBaseline({}, by(11, within)).baseline).toEqual({
      next: minute(11),
      errors: { [SIGNAL]: errors(0, 11) },
    });
    expect(nextBaseline({}, by(12, within))).toEqual({ burst: { [SIGNAL]: expect.closeTo(13 / 5.5, 9) } });
    expect(nextBaseline({}, by(40, within))).toEqual({ burst: { [SIGNAL]: expect.closeTo(13 / 5.5, 9) } });
  });

  it("does not change once it is fixed", () => {
    const burst = { [SIGNAL]: 4 };
    expect(nextBaseline({ burst, baseline: { next: minute(0), errors: {} } }, by(40))).toEqual({ burst });
  });
});

describe("the burst factors that are known", () => {
  it("are those that are fixed, before that those of the minutes so far, and none at first", () => {
    expect(knownBurst({ burst: { [SIGNAL]: 4 } })).toEqual({ [SIGNAL]: 4 });
    expect(knownBurst(nextBaseline({}, by(12)))).toEqual({ [SIGNAL]: expect.closeTo(13 / 5.5, 9) });
    expect(knownBurst({})).toEqual({});
  });
});
