import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Client, escapeIdentifier } from "pg";
import { valueHash } from "../shop/order.ts";
import type { DumpRow } from "./tables.ts";

const PAGE = 2_000;

/** Everything that decides how a value looks as text, so that both sides and both major versions write the same. */
const CANONICAL_TEXT = `
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set bytea_output = 'hex';
  set extra_float_digits = 1; set lock_timeout = '5s'; set statement_timeout = '60s'`;

interface Table {
  readonly name: string;
  readonly key: string;
  readonly columns: readonly string[];
}

/** Writes every row of every application table of one side, as of one instant, in key order. */
export const dumpSide = async (databaseUrl: string, path: string): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(CANONICAL_TEXT);
    await client.query("begin isolation level repeatable read read only");
    await pipeline(Readable.from(dumpLines(client)), createWriteStream(path));
  } finally {
    await client.end();
  }
};

async function* dumpLines(client: Client): AsyncGenerator<string> {
  for (const table of await applicationTables(client))
    for await (const row of dumpTable(client, table)) yield `${JSON.stringify(row)}\n`;
}

/** Tables and columns of the shop; what pawl adds is its own affair, and is named so. */
const applicationTables = async (client: Client): Promise<readonly Table[]> => {
  const { rows } = await client.query(`
    select c.relname as name, k.attname as key,
           array_agg(a.attname::text order by a.attname) filter (where not starts_with(a.attname::text, 'pawl_')) as columns
      from pg_class c
      join pg_index i on i.indrelid = c.oid and i.indisprimary and i.indnkeyatts = 1
      join pg_attribute k on k.attrelid = c.oid and k.attnum = i.indkey[0]
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'appdb'::regnamespace and c.relkind = 'r' and not starts_with(c.relname::text, 'pawl_')
     group by 1, 2 order by 1`);
  return rows;
};

async function* dumpTable(client: Client, { name, key, columns }: Table): AsyncGenerator<DumpRow> {
  const row = `row(${columns.map(escapeIdentifier).join(", ")})::text`;
  const facts = FACTS[name];
  const text = `
    select ${escapeIdentifier(key)}::text as key, encode(sha256(convert_to(${row}, 'UTF8')), 'hex') as sha256
           ${facts === undefined ? "" : `, version, side, ${facts.select}`}
      from appdb.${escapeIdentifier(name)} t
     where $1::text is null or ${escapeIdentifier(key)} > $1::${facts?.keyType ?? "text"}
     order by ${escapeIdentifier(key)} limit ${PAGE}`;
  let last: string | null = null;
  do {
    const { rows }: { rows: Record<string, unknown>[] } = await client.query(text, [last]);
    last = rows.length < PAGE ? null : String(rows.at(-1)?.["key"]);
    for (const { key: rowKey, version, side, sha256, ...rest } of rows)
      yield {
        key: `${name}/${rowKey}`,
        version: version === undefined ? null : Number(version),
        side: (side ?? null) as DumpRow["side"],
        sha256: String(sha256),
        ...facts?.of(rest),
      };
  } while (last !== null);
}

/** What the verdicts need to know of the shop's own tables. */
const FACTS: Readonly<
  Record<string, { keyType: string; select: string; of(row: Record<string, unknown>): Partial<DumpRow> }>
> = {
  orders: {
    keyType: "bigint",
    select: `ref, total, jsonb_build_object('customer', customer, 'status', status, 'quantity', quantity, 'note', note,
      'tags', tags, 'payload', payload, 'paid', paid, 'weight', weight, 'placedOn', placed_on::text,
      'attachment', encode(attachment, 'hex')) as content`,
    of: ({ ref, total, content }) => ({
      order: {
        ref: String(ref),
        total: String(total),
        valueHash: valueHash(String(ref), content as Parameters<typeof valueHash>[1]),
      },
    }),
  },
  order_events: {
    keyType: "uuid",
    select: `order_id as "order", kind, delta`,
    of: ({ order, kind, delta }) => ({
      event: { order: String(order), kind: kind as NonNullable<DumpRow["event"]>["kind"], delta: String(delta) },
    }),
  },
};
