import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { EpochMs } from "../../../src/kernel/units.ts";
import type { AwsAnswer, AwsCall, AwsService, LabContext } from "../contracts.ts";
import { AwsFault, faultAnswer, type Protocol, protocolOf } from "../wire/fault.ts";
import { CallerRegistry, readCredential } from "./callers.ts";
import { FaultMenu } from "./faults.ts";

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const RECENT_CALLS = 5_000;

/** One call as the gateway saw it; `status` is null while it runs and where the answer was lost on purpose. */
export interface RecordedCall {
  readonly at: EpochMs;
  readonly caller: string;
  readonly service: string;
  readonly action: string;
  status: number | null;
}

/** Takes every call: who is it, what for, does a fault hit it, what does the service say. */
export class FrontDesk {
  readonly callers = new CallerRegistry();
  readonly faults = new FaultMenu();
  readonly recent: RecordedCall[] = [];
  readonly usage = new Map<string, Map<string, number>>();
  readonly #services = new Map<string, AwsService>();
  readonly #context: LabContext;

  constructor(context: LabContext) {
    this.#context = context;
  }

  register(service: AwsService): void {
    if (this.#services.has(service.service)) throw new Error(`the service ${service.service} is registered already`);
    this.#services.set(service.service, service);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = headersOf(request);
    const body = await bodyOf(request);
    const protocol = protocolOf({ headers });
    const admitted = this.#admit(headers);
    if (admitted instanceof AwsFault) return send(response, refuse(protocol, admitted), this.#context);
    const path = request.url ?? "/";
    const call = { ...admitted, method: request.method ?? "GET", path, headers, body };
    const action = actionOf(call);
    const record = this.#record(call, action);
    const effect = this.faults.hit({ service: call.service, action, caller: call.caller.name });
    if (effect?.kind === "down") return void request.socket.destroy();
    if (effect?.kind === "throttle")
      return send(response, refuse(protocol, throttled(protocol)), this.#context, record);
    if (effect?.kind === "apply-late") await pause(effect.ms);
    const answer = await this.#answer(call, protocol);
    if (effect?.kind === "lose-answer") return;
    if (effect?.kind === "delay") await pause(effect.ms);
    send(response, answer, this.#context, record);
  }

  #admit(headers: AwsCall["headers"]): Pick<AwsCall, "caller" | "service"> | AwsFault {
    const credential = readCredential(headers["authorization"]);
    if (credential === null) return new AwsFault("MissingAuthenticationToken", "Missing Authentication Token", 403);
    const caller = this.callers.find(credential.accessKeyId);
    if (caller !== undefined) return { caller, service: credential.service };
    const isQuery = protocolOf({ headers }) === "query";
    return new AwsFault(
      isQuery ? "InvalidClientTokenId" : "UnrecognizedClientException",
      `The security token included in the request is invalid${isQuery ? "" : "."}`,
      isQuery ? 403 : 400,
    );
  }

  #record(call: AwsCall, action: string): RecordedCall {
    const { service, caller } = call;
    const record = { at: this.#context.clock.now(), caller: caller.name, service, action, status: null };
    this.recent.push(record);
    if (this.recent.length > RECENT_CALLS) this.recent.shift();
    const used = this.usage.get(caller.name) ?? new Map<string, number>();
    used.set(`${service}:${action}`, (used.get(`${service}:${action}`) ?? 0) + 1);
    this.usage.set(caller.name, used);
    return record;
  }

  /** Every right that the call needs is asked for, as AWS does before it looks at anything else. */
  #denial(service: AwsService, call: AwsCall): AwsFault | null {
    const { refusal } = call.caller;
    if (refusal === undefined) return null;
    const protocol = protocolOf(call);
    const needed = service.needs?.(call, actionOf(call)) ?? null;
    if (needed === null)
      return accessDenied(
        call.service,
        protocol,
        `The lab does not know which right ${call.service} ${actionOf(call)} needs.`,
      );
    const refusals = needed.map((right) => refusal(right)).filter((each) => each !== null);
    return refusals[0] === undefined ? null : accessDenied(call.service, protocol, refusals[0]);
  }

  async #answer(call: AwsCall, protocol: Protocol): Promise<AwsAnswer> {
    const service = this.#services.get(call.service);
    if (service === undefined)
      return refuse(protocol, new AwsFault("InvalidAction", `The lab has no service named ${call.service}.`));
    try {
      const denied = this.#denial(service, call);
      return denied === null ? await service.handle(call) : refuse(protocol, denied);
    } catch (error) {
      if (error instanceof AwsFault) return refuse(protocol, error);
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#context.log(`gateway: ${call.service} ${actionOf(call)} failed: ${reason}`);
      return refuse(protocol, new AwsFault("InternalFailure", "An internal error occurred.", 500));
    }
  }
}

/** Each service refuses in its own words (aws.md 7, IAM): Elastic Load Balancing, SNS, and those that speak JSON. */
const accessDenied = (service: string, protocol: Protocol, message: string): AwsFault => {
  if (service === "sns") return new AwsFault("AuthorizationError", message, 403);
  if (protocol === "query") return new AwsFault("AccessDenied", message, 403);
  return new AwsFault("AccessDeniedException", message, protocol === "rest" ? 403 : 400);
};

/** aws.md 1, Throttling; each protocol's services spell it their own way. */
const throttled = (protocol: Protocol): AwsFault =>
  new AwsFault(protocol === "query" ? "Throttling" : "ThrottlingException", "Rate exceeded");

const refuse = (protocol: Protocol, fault: AwsFault): AwsAnswer =>
  faultAnswer(protocol, { type: fault.code, queryCode: fault.code, message: fault.message, status: fault.status });

/** The action's name, wherever the protocol carries it; method and path for the services that speak REST. */
const actionOf = (call: AwsCall): string => {
  const target = call.headers["x-amz-target"];
  if (target !== undefined) return target.slice(target.lastIndexOf(".") + 1);
  if (protocolOf(call) === "query") return new URLSearchParams(call.body.toString("utf8")).get("Action") ?? "";
  return `${call.method} ${call.path}`;
};

const headersOf = (request: IncomingMessage): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return headers;
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    const chunk = part as Buffer;
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`a request body of more than ${MAX_BODY_BYTES} bytes was dropped`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
};

const send = (response: ServerResponse, answer: AwsAnswer, context: LabContext, record?: RecordedCall): void => {
  if (record !== undefined) record.status = answer.status;
  if (response.destroyed) return;
  const body = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body;
  // The lab's date, not the machine's: an SDK whose `Date` is scaled would else conclude that its clock is skewed.
  const date = new Date(context.clock.now()).toUTCString();
  const requestId = randomUUID();
  response.writeHead(answer.status, {
    "x-amzn-requestid": requestId,
    ...answer.headers,
    date,
    "content-length": body.length,
  });
  response.end(body);
};
