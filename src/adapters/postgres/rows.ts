import type { DatabasePort, RowDigest, TableRows } from "../../cdc/ports.ts";
import { ok } from "../../kernel/result.ts";
import type { Session } from "./session.ts";

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The text of the row, column by column: physical order differs between two databases that grew differently. */
const digestOf = ({ columns }: TableRows): string => `md5(row(${columns.map(quoted).join(", ")})::text)`;
const keyOf = ({ key }: TableRows): string => `${quoted(key)}::text`;
const bucketOf = (rows: TableRows): string => `substr(md5(${keyOf(rows)}), 1, 3)`;

type DigestRow = RowDigest & { readonly [column: string]: unknown };

/** How two databases are compared without either of them ordering its rows: collations differ, digests do not. */
export const rowReads = (
  session: Session,
): Pick<DatabasePort, "columns" | "bucketDigests" | "bucketRows" | "rowsByKey"> => ({
  columns: async (table) => {
    const result = await session.query<{ name: string }>(
      `columns of ${table.plain}`,
      `select attname::text as name from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
       and attgenerated = '' order by attname collate "C"`,
      [table.quoted],
    );
    return result.ok ? ok(result.value.map(({ name }) => name)) : result;
  },
  bucketDigests: async (rows) => {
    const result = await session.query<{ bucket: string; count: string; digest: string }>(
      `digests of ${rows.table.plain}`,
      `select ${bucketOf(rows)} as bucket, count(*)::text as count,
         sum(('x' || substr(${digestOf(rows)}, 1, 15))::bit(60)::bigint)::text as digest
       from ${rows.table.quoted} group by 1`,
    );
    if (!result.ok) return result;
    return ok(new Map(result.value.map(({ bucket, count, digest }) => [bucket, { count: Number(count), digest }])));
  },
  bucketRows: (rows, buckets) =>
    session.query<DigestRow>(
      `rows of ${rows.table.plain}`,
      `select ${keyOf(rows)} as key, ${digestOf(rows)} as digest from ${rows.table.quoted} where ${bucketOf(rows)} = any ($1::text[])`,
      [buckets],
    ),
  rowsByKey: (rows, keys) =>
    session.query<DigestRow>(
      `rows of ${rows.table.plain}`,
      `select ${keyOf(rows)} as key, ${digestOf(rows)} as digest from ${rows.table.quoted} where ${keyOf(rows)} = any ($1::text[])`,
      [keys],
    ),
});
