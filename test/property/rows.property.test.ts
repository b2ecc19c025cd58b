import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EpochMs, epochMs, MINUTE_MS } from "../../src/kernel/units.ts";
import type { Observation } from "../../src/signals/observation.ts";
import { rowsOf } from "../../src/snapshot/rows.ts";
import type { MinuteReadings, Snapshot } from "../../src/snapshot/snapshot.ts";

const START = 29_921_940 * MINUTE_MS;
const minute = (index: number): EpochMs => epochMs(START + index * MINUTE_MS);

const readings = fc.record({
  requests: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  errors: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
});

const instant = fc.record({ age: fc.integer({ min: 0, max: 4 }), value: fc.option(fc.integer({ min: 0, max: 2 })) });

/** Some recordings hold minutes of long ago, some ticks read nothing of a stream. */
const gap = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 8, max: 14 }) },
);
const drawn = fc.array(
  fc.record({
    missed: fc.boolean(),
    minutes: fc.array(readings, { maxLength: 4, size: "max" }),
    gap,
    lag: instant,
    other: fc.option(instant),
  }),
  { minLength: 1, maxLength: 25 },
);

const rowAt = (
  at: EpochMs,
  values: { requests?: number | undefined; errors?: number | undefined },
): MinuteReadings => ({
  at,
  values: {
    ...(values.requests === undefined ? {} : { "green.requests": values.requests }),
    ...(values.errors === undefined ? {} : { "green.errors5xx": values.errors }),
  },
  absent: values.errors === undefined ? { "green.errors5xx": "not reported" } : {},
});

const seenAt = (
  index: number,
  { age, value }: { readonly age: number; readonly value: number | null },
): Observation => {
  const readAt = minute(index - age);
  return value === null ? { known: false, reason: "no answer", readAt } : { known: true, value, readAt };
};

const snapshotsOf = (ticks: typeof drawn extends fc.Arbitrary<infer Ticks> ? Ticks : never): readonly Snapshot[] =>
  ticks.flatMap(({ missed, minutes, gap, lag, other }, index) => {
    if (missed && index > 0) return [];
    return [
      {
        cutover: "orders",
        epoch: 1,
        tick: minute(index),
        takenAt: minute(index),
        instants: {
          "forward.lagRecords": seenAt(index, lag),
          ...(other === null ? {} : { "reverse.lagRecords": seenAt(index, other) }),
        },
        minutes: minutes.map((values, back) => rowAt(minute(index - gap - minutes.length + back), values)),
        p99ForGates: {},
        p99ForRollback: {},
      },
    ];
  });

describe("the rows of a sequence of snapshots", () => {
  it("are the same whatever was seen before, however many of the oldest are left out at once", () => {
    fc.assert(
      fc.property(drawn, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (ticks, kept) => {
        const all = snapshotsOf(ticks);
        for (let count = 1; count <= all.length; count += 1) {
          const window = all.slice(Math.max(0, count - (kept[count % kept.length] ?? 1)), count);
          const plain = (snapshots: readonly Snapshot[]) =>
            rowsOf(snapshots).map(({ at, readings }) => ({ at, readings }));
          // A copy has no past: nothing is known of any of its snapshots.
          expect(plain(window)).toEqual(plain(structuredClone(window)));
        }
      }),
    );
  });

  it("are the very same objects where nothing new is known", () => {
    fc.assert(
      fc.property(drawn, (ticks) => {
        const all = snapshotsOf(ticks);
        const before = rowsOf(all);
        expect(rowsOf(all)).toBe(before);
        expect(rowsOf([...all])).toBe(before);
      }),
    );
  });
});
