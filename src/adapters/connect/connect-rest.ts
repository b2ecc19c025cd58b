import { type ConnectorState, type ConnectorStatus, type ConnectPort, worseOf } from "../../cdc/ports.ts";
import { cut } from "../../kernel/cut.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../../kernel/result.ts";
import type { DurationMs } from "../../kernel/units.ts";
import { CONNECTOR_STATES } from "../../signals/catalogue.ts";

interface Answer {
  readonly status: number;
  /** undefined where it is not JSON: whatever stands between pawl and Connect answers in HTML. */
  readonly body: unknown;
}

/** While the workers share out tasks they answer 409 to everything; that passes within seconds. */
const REBALANCE_RETRIES = 20;
const REBALANCE_PAUSE_MS = 250;
/** Of what Connect says, in signs. */
const LONGEST_WORDS = 300;

const worst = (states: readonly ConnectorState[]): ConnectorState => states.reduce(worseOf, "RUNNING");

/** A state that this version of pawl does not know is as bad as FAILED. */
const stateOf = (text: unknown): ConnectorState => CONNECTOR_STATES.find((state) => state === text) ?? "FAILED";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const parseStatus = (body: unknown): ConnectorStatus | null => {
  if (!isRecord(body) || !isRecord(body["connector"]) || !Array.isArray(body["tasks"])) return null;
  const tasks = body["tasks"].filter(isRecord);
  const own = stateOf(body["connector"]["state"]);
  const states = tasks.map((task) => stateOf(task["state"]));
  const failed = [body["connector"], ...tasks].find(
    ({ state, trace }) => state === "FAILED" && typeof trace === "string",
  );
  return {
    state: own === "RUNNING" && tasks.length === 0 ? "UNASSIGNED" : worst([own, ...states]),
    tasksRunning: states.filter((state) => state === "RUNNING").length,
    trace: failed === undefined ? null : rootCause(String(failed["trace"])),
  };
};

/** The last "Caused by" says what happened; the first line says only that a task was killed. */
const rootCause = (trace: string): string => {
  const causes = trace.split("\n").filter((line) => line.startsWith("Caused by: "));
  return cut(causes.at(-1)?.slice("Caused by: ".length) ?? trace.split("\n")[0] ?? "", LONGEST_WORDS);
};

const mask = (config: Record<string, unknown>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, /password|secret/i.test(key) ? "<masked>" : String(value)]),
  );

const EXACTLY_ONCE = "exactly.once.support";

/** No worker tells its own settings; but one that writes no transactions finds an error in a source that demands them. */
const acceptsTransactions = (configs: readonly unknown[]): boolean =>
  configs
    .filter(isRecord)
    .flatMap(({ value }) => (isRecord(value) ? [value] : []))
    .some(({ name, errors }) => name === EXACTLY_ONCE && Array.isArray(errors) && errors.length === 0);

const parsed = (text: string): unknown => {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What Connect says where it does not know the request itself: it is too old for it, or the address is not its own. */
const UNKNOWN_REQUEST = "HTTP 404 Not Found";

/** Whether Connect itself says that there is no such thing: a gateway without the route must not make it look deleted. */
const mayMeanAbsent = (body: unknown): boolean =>
  body === undefined || (isRecord(body) && body["error_code"] === 404 && body["message"] !== UNKNOWN_REQUEST);

const messageOf = (body: unknown): string => {
  if (body === undefined) return "and the answer is not JSON";
  return isRecord(body) && typeof body["message"] === "string"
    ? cut(body["message"].split("\n")[0] ?? "", LONGEST_WORDS)
    : "";
};

/** Kafka Connect's REST interface. Every call is bounded by its time-out; a 409 of a rebalance is asked again. */
export const connectRest = (baseUrl: string): ConnectPort => {
  const base = baseUrl.replace(/\/$/, "");

  const once = async (method: string, path: string, timeoutMs: number, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${base}${path}`, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: parsed(await response.text()) };
  };

  const settled = async (method: string, path: string, timeoutMs: number, body?: unknown): Promise<Answer> => {
    const giveUpAt = performance.now() + timeoutMs;
    for (let retries = REBALANCE_RETRIES; ; retries -= 1) {
      const answer = await once(method, path, Math.max(1, Math.ceil(giveUpAt - performance.now())), body);
      const mayAskAgain = retries > 0 && performance.now() + REBALANCE_PAUSE_MS < giveUpAt;
      if (answer.status !== 409 || !mayAskAgain) return answer;
      await new Promise((resolve) => setTimeout(resolve, REBALANCE_PAUSE_MS));
    }
  };

  const ask = async (
    method: string,
    path: string,
    timeoutMs: DurationMs,
    body?: unknown,
  ): Promise<Result<Answer, OutsideFailure>> => {
    const what = `Kafka Connect, ${method} ${path}`;
    try {
      const answer = await settled(method, path, timeoutMs, body);
      const isFine = answer.status < 400 || (answer.status === 404 && mayMeanAbsent(answer.body));
      if (isFine && answer.body !== undefined) return ok(answer);
      return outsideFailure(isFine ? "malformed" : "refused", `${what}: ${answer.status} ${messageOf(answer.body)}`);
    } catch (error) {
      return failureOf(what, error, timeoutMs);
    }
  };

  /** For acts on something that may be gone already: then there is nothing left to do. */
  const act = async (
    method: string,
    path: string,
    timeoutMs: DurationMs,
    absentIsDone: boolean,
    body?: unknown,
  ): Promise<Result<void, OutsideFailure>> => {
    const answer = await ask(method, path, timeoutMs, body);
    if (!answer.ok) return answer;
    if (answer.value.status !== 404 || absentIsDone) return ok(undefined);
    return outsideFailure("not-found", `Kafka Connect, ${method} ${path}: ${messageOf(answer.value.body)}`);
  };

  const of = (name: string, rest = ""): string => `/connectors/${encodeURIComponent(name)}${rest}`;

  return {
    status: async (name, timeoutMs) => {
      const answer = await ask("GET", of(name, "/status"), timeoutMs);
      if (!answer.ok) return answer;
      if (answer.value.status === 404) return ok({ state: "ABSENT", tasksRunning: 0, trace: null });
      const status = parseStatus(answer.value.body);
      return status === null
        ? outsideFailure("malformed", `Kafka Connect, status of ${name}: no connector and tasks in it`)
        : ok(status);
    },
    config: async (name, timeoutMs) => {
      const answer = await ask("GET", of(name, "/config"), timeoutMs);
      if (!answer.ok) return answer;
      if (answer.value.status === 404) return ok(null);
      return isRecord(answer.value.body)
        ? ok(mask(answer.value.body))
        : outsideFailure("malformed", `Kafka Connect, configuration of ${name}: not an object`);
    },
    plugins: async (timeoutMs) => {
      const answer = await ask("GET", "/connector-plugins", timeoutMs);
      if (!answer.ok) return answer;
      return Array.isArray(answer.value.body)
        ? ok(answer.value.body.filter(isRecord).map((plugin) => String(plugin["class"])))
        : outsideFailure("malformed", "Kafka Connect, list of plugins: not a list");
    },
    writesTransactions: async (plugin, timeoutMs) => {
      const asked = { "connector.class": plugin, [EXACTLY_ONCE]: "required" };
      const answer = await ask("PUT", `/connector-plugins/${plugin}/config/validate`, timeoutMs, asked);
      if (!answer.ok) return answer;
      const { body } = answer.value;
      return isRecord(body) && Array.isArray(body["configs"])
        ? ok(acceptsTransactions(body["configs"]))
        : outsideFailure("malformed", `Kafka Connect, validation of ${plugin}: no list of settings`);
    },
    putConfig: (name, config, timeoutMs) => act("PUT", of(name, "/config"), timeoutMs, false, config),
    stop: (name, timeoutMs) => act("PUT", of(name, "/stop"), timeoutMs, true),
    resume: (name, timeoutMs) => act("PUT", of(name, "/resume"), timeoutMs, false),
    restartFailed: (name, timeoutMs) =>
      act("POST", of(name, "/restart?includeTasks=true&onlyFailed=true"), timeoutMs, false),
    resetOffsets: (name, timeoutMs) => act("DELETE", of(name, "/offsets"), timeoutMs, true),
    remove: (name, timeoutMs) => act("DELETE", of(name), timeoutMs, true),
  };
};

const failureOf = (what: string, error: unknown, timeoutMs: number): ReturnType<typeof outsideFailure> => {
  if (error instanceof Error && error.name === "TimeoutError")
    return outsideFailure("timed-out", `${what}: no answer within ${timeoutMs} ms`);
  return outsideFailure("unreachable", `${what}: ${causeOf(error)}`);
};

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
