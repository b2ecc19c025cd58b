import type { CutoverBindings, Side } from "../signals/bindings.ts";
import { publishedTables, quoteText, regclass, SIDES, streamFrom, type TableName } from "./names.ts";
import { owner, type PlanAction, type SqlAction } from "./plan-types.ts";

/** Without full images an update that leaves a long value alone would overwrite it with a placeholder on the other side. */
const fullIdentity = (side: Side, table: TableName): SqlAction =>
  owner(
    side,
    `an update of ${table.plain} carries the whole old row, long values included`,
    `alter table ${table.quoted} replica identity full`,
    `select relreplident = 'f' from pg_class where oid = ${regclass(table)}`,
  );

/** Whole rows of all tables: a row filter, a list of columns or an operation left out keeps rows back without any error. */
const publication = (cutover: CutoverBindings, side: Side): readonly SqlAction[] => {
  const name = cutover.streams[streamFrom(side)].publication;
  const tables = publishedTables(cutover);
  const list = tables.map(({ quoted }) => quoted).join(", ");
  const members = [...tables].map(({ plain }) => plain).sort();
  const named = `pubname = ${quoteText(name)}`;
  return [
    owner(
      side,
      `what ${side} sends`,
      `create publication ${name} for table ${list}`,
      `select exists (select from pg_publication where ${named})`,
    ),
    owner(
      side,
      `what ${side} sends, whole rows and nothing else`,
      `alter publication ${name} set table ${list}`,
      `select (select coalesce(array_agg(schemaname || '.' || tablename order by (schemaname || '.' || tablename) collate "C"), '{}') ` +
        `= array[${members.map(quoteText).join(", ")}]::text[] from pg_publication_tables where ${named}) ` +
        "and not exists (select from pg_publication_rel join pg_publication p on p.oid = prpubid " +
        `where ${named} and (prqual is not null or prattrs is not null))`,
    ),
    owner(
      side,
      `what ${side} sends, deletes and updates too`,
      `alter publication ${name} set (publish = 'insert, update, delete, truncate')`,
      `select exists (select from pg_publication where ${named} and pubinsert and pubupdate and pubdelete)`,
    ),
  ];
};

export const publicationsPhase = (cutover: CutoverBindings): readonly PlanAction[] =>
  SIDES.flatMap((side) => [
    ...publishedTables(cutover).map((table) => fullIdentity(side, table)),
    ...publication(cutover, side),
  ]);

/**
 * A condition: all of a side's writes get into its stream, and whole. What a subscription of PostgreSQL's own applies does not:
 * it has an origin.
 */
export const sendsAll = (cutover: CutoverBindings, side: Side): string => {
  const tables = publishedTables(cutover).map(({ quoted }) => `(${quoteText(quoted)})`);
  return [
    `not exists (select from (values ${tables.join(", ")}) as wanted (tbl) where not exists ` +
      "(select from pg_class where oid = to_regclass(tbl) and relreplident = 'f'))",
    `not exists (select from pg_subscription_rel join (values ${tables.join(", ")}) as sent (tbl) on srrelid = to_regclass(tbl))`,
    ...publication(cutover, side).flatMap(({ unless }) => (unless === undefined ? [] : [`(${unless})`])),
  ].join(" and ");
};
