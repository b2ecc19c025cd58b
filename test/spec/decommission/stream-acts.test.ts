import { expect, test } from "vitest";
import type { CdcPorts, ConnectorState, RowDigest, TableRows } from "../../../src/cdc/ports.ts";
import { streamActs } from "../../../src/decommission/stream-acts.ts";
import { ok } from "../../../src/kernel/result.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import type { Direction } from "../../../src/signals/bindings.ts";
import type { DrainPort } from "../../../src/signals/ports.ts";
import { shopCutover } from "../../support/cdc-facts.ts";
import { healthyCdc } from "../../support/fake-cdc.ts";

type Drains = "drained" | "not-yet" | "impossible";
type Streams = Drains | Readonly<Record<Direction, Drains>>;

/** A healthy CDC whose rows, drains and connectors are told, and everything that would change something is noted. */
const started = async ({ green = "g1", drains = "drained" }: { green?: string; drains?: Streams } = {}) => {
  const cdc = await healthyCdc();
  const changes: string[] = [];
  const states = new Map<string, ConnectorState>();
  const rows = (digest: string) => {
    const row: RowDigest = { key: "17", digest };
    return {
      columns: async () => ok(["id", "total"]),
      rowsAfter: async ({ columns }: TableRows) => ok(columns.length === 0 ? [{ key: "17", digest: "" }] : [row]),
      rowsByKey: async ({ columns }: TableRows) => ok(columns.length === 0 ? [{ key: "17", digest: "" }] : [row]),
      execute: async (sql: string) => {
        changes.push(sql);
        return ok(undefined);
      },
    };
  };
  const ports: CdcPorts = {
    ...cdc.ports,
    databases: {
      blue: { ...cdc.ports.databases.blue, ...rows("g1") },
      green: { ...cdc.ports.databases.green, ...rows(green) },
    },
    connect: {
      ...cdc.ports.connect,
      status: async (name) => {
        const state = states.get(name) ?? "RUNNING";
        return ok({ state, tasksRunning: state === "RUNNING" ? 1 : 0, trace: null });
      },
      stop: async (name) => {
        changes.push(`stop ${name}`);
        states.set(name, "STOPPED");
        return ok(undefined);
      },
    },
  };
  const at = epochMs(5_000);
  const drain: DrainPort = {
    prove: async (_cutover, direction) => {
      const came = typeof drains === "string" ? drains : drains[direction];
      return came === "drained"
        ? ok({ direction, since: at, provenAt: at, token: "8", walPosition: "0/6E", topicEnds: {} })
        : { ok: false, failure: { kind: came, message: "the slot stands still" } };
    },
    openTransactions: async () => ok(0),
  };
  return { cdc, changes, states, ports: { cdc: ports, drain }, acts: streamActs({ cdc: ports, drain }) };
};

const { source } = shopCutover.streams.reverse;

test("the final comparison is done when every row is the same", async () => {
  const { acts, changes } = await started();
  expect(await acts["final-diff"](shopCutover)).toEqual({ kind: "done", detail: { rowsCompared: 1 } });
  expect(changes).toEqual([]);
});

test("nothing is compared while somebody writes on blue: they are to be found before the fence stops them", async () => {
  const { ports } = await started();
  const asked: (readonly [readonly string[], number])[] = [];
  const busy = streamActs({
    cdc: {
      ...ports.cdc,
      broker: {
        ...ports.cdc.broker,
        recordsSince: async (topics, sinceMs) => {
          asked.push([topics, sinceMs]);
          return ok({ "migration.appdb.orders": 2, "migration.appdb.pawl_tombstone": 1 });
        },
      },
    },
    drain: ports.drain,
  });
  expect(await busy["final-diff"](shopCutover)).toEqual({
    kind: "failed",
    message: expect.stringMatching(
      /^3 rows were written on blue in the last minute.*Nothing was taken apart; find them.*pg_stat_activity on blue/,
    ),
  });
  // By blue's own clock, and of the data alone: tokens are pawl's.
  expect(asked).toEqual([[shopCutover.streams.forward.topics, 1_000_000 - 60_000]]);
});

test("whether somebody writes on blue has to be seen", async () => {
  const { cdc, acts } = await started();
  cdc.sides.blue.reachable = false;
  expect(await acts["final-diff"](shopCutover)).toMatchObject({
    kind: "waiting",
    for: expect.stringContaining("a look at who still writes on blue: blue does not answer"),
  });
});

test("a row that differs after a drain calls somebody, and names itself", async () => {
  const { acts, changes } = await started({ green: "other" });
  expect(await acts["final-diff"](shopCutover)).toEqual({
    kind: "failed",
    message: expect.stringContaining("1 of 1 rows differ after a drain (appdb.orders 17 differs)"),
  });
  expect(changes).toEqual([]);
});

test("a row that is another one at every look proves nothing: it is waited for", async () => {
  const { ports } = await started();
  let looks = 0;
  const digestOf = (): string => {
    looks += 1;
    return `look ${looks}`;
  };
  const seen = async ({ columns }: TableRows) => ok([{ key: "17", digest: columns.length === 0 ? "" : digestOf() }]);
  const green = { ...ports.cdc.databases.green, rowsAfter: seen, rowsByKey: seen };
  const busy = { ...ports.cdc, databases: { ...ports.cdc.databases, green } };
  expect(await streamActs({ cdc: busy, drain: ports.drain })["final-diff"](shopCutover)).toEqual({
    kind: "waiting",
    for: "1 rows that changed on every look",
  });
});

test("without a drain a difference proves nothing: it is waited for", async () => {
  const { acts } = await started({ green: "other", drains: "not-yet" });
  expect(await acts["final-diff"](shopCutover)).toMatchObject({ kind: "waiting" });
});

test.each([
  ["drained", "done"],
  ["not-yet", "waiting"],
] as const)("a forward stream that is %s is %s", async (drains, kind) => {
  const { acts } = await started({ drains });
  expect(await acts["drain-forward"](shopCutover)).toMatchObject({ kind });
});

const LOST = { forward: "impossible", reverse: "drained" } as const;

test("where forward can never be drained again, no row that differs proves the same of a fenced blue", async () => {
  const { acts } = await started({ drains: LOST });
  expect(await acts["drain-forward"](shopCutover)).toEqual({
    kind: "done",
    detail: {
      rowsCompared: 1,
      comparedBecause: "The forward stream cannot be drained: the slot stands still.",
    },
  });
});

test("what blue accepted last and forward has lost is named, and what to do about it", async () => {
  const { acts, changes } = await started({ green: "other", drains: LOST });
  expect(await acts["drain-forward"](shopCutover)).toEqual({
    kind: "failed",
    message:
      "1 of 1 rows differ after a drain (appdb.orders 17 differs). The forward stream cannot be drained: the slot stands " +
      "still. What blue accepted last may be on blue alone: write these rows on green. The next minute compares again.",
  });
  expect(changes).toEqual([]);
});

test("where reverse cannot be drained either, a difference proves nothing", async () => {
  const { acts } = await started({ green: "other", drains: { forward: "impossible", reverse: "not-yet" } });
  expect(await acts["drain-forward"](shopCutover)).toMatchObject({ kind: "waiting" });
});

test("reverse's source is stopped only when it is drained", async () => {
  const waits = await started({ drains: "not-yet" });
  expect(await waits.acts["stop-reverse-source"](shopCutover)).toMatchObject({ kind: "waiting" });
  expect(waits.changes).toEqual([]);

  // Of forward nothing is left to drain by then.
  const drained = await started({ drains: LOST });
  expect(await drained.acts["stop-reverse-source"](shopCutover)).toMatchObject({ kind: "done" });
  expect(drained.changes).toEqual([`stop ${source}`]);
});

const SINCE = "1970-01-01T00:00:05.000Z";

test("until when blue certainly holds what green wrote stands in the journal, also where stopping takes longer", async () => {
  const { acts } = await started();
  const stopped = { connectors: [source] };
  expect(await acts["stop-reverse-source"](shopCutover)).toEqual({
    kind: "done",
    detail: { ...stopped, drainedSince: SINCE },
  });

  const { ports } = await started();
  const status = async () => ok({ state: "RUNNING" as const, tasksRunning: 1, trace: null });
  const slow = streamActs({ ...ports, cdc: { ...ports.cdc, connect: { ...ports.cdc.connect, status } } });
  const kept = { drainedSince: SINCE };
  expect(await slow["stop-reverse-source"](shopCutover)).toMatchObject({ kind: "partly", detail: kept });
  // Kept once; from then on it is told as what it is, an act that waits.
  expect(await slow["stop-reverse-source"](shopCutover, kept)).toMatchObject({ kind: "waiting" });

  const late = await started({ drains: "not-yet" });
  late.states.set(source, "STOPPED");
  expect(await late.acts["stop-reverse-source"](shopCutover, kept)).toEqual({
    kind: "done",
    detail: { ...stopped, drainedSince: SINCE },
  });
});

test.each(["STOPPED", "ABSENT"] as const)(
  "of a source that is %s by somebody else before it was seen drained nothing is claimed, and nothing waits for it",
  async (state) => {
    const { acts, states } = await started({ drains: "not-yet" });
    states.set(source, state);
    expect(await acts["stop-reverse-source"](shopCutover)).toEqual({ kind: "done", detail: { connectors: [source] } });
  },
);

test("where reverse can never be drained again, somebody is told how to go on without it, and what that leaves out", async () => {
  const { acts, changes } = await started({ drains: "impossible" });
  expect(await acts["stop-reverse-source"](shopCutover)).toEqual({
    kind: "failed",
    message:
      "The reverse stream cannot be drained: the slot stands still. Green has everything. Blue lacks what the stream has " +
      `not carried: to go on without that, and without a way back that is exact, stop its source: PUT <Connect>/connectors/${source}/stop.`,
  });
  expect(changes).toEqual([]);
});

test("a connector that calls itself stopped holds what it holds as long as a task of it runs", async () => {
  const { ports, states } = await started();
  states.set(source, "STOPPED");
  const status = async () => ok({ state: "STOPPED" as const, tasksRunning: 1, trace: null });
  const acts = streamActs({ ...ports, cdc: { ...ports.cdc, connect: { ...ports.cdc.connect, status } } });
  expect(await acts["stop-reverse-sink"](shopCutover)).toEqual({
    kind: "waiting",
    for: `connector ${shopCutover.streams.reverse.sink} is STOPPED, and 1 task still runs`,
  });
});

test("a drain that was proven stands in the journal with its token and its place in the log", async () => {
  const { acts } = await started();
  expect(await acts["drain-forward"](shopCutover)).toEqual({
    kind: "done",
    detail: { token: "8", walPosition: "0/6E", drainedSince: SINCE },
  });
});

test("reverse's source that had stopped before a crash needs no drain any more", async () => {
  const { acts, states } = await started({ drains: "impossible" });
  states.set(source, "STOPPED");
  expect(await acts["stop-reverse-source"](shopCutover)).toMatchObject({ kind: "done" });
});

test("reverse is drained when its sink has committed to the end, and not before", async () => {
  const { cdc, acts } = await started();
  const topic = shopCutover.streams.reverse.topics[0] ?? "";
  cdc.positions.set(topic, { committed: 9n, start: 0n, end: 10n });
  expect(await acts["drain-reverse"](shopCutover)).toEqual({
    kind: "waiting",
    for: `group blue-sync-consumer has committed 9 of ${topic}/0, it ends at 10`,
  });
  cdc.positions.set(topic, { committed: null, start: 0n, end: 10n });
  expect(await acts["drain-reverse"](shopCutover)).toEqual({
    kind: "waiting",
    for: `group blue-sync-consumer has committed nothing of ${topic}/0, it ends at 10`,
  });
  cdc.positions.set(topic, { committed: 10n, start: 0n, end: 10n });
  expect(await acts["drain-reverse"](shopCutover)).toMatchObject({ kind: "done" });
});

test.each([
  ["was made again", { committed: 90n, start: 0n, end: 12n }, "committed 90, beyond the end 12"],
  ["lost records unapplied", { committed: 5n, start: 8n, end: 10n }, "committed 5, but the log starts at 8"],
])("reverse is not called drained by a topic that %s: somebody is called", async (_, position, why) => {
  const { cdc, acts } = await started();
  const topic = shopCutover.streams.reverse.topics[0] ?? "";
  cdc.positions.set(topic, position);
  expect(await acts["drain-reverse"](shopCutover)).toEqual({
    kind: "failed",
    message: expect.stringContaining(`${topic}/0: ${why}`),
  });
});

test("a slot that is gone already is done, and dropped no second time", async () => {
  const { cdc, acts, changes } = await started();
  cdc.sides.green.slotExists = false;
  expect(await acts["drop-reverse-slot"](shopCutover)).toMatchObject({ kind: "done" });
  expect(changes).toEqual([]);
});

test.each(["fence-blue", "drop-guards"] as const)(
  "%s that never gets its lock ends within its invocation and says who holds it, so that somebody is told",
  async (act) => {
    const { cdc, ports } = await started();
    cdc.sides.blue.denied.push("pg_trigger");
    const locked = { kind: "locked", message: "canceling statement due to lock timeout" } as const;
    const execute = async () => ({ ok: false, failure: locked }) as const;
    const databases = { ...ports.cdc.databases, blue: { ...ports.cdc.databases.blue, execute } };
    const acts = streamActs({ ...ports, cdc: { ...ports.cdc, databases } });
    expect(await acts[act](shopCutover)).toEqual({
      kind: "waiting",
      for: "blue: canceling statement due to lock timeout; a transaction there holds the table, which pg_stat_activity or pg_prepared_xacts shows",
    });
    // The function begins no act with less than 25 s left.
    expect(cdc.ports.stopwatch.elapsedMs()).toBeLessThan(25_000);
  },
);
