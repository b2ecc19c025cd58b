import type {
  BrokerPort,
  CdcPorts,
  ConnectorStatus,
  ConnectPort,
  DatabasePort,
  PartitionPosition,
} from "../../src/cdc/ports.ts";
import { readIncarnation, seedJson } from "../../src/cdc/seed.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../../src/kernel/result.ts";
import { durationMs } from "../../src/kernel/units.ts";
import type { Side } from "../../src/signals/bindings.ts";
import { forwardSink, forwardSource, shopCutover } from "./cdc-facts.ts";

/** Tells two texts apart, which is all that these specs ask of it. */
export const digest = (text: string): string => text;

const unasked = (what: string) => () =>
  Promise.resolve(outsideFailure("unreachable", `${what} is not part of this spec`));

/** What one side of the fake looks like; a spec changes what it is about. */
export interface FakeSide {
  walStatus: string;
  safeBytes: number | null;
  slotExists: boolean;
  confirmed: bigint | null;
  wal: bigint;
  clockMs: number;
  /** stream → its token here */
  readonly tokens: Map<string, { n: number; writtenAtMs: number }>;
  readonly seeds: { stream: "forward" | "reverse"; facts: ReturnType<typeof seedJson> }[];
  readonly conflicts: string[];
  reachable: boolean;
  timeline: number;
  /** What the catalogue denies of all that is asked of it: any question that holds one of these. */
  readonly denied: string[];
}

export interface FakeCdc {
  readonly ports: CdcPorts;
  readonly sides: Readonly<Record<Side, FakeSide>>;
  readonly positions: Map<string, { committed: bigint | null; start: bigint; end: bigint }>;
  readonly statuses: Map<string, ConnectorStatus>;
  readonly configs: Map<string, Readonly<Record<string, string>>>;
  /** Everything asked that matters for order, e.g. "blue: token", "committed". */
  readonly asked: string[];
  /** Runs whenever somebody waits: lets the world move on. */
  onPause: () => void;
}

const side = (systemIdentifier: string): FakeSide & { readonly systemIdentifier: string } => ({
  systemIdentifier,
  ...{
    walStatus: "reserved",
    safeBytes: 1_000,
    slotExists: true,
    confirmed: 100n,
    wal: 100n,
    clockMs: 1_000_000,
    reachable: true,
    timeline: 1,
  },
  ...{ tokens: new Map(), seeds: [], conflicts: [], denied: [] },
});

const fakeDatabase = (name: Side, of: FakeSide & { systemIdentifier: string }, asked: string[]): DatabasePort => {
  const answer = async <Value>(what: string, value: () => Value): Promise<Result<Value, OutsideFailure>> => {
    asked.push(`${name}: ${what}`);
    return of.reachable ? ok(value()) : outsideFailure("unreachable", `${name} does not answer`);
  };
  return {
    writeToken: (_, stream) =>
      answer("write token", () => {
        const token = { n: (of.tokens.get(stream)?.n ?? 0) + 1, writtenAtMs: of.clockMs };
        of.tokens.set(stream, token);
        of.wal += 10n;
        return token;
      }),
    readToken: (_, stream) => answer("read token", () => of.tokens.get(stream) ?? null),
    now: () => answer("now", () => ({ atMs: of.clockMs, wal: of.wal })),
    slot: (slot) =>
      answer("slot", () =>
        of.slotExists
          ? {
              ...{ name: slot, active: true, walStatus: of.walStatus, invalidation: null },
              ...{ confirmed: of.confirmed, retainedBytes: 10, safeBytes: of.safeBytes },
            }
          : null,
      ),
    identity: () => answer("identity", () => ({ systemIdentifier: of.systemIdentifier, timeline: of.timeline })),
    seeds: () => answer("seeds", () => of.seeds),
    conflicts: () => answer("conflicts", () => of.conflicts),
    sequences: () => answer("sequences", () => []),
    openTransactions: unasked("open transactions"),
    columns: unasked("columns"),
    rowsAfter: unasked("rows"),
    rowsByKey: unasked("rows by key"),
    facts: unasked("facts"),
    holds: (sql) => answer("a condition", () => !of.denied.some((text) => sql.includes(text))),
    execute: async () => ({ ok: false, failure: { kind: "unreachable", message: "not part of this spec" } }),
    close: async () => {},
  };
};

const fakeBroker = (positions: FakeCdc["positions"], asked: string[]): BrokerPort => ({
  positions: async (_, topics) => {
    asked.push("positions");
    return ok(
      topics.map((topic): PartitionPosition => {
        const position = positions.get(topic) ?? { committed: null, start: 0n, end: 0n };
        return { topic, partition: 0, ...position };
      }),
    );
  },
  recordsSince: async (topics) => ok(Object.fromEntries(topics.map((topic) => [topic, 0]))),
  topics: unasked("topics"),
  createTopics: unasked("making topics"),
  deleteTopics: unasked("deleting topics"),
  groupExists: unasked("groups"),
  deleteGroup: unasked("deleting groups"),
});

const fakeConnect = (statuses: FakeCdc["statuses"], configs: FakeCdc["configs"]): ConnectPort => ({
  status: async (name) => ok(statuses.get(name) ?? { state: "ABSENT", tasksRunning: 0, trace: null }),
  config: async (name) => ok(configs.get(name) ?? null),
  plugins: unasked("plugins"),
  writesTransactions: async () => ok(false),
  putConfig: unasked("configuring"),
  stop: unasked("stopping"),
  resume: unasked("resuming"),
  restartFailed: unasked("restarting"),
  resetOffsets: unasked("resetting"),
  remove: unasked("removing"),
});

/** A forward and a reverse stream that are healthy, drained and seeded; time passes only while somebody waits. */
export const healthyCdc = async (): Promise<FakeCdc> => {
  const asked: string[] = [];
  const sides = { blue: side("7001"), green: side("7002") };
  const positions: FakeCdc["positions"] = new Map();
  const statuses: FakeCdc["statuses"] = new Map();
  const configs: FakeCdc["configs"] = new Map();
  let elapsed = 0;
  const fake: FakeCdc = {
    ...{ sides, positions, statuses, configs, asked },
    onPause: () => {},
    ports: {
      databases: { blue: fakeDatabase("blue", sides.blue, asked), green: fakeDatabase("green", sides.green, asked) },
      broker: fakeBroker(positions, asked),
      connect: fakeConnect(statuses, configs),
      stopwatch: {
        elapsedMs: () => elapsed,
        pause: async (forMs, signal) => {
          // A wait with a signal only bounds a reading; in this world every reading is answered at once.
          if (signal !== undefined) return new Promise(() => {});
          elapsed += forMs;
          fake.onPause();
        },
      },
    },
  };
  for (const direction of ["forward", "reverse"] as const) {
    const { source, sink, topics } = shopCutover.streams[direction];
    for (const topic of topics) positions.set(topic, { committed: 10n, start: 0n, end: 10n });
    positions.set(`${topics[0]?.split(".")[0]}.appdb.pawl_token`, { committed: 50n, start: 0n, end: 50n });
    for (const name of [source, sink]) statuses.set(name, { state: "RUNNING", tasksRunning: 1, trace: null });
    configs.set(source, forwardSource()).set(sink, forwardSink());
    for (const here of [sides.blue, sides.green])
      here.tokens.set(direction, { n: 7, writtenAtMs: here.clockMs - 1_000 });
    const made = await readIncarnation(fake.ports, shopCutover, direction, digest, durationMs(1_000));
    if (!made.ok) throw new Error(made.failure.message);
    const facts = seedJson({ ...made.value, ends: { [`${topics[0]}/0`]: "4" } });
    for (const here of [sides.blue, sides.green]) here.seeds.push({ stream: direction, facts });
  }
  asked.length = 0;
  return fake;
};
