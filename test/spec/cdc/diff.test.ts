import { describe, expect, it } from "vitest";
import { comparePiece, compareSides, type Pace } from "../../../src/cdc/diff.ts";
import { type ComparisonCursor, SLICE_ROWS } from "../../../src/cdc/diff-slices.ts";
import type { CdcPorts } from "../../../src/cdc/ports.ts";
import { ok } from "../../../src/kernel/result.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import type { DrainPort } from "../../../src/signals/ports.ts";
import { shopCutover } from "../../support/cdc-facts.ts";
import { healthyCdc } from "../../support/fake-cdc.ts";
import { codeUnitOrder, type FakeRows, fakeRows, rowsPort } from "../../support/fake-rows.ts";

const cutover = { ...shopCutover, tables: [...shopCutover.tables, { name: "appdb.events", key: "id" }] };
const numbered = (count: number): Map<string, string> =>
  new Map(Array.from({ length: count }, (_, at) => [`k${String(at).padStart(6, "0")}`, `row ${at}`]));
const tables = (orders: number, events = 3) => ({ "appdb.orders": numbered(orders), "appdb.events": numbered(events) });
const PACE: Pace = { readForMs: 6_000, withinMs: 20_000, queryMs: 8_000 };

/** Two sides that a spec fills; every question takes a second, every drain two. */
const started = async (blue: FakeRows, green: FakeRows) => {
  const cdc = await healthyCdc();
  let elapsed = 0;
  let drains = 0;
  const timeouts: number[] = [];
  for (const side of [blue, green])
    side.asked = (_what, _rows, timeoutMs) => {
      elapsed += 1_000;
      timeouts.push(timeoutMs);
    };
  const ports: CdcPorts = {
    ...cdc.ports,
    databases: {
      blue: { ...cdc.ports.databases.blue, ...rowsPort(blue) },
      green: { ...cdc.ports.databases.green, ...rowsPort(green) },
    },
    stopwatch: { ...cdc.ports.stopwatch, elapsedMs: () => elapsed },
  };
  const world = { onDrain: () => {} };
  const at = epochMs(5_000);
  const drain: DrainPort = {
    prove: async (_cutover, direction) => {
      elapsed += 2_000;
      drains += 1;
      world.onDrain();
      return ok({ direction, since: at, provenAt: at, token: "8", walPosition: "0/6E", topicEnds: {} });
    },
    openTransactions: async () => ok(0),
  };
  const directions = ["forward", "reverse"] as const;
  const piece = (from: ComparisonCursor | null, pace: Partial<Pace> = {}) =>
    comparePiece(ports, drain, cutover, from, { directions, ...PACE, ...pace });
  return {
    ...{ world, timeouts, piece },
    elapsed: () => elapsed,
    drains: () => drains,
    sides: () => compareSides(ports, drain, cutover, { directions }),
  };
};

const EQUAL = { differences: [], unsettled: [] };

describe("a comparison of both sides", () => {
  it("counts every row once, of all tables, and drains nothing where nothing differs", async () => {
    const of = await started(fakeRows(tables(2 * SLICE_ROWS + 7)), fakeRows(tables(2 * SLICE_ROWS + 7)));
    expect(await of.sides()).toEqual(ok({ rowsCompared: 2 * SLICE_ROWS + 7 + 3, ...EQUAL }));
    expect(of.drains()).toBe(0);
  });

  it.each<[string, (blue: Map<string, string>, green: Map<string, string>) => void, string]>([
    ["differs", (_blue, green) => green.set("k000017", "spoiled"), "k000017"],
    ["missing-on-green", (_blue, green) => green.delete("k009999"), "k009999"],
    ["missing-on-blue", (blue) => blue.delete("k000000"), "k000000"],
    ["missing-on-blue", (_blue, green) => green.set("z", "behind all of blue's"), "z"],
  ])("finds the row that is %s", async (kind, spoil, key) => {
    const [blue, green] = [fakeRows(tables(2 * SLICE_ROWS)), fakeRows(tables(2 * SLICE_ROWS))];
    spoil(blue.tables["appdb.orders"] as Map<string, string>, green.tables["appdb.orders"] as Map<string, string>);
    const of = await started(blue, green);
    expect(await of.sides()).toMatchObject({
      ok: true,
      value: { differences: [{ table: "appdb.orders", key, kind }], unsettled: [] },
    });
  });

  it("misses nothing where the two sort the same text differently", async () => {
    const [blue, green] = [tables(3 * SLICE_ROWS), tables(3 * SLICE_ROWS)];
    green["appdb.orders"].delete("k000003");
    green["appdb.orders"].set("K000003", "only on green");
    const of = await started(
      fakeRows(blue),
      fakeRows(green, (one, other) => codeUnitOrder(other.toUpperCase(), one.toUpperCase())),
    );
    const compared = await of.sides();
    const found = compared.ok ? compared.value.differences.map(({ key, kind }) => `${key} ${kind}`) : compared;
    expect(found).toEqual(["k000003 missing-on-green", "K000003 missing-on-blue"]);
  });

  it("does not count what arrives while it looks again, nor what changes on every look", async () => {
    const [blue, green] = [fakeRows(tables(10)), fakeRows(tables(10))];
    const of = await started(blue, green);
    const late = green.tables["appdb.orders"];
    late?.set("k000004", "not yet here");
    let version = 0;
    late?.set("k000005", "hot");
    of.world.onDrain = () => {
      version += 1;
      late?.set("k000004", "row 4");
      late?.set("k000005", `hot ${version}`);
    };
    expect(await of.sides()).toMatchObject({
      ok: true,
      value: { differences: [], unsettled: [{ table: "appdb.orders", key: "k000005" }] },
    });
  });
});

describe("one piece of it", () => {
  it("ends after its time with the key to go on behind, and the pieces together compare everything once", async () => {
    const of = await started(fakeRows(tables(9 * SLICE_ROWS)), fakeRows(tables(9 * SLICE_ROWS)));
    const lasted: number[] = [];
    let from: ComparisonCursor | null = null;
    let rowsCompared = 0;
    for (let pieces = 0; pieces < 20; pieces += 1) {
      const began = of.elapsed();
      const piece = await of.piece(from);
      lasted.push(of.elapsed() - began);
      if (!piece.ok) throw new Error(piece.failure.message);
      expect(piece.value).toMatchObject(EQUAL);
      ({ next: from, rowsCompared } = piece.value);
      if (from === null) break;
    }
    expect(lasted.length).toBeGreaterThan(3);
    expect(Math.max(...lasted)).toBeLessThanOrEqual(8_000);
    expect(rowsCompared).toBe(9 * SLICE_ROWS + 3);
  });

  it("finds a difference behind where an earlier one ended", async () => {
    const [blue, green] = [fakeRows(tables(9 * SLICE_ROWS)), fakeRows(tables(9 * SLICE_ROWS))];
    green.tables["appdb.orders"]?.set("k040000", "spoiled");
    const of = await started(blue, green);
    const first = await of.piece(null);
    expect(first).toMatchObject({ ok: true, value: { differences: [], next: { after: "k014999", side: "blue" } } });
    const second = await of.piece(first.ok ? first.value.next : null, { readForMs: 60_000, withinMs: 90_000 });
    expect(second).toMatchObject({ ok: true, value: { differences: [{ key: "k040000" }] } });
  });

  it("begins anew where the table it had come to is none of the cutover any more", async () => {
    const of = await started(fakeRows(tables(5)), fakeRows(tables(5)));
    const gone: ComparisonCursor = { table: "appdb.gone", side: "green", after: "9", rowsCompared: 900 };
    expect(await of.piece(gone, { readForMs: 60_000, withinMs: 90_000 })).toEqual(
      ok({ next: null, rowsCompared: 8, ...EQUAL }),
    );
  });

  it("gives every question a time-out of its own, never longer than the piece has left and never none", async () => {
    const of = await started(fakeRows(tables(9 * SLICE_ROWS)), fakeRows(tables(9 * SLICE_ROWS)));
    await of.piece(null, { readForMs: 20_000 });
    expect(of.timeouts.slice(0, 2)).toEqual([8_000, 8_000]);
    expect(of.timeouts.at(-1)).toBeLessThan(8_000);
    expect(Math.min(...of.timeouts)).toBeGreaterThan(0);
  });

  it("says which rows of which side were not read in time, and what to look at", async () => {
    const [blue, green] = [fakeRows(tables(SLICE_ROWS)), fakeRows(tables(SLICE_ROWS))];
    const of = await started(blue, green);
    green.isSlow = true;
    expect(await of.piece({ table: "appdb.orders", side: "blue", after: "k000099", rowsCompared: 100 })).toMatchObject({
      ok: false,
      failure: {
        kind: "timed-out",
        message: expect.stringMatching(
          /^5000 rows of appdb\.orders, those behind the key k000099, were not read and hashed within 8 s on green \(.*statement timeout\); see what keeps that database busy/,
        ),
      },
    });
  });

  it("gives up on what it found when there is no time left to drain, and calls nothing different", async () => {
    const [blue, green] = [fakeRows(tables(5)), fakeRows(tables(5))];
    green.tables["appdb.orders"]?.set("k000002", "spoiled");
    const of = await started(blue, green);
    expect(await of.piece(null, { withinMs: 7_500 })).toMatchObject({
      ok: false,
      failure: { kind: "timed-out", message: expect.stringMatching(/^1 rows differ at first sight/) },
    });
  });
});
