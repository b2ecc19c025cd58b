import { join } from "node:path";
import {
  type AwsService,
  type Caller,
  type CreatedResource,
  LAB_ACCOUNT_ID,
  LAB_REGION,
  type LabContext,
  type ResourceProvider,
} from "../contracts.ts";
import type { IssuedKey } from "../gateway/callers.ts";
import type { Roles } from "../iam/roles.ts";
import type { MetricSink } from "../metric-sink.ts";
import type { Queues } from "../sqs/queues.ts";
import type { DroppedEvent } from "./asynchronous-queue.ts";
import { locateHandler, unpack } from "./deployment-package.ts";
import { deadLetterAttributes, destinationRecord } from "./dropped-event.ts";
import type { EnvironmentSpec } from "./environment.ts";
import { EVENT_INVOKE_TYPE, eventInvokeConfig } from "./event-invoke-config.ts";
import { FUNCTION_TYPE, type FunctionConfig, functionConfig } from "./function-config.ts";
import { FunctionLog } from "./function-log.ts";
import { invokeApi } from "./invoke-api.ts";
import { functionArn, type InvocationRecord, LambdaFunction } from "./lambda-function.ts";
import { PERMISSION_TYPE, permits, readPermission, type ServiceCaller } from "./resource-policy.ts";

const RECENT_INVOCATIONS = 5_000;
const SOURCE_FUNCTION = "lambda:sourcefunctionarn";

/** What Lambda does in the role's name to give a function an address in a network. */
const NETWORK_ACTIONS = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/** And to keep what it prints: without them nothing is logged, and nobody is told. */
const LOG_ACTIONS = ["logs:CreateLogStream", "logs:PutLogEvents"];
const logStream = (name: string): string =>
  `arn:aws:logs:${LAB_REGION}:${LAB_ACCOUNT_ID}:log-group:/aws/lambda/${name}:log-stream:lab`;

export interface LambdaSpec {
  readonly context: LabContext;
  readonly gatewayUrl: string;
  readonly issueKey: (name: string, refusal: Caller["refusal"]) => IssuedKey;
  readonly metrics: MetricSink;
  readonly roles: Roles;
  readonly queues: Queues;
  /** Told of every environment's process, so that it ends with the lab however the lab ends. */
  readonly adopt: EnvironmentSpec["adopt"];
}

/** Fetches an object of the deployment bucket. @throws where there is none. */
export type PackageSource = (key: string) => Uint8Array;

/** The account's functions. */
export class Lambda {
  /** Invoke, behind the gateway. */
  readonly api: AwsService;
  readonly #spec: LambdaSpec;
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #recent: InvocationRecord[] = [];

  constructor(spec: LambdaSpec) {
    this.#spec = spec;
    this.api = invokeApi((nameOrArn) => this.find(nameOrArn));
  }

  /** @param nameOrArn - `pawl-tick` or its ARN. */
  find(nameOrArn: string): LambdaFunction | undefined {
    return this.#functions.get(nameOrArn.slice(nameOrArn.lastIndexOf(":") + 1));
  }

  /** The newest attempts of all functions, oldest first, at most 5,000. */
  invocations(): readonly InvocationRecord[] {
    return this.#recent;
  }

  /**
   * A service starts a function asynchronously on somebody's behalf. Without a permission nothing happens and nobody is
   * told, as on AWS (aws.md 3), unless the service itself keeps what it could not hand over; the lab's own log says so.
   * @returns why the event was not accepted; null where it was.
   */
  acceptFrom(caller: ServiceCaller, functionArn: string, event: unknown): Hole | null {
    const target = this.find(functionArn);
    const hole = holeOf(target?.permissions, caller, functionArn);
    if (hole === null) target?.accept(JSON.stringify(event));
    else this.#spec.context.log(`lambda: ${hole.message}; nothing is started`);
    return hole;
  }

  /** Creates functions, whose code `packages` holds, their permissions and their asynchronous settings. */
  provider(packages: PackageSource): ResourceProvider {
    return {
      types: [FUNCTION_TYPE, PERMISSION_TYPE, EVENT_INVOKE_TYPE],
      create: async (logicalId, type, properties) => {
        if (type === PERMISSION_TYPE) return this.#createPermission(logicalId, properties);
        if (type === EVENT_INVOKE_TYPE) return this.#createEventInvoke(logicalId, properties);
        return this.#createFunction(functionConfig(logicalId, properties), packages);
      },
    };
  }

  /** Kills every environment. */
  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
  }

  async #createFunction(config: FunctionConfig, packages: PackageSource): Promise<CreatedResource> {
    const { context, issueKey, gatewayUrl, metrics, roles, adopt } = this.#spec;
    if (this.#functions.has(config.name)) throw new Error(`the function ${config.name} exists already`);
    const role = roles.find(config.roleArn);
    if (role === undefined) throw new Error(`${config.name}: the role ${config.roleArn} does not exist`);
    if (config.deadLetterArn !== null) this.#demandRight(config, "sqs:SendMessage", config.deadLetterArn);
    if (config.inVpc) for (const action of NETWORK_ACTIONS) this.#demandRight(config, action, "*");
    const directory = join(context.dir, "functions", config.name);
    unpack(packages(config.codeKey), directory);
    const created = new LambdaFunction({
      context,
      config,
      directory,
      gatewayUrl,
      adopt,
      boot: { clock: context.clock, ...locateHandler(directory, config.handler) },
      // Calls of the function's own code name the function; what Lambda does for it does not.
      credentials: issueKey(role.name, ({ context: carried, ...right }) =>
        role.rights.refusal(
          { ...right, context: { ...carried, [SOURCE_FUNCTION]: functionArn(config.name) } },
          config.name,
        ),
      ),
      log: new FunctionLog(context.dir, config.name, {
        publishEmf: (line) => metrics.publishEmf(line),
        mayWrite: () =>
          LOG_ACTIONS.every(
            (action) => role.rights.refusal({ action, resource: logStream(config.name) }, config.name) === null,
          ),
      }),
      publish: (datum) => metrics.publish(datum),
      record: (record) => this.#record(record),
      dropped: (of, event) => this.#dropped(of, event),
    });
    this.#functions.set(config.name, created);
    return { ref: config.name, attributes: { Arn: created.arn } };
  }

  #createPermission(logicalId: string, raw: Readonly<Record<string, unknown>>): CreatedResource {
    const permission = readPermission(logicalId, raw);
    this.#demand(permission.FunctionName).permissions.push(permission);
    return { ref: logicalId, attributes: { Id: logicalId } };
  }

  #createEventInvoke(logicalId: string, raw: Readonly<Record<string, unknown>>): CreatedResource {
    const { functionName, config } = eventInvokeConfig(logicalId, raw);
    const target = this.#demand(functionName);
    if (config.onFailureArn !== null) this.#demandRight(target.config, "sqs:SendMessage", config.onFailureArn);
    target.eventInvoke = config;
    return { ref: logicalId, attributes: {} };
  }

  #demand(nameOrArn: string): LambdaFunction {
    const found = this.find(nameOrArn);
    if (found === undefined) throw new Error(`the function ${nameOrArn} does not exist`);
    return found;
  }

  /** AWS checks, when a setting is made, that the function's role has the rights it takes. */
  #demandRight(config: FunctionConfig, action: string, resource: string): void {
    const refusal = this.#spec.roles.refusal(config.roleArn, "lambda.amazonaws.com", action, resource);
    if (refusal !== null) throw new Error(`${config.name}: ${refusal}`);
  }

  #record(record: InvocationRecord): void {
    this.#recent.push(record);
    if (this.#recent.length > RECENT_INVOCATIONS) this.#recent.shift();
  }

  #dropped(of: LambdaFunction, event: DroppedEvent): void {
    const { context, metrics, queues, roles } = this.#spec;
    const at = context.clock.now();
    const { name, deadLetterArn } = of.config;
    const { onFailureArn } = of.eventInvoke;
    context.log(`lambda: ${name} gave up the event ${event.requestId}: ${event.condition}`);
    const dimensions = { FunctionName: name };
    metrics.publish({ namespace: "AWS/Lambda", metric: "AsyncEventsDropped", dimensions, at, value: 1 });
    const send = (queueArn: string, body: string, attributes: Readonly<Record<string, string>>): void => {
      const refusal = roles.refusal(of.config.roleArn, "lambda.amazonaws.com", "sqs:SendMessage", queueArn);
      if (refusal === null) queues.send(queueArn, body, attributes);
      else context.log(`lambda: ${refusal}; the event is gone`);
    };
    if (deadLetterArn !== null) send(deadLetterArn, event.payload, deadLetterAttributes(event));
    if (onFailureArn !== null) send(onFailureArn, destinationRecord(of.arn, event, at), {});
  }
}

/** Why a service could not start a function, in its own word and in ours. */
interface Hole {
  readonly code: "NO_RESOURCE" | "NO_PERMISSIONS";
  readonly message: string;
}

const holeOf = (
  permissions: LambdaFunction["permissions"] | undefined,
  caller: ServiceCaller,
  functionArn: string,
): Hole | null => {
  const what = `${caller.principal} of ${caller.sourceArn} → ${functionArn}`;
  if (permissions === undefined) return { code: "NO_RESOURCE", message: `${what}: no such function` };
  return permits(permissions, caller) ? null : { code: "NO_PERMISSIONS", message: `${what}: no permission` };
};
