import { fail, type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import { durationMs } from "../kernel/units.ts";
import { type ConnectorConfig, configText, withPasswords } from "./connectors.ts";
import type { ConnectorAction, TopicsAction } from "./plan-types.ts";
import type { CdcPorts, ConnectorStatus } from "./ports.ts";

const CALL_MS = durationMs(15_000);
const RUNNING_WITHIN_MS = 60_000;
const POLL_MS = 250;

type Step = Result<"done" | "already", string>;

export const createTopics = async (ports: CdcPorts, { topics }: TopicsAction): Promise<Step> => {
  const there = await ports.broker.topics(topics, CALL_MS);
  if (!there.ok) return fail(there.failure.message);
  if (there.value.length === topics.length) return ok("already");
  const made = await ports.broker.createTopics(topics, CALL_MS);
  return made.ok ? ok("done") : fail(made.failure.message);
};

/** What would make this connector run again, or null where waiting is all there is to do. */
const remedyFor = (
  { state }: ConnectorStatus,
  ports: CdcPorts,
  name: string,
): (() => Promise<Result<void, OutsideFailure>>) | null => {
  if (state === "FAILED") return () => ports.connect.restartFailed(name, CALL_MS);
  if (state === "PAUSED" || state === "STOPPED") return () => ports.connect.resume(name, CALL_MS);
  return null;
};

type Seen =
  | "running"
  | { readonly failed: string }
  | { readonly mend: ReturnType<typeof remedyFor>; readonly state: string };

const look = async (ports: CdcPorts, name: string, mayMend: boolean): Promise<Seen> => {
  const status = await ports.connect.status(name, CALL_MS);
  if (!status.ok) return { failed: status.failure.message };
  const { state, tasksRunning, trace } = status.value;
  if (state === "RUNNING" && tasksRunning === 1) return "running";
  if (state === "FAILED" && !mayMend) return { failed: `connector ${name} FAILED: ${trace ?? "no trace"}` };
  return { mend: mayMend ? remedyFor(status.value, ports, name) : null, state };
};

/**
 * Waits until a connector and its task run. What FAILED long ago is restarted once: Connect never does, and the reason
 * may have been mended since. A new one is let run into its error, so that the error is what gets shown.
 */
const untilRunning = async (ports: CdcPorts, name: string, isNew: boolean): Promise<Result<void, string>> => {
  const giveUpAt = ports.stopwatch.elapsedMs() + RUNNING_WITHIN_MS;
  let mayMend = !isNew;
  for (;;) {
    const seen = await look(ports, name, mayMend);
    if (seen === "running") return ok(undefined);
    if ("failed" in seen) return fail(seen.failed);
    if (ports.stopwatch.elapsedMs() > giveUpAt)
      return fail(`connector ${name} is ${seen.state} after ${RUNNING_WITHIN_MS / 1_000} s`);
    if (seen.mend !== null) {
      mayMend = false;
      const mended = await seen.mend();
      if (!mended.ok) return fail(mended.failure.message);
      // A status of before the change is still served for a moment.
      await ports.stopwatch.pause(POLL_MS * 4);
    }
    await ports.stopwatch.pause(POLL_MS);
  }
};

const isOne = (found: ConnectorConfig, wanted: readonly (ConnectorConfig | undefined)[]): boolean =>
  wanted.some((config) => config !== undefined && configText(config) === configText(found));

export const putConnector = async (
  ports: CdcPorts,
  { name, config, orElse }: ConnectorAction,
  passwords: { readonly source: string; readonly sink: string },
): Promise<Step> => {
  const found = await ports.connect.config(name, CALL_MS);
  if (!found.ok) return fail(found.failure.message);
  const already = found.value !== null && isOne(found.value, [config, orElse]);
  if (!already) {
    const put = await ports.connect.putConfig(name, withPasswords(config, passwords), CALL_MS);
    if (!put.ok) return fail(put.failure.message);
    // A status of before the change is still served for a moment.
    await ports.stopwatch.pause(POLL_MS * 4);
  }
  const running = await untilRunning(ports, name, !already);
  return running.ok ? ok(already ? "already" : "done") : running;
};
