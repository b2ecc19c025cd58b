import { describe, expect, it } from "vitest";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../../src/kernel/units.ts";
import {
  baselineErrors,
  burstFactor,
  burstOf,
  burstSignal,
  isBaseline,
} from "../../../../src/policy/operations/evidence/burst.ts";
import type { Readings } from "../../../../src/snapshot/snapshot.ts";
import { NOW } from "../../../support/evidence.ts";
import { type Counts, minuteCounts } from "../../../support/minute-counts.ts";

const minute = (index: number): EpochMs => epochMs(NOW + index * MINUTE_MS);
const times = <Value>(count: number, value: Value): readonly Value[] => Array.from({ length: count }, () => value);

/** Ten errors in one minute of ten: mean 1, variance 10. */
const CLUMPED = [...times(9, 0), 10];
const clumped: readonly Counts[] = CLUMPED.map((errors): Counts => [0, 600, 0, errors]);

describe("how many times less clumped errors say", () => {
  it("is their variance against their mean", () => {
    expect(burstFactor(CLUMPED)).toBe(10);
    expect(burstFactor([...times(18, 0), 4, 16])).toBeCloseTo(13.26316, 5);
  });

  it("is never less than 1: regular errors say no more than independent ones", () => {
    expect(burstFactor(times(20, 3))).toBe(1);
  });

  it("is 1 of fewer than ten minutes, of none, and without an error", () => {
    expect(burstFactor(CLUMPED.slice(1))).toBe(1);
    expect(burstFactor([])).toBe(1);
    expect(burstFactor(times(30, 0))).toBe(1);
  });
});

describe("whose habits tell of green's errors", () => {
  it.each([
    ["green.errors5xx", "blue.errors5xx"],
    ["green.connectionErrors", "blue.connectionErrors"],
    ["blue.errors5xx", "blue.errors5xx"],
    ["forward.deadLetters", "forward.deadLetters"],
    ["evergreen.errors", "evergreen.errors"],
    ["greenhouse.errors", "greenhouse.errors"],
  ])("of %s are those of %s", (errors, of) => {
    expect(burstSignal(errors)).toBe(of);
  });
});

describe("a minute of blue alone", () => {
  const readings = (blue: unknown, green: unknown): Readings => ({
    values: { blue: { requests: blue }, green: { requests: green } } as unknown as Readings["values"],
    absent: {},
  });

  it.each([
    ["has requests of blue and none of green", 5, 0, true],
    ["has requests of blue and nothing of green", 5, undefined, true],
    ["has requests of blue where nobody could count green's", 5, null, false],
    ["has a single request of green", 5, 1, false],
    ["has none of blue", 0, 0, false],
    ["has less than one of blue", 0.5, 0, true],
    ["lacks those of blue", undefined, 0, false],
  ])("%s", (_, blue, green, is) => {
    expect(isBaseline(readings(blue, green))).toBe(is);
  });

  it("shows its errors, the newest hour of them, where they are a count", () => {
    const rows = minuteCounts([
      ...times<Counts>(5, [0, 600, 0, 9]),
      [3, 600, 0, 7],
      [0, 600, 0, -1],
      ...times<Counts>(60, [0, 600, 0, 2]),
    ]);
    expect(baselineErrors(rows, "blue.errors5xx")).toEqual(times(60, 2));
    expect(baselineErrors(rows.slice(0, 8), "blue.errors5xx")).toEqual([9, 9, 9, 9, 9, 2]);
    expect(baselineErrors(rows, "blue.unanswered")).toEqual([]);
  });
});

describe("the factor of a signal", () => {
  const GREEN: Counts = [200, 400, 0, 0];
  const over = (rows: readonly (Counts | null)[], now = minute(0)) =>
    burstOf({ minutes: minuteCounts(rows), now }, "blue.errors5xx");

  it("is what the state knows, and 1 where it knows nothing of it, whatever the minutes show", () => {
    const known = (signal: string) =>
      burstOf(
        { minutes: minuteCounts(clumped), now: NOW, accumulated: { burst: { "blue.errors5xx": 3 }, sums: {} } },
        signal,
      );
    expect(known("blue.errors5xx")).toBe(3);
    expect(known("blue.unanswered")).toBe(1);
    expect(known("toString")).toBe(1);
  });

  it("is seen, without a state, in the minutes before green's first request", () => {
    expect(over(clumped)).toBe(10);
    expect(over([...clumped, GREEN, [0, 600, 0, 90]])).toBe(10);
    expect(over([GREEN, ...clumped])).toBe(1);
  });

  it("is seen in minutes that are over, and in no later one", () => {
    expect(over(clumped, minute(-1))).toBe(1);
    expect(over([...clumped, [0, 600, 0, 90]], minute(-1))).toBe(10);
    expect(over([...clumped, GREEN], epochMs(minute(0) - 1))).toBe(10);
  });
});
