import { describe, expect, it } from "vitest";
import { checkBefore, notesBefore } from "../../../src/cdc/check.ts";
import type { CdcFacts } from "../../../src/cdc/facts.ts";
import { REFUSAL_NAMES, type RefusalName } from "../../../src/cdc/refusal.ts";
import {
  column,
  database,
  forwardSink,
  forwardSource,
  ordersTable,
  shopCutover,
  soundFacts,
  withTable,
} from "../../support/cdc-facts.ts";

const key = column("id", "bigint", { notNull: true });
const withColumn = (...columns: readonly ReturnType<typeof column>[]): CdcFacts =>
  withTable({ columns: [key, ...columns] });
const blueWith = (more: Parameters<typeof database>[1]): CdcFacts => soundFacts({ blue: database("blue", more) });
const setting = (name: string, value: string): CdcFacts =>
  blueWith({ settings: { ...database("blue").settings, [name]: value } });
const connector = (name: string, config: Readonly<Record<string, string>>): CdcFacts =>
  soundFacts({ connect: { ...soundFacts().connect, connectors: [{ name, config }] } });
const sequence = (more: object): CdcFacts =>
  blueWith({ sequences: database("blue").sequences.map((of) => ({ ...of, ...more })) });
const trigger = (more: object): CdcFacts =>
  withTable({ triggers: [{ name: "audit", enabled: "origin", onTruncate: false, ...more }] });
const fenced = (enabled: "origin" | "disabled") =>
  ordersTable({ triggers: [{ name: "pawl_fence", enabled, onTruncate: true }] });
const slot = { name: "other", active: true, walStatus: "reserved", invalidation: null };

/** One situation a refusal, each differing from a sound one in a single fact. */
const SITUATIONS: readonly (readonly [RefusalName, string, CdcFacts])[] = [
  ["same-database", "are one database", blueWith({ instance: database("green").instance })],
  [
    "same-database",
    "green.internal:5433/appdb",
    soundFacts({ addresses: { ...soundFacts().addresses, blue: soundFacts().addresses.green } }),
  ],
  ["postgres-too-old", "blue runs PostgreSQL 15.18", blueWith({ serverVersion: 150_018 })],
  ["wal-level", "wal_level is replica on blue", setting("wal_level", "replica")],
  [
    "slots-exhausted",
    "All 1 replication slots of blue are taken",
    blueWith({ settings: { ...database("blue").settings, max_replication_slots: "1" }, slots: [slot] }),
  ],
  ["wal-senders-exhausted", "All 10 WAL senders of blue are in use", blueWith({ walSendersInUse: 10 })],
  ["asynchronous-commit", "synchronous_commit is off on blue", setting("synchronous_commit", "off")],
  ["asynchronous-commit", "role shop", blueWith({ asynchronousCommitters: ["role shop"] })],
  ["blue-fenced", "appdb.orders on blue is fenced", blueWith({ tables: [fenced("origin")] })],
  ["foreign-cutover", "appdb.customers", blueWith({ pawlTriggers: ["appdb.orders", "appdb.customers"] })],
  ["foreign-slot", "slot blue_to_green_sync", blueWith({ slots: [{ ...slot, name: "blue_to_green_sync" }] })],
  ["large-objects", "blue holds 3 large objects", blueWith({ largeObjects: 3 })],
  ["table-missing", "appdb.orders does not exist on blue", blueWith({ tables: [] })],
  ["not-a-plain-table", "appdb.orders on blue is a partitioned table", withTable({ kind: "partitioned" })],
  ["not-a-plain-table", "is a partition", withTable({ isPartition: true })],
  ["table-unlogged", "appdb.orders on blue is unlogged", withTable({ persistence: "unlogged" })],
  ["table-inherits", "parent or children", withTable({ inherits: true })],
  ["row-security", "row level security", withTable({ rowSecurity: true })],
  ["primary-key-missing", "has no primary key", withTable({ primaryKey: [] })],
  ["primary-key-differs", "(id, region); the bindings say id", withTable({ primaryKey: ["id", "region"] })],
  ["primary-key-differs", "(number); the bindings say id", withTable({ primaryKey: ["number"] })],
  [
    "key-type",
    "of type timestamp",
    withTable({ columns: [column("id", "timestamp with time zone", { notNull: true })] }),
  ],
  ["other-unique-constraint", "orders_ref_key", withTable({ otherUniques: ["orders_ref_key"] })],
  ["rewrite-rule", "orders_log", withTable({ rules: ["orders_log"] })],
  ["trigger-fires-for-replicas", "ENABLE ALWAYS", trigger({ enabled: "always" })],
  ["trigger-fires-for-replicas", "ENABLE REPLICA", trigger({ enabled: "replica" })],
  ["truncate-trigger", "audit of appdb.orders on blue fires on TRUNCATE", trigger({ onTruncate: true })],
  ["truncate-privilege", "shop may TRUNCATE", withTable({ mayTruncate: ["shop"] })],
  ["table-subscribed", "subscription from_legacy writes appdb.orders", withTable({ subscriptions: ["from_legacy"] })],
  [
    "columns-differ",
    "total (blue integer, green numeric(12,2))",
    blueWith({ tables: [ordersTable({ columns: [key, column("total", "integer")] })] }),
  ],
  ["column-generated", "stored generated column", withColumn(column("sum", "bigint", { generated: "stored" }))],
  ["column-identity-always", "ALWAYS AS IDENTITY", withColumn(column("n", "bigint", { identity: "always" }))],
  ["type-not-carried", "numeric(8,2)[]", withColumn(column("prices", "numeric(8,2)[]"))],
  [
    "type-not-carried",
    "appdb.order_status[]",
    withColumn(column("was", "appdb.order_status[]", { elementKind: "enum" })),
  ],
  ["type-not-carried", "timestamp with time zone[]", withColumn(column("at", "timestamp with time zone[]"))],
  ["type-not-carried", "bytea[]", withColumn(column("parts", "bytea[]"))],
  ["type-not-carried", "point", withColumn(column("place", "point"))],
  ["type-not-carried", "oid", withColumn(column("scan", "oid"))],
  ["type-spoiled", "time with time zone", withColumn(column("opens", "time with time zone"))],
  ["type-spoiled", "bit varying(8)", withColumn(column("flags", "bit varying(8)"))],
  ["type-unproven", "hstore", withColumn(column("extra", "hstore"))],
  ["type-unproven", "appdb.money_eur", withColumn(column("price", "appdb.money_eur", { typeKind: "domain" }))],
  ["float-not-finite", "double precision", withColumn(column("weight", "double precision"))],
  ["float-not-finite", "real", withColumn(column("weight", "real"))],
  ["date-not-ordinary", "placed_on on blue is a date", withColumn(column("placed_on", "date"))],
  ["sequence-missing", "appdb.orders_id_seq does not exist on blue", blueWith({ sequences: [] })],
  [
    "sequence-elsewhere",
    "appdb.orders on blue takes its numbers from ids.order_numbers",
    withTable({ defaultSequences: ["appdb.orders_id_seq", "ids.order_numbers"] }),
  ],
  ["sequence-cycles", "cycles", sequence({ cycle: true })],
  ["sequence-increment", "goes up by 10", sequence({ increment: "10" })],
  [
    "topic-partitions",
    "has 3 partitions",
    soundFacts({ topics: [{ name: "migration.appdb.orders", partitions: 3, records: 0 }] }),
  ],
  [
    "topic-left-over",
    "holds 12 records",
    soundFacts({ topics: [{ name: "migration.appdb.orders", partitions: 1, records: 12 }] }),
  ],
  [
    "plugin-missing",
    "JdbcSinkConnector",
    soundFacts({
      connect: { ...soundFacts().connect, plugins: ["io.debezium.connector.postgresql.PostgresConnector"] },
    }),
  ],
  [
    "exactly-once-workers",
    "workers write what sources send in transactions",
    soundFacts({ connect: { ...soundFacts().connect, writesTransactions: true } }),
  ],
  ["tasks-max", "tasks.max 4", connector("green-sync-sink", { ...forwardSink(), "tasks.max": "4" })],
  [
    "group-differs",
    "group connect-green-sync-sink",
    connector(
      "green-sync-sink",
      Object.fromEntries(Object.entries(forwardSink()).filter(([name]) => name !== "consumer.override.group.id")),
    ),
  ],
  [
    "foreign-connector",
    "(slot.stream.params)",
    connector("blue-to-green-sync", { ...forwardSource(), "slot.stream.params": "" }),
  ],
];

describe("what CDC cannot carry is refused by name", () => {
  it("has nothing against a sound pair of databases", () => {
    expect(checkBefore(shopCutover, soundFacts())).toEqual([]);
  });

  it.each(SITUATIONS)("%s: %s", (name, words, facts) => {
    const refusals = checkBefore(shopCutover, facts);

    expect(new Set(refusals.map((refusal) => refusal.name))).toEqual(new Set([name]));
    const [first] = refusals;
    expect(first?.what).toContain(words);
    expect(first?.why).toMatch(/\.$/);
    expect(first?.remedy).toMatch(/\.$/);
  });

  it.each([
    ["a trigger's", trigger({ name: "Orders_audit", enabled: "always" }), `enable trigger "Orders_audit"`],
    ["a trigger's", trigger({ name: "Orders_audit", onTruncate: true }), `drop trigger "Orders_audit" on`],
    ["a role's", withTable({ mayTruncate: ["shop-api"] }), `from "shop-api"`],
    ["everybody's", withTable({ mayTruncate: ["public"] }), "from public"],
    ["a sequence's", sequence({ name: "appdb.Orders_id_seq", cycle: true }), `alter sequence "appdb"."Orders_id_seq"`],
  ])("prints what mends it with %s name as PostgreSQL has to read it", (_, facts, sql) => {
    const statements = checkBefore(shopCutover, facts).flatMap((refusal) => refusal.statements ?? []);
    expect(statements).toContainEqual({ side: "blue", sql: expect.stringContaining(sql) });
  });

  it("blue-fenced: not where the fence was lifted, on green, or while forward has yet to be drained", () => {
    const slots = [{ ...slot, name: "blue_to_green_sync" }];
    const { connect } = connector("blue-to-green-sync", forwardSource());
    const raised = database("blue", { tables: [fenced("origin")], slots });
    const seededStreams = ["forward", "reverse"];
    const allowed = [
      blueWith({ tables: [fenced("disabled")] }),
      soundFacts({ green: database("green", { tables: [fenced("origin")] }) }),
      soundFacts({ blue: raised, connect, seededStreams }),
    ];
    for (const facts of allowed) expect(checkBefore(shopCutover, facts)).toEqual([]);
    const refused = [
      soundFacts({ blue: raised, connect, seededStreams: ["forward"] }),
      soundFacts({ blue: { ...raised, slots: [] }, seededStreams }),
    ];
    for (const facts of refused) expect(checkBefore(shopCutover, facts)).toMatchObject([{ name: "blue-fenced" }]);
  });

  it("topics-differ: the bindings leave a table's topic out", () => {
    const forward = { ...shopCutover.streams.forward, topics: ["migration.appdb.pawl_tombstone"] };
    const cutover = { ...shopCutover, streams: { ...shopCutover.streams, forward } };

    expect(checkBefore(cutover, soundFacts()).map(({ name }) => name)).toEqual(["topics-differ"]);
  });

  it("table-name-too-long: pawl's functions could not be told apart", () => {
    const name = `appdb.${"o".repeat(41)}`;
    const streams = {
      forward: { ...shopCutover.streams.forward, topics: [`migration.${name}`, "migration.appdb.pawl_tombstone"] },
      reverse: {
        ...shopCutover.streams.reverse,
        topics: [`migration-reverse.${name}`, "migration-reverse.appdb.pawl_tombstone"],
      },
    };
    const table = ordersTable({ name });
    const facts = soundFacts({
      blue: database("blue", { tables: [table] }),
      green: database("green", { tables: [table] }),
    });

    const refusals = checkBefore({ ...shopCutover, streams, tables: [{ name, key: "id" }] }, facts);

    expect(new Set(refusals.map((refusal) => refusal.name))).toEqual(new Set(["table-name-too-long"]));
  });

  it("has a situation here for every name there is", () => {
    const tried = new Set<string>([...SITUATIONS.map(([name]) => name), "topics-differ", "table-name-too-long"]);

    expect(REFUSAL_NAMES.filter((name) => !tried.has(name))).toEqual([]);
  });
});

describe("values that would be spoiled are allowed once a validated CHECK forbids them", () => {
  const finite =
    "CHECK (((weight <> 'NaN'::double precision) AND (weight > '-Infinity'::double precision) AND (weight < 'Infinity'::double precision)))";
  const weight = (definition: string, validated = true): CdcFacts =>
    withTable({
      columns: [key, column("weight", "double precision")],
      checks: [{ name: "weight_is_finite", definition, validated }],
    });

  it("accepts a double that is finite", () => {
    expect(checkBefore(shopCutover, weight(finite))).toEqual([]);
  });

  it.each([
    ["not validated", weight(finite, false)],
    ["only NaN is forbidden", weight("CHECK ((weight <> 'NaN'::double precision))")],
    [
      "an OR lets it through",
      weight(
        "CHECK (((weight > '-Infinity'::double precision) AND (weight < 'Infinity'::double precision)) OR (id > 5))",
      ),
    ],
  ])("refuses it where %s, and prints the statements that mend it", (_, facts) => {
    const [refusal] = checkBefore(shopCutover, facts);

    expect(refusal?.name).toBe("float-not-finite");
    expect(refusal?.statements?.map(({ sql }) => sql)).toEqual([
      `alter table "appdb"."orders" add constraint "weight_is_finite" check ("weight" > '-Infinity' and "weight" < 'Infinity') not valid`,
      `alter table "appdb"."orders" validate constraint "weight_is_finite"`,
    ]);
  });

  it("accepts a date that is neither infinite nor before the year 1", () => {
    const facts = withTable({
      columns: [key, column("placed_on", "date")],
      checks: [
        {
          name: "ordinary",
          definition: "CHECK (((placed_on >= '0001-01-01'::date) AND (placed_on < 'infinity'::date)))",
          validated: true,
        },
      ],
    });

    expect(checkBefore(shopCutover, facts)).toEqual([]);
  });
});

describe("what is left out is said", () => {
  const notes = (...tablesBeside: readonly string[]) =>
    notesBefore(shopCutover, blueWith({ tablesBeside })).filter(({ name }) => name === "tables-left-out");

  it("names the tables of the same schemas that are in no stream, the first of them where there are many", () => {
    expect(notes("appdb.audit", "appdb.customers")).toEqual([
      {
        name: "tables-left-out",
        what:
          "Nothing carries appdb.audit, appdb.customers of blue: what green's users write there is not on blue after a rollback. " +
          "List those that the application writes in `tables` of cutover.json.",
      },
    ]);
    const many = Array.from({ length: 12 }, (_, at) => `appdb.t${at + 10}`);
    expect(notes(...many)[0]?.what).toMatch(/appdb\.t19 and 2 more of blue:/);
  });

  it("says nothing where every table is in the cutover", () => {
    expect(notes()).toEqual([]);
  });
});

describe("what is pawl's own is not refused", () => {
  it("takes its connectors, its topics and its slot as they are on a second apply", () => {
    const facts = soundFacts({
      blue: database("blue", { slots: [{ ...slot, name: "blue_to_green_sync" }], walSendersInUse: 10 }),
      topics: [{ name: "migration.appdb.orders", partitions: 1, records: 4_000 }],
      connect: {
        ...soundFacts().connect,
        connectors: [
          {
            name: "green-sync-sink",
            config: { ...forwardSink(), name: "green-sync-sink", "connection.password": "<masked>" },
          },
          { name: "blue-to-green-sync", config: { ...forwardSource(), "snapshot.mode": "initial" } },
        ],
      },
    });

    expect(checkBefore(shopCutover, facts)).toEqual([]);
  });
});
