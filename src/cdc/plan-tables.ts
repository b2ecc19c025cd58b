import type { CutoverBindings, Side } from "../signals/bindings.ts";
import {
  CONFLICT_TABLE,
  pawlTable,
  quoteText,
  regclass,
  SEED_TABLE,
  SIDES,
  type TableName,
  TOKEN_TABLE,
  TOMBSTONE_TABLE,
  tableName,
  VERSION_COLUMNS,
} from "./names.ts";
import { owner, type PlanAction, type SqlAction } from "./plan-types.ts";

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
