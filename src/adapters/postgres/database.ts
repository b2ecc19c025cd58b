import type { AdminDatabasePort, DatabasePort, SeedRow, Token } from "../../cdc/ports.ts";
import { ok } from "../../kernel/result.ts";
import type { Side } from "../../signals/bindings.ts";
import { readFacts } from "./catalogue.ts";
import { evidence } from "./evidence.ts";
import { oneRow } from "./one-row.ts";
import { rowReads } from "./rows.ts";
import { scramVerifier } from "./scram.ts";
import { readSequences } from "./sequences.ts";
import { openSession, type Row, type Session } from "./session.ts";

interface TokenRow {
  readonly [column: string]: unknown;
  readonly n: string;
  readonly at: string;
}

const TOKEN = "n::text as n, (extract(epoch from written_at) * 1000)::bigint::text as at";
const tokenOf = ({ n, at }: TokenRow): Token => ({ n: Number(n), writtenAtMs: Number(at) });

const tokens = (session: Session): Pick<DatabasePort, "writeToken" | "readToken" | "now"> => ({
  writeToken: async (table, stream) => {
    const row = await oneRow<TokenRow>(
      session,
      `writing the token of ${stream}`,
      `insert into ${table.quoted} as t (stream, written_at, n) values ($1, clock_timestamp(), 1)
       on conflict (stream) do update set written_at = excluded.written_at, n = t.n + 1 returning ${TOKEN}`,
      [stream],
    );
    return row.ok ? ok(tokenOf(row.value)) : row;
  },
  readToken: async (table, stream) => {
    const rows = await session.query<TokenRow>(
      `reading the token of ${stream}`,
      `select ${TOKEN} from ${table.quoted} where stream = $1`,
      [stream],
    );
    if (!rows.ok) return rows;
    const [row] = rows.value;
    return ok(row === undefined ? null : tokenOf(row));
  },
  now: async () => {
    const row = await oneRow<{ at: string; wal: string }>(
      session,
      "clock and log position",
      `select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as at, (pg_current_wal_lsn() - '0/0')::text as wal`,
    );
    return row.ok ? ok({ atMs: Number(row.value.at), wal: BigInt(row.value.wal) }) : row;
  },
});

const records = (session: Session): Pick<DatabasePort, "seeds" | "conflicts" | "sequences"> => ({
  seeds: (table) => session.query<SeedRow & Row>("seeds", `select stream, facts from ${table.quoted} order by stream`),
  conflicts: async (table) => {
    const rows = await session.query<{ id: string }>(
      "conflicts",
      `select concat_ws('/', tbl, k, loser) as id from ${table.quoted}`,
    );
    return rows.ok ? ok(rows.value.map(({ id }) => id)) : rows;
  },
  sequences: (tables) => readSequences(session, tables),
});

const port = (session: Session, side: Side): DatabasePort => ({
  ...tokens(session),
  ...evidence(session),
  ...records(session),
  ...rowReads(session),
  facts: (tables) => readFacts(session, side, tables),
  execute: (sql, lockTimeoutMs) => session.execute(sql, lockTimeoutMs),
  close: () => session.close(),
});

/** The guard's view of one database. */
export const postgresDatabase = (url: string, side: Side, queryTimeoutMs: number): DatabasePort =>
  port(openSession(url, "pawl", queryTimeoutMs), side);

/** The administrator's view of one database; only `cdc apply` and `cdc plan` have it. */
export const postgresAdminDatabase = (url: string, side: Side, queryTimeoutMs: number): AdminDatabasePort => {
  const session = openSession(url, "pawl cdc", queryTimeoutMs);
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  return {
    ...port(session, side),
    setPassword: (role, password) =>
      session.execute(`alter role "${role}" password ${text(scramVerifier(password))}`, 1_000),
    writeSeed: (table, { stream, facts }) =>
      session.execute(
        `insert into ${table.quoted} (stream, facts) values (${text(stream)}, ${text(JSON.stringify(facts))}::jsonb)
         on conflict (stream) do update set seeded_at = clock_timestamp(), facts = excluded.facts`,
        1_000,
      ),
  };
};
