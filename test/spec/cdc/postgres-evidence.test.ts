import { expect, test } from "vitest";
import { readFacts } from "../../../src/adapters/postgres/catalogue.ts";
import { evidence } from "../../../src/adapters/postgres/evidence.ts";
import { readSequences } from "../../../src/adapters/postgres/sequences.ts";
import type { Row, Session } from "../../../src/adapters/postgres/session.ts";
import { tableName } from "../../../src/cdc/names.ts";
import { ok } from "../../../src/kernel/result.ts";
import { durationMs } from "../../../src/kernel/units.ts";

/** Answers every question with one row, and keeps what was asked, in one line each. */
const listening = (row: Row) => {
  const asked: string[] = [];
  const session: Session = {
    query: async <As extends Row>(_: string, sql: string) => {
      asked.push(sql.replaceAll(/\s+/g, " "));
      return ok([row as As]);
    },
    execute: async () => ok(undefined),
    close: async () => {},
  };
  return { session, asked };
};

const BOTH_TIMELINES =
  /greatest\(\(select timeline_id from pg_control_checkpoint\(\)\), \(select min_recovery_end_timeline from pg_control_recovery\(\)\)\) as timeline/;

test("a database that has just failed over says so before its next checkpoint, which may take minutes", async () => {
  const { session, asked } = listening({ system: "7001", timeline: 2 });
  expect(await evidence(session).identity()).toEqual(ok({ systemIdentifier: "7001", timeline: 2 }));
  expect(asked).toEqual([expect.stringMatching(BOTH_TIMELINES)]);
});

test("the catalogue names the timeline in the same way", async () => {
  const { session, asked } = listening({ settings: {}, slots: [], quoted: "appdb.n", increment: "1" });
  await readFacts(session, "blue", [tableName("appdb.orders")]);
  expect(asked[0]).toMatch(BOTH_TIMELINES);
});

test("a session that does not tell what it does counts as long as it is in a transaction, however old that is", async () => {
  const { session, asked } = listening({ open: 1 });
  expect(await evidence(session).openTransactions(["cdc_sink"], durationMs(1_000))).toEqual(ok(1));
  expect(asked).toEqual([
    expect.stringMatching(
      /or state = 'disabled' and exists \(select from pg_locks l where l\.pid = a\.pid and l\.locktype = 'virtualxid' and l\.granted\)/,
    ),
  ]);
});

test("how far a sequence may go is told by the columns whose default takes from it, too, and not only by its owner", async () => {
  const { session, asked } = listening({ quoted: "appdb.loose", increment: "1", at: 0, next: "1" });
  await readSequences(session, [tableName("appdb.orders")]);
  expect(asked[0]).toContain(
    "union all select f.adrelid, f.adnum from pg_depend d join pg_attrdef f on f.oid = d.objid",
  );
});

test("tables beside the cutover's are looked for in its schemas, without pawl's own", async () => {
  const { session, asked } = listening({
    settings: {},
    slots: [],
    quoted: "appdb.n",
    increment: "1",
    beside: ["appdb.a"],
  });
  const facts = await readFacts(session, "blue", [tableName("appdb.orders")]);
  expect(facts).toMatchObject({ value: { tablesBeside: ["appdb.a"] } });
  expect(asked.at(-1)).toMatch(/relname !~ '\^pawl_' .* <> all \(\$2::text\[\]\)\) as beside/);
});
