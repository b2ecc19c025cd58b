import type { CutoverBindings, Side } from "../signals/bindings.ts";
import type { CdcFacts, DatabaseFacts, TableFacts } from "./facts.ts";
import { quoteName, tableName, VERSION_COLUMNS } from "./names.ts";
import type { Note, Refusal } from "./refusal.ts";
import { LONGEST_TABLE_NAME } from "./table-functions.ts";

/** Their text is the same on both sides whatever a session's settings are: pawl's tombstones name a row by that text. */
const KEY_TYPES = /^(smallint|integer|bigint|uuid|text|character varying(\(\d+\))?)$/;

const isOwn = (name: string): boolean => name.startsWith("pawl_");

const shape = (side: Side, table: TableFacts): readonly Refusal[] => {
  const refusals: Refusal[] = [];
  const what = `${table.name} on ${side}`;
  if (table.kind !== "table" || table.isPartition)
    refusals.push({
      name: "not-a-plain-table",
      what: `${what} is ${table.isPartition ? "a partition" : `a ${table.kind} table`}.`,
      why: "Partitions and other kinds are published and versioned differently, which has not been proven here.",
      remedy: "Take it out of the cutover's tables, or move it by another way.",
    });
  if (table.persistence !== "permanent")
    refusals.push({
      name: "table-unlogged",
      what: `${what} is ${table.persistence}.`,
      why: "Its rows are not in the write-ahead log, so no stream can carry them.",
      remedy: "Make it logged, or leave it out of the cutover.",
      statements: [{ side, sql: `alter table ${tableName(table.name).quoted} set logged` }],
    });
  if (table.inherits)
    refusals.push({
      name: "table-inherits",
      what: `${what} has a parent or children by inheritance.`,
      why: "A statement on the parent writes rows of the children, which are other tables to the stream.",
      remedy: "End the inheritance, or leave the family out of the cutover.",
    });
  if (table.rowSecurity)
    refusals.push({
      name: "row-security",
      what: `${what} has row level security.`,
      why: "Policies hide rows from the roles that copy and apply them: they would be missing without an error.",
      remedy: "Disable it for the time of the cutover.",
      statements: [{ side, sql: `alter table ${tableName(table.name).quoted} disable row level security` }],
    });
  if (tableName(table.name).table.length > LONGEST_TABLE_NAME)
    refusals.push({
      name: "table-name-too-long",
      what: `The name of ${what} is longer than ${LONGEST_TABLE_NAME} characters.`,
      why: "pawl names functions after it, and PostgreSQL would cut those names.",
      remedy: "Rename the table, or leave it out of the cutover.",
    });
  return refusals;
};

const keys = (side: Side, table: TableFacts, key: string): readonly Refusal[] => {
  if (table.primaryKey.length === 0)
    return [
      {
        name: "primary-key-missing",
        what: `${table.name} on ${side} has no primary key.`,
        why: "Without one the other side cannot tell which row a change belongs to.",
        remedy: "Give it a primary key of one column.",
      },
    ];
  if (table.primaryKey.length > 1 || table.primaryKey[0] !== key)
    return [
      {
        name: "primary-key-differs",
        what: `The primary key of ${table.name} on ${side} is (${table.primaryKey.join(", ")}); the bindings say ${key}.`,
        why: "Versions, tombstones and comparisons go by the one column that the bindings name.",
        remedy: "Correct `key` in cutover.json; keys of several columns are not supported yet.",
      },
    ];
  const type = table.columns.find(({ name }) => name === key)?.type ?? "unknown";
  if (KEY_TYPES.test(type)) return [];
  return [
    {
      name: "key-type",
      what: `The key ${key} of ${table.name} on ${side} is of type ${type}.`,
      why: "Deletes name a row by the text of its key, and the text of this type depends on settings or on how it was written.",
      remedy: "Use a smallint, integer, bigint, uuid, text or varchar key.",
    },
  ];
};

/** The one grantee that is no role, and no name to be quoted. */
const grantee = (role: string): string => (role === "public" ? role : quoteName(role));

const behaviour = (side: Side, table: TableFacts): readonly Refusal[] => {
  const refusals: Refusal[] = [];
  const quoted = tableName(table.name).quoted;
  const triggers = table.triggers.filter(({ name }) => !isOwn(name));
  if (table.otherUniques.length > 0)
    refusals.push({
      name: "other-unique-constraint",
      what: `${table.name} on ${side} is unique in more than its key: ${table.otherUniques.join(", ")}.`,
      why: "A delete travels apart from the insert that reuses its value: the sink can meet the new row first, and stop.",
      remedy: "Drop the constraint for the time of the cutover, or leave the table out.",
    });
  if (table.rules.length > 0)
    refusals.push({
      name: "rewrite-rule",
      what: `${table.name} on ${side} has rules: ${table.rules.join(", ")}.`,
      why: "A rule rewrites what the sink applies, and the sides would differ.",
      remedy: "Replace the rule by an ordinary trigger, which does not fire for the sink.",
    });
  for (const trigger of triggers.filter(({ enabled }) => enabled === "always" || enabled === "replica"))
    refusals.push({
      name: "trigger-fires-for-replicas",
      what: `Trigger ${trigger.name} of ${table.name} on ${side} is ENABLE ${trigger.enabled.toUpperCase()}.`,
      why: "It fires again for every row that the sink applies, and its effects would happen twice.",
      remedy: "Make it an ordinary trigger.",
      statements: [{ side, sql: `alter table ${quoted} enable trigger ${quoteName(trigger.name)}` }],
    });
  for (const trigger of triggers.filter(({ onTruncate }) => onTruncate))
    refusals.push({
      name: "truncate-trigger",
      what: `Trigger ${trigger.name} of ${table.name} on ${side} fires on TRUNCATE.`,
      why: "Somebody means to truncate this table; TRUNCATE is not carried, and pawl's own trigger would refuse it.",
      remedy: "Use DELETE, and drop the trigger.",
      statements: [{ side, sql: `drop trigger ${quoteName(trigger.name)} on ${quoted}` }],
    });
  if (table.mayTruncate.length > 0)
    refusals.push({
      name: "truncate-privilege",
      what: `${table.mayTruncate.join(", ")} may TRUNCATE ${table.name} on ${side}.`,
      why: "TRUNCATE is not carried to the other side, and pawl's own trigger would refuse it while the cutover lasts.",
      remedy: "Take the right away.",
      statements: table.mayTruncate.map((role) => ({
        side,
        sql: `revoke truncate on ${quoted} from ${grantee(role)}`,
      })),
    });
  return refusals;
};

/** What a subscription applies has an origin, like what pawl's own sink applies; PostgreSQL leaves out both by that alone. */
const subscribed = (side: Side, { name, subscriptions }: TableFacts): readonly Refusal[] =>
  subscriptions.map((subscription) => ({
    name: "table-subscribed",
    what: `On ${side} the subscription ${subscription} writes ${name}.`,
    why: "The source leaves out of its stream whatever replication applied, by whomever: these rows would never reach the other side.",
    remedy: `Have that publisher's writes made by an application, or end the subscription (alter subscription ${quoteName(subscription)} refresh publication, once the table is out of its publication).`,
  }));

const sameColumns = (blue: TableFacts, green: TableFacts): readonly Refusal[] => {
  const described = (table: TableFacts): ReadonlyMap<string, string> =>
    new Map(
      table.columns
        .filter(({ name }) => !VERSION_COLUMNS.some((own) => own === name))
        .map(({ name, type, notNull }) => [name, `${type}${notNull ? " not null" : ""}`]),
    );
  const [left, right] = [described(blue), described(green)];
  const differences = [...new Set([...left.keys(), ...right.keys()])]
    .filter((name) => left.get(name) !== right.get(name))
    .map((name) => `${name} (blue ${left.get(name) ?? "has none"}, green ${right.get(name) ?? "has none"})`);
  if (differences.length === 0) return [];
  return [
    {
      name: "columns-differ",
      what: `The columns of ${blue.name} differ: ${differences.join("; ")}.`,
      why: "A column that one side lacks, or holds in another type, loses values on the way there or back.",
      remedy: "Bring both sides to the same columns; change the schema before the cutover or after it.",
    },
  ];
};

const tableOf = (facts: DatabaseFacts, name: string): TableFacts | undefined =>
  facts.tables.find((table) => table.name === name);

export const tableRefusals = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] =>
  cutover.tables.flatMap(({ name, key }) => {
    const both = [facts.blue, facts.green].map((of) => ({ side: of.side, table: tableOf(of, name) }));
    const [blue, green] = both.map(({ table }) => table);
    return [
      ...both.flatMap(({ side, table }): readonly Refusal[] =>
        table === undefined
          ? [
              {
                name: "table-missing",
                what: `${name} does not exist on ${side}.`,
                why: "pawl moves rows, not schemas: both sides need the table before any row is copied.",
                remedy: `Create it on ${side} with the migration that the application uses.`,
              },
            ]
          : [...shape(side, table), ...keys(side, table, key), ...behaviour(side, table), ...subscribed(side, table)],
      ),
      ...(blue === undefined || green === undefined ? [] : sameColumns(blue, green)),
    ];
  });

const NAMED = 10;

/** Bindings that forget a table are as sound as any; only whoever knows the application can tell. */
const leftOut = ({ tablesBeside }: DatabaseFacts): readonly Note[] => {
  if (tablesBeside.length === 0) return [];
  const more = tablesBeside.length - NAMED;
  const named = `${tablesBeside.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return [
    {
      name: "tables-left-out",
      what:
        `Nothing carries ${named} of blue: what green's users write there is not on blue after a rollback. ` +
        "List those that the application writes in `tables` of cutover.json.",
    },
  ];
};

export const tableNotes = (cutover: CutoverBindings, facts: CdcFacts): readonly Note[] => [
  ...leftOut(facts.blue),
  ...foreignKeyNotes(cutover, facts),
];

const foreignKeyNotes = (cutover: CutoverBindings, facts: CdcFacts): readonly Note[] =>
  cutover.tables.flatMap(({ name }): readonly Note[] => {
    const keysOf = tableOf(facts.blue, name)?.foreignKeys ?? [];
    if (keysOf.length === 0) return [];
    return [
      {
        name: "foreign-keys",
        what: `${name} has foreign keys (${keysOf.join(", ")}): the sink does not check them, it trusts the side that did.`,
      },
    ];
  });
