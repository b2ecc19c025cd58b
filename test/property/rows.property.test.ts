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

const drawn = fc.array(
  fc.record({ missed: fc.boolean(), minutes: fc.array(readings, { minLength: 0, maxLength: 4 }), lag: instant }),
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

const snapshotsOf = (ticks: typeof drawn extends fc.Arbitrary<infer Ticks> ? Ticks : never): readonly Snapshot[] =>
  ticks.flatMap(({ missed, minutes, lag }, index) => {
    if (missed && index > 0) return [];
    const readAt = minute(index - lag.age);
    const seen: Observation =
      lag.value === null ? { known: false, reason: "no answer", readAt } : { known: true, value: lag.value, readAt };
    return [
      {
        cutover: "orders",
        epoch: 1,
        tick: minute(index),
        takenAt: minute(index),
        instants: { "forward.lagRecords": seen },
        minutes: minutes.map((values, back) => rowAt(minute(index - minutes.length + back), values)),
        p99ForGates: {},
        p99ForRollback: {},
      },
    ];
  });

describe("the rows of a sequence of snapshots", () => {
  it("are the same whether the tick before was seen or not", () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 12 }), (ticks, kept) => {
        const all = snapshotsOf(ticks);
        for (let count = 1; count <= all.length; count += 1) {
          const window = all.slice(Math.max(0, count - kept), count);
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
