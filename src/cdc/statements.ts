import { fail, ok, type Result } from "../kernel/result.ts";
import { durationMs } from "../kernel/units.ts";
import type { Side } from "../signals/bindings.ts";
import type { SqlAction } from "./plan-types.ts";
import type { CdcPorts } from "./ports.ts";

/** While a statement waits for its lock, the application's queries queue behind it: so it waits shortly, and often. */
const LOCK_TIMEOUT_MS = durationMs(250);
const ATTEMPTS = 120;
const PAUSE_MS = 400;

/** Runs one statement, again whenever its lock was not free. */
export const executePatiently = async (
  ports: CdcPorts,
  side: Side,
  sql: string,
  onAgain: (because: string) => void,
): Promise<Result<void, string>> => {
  for (let attempt = 1; ; attempt += 1) {
    const done = await ports.databases[side].execute(sql, LOCK_TIMEOUT_MS);
    if (done.ok) return ok(undefined);
    const { kind, message } = done.failure;
    const passing = kind === "locked" || kind === "conflicted";
    if (!passing || attempt >= ATTEMPTS) return fail(`${side}: ${message}`);
    onAgain(message);
    await ports.stopwatch.pause(PAUSE_MS);
  }
};

/** Runs one statement of a plan unless there is nothing left for it to do. */
export const runStatement = async (
  ports: CdcPorts,
  action: SqlAction,
  onAgain: (because: string) => void,
): Promise<Result<"done" | "already", string>> => {
  if (action.unless !== undefined) {
    const already = await ports.databases[action.side].holds(action.unless);
    if (!already.ok) return fail(already.failure.message);
    if (already.value) return ok("already");
  }
  const done = await executePatiently(ports, action.side, action.sql, onAgain);
  return done.ok ? ok("done") : done;
};
