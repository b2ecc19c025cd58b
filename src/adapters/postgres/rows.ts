import type { DatabasePort, RowDigest, TableRows } from "../../cdc/ports.ts";
import { ok } from "../../kernel/result.ts";
import type { Session } from "./session.ts";

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * The text of the row, column by column: physical order differs between two databases that grew differently. Half of the
 * hash tells two states of one row apart as surely as anything here, and it travels for every row.
 */
const digestOf = ({ columns }: TableRows): string =>
  columns.length === 0 ? "''" : `left(md5(row(${columns.map(columnOf).join(", ")})::text), 16)`;
/** Named with its table: an output of the same name would otherwise be what is sorted by. */
const columnOf = (name: string): string => `t.${quoted(name)}`;

const selectOf = (rows: TableRows): string =>
  `select ${columnOf(rows.key)}::text as key, ${digestOf(rows)} as digest from ${rows.table.quoted} as t`;

type DigestRow = RowDigest & { readonly [column: string]: unknown };

/**
 * How two databases are compared without agreeing on an order: collations differ, digests do not. Parameters take the
 * type of the key, so that its index is used; a key that is cast to text would have every row read for each slice.
 */
export const rowReads = (session: Session): Pick<DatabasePort, "columns" | "rowsAfter" | "rowsByKey"> => ({
  columns: async (table) => {
    const result = await session.query<{ name: string }>(
      `columns of ${table.plain}`,
      `select attname::text as name from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
       and attgenerated = '' order by attname collate "C"`,
      [table.quoted],
    );
    return result.ok ? ok(result.value.map(({ name }) => name)) : result;
  },
  rowsAfter: (rows, after, limit, timeoutMs) => {
    const key = columnOf(rows.key);
    const behind = after === null ? "" : ` where ${key} > $1`;
    return session.query<DigestRow>(
      `rows of ${rows.table.plain}`,
      `${selectOf(rows)}${behind} order by ${key} limit ${Math.trunc(limit)}`,
      after === null ? [] : [after],
      timeoutMs,
    );
  },
  rowsByKey: (rows, keys, timeoutMs) =>
    session.query<DigestRow>(
      `rows of ${rows.table.plain}`,
      `${selectOf(rows)} where ${columnOf(rows.key)} = any ($1)`,
      [keys],
      timeoutMs,
    ),
});
