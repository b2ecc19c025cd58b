import type { AdminDatabasePort, DatabasePort, SeedRow, Token } from "../../cdc/ports.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../../kernel/result.ts";
import type { Side } from "../../signals/bindings.ts";
import { readFacts } from "./catalogue.ts";
import { rowReads } from "./rows.ts";
import { scramVerifier } from "./scram.ts";
import { readSequences } from "./sequences.ts";
import { openSession, type Row, type Session } from "./session.ts";

type Outcome<Value> = Promise<Result<Value, OutsideFailure>>;

/** For queries that always answer one row. */
const one = async <As extends Row>(
  session: Session,
  what: string,
  sql: string,
  values: readonly unknown[] = [],
): Outcome<As> => {
  const result = await session.query<As>(what, sql, values);
  if (!result.ok) return result;
  const [row] = result.value;
  return row === undefined ? outsideFailure("malformed", `PostgreSQL, ${what}: no row`) : ok(row);
};

interface TokenRow {
  readonly [column: string]: unknown;
  readonly n: string;
  readonly at: string;
}

const TOKEN = "n::text as n, (extract(epoch from written_at) * 1000)::bigint::text as at";
const tokenOf = ({ n, at }: TokenRow): Token => ({ n: Number(n), writtenAtMs: Number(at) });

const tokens = (session: Session): Pick<DatabasePort, "writeToken" | "readToken" | "now"> => ({
  writeToken: async (table, stream) => {
    const row = await one<TokenRow>(
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
    const row = await one<{ at: string; wal: string }>(
      session,
      "clock and log position",
      `select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as at, (pg_current_wal_lsn() - '0/0')::text as wal`,
    );
    return row.ok ? ok({ atMs: Number(row.value.at), wal: BigInt(row.value.wal) }) : row;
  },
});

interface SlotRow {
  readonly [column: string]: unknown;
  readonly active: boolean;
  readonly wal_status: string | null;
  readonly invalidation: string | null;
  readonly confirmed: string | null;
  readonly retained: string | null;
  readonly safe: string | null;
}

/** `invalidation_reason` is unknown before PostgreSQL 17: taken from the row as JSON it is simply absent there. */
const SLOT = `select active, wal_status, to_jsonb(s) ->> 'invalidation_reason' as invalidation,
  (confirmed_flush_lsn - '0/0')::text as confirmed, (pg_current_wal_lsn() - restart_lsn)::text as retained,
  safe_wal_size::text as safe from pg_replication_slots s where slot_name = $1`;

const evidence = (session: Session): Pick<DatabasePort, "slot" | "identity" | "openTransactions" | "holds"> => ({
  slot: async (name) => {
    const rows = await session.query<SlotRow>(`slot ${name}`, SLOT, [name]);
    if (!rows.ok) return rows;
    const [row] = rows.value;
    if (row === undefined) return ok(null);
    return ok({
      name,
      active: row.active,
      walStatus: row.wal_status ?? "unknown",
      invalidation: row.invalidation,
      confirmed: row.confirmed === null ? null : BigInt(row.confirmed),
      retainedBytes: Math.max(0, Number(row.retained ?? 0)),
      safeBytes: row.safe === null ? null : Number(row.safe),
    });
  },
  identity: async () => {
    const row = await one<{ system: string; timeline: number }>(
      session,
      "system identifier",
      `select (select system_identifier::text from pg_control_system()) as system,
         (select timeline_id from pg_control_checkpoint()) as timeline`,
    );
    return row.ok ? ok({ systemIdentifier: row.value.system, timeline: row.value.timeline }) : row;
  },
  openTransactions: async (exceptRoles, olderThanMs) => {
    const row = await one<{ open: number }>(
      session,
      "open transactions",
      `select ((select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
          and pid <> pg_backend_pid() and usename <> all ($1::text[]) and state is distinct from 'idle'
          and xact_start <= clock_timestamp() - $2 * interval '1 millisecond')
        + (select count(*) from pg_prepared_xacts where database = current_database()
          and prepared <= clock_timestamp() - $2 * interval '1 millisecond'))::int as open`,
      [exceptRoles, olderThanMs],
    );
    return row.ok ? ok(row.value.open) : row;
  },
  holds: async (sql) => {
    const rows = await session.query("a condition", sql);
    if (!rows.ok) return rows;
    return ok(Object.values(rows.value[0] ?? {})[0] === true);
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
