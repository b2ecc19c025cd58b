import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { StatementFailure } from "../../cdc/ports.ts";
import { fail, type OutsideFailure, ok, outsideFailure, type Result } from "../../kernel/result.ts";

/** Everything that turns a value into text says it the same way on both servers and in every session. */
const SESSION_SETTINGS = [
  "set timezone = 'UTC'",
  "set datestyle = 'ISO, YMD'",
  "set intervalstyle = 'postgres'",
  "set extra_float_digits = 1",
  "set bytea_output = 'hex'",
  "set lc_monetary = 'C'",
].join("; ");

const REST_AFTER_FAILURE_MS = 1_000;
const FAREWELL_MS = 1_000;

/** Codes of PostgreSQL that mean "not now". */
const LOCK_NOT_AVAILABLE = "55P03";
const QUERY_CANCELED = "57014";
const PASSING = new Set(["40P01", "40001", "55006"]);

export type Row = Readonly<Record<string, unknown>>;

/** pg bounds a single query so; its types do not know it. */
interface BoundedQuery extends pg.QueryConfig {
  readonly query_timeout: number;
}

/** How much later than the server the client gives up waiting: the server's own words say more. */
const ANSWER_MS = 1_000;

/** One connection to one database: made when first needed, made again after it broke, given back by `close`. */
export interface Session {
  query<As extends Row>(
    what: string,
    sql: string,
    values?: readonly unknown[],
    /** Where it is to be another than the session's. */
    timeoutMs?: number,
  ): Promise<Result<readonly As[], OutsideFailure>>;
  execute(sql: string, lockTimeoutMs: number): Promise<Result<void, StatementFailure>>;
  close(): Promise<void>;
}

const codeOf = (error: unknown): string => (error instanceof pg.DatabaseError ? (error.code ?? "") : "");

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);

const outsideOf = (what: string, error: unknown): ReturnType<typeof outsideFailure> => {
  const message = `PostgreSQL, ${what}: ${messageOf(error)}`;
  if (codeOf(error) === QUERY_CANCELED || /timeout/i.test(messageOf(error)))
    return outsideFailure("timed-out", message);
  if (error instanceof pg.DatabaseError) return outsideFailure("refused", message);
  return outsideFailure("unreachable", message);
};

const statementFailureOf = (error: unknown): StatementFailure => {
  const message = messageOf(error);
  const code = codeOf(error);
  if (code === LOCK_NOT_AVAILABLE) return { kind: "locked", message };
  if (PASSING.has(code)) return { kind: "conflicted", message };
  if (code === QUERY_CANCELED || /timeout/i.test(message)) return { kind: "timed-out", message };
  if (error instanceof pg.DatabaseError) return { kind: "refused", message };
  return { kind: "unreachable", message };
};

/**
 * @param url `postgres://user:password@host:port/database`; never logged.
 * @param name Shown in `pg_stat_activity`.
 * @param queryTimeoutMs The longest that one query may take.
 */
export const openSession = (url: string, name: string, queryTimeoutMs: number): Session => {
  let current: Promise<pg.Client> | null = null;
  let busy: Promise<unknown> = Promise.resolve();

  /** One connection serves one query at a time; whoever asks meanwhile stands in line. */
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const mine = busy.then(work);
    busy = mine.catch(() => undefined);
    return mine;
  };

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: Math.min(queryTimeoutMs, 5_000),
      query_timeout: queryTimeoutMs + ANSWER_MS,
      statement_timeout: queryTimeoutMs,
    });
    const forget = (): void => {
      current = null;
    };
    client.on("error", forget);
    client.on("end", forget);
    await client.connect();
    await client.query(SESSION_SETTINGS);
    statementTimeoutMs = queryTimeoutMs;
    return client;
  };

  /** What the connection cancels a statement after; told to it again only where that changes. */
  let statementTimeoutMs = queryTimeoutMs;
  const boundedBy = async (timeoutMs: number): Promise<pg.Client> => {
    const open = await client();
    if (timeoutMs !== statementTimeoutMs) await open.query(`set statement_timeout = ${Math.trunc(timeoutMs)}`);
    statementTimeoutMs = timeoutMs;
    return open;
  };

  let failure: { readonly error: unknown; readonly at: number } | null = null;

  /** A server that just did not answer is not asked again by everybody in the line: each would wait as long. */
  const client = async (): Promise<pg.Client> => {
    if (failure !== null && performance.now() - failure.at < REST_AFTER_FAILURE_MS) throw failure.error;
    current ??= connect();
    try {
      return await current;
    } catch (error) {
      current = null;
      failure = { error, at: performance.now() };
      throw error;
    }
  };

  /** A connection on which a query failed for any reason but its own is not used again. */
  const dropUnlessAnswered = async (error: unknown): Promise<void> => {
    if (error instanceof pg.DatabaseError) return;
    await close();
  };

  const close = async (): Promise<void> => {
    const closing = current;
    current = null;
    const open = await closing?.catch(() => null);
    // A server that hangs does not say goodbye either.
    await Promise.race([open?.end().catch(() => undefined), sleep(FAREWELL_MS, undefined, { ref: false })]);
  };

  return {
    query: <As extends Row>(
      what: string,
      sql: string,
      values: readonly unknown[] = [],
      timeoutMs: number = queryTimeoutMs,
    ) =>
      inTurn(async (): Promise<Result<readonly As[], OutsideFailure>> => {
        try {
          const bounded: BoundedQuery = { text: sql, values: [...values], query_timeout: timeoutMs + ANSWER_MS };
          const result = await (await boundedBy(timeoutMs)).query<As>(bounded);
          return ok(result.rows);
        } catch (error) {
          await dropUnlessAnswered(error);
          return outsideOf(what, error);
        }
      }),
    execute: (sql, lockTimeoutMs) =>
      inTurn(async (): Promise<Result<void, StatementFailure>> => {
        try {
          const open = await boundedBy(queryTimeoutMs);
          await open.query(`set lock_timeout = ${Math.trunc(lockTimeoutMs)}`);
          await open.query(sql);
          return ok(undefined);
        } catch (error) {
          await dropUnlessAnswered(error);
          return fail(statementFailureOf(error));
        }
      }),
    close,
  };
};
