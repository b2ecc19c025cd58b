import { expect, it } from "vitest";
import { SLICE_ROWS } from "../../../src/cdc/diff-slices.ts";
import { streamActs } from "../../../src/decommission/stream-acts.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { ok } from "../../../src/kernel/result.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { shopCutover } from "../../support/cdc-facts.ts";
import { healthyCdc } from "../../support/fake-cdc.ts";
import { fakeRows, rowsPort } from "../../support/fake-rows.ts";

const ROWS = 8 * SLICE_ROWS;
/** As the journal names the tables that a comparison goes through. */
const TABLES = shopCutover.tables.map(({ name }) => name).join();
/** What an invocation keeps free for its longest act. */
const LONGEST_ACT_MS = 25_000;

/** A table whose slices take one database so long each. */
const started = async (sliceMs: number) => {
  const cdc = await healthyCdc();
  const rows = () => new Map(Array.from({ length: ROWS }, (_, at) => [String(at).padStart(6, "0"), `row ${at}`]));
  const tables = () => ({ "appdb.orders": rows(), "appdb.items": new Map([["1", "item 1"]]) });
  const [blue, green] = [fakeRows(tables()), fakeRows(tables())];
  let elapsed = 0;
  for (const side of [blue, green])
    side.asked = (_what, _rows, timeoutMs) => {
      elapsed += Math.min(sliceMs, timeoutMs);
      side.isSlow = sliceMs > timeoutMs;
    };
  const { databases } = cdc.ports;
  const ports = {
    ...cdc.ports,
    databases: {
      blue: { ...databases.blue, ...rowsPort(blue) },
      green: { ...databases.green, ...rowsPort(green) },
    },
    stopwatch: { ...cdc.ports.stopwatch, elapsedMs: () => elapsed },
  };
  const at = epochMs(5_000);
  const { "final-diff": compare } = streamActs({
    cdc: ports,
    drain: {
      prove: async (_cutover, direction, timeoutMs) => {
        elapsed += Math.min(3_000, timeoutMs);
        return ok({ direction, since: at, provenAt: at, token: "8", walPosition: "0/6E", topicEnds: {} });
      },
      openTransactions: async () => ok(0),
    },
  });
  return {
    green,
    elapsed: () => elapsed,
    compare: (before?: JsonObject, cutover = shopCutover) => compare(cutover, before),
  };
};

it("of a table that one act has no time for, the journal is told where to go on, and it comes to its end", async () => {
  const of = await started(1_000);
  let before: JsonObject | undefined;
  const soFar: string[] = [];
  for (;;) {
    const began = of.elapsed();
    const outcome = await of.compare(before);
    expect(of.elapsed() - began).toBeLessThan(LONGEST_ACT_MS);
    if (outcome.kind !== "partly") {
      expect(outcome).toEqual({ kind: "done", detail: { rowsCompared: ROWS } });
      break;
    }
    soFar.push(outcome.soFar);
    before = JSON.parse(JSON.stringify({ ...outcome.detail, wentOnAt: 5 }));
  }
  expect(soFar.length).toBeGreaterThan(3);
  expect(soFar[0]).toBe(`${3 * SLICE_ROWS} rows are compared, appdb.orders is under way`);
});

it("what differs in the last slice that there was time for is looked at again within the same act", async () => {
  const of = await started(1_500);
  of.green.tables["appdb.orders"]?.set("000001", "spoiled");
  const outcome = await of.compare();
  expect(outcome).toEqual({ kind: "failed", message: expect.stringContaining("1 of 10000 rows differ after a drain") });
  expect(of.elapsed()).toBeLessThan(LONGEST_ACT_MS);
});

it("a database that does not read a slice in its time is named, and never keeps the act longer", async () => {
  const of = await started(60_000);
  expect(await of.compare()).toEqual({
    kind: "waiting",
    for: expect.stringMatching(
      /^the comparison: 5000 rows of appdb\.orders, the first, were not read and hashed within 8 s on blue.*locks/,
    ),
  });
  expect(of.elapsed()).toBeLessThan(LONGEST_ACT_MS);
});

it("a place that no comparison of this cutover can have come to is not taken for one", async () => {
  const of = await started(10);
  // By its count it is seen whether it was gone on from: three rows more than there are before it.
  const place = { order: TABLES, table: "appdb.orders", side: "blue", after: "000005", rowsCompared: 9 };
  expect(await of.compare(place)).toEqual({ kind: "done", detail: { rowsCompared: ROWS + 3 } });
  const odd: readonly JsonObject[] = [
    { order: TABLES, table: "appdb.orders" },
    { ...place, table: 5 },
    { ...place, side: "red" },
    { ...place, after: 5 },
    { ...place, rowsCompared: "9" },
  ];
  for (const before of odd) expect(await of.compare(before)).toEqual({ kind: "done", detail: { rowsCompared: ROWS } });
});

it("where the deployed bindings have their tables in another order by then, it begins anew: none is passed over", async () => {
  const of = await started(1_000);
  const [orders] = shopCutover.tables;
  const items = { name: "appdb.items", key: "id" };
  if (orders === undefined) throw new Error("a cutover has tables");
  of.green.tables["appdb.items"]?.set("1", "spoiled");
  const began = await of.compare(undefined, { ...shopCutover, tables: [orders, items] });
  if (began.kind !== "partly") throw new Error("there was time for all of it");
  let before: JsonObject = began.detail;
  for (;;) {
    const outcome = await of.compare(before, { ...shopCutover, tables: [items, orders] });
    if (outcome.kind !== "partly") {
      expect(outcome).toMatchObject({ kind: "failed", message: expect.stringContaining("appdb.items 1 differs") });
      break;
    }
    before = outcome.detail;
  }
});

it("a place before the first row of a side is one: what was compared before it stays counted", async () => {
  const of = await started(10);
  const before = { order: TABLES, table: "appdb.orders", side: "green", after: null, rowsCompared: ROWS };
  expect(await of.compare(before)).toEqual({ kind: "done", detail: { rowsCompared: ROWS } });
});

it("of many rows that differ five are named, and what to do about them", async () => {
  const of = await started(10);
  const keys = ["000001", "000002", "000003", "000004", "000005", "000006", "000007"];
  for (const key of keys) of.green.tables["appdb.orders"]?.set(key, "spoiled");
  const named = keys.slice(0, 5).map((key) => `appdb.orders ${key} differs`);
  expect(await of.compare()).toEqual({
    kind: "failed",
    message:
      `7 of ${ROWS} rows differ after a drain (${named.join(", ")}). Nothing was taken apart; compare both images and ` +
      "mend the row on the side that is wrong.",
  });
});
