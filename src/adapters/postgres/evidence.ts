import type { DatabasePort } from "../../cdc/ports.ts";
import { ok } from "../../kernel/result.ts";
import { oneRow } from "./one-row.ts";
import type { Session } from "./session.ts";
import { TIMELINE } from "./timeline.ts";

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

/**
 * With `track_activities` off a session tells neither what it does nor since when. That it is in a transaction its lock on
 * itself tells, and one of an unknown age counts as an old one.
 */
const UNTOLD =
  "state = 'disabled' and exists (select from pg_locks l " +
  "where l.pid = a.pid and l.locktype = 'virtualxid' and l.granted)";

export const evidence = (session: Session): Pick<DatabasePort, "slot" | "identity" | "openTransactions" | "holds"> => ({
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
    const row = await oneRow<{ system: string; timeline: number }>(
      session,
      "system identifier",
      `select (select system_identifier::text from pg_control_system()) as system,
         ${TIMELINE} as timeline`,
    );
    return row.ok ? ok({ systemIdentifier: row.value.system, timeline: row.value.timeline }) : row;
  },
  openTransactions: async (exceptRoles, olderThanMs) => {
    const row = await oneRow<{ open: number }>(
      session,
      "open transactions",
      `select ((select count(*) from pg_stat_activity a where datname = current_database() and backend_type = 'client backend'
          and pid <> pg_backend_pid() and usename <> all ($1::text[]) and state is distinct from 'idle'
          and (xact_start <= clock_timestamp() - $2 * interval '1 millisecond' or ${UNTOLD}))
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
