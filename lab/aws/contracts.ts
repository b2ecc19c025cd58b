import type { EpochMs } from "../../src/kernel/units.ts";
import type { LabClock } from "../clock.ts";

export const LAB_ACCOUNT_ID = "000000000000";
export const LAB_REGION = "us-east-1";

/** A right that a call needs: an IAM action on one resource, an ARN or `*`, and the condition keys that it carries. */
export interface NeededRight {
  readonly action: string;
  readonly resource: string;
  /** By lower-case name; a key that is not here is absent. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export type NeededRights = (call: AwsCall, action: string) => readonly NeededRight[] | null;

/** Who signed the call: the access key id names a role (or the operator); the lab gives each its own. */
export interface Caller {
  readonly accessKeyId: string;
  readonly name: string;
  /** AWS's sentence where the caller may not do this; a caller without it may do everything: the account's operator. */
  readonly refusal?: (right: NeededRight) => string | null;
}

/** One AWS call as it came in. `service` is the signing name of its credential scope: `monitoring`, `dynamodb`, … */
export interface AwsCall {
  readonly caller: Caller;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** One AWS service behind the gateway. It refuses what it does not know; it never ignores input. */
export interface AwsService {
  /** Signing name: `elasticloadbalancing`, `monitoring`, `dynamodb`, `lambda`, `sns`, `sqs`. */
  readonly service: string;
  handle(call: AwsCall): Promise<AwsAnswer>;
  /**
   * The rights that a call needs, all of them, as the service authorization reference lists them (aws.md 7, IAM).
   * Null, or no such answer at all, where the lab does not know; then only callers who may do everything get through.
   */
  readonly needs?: NeededRights;
}

/** What a created resource answers to `Ref` and `Fn::GetAtt`. */
export interface CreatedResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Creates the template's resources of some types. @throws on a property it does not know, naming type and property. */
export interface ResourceProvider {
  readonly types: readonly string[];
  create(logicalId: string, type: string, properties: Readonly<Record<string, unknown>>): Promise<CreatedResource>;
}

/** A transition of an alarm, as CloudWatch would tell a Lambda action, SNS and EventBridge. */
export interface AlarmTransition {
  readonly alarmArn: string;
  readonly alarmName: string;
  readonly from: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly to: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly at: EpochMs;
  readonly reason: string;
  /** The actions of the new state; empty where `ActionsEnabled` is false. */
  readonly actionArns: readonly string[];
  /** The payload of a direct Lambda action (source, alarmArn, accountId, time, region, alarmData). */
  readonly directEvent: Readonly<Record<string, unknown>>;
  /** The EventBridge event; sent whether actions are enabled or not. */
  readonly bridgeEvent: Readonly<Record<string, unknown>>;
  /** What an SNS action publishes, as JSON in the text of its `Message`. */
  readonly snsMessage: Readonly<Record<string, unknown>>;
}

/** One datum published to CloudWatch. */
export interface MetricDatum {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly at: EpochMs;
  readonly value: number;
}

export interface LabContext {
  readonly clock: LabClock;
  /** Where the lab may write (logs, sockets, deployed bundles); removed with the lab. */
  readonly dir: string;
  /** One line for the lab's own log. */
  readonly log: (line: string) => void;
}
