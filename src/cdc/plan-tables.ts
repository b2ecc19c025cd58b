import type { CutoverBindings, Side } from "../signals/bindings.ts";
import type { FunctionSource } from "./function-source.ts";
import {
  CONFLICT_TABLE,
  pawlTable,
  publishedTables,
  quoteText,
  SEED_TABLE,
  SIDES,
  streamFrom,
  type TableName,
  TOKEN_TABLE,
  TOMBSTONE_TABLE,
  tableName,
  VERSION_COLUMNS,
} from "./names.ts";
import { owner, type PlanAction, type SqlAction } from "./plan-types.ts";
import { sharedFunctions } from "./shared-functions.ts";
import { tableFunctions } from "./table-functions.ts";
import { applicationTableTriggers, type TriggerSource, tokenTriggers, tombstoneTriggers } from "./triggers.ts";

const regclass = (table: TableName): string => `to_regclass(${quoteText(table.quoted)})`;

const PAWL_TABLES: readonly { readonly table: string; readonly why: string; readonly columns: string }[] = [
  {
    table: TOKEN_TABLE,
    why: "tokens: what was written here and is read there proves that the path lives",
    columns: "stream text primary key, written_at timestamptz not null, n bigint not null",
  },
  {
    table: TOMBSTONE_TABLE,
    why: "deletes, published as rows with a version",
    columns:
      "tbl text not null, k text not null, ver bigint not null, side text not null, " +
      "b bigint not null default 0, g bigint not null default 0, primary key (tbl, k)",
  },
  {
    table: CONFLICT_TABLE,
    why: "both images wherever both sides wrote; unpublished, each side keeps its own",
    columns:
      "n bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(), " +
      "tbl text not null, k text not null, winner text not null, local_row jsonb, incoming jsonb, loser text not null, " +
      "unique (tbl, k, loser)",
  },
  {
    table: SEED_TABLE,
    why: "the incarnation that was found equal: system, timeline, topics; unpublished",
    columns: "stream text primary key, seeded_at timestamptz not null default clock_timestamp(), facts jsonb not null",
  },
];

/** pawl's tables, and the version columns of the application's. Adding them rewrites nothing: the defaults are constant. */
export const tablesPhase = (cutover: CutoverBindings): readonly PlanAction[] =>
  SIDES.flatMap((side): PlanAction[] => [
    ...PAWL_TABLES.map(({ table, why, columns }) => {
      const name = pawlTable(cutover, table);
      return owner(side, why, `create table ${name.quoted} (${columns})`, `select ${regclass(name)} is not null`);
    }),
    ...cutover.tables.map(({ name }) => versionColumns(side, tableName(name))),
  ]);

const versionColumns = (side: Side, table: TableName): SqlAction =>
  owner(
    side,
    `versions of ${table.plain}: which side wrote a row last, and what it knew of the other`,
    `alter table ${table.quoted} add column if not exists pawl_ver bigint not null default 0, ` +
      "add column if not exists pawl_side text not null default '', " +
      "add column if not exists pawl_b bigint not null default 0, add column if not exists pawl_g bigint not null default 0",
    `select count(*) = ${VERSION_COLUMNS.length} from pg_attribute where attrelid = ${regclass(table)} ` +
      `and not attisdropped and attname in (${VERSION_COLUMNS.map(quoteText).join(", ")})`,
  );

export const createFunction = (side: Side, { name, sql, body }: FunctionSource, why: string): SqlAction =>
  owner(
    side,
    why,
    sql,
    `select exists (select from pg_proc where oid = to_regprocedure(${quoteText(`${name}()`)}) and prosrc = ${quoteText(body)})`,
  );

const createTrigger = (side: Side, table: TableName, trigger: TriggerSource): readonly SqlAction[] => {
  const there = (state: string): string =>
    `select exists (select from pg_trigger where tgrelid = ${regclass(table)} and tgname = '${trigger.name}'${state})`;
  const created = owner(
    side,
    `${trigger.name} on ${table.plain}`,
    `create trigger ${trigger.name} ${trigger.event} on ${table.quoted} ${trigger.action}`,
    there(""),
  );
  if (trigger.fires === "ordinary") return [created];
  const always = owner(
    side,
    `${trigger.name} also fires for the sink's replica session`,
    `alter table ${table.quoted} enable always trigger ${trigger.name}`,
    there(" and tgenabled = 'A'"),
  );
  return [created, always];
};

/** Functions first, then the triggers that call them: on both sides before any slot exists, so that no write is unversioned. */
export const triggersPhase = (cutover: CutoverBindings): readonly PlanAction[] =>
  SIDES.flatMap((side): PlanAction[] => [
    ...sharedFunctions(cutover).map((source) => createFunction(side, source, "shared by the triggers")),
    ...cutover.tables.flatMap((table) => [
      ...tableFunctions(cutover, side, table).map((source) =>
        createFunction(side, source, `triggers of ${table.name}`),
      ),
      ...applicationTableTriggers(cutover, side, table).flatMap((trigger) =>
        createTrigger(side, tableName(table.name), trigger),
      ),
    ]),
    ...tombstoneTriggers(cutover).flatMap((trigger) =>
      createTrigger(side, pawlTable(cutover, TOMBSTONE_TABLE), trigger),
    ),
    ...tokenTriggers(cutover).flatMap((trigger) => createTrigger(side, pawlTable(cutover, TOKEN_TABLE), trigger)),
  ]);

/** Without full images an update that leaves a long value alone would overwrite it with a placeholder on the other side. */
const fullIdentity = (side: Side, table: TableName): SqlAction =>
  owner(
    side,
    `an update of ${table.plain} carries the whole old row, long values included`,
    `alter table ${table.quoted} replica identity full`,
    `select relreplident = 'f' from pg_class where oid = ${regclass(table)}`,
  );

const publication = (cutover: CutoverBindings, side: Side): readonly SqlAction[] => {
  const name = cutover.streams[streamFrom(side)].publication;
  const tables = publishedTables(cutover);
  const list = tables.map(({ quoted }) => quoted).join(", ");
  const members = [...tables].map(({ plain }) => plain).sort();
  return [
    owner(
      side,
      `what ${side} sends`,
      `create publication ${name} for table ${list}`,
      `select exists (select from pg_publication where pubname = ${quoteText(name)})`,
    ),
    owner(
      side,
      `what ${side} sends, and nothing else`,
      `alter publication ${name} set table ${list}`,
      `select coalesce(array_agg(schemaname || '.' || tablename order by (schemaname || '.' || tablename) collate "C"), '{}') ` +
        `= array[${members.map(quoteText).join(", ")}]::text[] from pg_publication_tables where pubname = ${quoteText(name)}`,
    ),
  ];
};

export const publicationsPhase = (cutover: CutoverBindings): readonly PlanAction[] =>
  SIDES.flatMap((side) => [
    ...publishedTables(cutover).map((table) => fullIdentity(side, table)),
    ...publication(cutover, side),
  ]);
