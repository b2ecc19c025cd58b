import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkCdc } from "../../src/cdc/check-running.ts";
import { sinkConfig, withPasswords } from "../../src/cdc/connectors.ts";
import { compareSides } from "../../src/cdc/diff.ts";
import { loopProbe } from "../../src/cdc/loop-probe.ts";
import { DIRECTIONS, targetOf } from "../../src/cdc/names.ts";
import {
  deleteConnector,
  deleteTopicsAndGroups,
  dismantle,
  dropSlot,
  findLeftovers,
  raiseFence,
  resetOffsets,
  stopConnector,
} from "../../src/cdc/teardown.ts";
import type { ActOutcome } from "../../src/decommission/acts.ts";
import { streamActs } from "../../src/decommission/stream-acts.ts";
import { durationMs } from "../../src/kernel/units.ts";
import type { Direction, Side } from "../../src/signals/bindings.ts";
import { type CdcLab, PASSWORDS, startCdcLab } from "../support/applied-cdc.ts";

const CALL_MS = durationMs(15_000);
const ROWS = 2_000;
const EQUAL = { differences: [], unsettled: [] };

/** Values at the edges of what each type can hold. */
const extremes = (
  key: string,
): string => `insert into appdb.kinds values ('${key}', -32768, 2147483647, 9223372036854775807,
  true, 3.4028235e38, 1.7976931348623157e308, '9999-12-31', gen_random_uuid(), 'NaN', 1234567890.10,
  E'emoji 😀 \\\\ quote '' tab\\t line\\n', '{"b": 1,  "a":[1,2]}', '{"b":1,"a":null}', 'infinity', '-infinity',
  '2024-02-29 12:34:56.789+02', '23:59:59.999999', '1 year 2 mons -3 days 04:05:06.789', 'v', 'ab', '\\x00ff10',
  '10.0.0.1/24', '10.0.0.0/8', '08:00:2b:01:02:03', 1234.56, '10101', '<a>b</a>', '[2024-01-01,2024-02-01)', 'a:1 b:2',
  array['a', null, 'b,"c', ''], array[1, null, -5], array[gen_random_uuid()], array['{"x":1}'::jsonb, null], 'paid')`;
const small = (key: string): string => `insert into appdb.kinds
  (k, a_numeric, a_timestamptz, a_timestamp, a_date, a_time, an_interval, texts, a_money, a_real, a_double) values ('${key}',
  0.00001000, '0044-03-15 10:00:00.123456 BC', '0044-03-15 10:00:00.123456 BC', '0001-01-01', '00:00', '0', '{}', -0.01,
  1e-45, 5e-324)`;

describe("change data capture on the real stack", () => {
  let lab: CdcLab;
  beforeAll(async () => {
    lab = await startCdcLab();
    await lab.shop(
      "blue",
      `insert into appdb.orders (customer, total, ref, side, note, tags, payload, weight, attachment)
       select 'customer ' || i, i * 1.1, gen_random_uuid(), 'blue', repeat(md5(i::text), 200), array['a', 'b,"c'],
         jsonb_build_object('i', i), i / 7.0, decode(md5(i::text), 'hex') from generate_series(1, ${ROWS}) i`,
    );
    await lab.shop(
      "blue",
      `insert into appdb.order_events (op_id, order_id, kind, version, side)
       select gen_random_uuid(), id, 'insert', 1, 'blue' from appdb.orders`,
    );
    // Two that the copy carries; the test of types adds two that the log carries, the other way.
    await lab.shop("blue", extremes("copied extremes"));
    await lab.shop("blue", small("copied small"));
  });
  afterAll(() => lab?.stop());

  const signals = async (direction: Direction, ...names: readonly string[]) => {
    const observed = await lab.guard.streams.read(lab.cutover, CALL_MS);
    return Object.fromEntries(
      names.map((name) => {
        const observation = observed[`${direction}.${name}`];
        return [name, observation?.known === true ? observation.value : "unknown"];
      }),
    );
  };
  const check = () => checkCdc(lab.guard.ports, lab.guard.streams, lab.guard.drain, lab.cutover, lab.guard.addresses);
  const compare = () => compareSides(lab.guard.ports, lab.guard.drain, lab.cutover, { directions: DIRECTIONS });
  const updateOrder = (side: Side, id: number) =>
    lab.shop(side, "update appdb.orders set total = total + 1, version = version + 1, side = $2 where id = $1", [
      id,
      side,
    ]);

  it("is refused as a whole, with nothing changed, where one column could not be carried", async () => {
    await lab.run("blue", "alter table appdb.orders add column opens timetz");

    const applied = await lab.apply();

    expect(applied).toMatchObject({ ok: false, failure: { kind: "refused" } });
    expect(lab.events).toEqual([]);
    expect(await lab.run("blue", "select rolname from pg_roles where rolname = 'cdc_source'")).toEqual([]);
    await lab.run("blue", "alter table appdb.orders drop column opens");
  });

  it("is applied under the application's writes, and none of them fails", async () => {
    let writes = 0;
    let going = true;
    const writer = (async () => {
      for (; going; writes += 1) {
        await updateOrder("blue", 1 + (writes % ROWS));
        await sleep(20);
      }
    })();

    const applied = await lab.apply();
    going = false;
    await writer;

    expect(applied).toMatchObject({ ok: true, value: { rowsCompared: 2 * ROWS + 2 } });
    expect(writes).toBeGreaterThan(50);
    expect(JSON.stringify(lab.events)).not.toContain("of a test");
    expect(JSON.stringify(lab.events)).not.toContain("of-a-test");
  });

  it("kept the application out of green until the end", () => {
    const fence = lab.events.findIndex(
      (event) => event.kind === "done" && event.what.includes("pawl_set_fence('appdb.orders', true)"),
    );
    const seed = lab.events.findIndex((event) => event.kind === "done" && event.phase === "seed");
    const unfence = lab.events.findIndex(
      (event) => event.kind === "done" && event.what.includes("pawl_set_fence('appdb.orders', false)"),
    );

    expect(fence).toBeGreaterThan(-1);
    expect(seed).toBeGreaterThan(fence);
    expect(unfence).toBeGreaterThan(seed);
  });

  it("has nothing left to do when it is applied again", async () => {
    const again = await lab.apply();

    expect(again.ok).toBe(true);
    const done = lab.events.flatMap((event) => (event.kind === "done" ? [event.what] : []));
    expect(done.filter((what) => !what.startsWith("password of "))).toEqual([
      ...["forward drained", "reverse drained", "equal"],
    ]);
    expect(again).toMatchObject({ value: { rowsCompared: 2 * ROWS + 2 } });
  });

  it("passes the check with the guard's own rights", async () => {
    expect(await check()).toMatchObject({ ok: true, findings: [] });
  });

  it("carries every type that is called carried, by copy and by log, both ways", async () => {
    await lab.shop("green", extremes("green extremes"));
    await lab.shop("green", small("green small"));
    await lab.drain("reverse");
    await lab.shop("blue", "update appdb.kinds set an_integer = 1");
    await lab.drain("forward");

    expect(await compare()).toMatchObject({ ok: true, value: EQUAL });
    expect(await lab.run("green", "select count(*)::int as rows from appdb.kinds where an_integer = 1")).toEqual([
      { rows: 4 },
    ]);
  });

  it("ends equal after both sides wrote the same rows, and stores what lost", async () => {
    const act = (side: Side, turn: number, id: number) => {
      const born = "insert into appdb.orders (customer, ref, side) values ('new', gen_random_uuid(), $1)";
      const reborn = `insert into appdb.orders (id, customer, ref, side) values ($1, 'again', gen_random_uuid(), $2)
        on conflict do nothing`;
      if (turn === 3) return lab.shop(side, "delete from appdb.orders where id = $1", [id]);
      if (turn === 6) return lab.shop(side, reborn, [id, side]);
      return turn === 8 ? lab.shop(side, born, [side]) : updateOrder(side, id);
    };
    const write = async (side: Side) => {
      for (let at = 0; at < 300; at += 1) await act(side, at % 10, 1 + ((at * 7) % 20));
    };
    await Promise.all([write("blue"), write("green")]);
    await lab.run("blue", "update appdb.orders set id = id + 1000000 where id = 30");
    await lab.drain("forward", "reverse", "forward");

    expect(await compare()).toMatchObject({ ok: true, value: EQUAL });
    const tombstones =
      "select md5(string_agg(t::text, ',' order by tbl, k)) as all, count(*)::int from appdb.pawl_tombstone t";
    expect(await lab.run("green", tombstones)).toEqual(await lab.run("blue", tombstones));
    const halves = "select distinct side, id % 2 as half from appdb.orders where customer = 'new' order by 1";
    expect(await lab.run("blue", halves)).toEqual([
      { side: "blue", half: "0" },
      { side: "green", half: "1" },
    ]);
    const observed = await lab.guard.streams.read(lab.cutover, CALL_MS);
    expect(observed["conflicts.total"]).toMatchObject({ known: true, value: expect.any(Number) });
    expect(Number(Reflect.get(observed["conflicts.total"] ?? {}, "value"))).toBeGreaterThan(0);
  });

  it("finds the one row that was changed behind its back", async () => {
    await lab.run(
      "green",
      "set session_replication_role = replica; update appdb.orders set note = 'spoiled' where id = 100",
    );

    expect(await compare()).toMatchObject({
      ok: true,
      value: { differences: [{ table: "appdb.orders", key: "100", kind: "differs" }], unsettled: [] },
    });
    await updateOrder("blue", 100);
    await lab.drain("forward");
    expect(await compare()).toMatchObject({ ok: true, value: EQUAL });
  });

  describe("lag is what Kafka's own command prints", () => {
    const printed = async () => {
      const { group, topics } = lab.cutover.streams.forward;
      const rows = await lab.consumerGroup(group);
      return topics.map((topic) => Number(rows[topic]?.[2] ?? "0")).reduce((sum, lag) => sum + lag, 0);
    };

    it("at rest", async () => {
      await lab.drain("forward");
      expect(await printed()).toBe(0);
      expect(await signals("forward", "state", "lagRecords", "drained", "stalled")).toEqual({
        ...{ state: "RUNNING", lagRecords: 0, drained: true, stalled: false },
      });
    });

    it("with the sink stopped and 700 rows written", async () => {
      const { sink } = lab.cutover.streams.forward;
      expect(await stopConnector(lab.guard.ports, sink, CALL_MS)).toMatchObject({ ok: true });
      await lab.shop(
        "blue",
        "insert into appdb.orders (customer, ref, side) select 'waiting', gen_random_uuid(), 'blue' from generate_series(1, 700)",
      );
      await expect.poll(printed, { timeout: 30_000 }).toBe(700);
      expect(await signals("forward", "state", "tasksRunning", "lagRecords", "drained", "dataGap")).toEqual({
        ...{ state: "STOPPED", tasksRunning: 1, lagRecords: 700, drained: false, dataGap: false },
      });
      const names = (await check()).findings.map(({ name }) => name);
      expect(names).toContain("connector-not-running");

      await lab.guard.ports.connect.resume(sink, CALL_MS);
      await lab.drain("forward");
      expect(await signals("forward", "lagRecords")).toEqual({ lagRecords: 0 });
    });

    const readAs = (group: string) => {
      const forward = { ...lab.cutover.streams.forward, group };
      return lab.guard.streams.read({ ...lab.cutover, streams: { ...lab.cutover.streams, forward } }, CALL_MS);
    };
    const UNCOMMITTED = {
      "forward.lagRecords": { known: false, reason: expect.stringContaining("no committed") },
      "forward.drained": { known: false },
    };

    it("and unknown for a group that there is not", async () => {
      expect(await readAs("a-name-with-a-slip")).toMatchObject(UNCOMMITTED);
    });

    it("and unknown for a group that never committed, of which the command prints a dash", async () => {
      const { topics } = lab.cutover.streams.forward;
      const reader = await lab.readWithoutCommit("a-reader", topics);
      try {
        const lagPrinted = async () => {
          const rows = await lab.consumerGroup("a-reader");
          return topics.map((topic) => rows[topic]?.[2]);
        };
        await expect.poll(lagPrinted, { timeout: 30_000 }).toEqual(topics.map(() => "-"));
        expect(await readAs("a-reader")).toMatchObject(UNCOMMITTED);
      } finally {
        await reader.stop();
      }
    });
  });

  it("shows a paused source by the age of its token, though its lag is 0", async () => {
    const { source } = lab.cutover.streams.forward;
    await fetch(`${lab.stack.connectUrl}/connectors/${source}/pause`, {
      method: "PUT",
      signal: AbortSignal.timeout(5_000),
    });
    await expect
      .poll(async () => Number((await signals("forward", "lagSeconds"))["lagSeconds"]), { timeout: 60_000 })
      .toBeGreaterThan(3);

    expect(await signals("forward", "state", "lagRecords", "drained")).toEqual({
      state: "PAUSED",
      lagRecords: 0,
      drained: false,
    });
    await lab.guard.ports.connect.resume(source, CALL_MS);
    await lab.drain("forward");
  });

  it.each([
    ["a trigger over what the sink applies was switched off", "enable always trigger pawl_sync", "forward"],
    ["a trigger over the application's writes was switched off", "enable trigger pawl_app", "reverse"],
    ["deletes are not buried any more", "enable trigger pawl_bury", "reverse"],
  ] as const)("names it when %s, and has a gap until it is mended", async (_, missing, direction) => {
    await lab.run("green", `alter table appdb.orders disable trigger ${missing.split(" ").at(-1)}`);

    const { findings } = await check();

    expect(findings.map(({ name, what }) => `${name} ${what}`)).toEqual([
      `not-applied green: alter table "appdb"."orders" ${missing}`,
      `data-gap ${direction}.dataGap: true.`,
    ]);
    expect(await lab.apply()).toMatchObject({ ok: true });
    expect((await check()).findings).toEqual([]);
  });

  it.each([
    [
      "keeps rows back",
      "set table appdb.orders where (total > 1000000), appdb.order_events, appdb.kinds, appdb.pawl_tombstone, appdb.pawl_token",
      "set table",
    ],
    ["sends inserts alone", "set (publish = 'insert')", "set (publish"],
  ])("names a publication that %s, and has a gap until it is mended", async (_, spoiled, missing) => {
    const { publication, source } = lab.cutover.streams.reverse;
    await stopConnector(lab.guard.ports, source, CALL_MS);
    await lab.run("green", `alter publication ${publication} ${spoiled}`);

    const { findings } = await check();

    expect(findings.map(({ name, what }) => `${name} ${what}`)).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`not-applied green: alter publication ${publication} ${missing}`),
        "data-gap reverse.dataGap: true.",
      ]),
    );
    expect(await lab.apply()).toMatchObject({ ok: true });
    expect((await check()).findings).toEqual([]);
  });

  it("says which rows a part that was mended has kept back", async () => {
    await lab.run("green", "alter table appdb.orders disable trigger pawl_app");
    await lab.shop("green", "update appdb.orders set total = total + 1 where id = 77");
    await lab.run("green", "alter table appdb.orders enable trigger pawl_app");

    expect(await lab.apply()).toMatchObject({
      ok: false,
      failure: {
        phase: "equal",
        why: expect.stringMatching(/^1 of \d+ rows are not equal: appdb\.orders 77 differs$/),
      },
    });

    await updateOrder("green", 77);
    expect(await lab.apply()).toMatchObject({ ok: true });
  });

  describe("a sink without its origin", () => {
    const untag = async (direction: Direction, initialSql: string | null) => {
      const config = sinkConfig(lab.cutover, direction, lab.admin.addresses[targetOf(direction)]);
      const tagged = withPasswords(config, { source: PASSWORDS.source, sink: PASSWORDS.sink });
      const key = "hibernate.agroal.initialSQL";
      await lab.admin.ports.connect.putConfig(
        lab.cutover.streams[direction].sink,
        initialSql === null ? tagged : { ...tagged, [key]: initialSql },
        CALL_MS,
      );
    };
    const state = async (name: string) => {
      const status = await lab.guard.ports.connect.status(name, CALL_MS);
      return status.ok ? status.value : null;
    };

    it("fails, and writes nothing", async () => {
      const { sink } = lab.cutover.streams.forward;
      await untag("forward", "select 1");
      await updateOrder("blue", 200);

      await expect.poll(async () => (await state(sink))?.state, { timeout: 60_000 }).toBe("FAILED");
      expect((await state(sink))?.trace).toContain("without replication origin, write refused");
      expect(await signals("forward", "dataGap")).toEqual({ dataGap: true });

      await untag("forward", null);
      await expect.poll(async () => (await state(sink))?.state, { timeout: 60_000 }).toBe("RUNNING");
      await lab.drain("forward");
      expect(await compare()).toMatchObject({ ok: true, value: EQUAL });
      expect(await signals("forward", "dataGap")).toEqual({ dataGap: false });
    });

    it("is seen by the loop probe where even the guard triggers are gone", async () => {
      const tables = ["orders", "order_events", "pawl_tombstone", "pawl_token"];
      const guards = async (verb: "disable" | "enable always") => {
        for (const side of ["blue", "green"] as const)
          for (const table of tables) await lab.run(side, `alter table appdb.${table} ${verb} trigger pawl_guard`);
      };
      await guards("disable");
      for (const direction of DIRECTIONS)
        await untag(direction, "select set_config('session_replication_role', 'replica', false)");
      await sleep(5_000);

      expect(await loopProbe(lab.guard.ports, lab.guard.drain, lab.cutover, false)).toMatchObject({
        ok: true,
        value: { oneHop: false },
      });

      for (const direction of DIRECTIONS) await untag(direction, null);
      await guards("enable always");
      await expect
        .poll(async () => (await check()).findings.map(({ name, what }) => `${name} ${what}`), {
          timeout: 120_000,
          interval: 2_000,
        })
        .toEqual([]);
    });
  });

  it("a sink that starts anew waits for the session before it, whose origin is still taken", async () => {
    const { sink, origin } = lab.cutover.streams.forward;
    const { connect } = lab.guard.ports;
    await stopConnector(lab.guard.ports, sink, CALL_MS);
    const former = new Client({ connectionString: lab.stack.green.adminUrl });
    await former.connect();
    await expect
      .poll(
        () => former.query("select pg_replication_origin_session_setup($1)", [origin]).then(() => "taken", String),
        { timeout: 30_000 },
      )
      .toBe("taken");
    await connect.resume(sink, CALL_MS);
    await sleep(4_000);
    await former.end();

    const seen = new Set<string>();
    const state = async (): Promise<string> => {
      const status = await connect.status(sink, CALL_MS);
      const now = status.ok ? status.value.state : "unreadable";
      seen.add(now);
      return now;
    };
    await expect.poll(state, { timeout: 30_000 }).toBe("RUNNING");
    expect([...seen]).not.toContain("FAILED");
    await lab.drain("forward");
  });

  it("knows of a gap when records expired before the sink had them", async () => {
    const { sink, topics } = lab.cutover.streams.forward;
    const topic = topics[0] ?? "";
    await stopConnector(lab.guard.ports, sink, CALL_MS);
    await lab.shop(
      "blue",
      "insert into appdb.orders (customer, ref, side) values ('expired', gen_random_uuid(), 'blue')",
    );
    await expect.poll(async () => (await signals("forward", "lagRecords"))["lagRecords"], { timeout: 30_000 }).toBe(1);
    const admin = new Kafka({ brokers: [lab.stack.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const [end] = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: end?.high ?? "" }] });
    await admin.disconnect();

    expect(await signals("forward", "dataGap")).toEqual({ dataGap: true });
    expect(await lab.guard.drain.prove(lab.cutover, "forward", durationMs(10_000))).toMatchObject({
      ok: false,
      failure: { kind: "impossible" },
    });
  });

  it("compares both sides where what a fenced blue accepted last can never be drained", async () => {
    const { ports, drain } = lab.guard;
    const { "drain-forward": drainForward } = streamActs({ cdc: ports, drain });
    const act = async (): Promise<ActOutcome> => {
      for (let before = {}; ; ) {
        const outcome = await drainForward(lab.cutover, before);
        if (outcome.kind !== "partly") return outcome;
        before = outcome.detail;
      }
    };
    expect(await raiseFence(ports, lab.cutover, "blue")).toMatchObject({ ok: true });
    expect(await act()).toEqual({
      kind: "failed",
      message: expect.stringMatching(
        /^1 of \d+ rows differ after a drain \(appdb\.orders \d+ missing-on-green\)\. The forward stream cannot be drained: .*records expired unapplied\. .*write these rows on green/,
      ),
    });

    const [lost] = await lab.run(
      "blue",
      "select to_jsonb(o)::text as row from appdb.orders o where customer = 'expired'",
    );
    await lab.shop(
      "green",
      "insert into appdb.orders overriding system value select * from jsonb_populate_record(null::appdb.orders, $1)",
      [lost?.["row"]],
    );
    expect(await act()).toEqual({
      kind: "done",
      detail: { rowsCompared: expect.any(Number), comparedBecause: expect.stringContaining("cannot be drained") },
    });
  });

  it("is taken apart with the guard's own rights, twice, and leaves nothing", async () => {
    const { ports } = lab.guard;
    const takeApart = async () => {
      const acts = [await raiseFence(ports, lab.cutover, "blue")];
      for (const direction of DIRECTIONS) {
        const { source, sink } = lab.cutover.streams[direction];
        for (const name of [source, sink]) acts.push(await stopConnector(ports, name, CALL_MS));
        acts.push(await dropSlot(ports, lab.cutover, direction, CALL_MS));
        for (const name of [source, sink]) {
          acts.push(await resetOffsets(ports, name));
          acts.push(await deleteConnector(ports, name, CALL_MS));
        }
      }
      acts.push(await dismantle(ports, lab.cutover, "publications"));
      acts.push(await dismantle(ports, lab.cutover, "guards"));
      acts.push(await deleteTopicsAndGroups(ports, lab.cutover));
      return acts.filter((act) => !act.ok);
    };

    expect(await takeApart()).toEqual([]);
    expect(await takeApart()).toEqual([]);

    expect(await findLeftovers(ports, lab.cutover)).toEqual({
      ok: true,
      value: { slots: [], connectors: [], groups: [], topics: [], remnants: [] },
    });
    await expect(updateOrder("blue", 300)).rejects.toThrow("is fenced");
    await updateOrder("green", 300);
    const kept = await lab.run("green", "select count(*)::int as stored from appdb.pawl_conflict");
    expect(Number(kept[0]?.["stored"])).toBeGreaterThan(0);
  });
});
