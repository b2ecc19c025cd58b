import { describe, expect, it } from "vitest";
import type { CdcPorts, ConnectorState } from "../../../src/cdc/ports.ts";
import { type StreamActs, streamActs } from "../../../src/decommission/stream-acts.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import type { Side } from "../../../src/signals/bindings.ts";
import { shopCutover } from "../../support/cdc-facts.ts";
import { healthyCdc } from "../../support/fake-cdc.ts";

const { forward, reverse } = shopCutover.streams;
const CONNECTORS = [forward.source, forward.sink, reverse.source, reverse.sink];

/** CDC of which everything is there, and goes when it is told to; what was done to it is noted in order. */
const standing = async () => {
  const cdc = await healthyCdc();
  const done: string[] = [];
  const connectors = new Map<string, ConnectorState>(CONNECTORS.map((name) => [name, "RUNNING"]));
  const kept = { groups: new Set([forward.group, reverse.group]), topics: true, remnants: true };
  const note = async (what: string) => {
    done.push(what);
    return ok(undefined);
  };
  const database = (side: Side): CdcPorts["databases"]["blue"] => ({
    ...cdc.ports.databases[side],
    holds: async () => ok(!kept.remnants),
    execute: (sql) => {
      if (sql.includes("slot")) cdc.sides[side].slotExists = false;
      return note(`${side}: ${sql}`);
    },
  });
  const ports: CdcPorts = {
    ...cdc.ports,
    databases: { blue: database("blue"), green: database("green") },
    connect: {
      ...cdc.ports.connect,
      status: async (name) => {
        const state = connectors.get(name) ?? "ABSENT";
        return ok({ state, tasksRunning: state === "RUNNING" ? 1 : 0, trace: null });
      },
      stop: (name) => {
        connectors.set(name, "STOPPED");
        return note(`stop ${name}`);
      },
      resetOffsets: (name) => note(`reset ${name}`),
      remove: (name) => {
        connectors.delete(name);
        return note(`delete ${name}`);
      },
    },
    broker: {
      ...cdc.ports.broker,
      deleteGroup: (group) => {
        kept.groups.delete(group);
        return note(`delete group ${group}`);
      },
      deleteTopics: (topics) => {
        kept.topics = false;
        return note(`delete topics ${topics.join(" ")}`);
      },
      groupExists: async (group) => ok(kept.groups.has(group)),
      topics: async (topics) => ok(kept.topics ? topics.map((name) => ({ name }) as never) : []),
    },
  };
  // No act of these asks for a proof.
  return { cdc, done, connectors, kept, ports, acts: streamActs({ cdc: ports, drain: {} as never }) };
};

describe("of two streams an act takes what it names, and leaves the other one alone:", () => {
  it.each<[keyof StreamActs, readonly string[], object]>([
    [
      "stop-forward",
      [`stop ${forward.source}`, `stop ${forward.sink}`],
      { connectors: [forward.source, forward.sink] },
    ],
    ["stop-reverse-sink", [`stop ${reverse.sink}`], { connectors: [reverse.sink] }],
    ["drop-forward-slot", [`blue: select "appdb".pawl_drop_slot('${forward.slot}')`], { slot: forward.slot }],
    ["drop-reverse-slot", [`green: select "appdb".pawl_drop_slot('${reverse.slot}')`], { slot: reverse.slot }],
    ["reset-offsets", CONNECTORS.map((name) => `reset ${name}`), { connectors: CONNECTORS }],
  ])("%s", async (action, done, detail) => {
    const of = await standing();
    expect(await of.acts[action](shopCutover)).toEqual({ kind: "done", detail });
    expect(of.done).toEqual(done);
  });

  it("fence-blue, which changes nothing on green", async () => {
    const of = await standing();
    expect(await of.acts["fence-blue"](shopCutover)).toEqual({ kind: "done", detail: { fenced: "blue" } });
    expect(of.done.length).toBeGreaterThan(0);
    for (const done of of.done) expect(done).toMatch(/^blue: .*fence/s);
  });

  it("delete-connectors, and with them the groups and the topics, which hold the application's data", async () => {
    const of = await standing();
    expect(await of.acts["delete-connectors"](shopCutover)).toEqual({
      kind: "done",
      detail: { connectors: CONNECTORS },
    });
    expect(of.done.slice(0, 4)).toEqual(CONNECTORS.map((name) => `delete ${name}`));
    expect(of.done.slice(4)).toEqual([
      `delete group ${forward.group}`,
      expect.stringContaining(forward.topics[0] ?? "?"),
      `delete group ${reverse.group}`,
      expect.stringContaining(reverse.topics[0] ?? "?"),
    ]);
  });

  it("drop-publications, and then drop-guards, of both sides", async () => {
    const of = await standing();
    expect(await of.acts["drop-publications"](shopCutover)).toEqual({ kind: "done", detail: {} });
    const publications = of.done.splice(0);
    expect(publications.length).toBeGreaterThan(0);
    for (const done of publications) expect(done).toMatch(/publication|origin/);
    expect(await of.acts["drop-guards"](shopCutover)).toEqual({ kind: "done", detail: {} });
    for (const side of ["blue", "green"])
      for (const all of [publications, of.done]) expect(all.some((done) => done.startsWith(side))).toBe(true);
    expect(of.done.filter((done) => publications.includes(done))).toEqual([]);
    expect(of.done.some((done) => /trigger/.test(done))).toBe(true);
  });
});

describe("what does not come about is waited for, and nothing after it is touched:", () => {
  const away = (message: string) => async () => outsideFailure("unreachable", message);
  const connectAway = away("Connect is away");

  it.each([
    ["a connector that cannot be stopped", "stop-forward", { stop: connectAway }, {}, "Connect is away"],
    [
      "a connector that cannot be deleted: the topics that it reads stay",
      "delete-connectors",
      { remove: connectAway },
      {},
      "Connect is away",
    ],
    [
      "what reverse's sink has committed, where the broker does not say",
      "drain-reverse",
      {},
      { positions: away("Kafka is away") },
      "Kafka is away",
    ],
  ] as const)("%s", async (_, act, connect, broker, why) => {
    const of = await standing();
    const { ports } = of;
    const cdc = { ...ports, connect: { ...ports.connect, ...connect }, broker: { ...ports.broker, ...broker } };
    expect(await streamActs({ cdc, drain: {} as never })[act](shopCutover)).toEqual({ kind: "waiting", for: why });
    expect(of.done).toEqual([]);
  });
});

it("reverse's sink that catches up within the act's time is done with at once", async () => {
  const of = await standing();
  const topic = reverse.topics[0] ?? "";
  of.cdc.positions.set(topic, { committed: null, start: 0n, end: 10n });
  let looks = 0;
  of.cdc.onPause = () => {
    looks += 1;
    if (looks === 3) of.cdc.positions.set(topic, { committed: 10n, start: 0n, end: 10n });
  };
  expect(await of.acts["drain-reverse"](shopCutover)).toEqual({ kind: "done", detail: { group: reverse.group } });
  expect(looks).toBe(3);
});

describe("absence is looked at, not assumed", () => {
  it("and said where nothing is left on either side", async () => {
    const of = await standing();
    of.connectors.clear();
    of.kept.groups.clear();
    Object.assign(of.kept, { topics: false, remnants: false });
    for (const side of [of.cdc.sides.blue, of.cdc.sides.green]) side.slotExists = false;
    expect(await of.acts["verify-absence"](shopCutover)).toEqual({ kind: "done", detail: { left: 0 } });
    expect(of.done).toEqual([]);
  });

  it("what is left calls somebody, each by its name", async () => {
    const of = await standing();
    of.connectors.clear();
    of.kept.remnants = false;
    of.kept.topics = false;
    of.cdc.sides.blue.slotExists = false;
    expect(await of.acts["verify-absence"](shopCutover)).toEqual({
      kind: "failed",
      message: `Still there: ${[reverse.slot, forward.group, reverse.group].join(", ")}.`,
    });
  });

  it("and a side that does not answer is not taken for one that has nothing left", async () => {
    const of = await standing();
    of.kept.remnants = false;
    of.cdc.sides.green.reachable = false;
    expect(await of.acts["verify-absence"](shopCutover)).toEqual({
      kind: "waiting",
      for: "green does not answer",
    });
  });
});
