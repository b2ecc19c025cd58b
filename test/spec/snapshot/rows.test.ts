import { describe, expect, it } from "vitest";
import { known, type Observations } from "../../../src/signals/observation.ts";
import { merged } from "../../../src/snapshot/merged.ts";
import { type Row, rowsOf } from "../../../src/snapshot/rows.ts";
import type { MinuteReadings, Snapshot } from "../../../src/snapshot/snapshot.ts";
import { at } from "../../support/readings.ts";

const readings = (
  minute: number,
  values: Record<string, number> = { "green.requests": 100 },
  absent: Record<string, string> = {},
): MinuteReadings => ({ at: at(minute), values, absent });

const snapshot = (tick: number, minutes: readonly MinuteReadings[], instants: Observations = {}): Snapshot => ({
  cutover: "orders",
  epoch: 1,
  tick: at(tick),
  takenAt: at(tick, 3),
  instants,
  minutes,
  p99ForGates: {},
  p99ForRollback: {},
});

const numbers = (rows: readonly Row[]) => rows.map((row) => (row.at - at(0)) / 60_000);
const rowOf = (rows: readonly Row[], minute: number) => rows.find((row) => row.at === at(minute));

describe("what several snapshots know of the minutes", () => {
  it("is nothing where there is none", () => {
    expect(rowsOf([])).toEqual([]);
  });

  it("is one row for each minute that any of them speaks of, oldest first", () => {
    const all = [snapshot(30, [readings(28), readings(29)]), snapshot(50, [readings(48), readings(49)])];
    expect(numbers(rowsOf(all))).toEqual([28, 29, 48, 49]);
  });

  it("is what the newest one says of a minute, and every instant that was read in it", () => {
    const rows = rowsOf([
      snapshot(30, [readings(28), readings(29)], { "forward.lagRecords": known(1, at(29, 10)) }),
      snapshot(31, [readings(28), readings(29, { "green.requests": 140 })], {
        "reverse.lagRecords": known(2, at(29, 40)),
        "forward.state": known("RUNNING", at(29, 40)),
      }),
    ]);
    expect(numbers(rows)).toEqual([28, 29]);
    expect(rowOf(rows, 29)).toEqual({
      at: at(29),
      metrics: readings(29, { "green.requests": 140 }),
      instants: {
        "forward.lagRecords": known(1, at(29, 10)),
        "reverse.lagRecords": known(2, at(29, 40)),
        "forward.state": known("RUNNING", at(29, 40)),
      },
      readings: {
        values: { green: { requests: 140 }, forward: { lagRecords: 1, state: "RUNNING" }, reverse: { lagRecords: 2 } },
        absent: {},
      },
    });
  });

  it("keeps one row of a minute in which an instant was read longer ago than the metrics reach back", () => {
    const first = snapshot(30, [readings(28), readings(29)]);
    const rows = rowsOf([first, snapshot(31, [readings(30)], { "forward.lagRecords": known(1, at(28, 10)) })]);
    expect(numbers(rows)).toEqual([28, 29, 30]);
    expect(rowOf(rows, 28)?.readings.values).toEqual({ green: { requests: 100 }, forward: { lagRecords: 1 } });
  });

  it("fills in the metrics of a minute of which only an instant was known", () => {
    const rows = rowsOf([
      snapshot(30, [readings(29)], { "forward.lagRecords": known(1, at(30, 1)) }),
      snapshot(31, [readings(29), readings(30, { "green.requests": 7 })]),
    ]);
    expect(rowOf(rows, 30)?.readings.values).toEqual({ green: { requests: 7 }, forward: { lagRecords: 1 } });
  });

  it("has nothing from before the oldest one, not even where an older one had been looked at with them", () => {
    const all = [
      snapshot(30, [readings(20), readings(29)], { "forward.lagRecords": known(1, at(15, 1)) }),
      snapshot(40, [readings(31), readings(39)]),
      snapshot(41, [readings(31), readings(40)]),
    ];
    expect(numbers(rowsOf(all.slice(0, 2)))).toEqual([20, 29, 31, 39]);
    expect(numbers(rowsOf(all))).toEqual([20, 29, 31, 39, 40]);
    expect(numbers(rowsOf(all.slice(1)))).toEqual([31, 39, 40]);
  });

  it("reaches back as far as the minutes of the oldest one do, where a recording holds more than usual", () => {
    expect(numbers(rowsOf([snapshot(30, [readings(2), readings(29)])]))).toEqual([2, 29]);
    expect(numbers(rowsOf([snapshot(30, [], { "forward.lagRecords": known(1, at(20, 0)) })]))).toEqual([20]);
    expect(numbers(rowsOf([snapshot(30, [], { "forward.lagRecords": known(1, at(19, 59)) })]))).toEqual([]);
  });

  it("reaches back as far as its oldest one, also where one before that was looked at too and did not", () => {
    const all = [snapshot(30, []), snapshot(31, [readings(2), readings(30)])];
    expect(numbers(rowsOf(all))).toEqual([30]);
    expect(numbers(rowsOf(all.slice(1)))).toEqual([2, 30]);
  });

  it("is never that of another sequence, whatever the two have in common", () => {
    const last = snapshot(31, [readings(30)]);
    const [one, other] = [snapshot(30, [readings(29)]), snapshot(30, [readings(29, { "green.requests": 1 })])];
    const requests = (snapshots: readonly Snapshot[]) => rowOf(rowsOf(snapshots), 29)?.metrics?.values;
    expect(requests([one, last])).toEqual({ "green.requests": 100 });
    expect(requests([other, last])).toEqual({ "green.requests": 1 });
    const later = snapshot(32, [readings(31)]);
    expect(requests([one, last, later])).toEqual({ "green.requests": 100 });
    expect(requests([snapshot(29, [readings(29)]), other, last])).toEqual({ "green.requests": 1 });
  });
});

describe("what is known once the oldest are left out", () => {
  const forward = (seconds: number, minute = 30) => ({ "forward.lagRecords": known(1, at(minute, seconds)) });
  const reverse = (seconds: number, minute = 30) => ({ "reverse.lagRecords": known(2, at(minute, seconds)) });
  const valuesOf = (rows: readonly Row[], minute: number) => rowOf(rows, minute)?.readings.values;

  it("is the very same of every minute of which the others say it again", () => {
    const minutes = [readings(5), readings(28), readings(29)];
    const all = [snapshot(30, minutes, forward(10, 29)), snapshot(31, [...minutes, readings(30)], forward(40, 29))];
    const rows = rowsOf(all);
    const rest = rowsOf(all.slice(1));
    expect(numbers(rest)).toEqual([5, 28, 29, 30]);
    for (const [index, row] of rest.entries()) expect(row).toBe(rows[index]);
  });

  it("holds no metrics that they alone had, from the first minute that counts on", () => {
    for (const oldest of [[snapshot(30, [readings(21)])], [snapshot(29, [readings(21)]), snapshot(30, [])]]) {
      const last = snapshot(31, []);
      expect(numbers(rowsOf([...oldest, last]))).toEqual([21]);
      expect(rowsOf([last])).toEqual([]);
    }
  });

  it("holds of a minute without metrics what the others have read in it", () => {
    const all = [snapshot(30, [readings(29)], forward(1)), snapshot(31, [readings(29)], reverse(40))];
    expect(valuesOf(rowsOf(all), 30)).toEqual({ forward: { lagRecords: 1 }, reverse: { lagRecords: 2 } });
    expect(valuesOf(rowsOf(all.slice(1)), 30)).toEqual({ reverse: { lagRecords: 2 } });
  });

  it("has no such minute where the others have read nothing in it", () => {
    const all = [snapshot(30, [readings(29)], forward(1)), snapshot(31, [readings(29)], reverse(5, 31))];
    expect(numbers(rowsOf(all))).toEqual([29, 30, 31]);
    expect(numbers(rowsOf(all.slice(1)))).toEqual([29, 31]);
  });
});

describe("the row of a minute", () => {
  const lag = { "forward.lagRecords": known(1, at(29, 10)) };
  const before = readings(29, { "green.requests": 100, "green.errors5xx": 1 }, { "lb.requests": "not reported" });

  it("is the very same object at the next ticks as long as nothing new is known of it", () => {
    const ticks = [
      snapshot(30, [before], lag),
      snapshot(31, [structuredClone(before), readings(30)]),
      snapshot(32, [structuredClone(before), readings(30), readings(31)]),
      snapshot(33, [structuredClone(before), readings(30), readings(31), readings(32)]),
    ];
    const first = rowsOf(ticks.slice(0, 1))[0];
    for (let count = 2; count <= ticks.length; count += 1) expect(rowsOf(ticks.slice(0, count))[0]).toBe(first);
  });

  it("stands in the very same list where nothing is new and nothing too old", () => {
    const ticks = [snapshot(30, [readings(20), readings(29)])];
    expect(rowsOf(ticks)).toBe(rowsOf(ticks));
  });

  it("is the same one too where the oldest snapshot falls out of the window", () => {
    const ticks = [snapshot(29, [readings(19)]), snapshot(30, [before], lag), snapshot(31, [readings(30)])];
    const first = rowOf(rowsOf(ticks), 29);
    expect(first?.metrics).toEqual(before);
    expect(rowOf(rowsOf(ticks.slice(1)), 29)).toBe(first);
  });

  it.each<readonly [string, MinuteReadings]>([
    ["a count was revised", { ...before, values: { ...before.values, "green.requests": 120 } }],
    ["a count came in late", { ...before, values: { ...before.values, "lb.requests": 9 } }],
    ["a count is gone", { ...before, values: { "green.requests": 100 } }],
    ["another count is gone", { ...before, values: { "green.errors5xx": 1 } }],
    ["one count is there for another", { ...before, values: { "green.requests": 100, "green.unanswered": 1 } }],
    ["the reason of a gap is another", { ...before, absent: { "lb.requests": "throttled" } }],
    ["a gap is gone", { ...before, absent: {} }],
    ["a gap more is known", { ...before, absent: { ...before.absent, "lb.errors5xx": "not reported" } }],
  ])("is another one where %s", (_what, after) => {
    const first = snapshot(30, [before], lag);
    const known = rowsOf([first])[0];
    const [row] = rowsOf([first, snapshot(31, [after])]);
    expect(row).not.toBe(known);
    expect(row).toMatchObject({ metrics: after, instants: lag });
    expect(row?.readings.absent).toEqual(after.absent);
  });

  it("is not remembered for longer than the next tick: nothing piles up in a function that lives on", () => {
    const ticks = [30, 31, 32].map((tick) => snapshot(tick, [readings(tick - 1)]));
    const first = rowsOf(ticks.slice(0, 1));
    expect(rowsOf(ticks.slice(0, 1))).toBe(first);
    const second = rowsOf(ticks.slice(0, 2));
    expect(rowsOf(ticks.slice(0, 1))).toBe(first);
    const third = rowsOf(ticks);
    expect(rowsOf(ticks.slice(0, 1))).not.toBe(first);
    expect(rowsOf(ticks.slice(0, 2))).toBe(second);
    expect(rowsOf(ticks)).toBe(third);
  });
});

describe("readings as rules read them", () => {
  it("stand in groups; what has no value says why", () => {
    const minute = readings(29, { "green.requests": 5 }, { "green.errors5xx": "not reported" });
    const down = { known: false as const, reason: "no answer", readAt: at(30) };
    expect(merged(minute, { "forward.lagRecords": down, "green.healthyHosts": known(4, at(30)) })).toEqual({
      values: { green: { requests: 5, healthyHosts: 4 } },
      absent: { "green.errors5xx": "not reported", "forward.lagRecords": "no answer" },
    });
    expect(merged(undefined)).toEqual({ values: {}, absent: {} });
  });

  it("have no reason for a gap where a later reading has a value", () => {
    const minute = readings(29, {}, { "green.requests": "not reported" });
    expect(merged(minute, { "green.requests": known(5, at(30)) })).toEqual({
      values: { green: { requests: 5 } },
      absent: {},
    });
  });

  it("take any name that a recording has: one without a dot is a group of its own", () => {
    expect(merged(readings(29, { plain: 1, ".hidden": 2, "a.b.c": 3 })).values).toEqual({
      plain: { "": 1 },
      "": { hidden: 2 },
      a: { "b.c": 3 },
    });
    expect(merged(readings(29, { "constructor.name": 1 })).values).toEqual({ constructor: { name: 1 } });
  });
});
