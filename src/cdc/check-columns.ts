import type { CutoverBindings, Side } from "../signals/bindings.ts";
import type { CdcFacts, ColumnFacts, TableFacts } from "./facts.ts";
import { quoteName, tableName, VERSION_COLUMNS } from "./names.ts";
import type { Refusal } from "./refusal.ts";

/** Seen to arrive equal, both ways, with this configuration. A type is carried because it was tried, not because it should be. */
const CARRIED = new Set([
  ...[
    "smallint",
    "integer",
    "bigint",
    "boolean",
    "real",
    "double precision",
    "uuid",
    "numeric",
    "text",
    "json",
    "jsonb",
  ],
  ...["timestamp with time zone", "timestamp without time zone", "date", "time without time zone", "interval"],
  ...["character varying", "character", "bytea", "inet", "cidr", "macaddr", "money", "bit", "xml"],
  ...["tsrange", "tsvector", "text[]", "integer[]", "uuid[]", "jsonb[]"],
]);

/** The sink stops at the first row that holds one. */
const NOT_CARRIED: Readonly<Record<string, string>> = {
  "numeric[]": "The sink cannot write arrays of numeric: its task fails at the first row.",
  "timestamp with time zone[]": "The sink finds no array type for it: its task fails at the first row.",
  "bytea[]": "The source cannot nest bytes in an array: its task fails at the first row.",
  point: "It arrives as geometry, which needs PostGIS: the sink's task fails at the first row.",
  oid: "It names a large object, whose contents are not in the stream.",
};

const SPOILED: Readonly<Record<string, string>> = {
  "time with time zone": "It is turned into UTC on the way: the same instant, another value.",
  "bit varying": "It is filled up to whole bytes on the way: 110 arrives as 00000110.",
};

/** `numeric(12,2)[]` → `numeric[]`, `timestamp(3) with time zone` → `timestamp with time zone` */
const withoutModifier = (type: string): string => type.replace(/\([\d, -]+\)/, "");

const typeRefusal = (column: ColumnFacts, where: string): readonly Refusal[] => {
  const type = withoutModifier(column.type);
  const remedy = "Leave the table out of the cutover, or store the value in a type that is carried.";
  const why =
    column.elementKind === "enum"
      ? "The sink writes arrays of enum as arrays of text, which PostgreSQL refuses: its task fails at the first row."
      : NOT_CARRIED[type];
  if (why !== undefined)
    return [{ name: "type-not-carried", what: `${where} is of type ${column.type}.`, why, remedy }];
  const spoiled = SPOILED[type];
  if (spoiled !== undefined)
    return [{ name: "type-spoiled", what: `${where} is of type ${column.type}.`, why: spoiled, remedy }];
  if (column.typeKind === "enum" || CARRIED.has(type)) return [];
  return [
    {
      name: "type-unproven",
      what: `${where} is of type ${column.type}.`,
      why: "Nobody has shown that its values arrive unchanged in both directions, and a spoiled value makes no error.",
      remedy,
    },
  ];
};

/** The form in which `pg_get_constraintdef` prints it, without outer keyword, parentheses and spaces. */
const conjuncts = (definition: string): readonly string[] =>
  definition
    .replace(/^CHECK /, "")
    .split(/ AND /)
    .map((part) => part.replaceAll(/[()\s"]/g, ""));

const forbidden = (table: TableFacts, demands: readonly string[]): boolean => {
  const held = table.checks
    .filter(({ validated, definition }) => validated && !/\b(OR|CASE)\b|NOT \(/.test(definition))
    .flatMap(({ definition }) => conjuncts(definition));
  return demands.every((demand) => held.includes(demand.replaceAll(/\s/g, "")));
};

const demanded = (side: Side, table: TableFacts, column: ColumnFacts, rule: string, check: string) => {
  const quoted = tableName(table.name).quoted;
  const name = quoteName(`${column.name}_${rule}`);
  return [
    { side, sql: `alter table ${quoted} add constraint ${name} check (${check}) not valid` },
    { side, sql: `alter table ${quoted} validate constraint ${name}` },
  ];
};

const FLOATS = new Set(["real", "double precision"]);

const valueRefusal = (side: Side, table: TableFacts, column: ColumnFacts): readonly Refusal[] => {
  const type = withoutModifier(column.type);
  const name = quoteName(column.name);
  const where = `${table.name}.${column.name} on ${side}`;
  if (FLOATS.has(type)) {
    // NaN sorts above Infinity in PostgreSQL, so the upper bound alone already forbids it; both spellings are common.
    const finite = [`${column.name} > '-Infinity'::${type}`, `${column.name} < 'Infinity'::${type}`];
    if (forbidden(table, finite)) return [];
    return [
      {
        name: "float-not-finite",
        what: `${where} is of type ${type}, and no validated CHECK forbids NaN and Infinity.`,
        why: "They arrive as 0 on the other side, without an error.",
        remedy: "Add the constraint and validate it, on both sides.",
        statements: demanded(side, table, column, "is_finite", `${name} > '-Infinity' and ${name} < 'Infinity'`),
      },
    ];
  }
  const ordinary = [`${column.name} >= '0001-01-01'::date`, `${column.name} < 'infinity'::date`];
  if (type !== "date" || forbidden(table, ordinary)) return [];
  return [
    {
      name: "date-not-ordinary",
      what: `${where} is a date, and no validated CHECK forbids infinity and years before 1.`,
      why: "Infinity arrives as -infinity, and years before 1 can lose their era, without an error.",
      remedy: "Add the constraint and validate it, on both sides.",
      statements: demanded(side, table, column, "is_ordinary", `${name} >= '0001-01-01' and ${name} < 'infinity'`),
    },
  ];
};

const columnRefusals = (side: Side, table: TableFacts, column: ColumnFacts): readonly Refusal[] => {
  const where = `${table.name}.${column.name} on ${side}`;
  if (column.generated !== "no")
    return [
      {
        name: "column-generated",
        what: `${where} is a ${column.generated} generated column.`,
        why: "The sink would write into it and stop; with full row images every update of the application fails as well.",
        remedy: "Drop the expression for the time of the cutover.",
        statements: [
          {
            side,
            sql: `alter table ${tableName(table.name).quoted} alter column ${quoteName(column.name)} drop expression`,
          },
        ],
      },
    ];
  if (column.identity === "always")
    return [
      {
        name: "column-identity-always",
        what: `${where} is GENERATED ALWAYS AS IDENTITY.`,
        why: "The sink writes the value that the other side gave, which PostgreSQL refuses: its task fails at the first row.",
        remedy: "Make it GENERATED BY DEFAULT.",
        statements: [
          {
            side,
            sql: `alter table ${tableName(table.name).quoted} alter column ${quoteName(column.name)} set generated by default`,
          },
        ],
      },
    ];
  const types = typeRefusal(column, where);
  return types.length > 0 ? types : valueRefusal(side, table, column);
};

export const columnsRefusals = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] =>
  [facts.blue, facts.green].flatMap((of) =>
    of.tables
      .filter((table) => cutover.tables.some(({ name }) => name === table.name))
      .flatMap((table) =>
        table.columns
          .filter(({ name }) => !VERSION_COLUMNS.some((own) => own === name))
          .flatMap((column) => columnRefusals(of.side, table, column)),
      ),
  );
