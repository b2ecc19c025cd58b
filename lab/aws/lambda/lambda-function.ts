import { randomBytes, randomUUID } from "node:crypto";
import type { EpochMs } from "../../../src/kernel/units.ts";
import { LAB_ACCOUNT_ID, LAB_REGION, type LabContext, type MetricDatum } from "../contracts.ts";
import { AsynchronousQueue, type DroppedEvent } from "./asynchronous-queue.ts";
import type { EnvironmentSpec } from "./environment.ts";
import { DEFAULT_EVENT_INVOKE, type EventInvokeConfig } from "./event-invoke-config.ts";
import type { FunctionConfig } from "./function-config.ts";
import type { FunctionLog } from "./function-log.ts";
import { attemptMetrics } from "./function-metrics.ts";
import type { Boot } from "./messages.ts";
import { type Attempt, FunctionPool, UNRESERVED_CONCURRENCY } from "./pool.ts";
import type { Permission } from "./resource-policy.ts";

/** One attempt to run a function, as the lab saw it. */
export interface InvocationRecord {
  readonly functionName: string;
  readonly requestId: string;
  /** Lab time at which the attempt began. */
  readonly at: EpochMs;
  /** JSON text. */
  readonly payload: string;
  readonly attempt: Attempt;
}

export interface FunctionSpec {
  readonly context: LabContext;
  readonly config: FunctionConfig;
  readonly boot: Boot;
  readonly directory: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly gatewayUrl: string;
  readonly log: FunctionLog;
  readonly adopt: EnvironmentSpec["adopt"];
  readonly publish: (datum: MetricDatum) => void;
  readonly record: (record: InvocationRecord) => void;
  readonly dropped: (of: LambdaFunction, event: DroppedEvent) => void;
}

export const functionArn = (name: string): string => `arn:aws:lambda:${LAB_REGION}:${LAB_ACCOUNT_ID}:function:${name}`;

/** One deployed function: its environments, its asynchronous queue, and who may start it. */
export class LambdaFunction {
  readonly config: FunctionConfig;
  readonly arn: string;
  readonly permissions: Permission[] = [];
  eventInvoke: EventInvokeConfig = DEFAULT_EVENT_INVOKE;
  readonly #spec: FunctionSpec;
  readonly #pool: FunctionPool;
  readonly #queue: AsynchronousQueue;

  constructor(spec: FunctionSpec) {
    this.#spec = spec;
    this.config = spec.config;
    this.arn = functionArn(spec.config.name);
    this.#pool = new FunctionPool({
      boot: spec.boot,
      directory: spec.directory,
      variables: variablesOf(spec),
      memoryMiB: spec.config.memoryMiB,
      onLine: (line) => spec.log.write(line),
      adopt: spec.adopt,
      functionArn: this.arn,
      timeoutMs: spec.config.timeoutSeconds * 1000,
      concurrency: spec.config.reservedConcurrency ?? UNRESERVED_CONCURRENCY,
    });
    this.#queue = new AsynchronousQueue({
      context: spec.context,
      rules: () => this.eventInvoke,
      isSwitchedOff: () => this.#pool.concurrency === 0,
      attempt: (event) => this.#attempt(event),
      dropped: (event) => spec.dropped(this, event),
    });
  }

  /** Runs the event now and waits for its outcome. @param payload - JSON text. */
  invoke(payload: string): Promise<Attempt> {
    return this.#attempt({ requestId: randomUUID(), payload });
  }

  /** Accepts the event for later. @returns the request id that all its attempts carry. */
  accept(payload: string): string {
    const requestId = randomUUID();
    this.#queue.accept({ requestId, payload, acceptedAt: this.#spec.context.clock.now() });
    return requestId;
  }

  duplicateNext(count: number): void {
    this.#queue.duplicateNext(count);
  }

  pids(): readonly number[] {
    return this.#pool.pids();
  }

  async stop(): Promise<void> {
    this.#queue.stop();
    await this.#pool.stop();
    this.#spec.log.close();
  }

  async #attempt(event: { readonly requestId: string; readonly payload: string }): Promise<Attempt> {
    const { config, context, log, publish, record } = this.#spec;
    const at = context.clock.now();
    log.write(`START RequestId: ${event.requestId} Version: $LATEST`);
    const attempt = await this.#pool.invoke({ ...event, traceId: traceId(at) });
    log.write(`REPORT RequestId: ${event.requestId}\t${summaryOf(attempt)}`);
    record({ functionName: config.name, ...event, at, attempt });
    for (const datum of attemptMetrics(config.name, context.clock.now(), attempt)) publish(datum);
    return attempt;
  }
}

const summaryOf = (attempt: Attempt): string => {
  if (attempt.kind === "throttled") return "throttled";
  const duration = `Duration: ${attempt.durationMs.toFixed(2)} ms (real)`;
  return attempt.kind === "answered"
    ? duration
    : `${duration}\t${attempt.error.errorType}: ${attempt.error.errorMessage}`;
};

const traceId = (at: EpochMs): string => {
  const seconds = Math.floor(at / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
};

/** The template's variables, and those that Lambda itself sets; nothing of the lab's own environment. */
const variablesOf = ({ config, credentials, directory, gatewayUrl }: FunctionSpec): Record<string, string> => ({
  AWS_ENDPOINT_URL: gatewayUrl,
  ...config.environment,
  AWS_REGION: LAB_REGION,
  AWS_DEFAULT_REGION: LAB_REGION,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
  AWS_LAMBDA_FUNCTION_NAME: config.name,
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMiB),
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${config.name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: "lab",
  LAMBDA_TASK_ROOT: directory,
  LANG: "en_US.UTF-8",
  PATH: "/usr/local/bin:/usr/bin:/bin",
  TZ: ":UTC",
  _HANDLER: config.handler,
});
