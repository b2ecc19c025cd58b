import { fail, ok, type Result } from "../kernel/result.ts";
import { durationMs } from "../kernel/units.ts";
import type { Side } from "../signals/bindings.ts";
import type { SqlAction } from "./plan-types.ts";
import type { CdcPorts } from "./ports.ts";

/** While a statement waits for its lock, the application's queries queue behind it: so it waits shortly, and often. */
const LOCK_TIMEOUT_MS = durationMs(250);
const ATTEMPTS = 120;
const PAUSE_MS = 400;

const held = (message: string): string =>
  `${message}; a transaction there holds the table, which pg_stat_activity or pg_prepared_xacts shows`;

/** Runs one statement, again whenever its lock was not free; once at least, and not again after `giveUpAt` by the stopwatch. */
export const executePatiently = async (
  ports: CdcPorts,
  side: Side,
  sql: string,
  onAgain: (because: string) => void,
  giveUpAt = Number.POSITIVE_INFINITY,
): Promise<Result<void, string>> => {
  for (let attempt = 1; ; attempt += 1) {
    const done = await ports.databases[side].execute(sql, LOCK_TIMEOUT_MS);
    if (done.ok) return ok(undefined);
    const { kind, message } = done.failure;
    const passing = kind === "locked" || kind === "conflicted";
    const isLast = attempt >= ATTEMPTS || ports.stopwatch.elapsedMs() + PAUSE_MS >= giveUpAt;
    if (!passing || isLast) return fail(`${side}: ${kind === "locked" ? held(message) : message}`);
    onAgain(message);
    await ports.stopwatch.pause(PAUSE_MS);
  }
};

/** Runs one statement of a plan unless there is nothing left for it to do. */
export const runStatement = async (
  ports: CdcPorts,
  action: SqlAction,
  onAgain: (because: string) => void,
  giveUpAt?: number,
): Promise<Result<"done" | "already", string>> => {
  if (action.unless !== undefined) {
    const already = await ports.databases[action.side].holds(action.unless);
    if (!already.ok) return fail(already.failure.message);
    if (already.value) return ok("already");
  }
  const done = await executePatiently(ports, action.side, action.sql, onAgain, giveUpAt);
  return done.ok ? ok("done") : done;
};
