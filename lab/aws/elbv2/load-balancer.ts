import type { Action, RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { type EpochMs, earlier } from "../../../src/kernel/units.ts";
import type { LabClock } from "../../clock.ts";
import type { Received } from "../wire/received.ts";

export type RuleAction = Received<Action>;
export type Condition = Received<RuleCondition>;

/** A listener rule as it is held: actions and conditions already in the full form that Describe shows. */
export interface RuleRecord {
  readonly arn: string;
  readonly listenerArn: string;
  readonly priority: number | "default";
  readonly conditions: readonly Condition[];
  readonly actions: readonly RuleAction[];
}

export interface Target {
  /** An address, as of target type `ip`. */
  readonly id: string;
  readonly port: number;
}

export type TargetState = "initial" | "healthy" | "unhealthy";

/** A registered target; the data plane's health checks write its state, `DescribeTargetHealth` reads it. */
export interface TargetRecord extends Target {
  state: TargetState;
  reason: string;
}

export interface TargetGroupRecord {
  readonly arn: string;
  readonly name: string;
  readonly healthCheckPath: string;
  readonly attributes: Readonly<Record<string, string>>;
  targets: readonly TargetRecord[];
}

export interface ListenerRecord {
  readonly arn: string;
  readonly port: number;
}

interface Version {
  readonly at: EpochMs;
  readonly rules: readonly RuleRecord[];
}

const HISTORY_MS = 120_000;

/** One load balancer: what its API writes and its data plane obeys. Rules are kept with their recent past. */
export class LoadBalancer {
  readonly arn: string;
  readonly listeners: readonly ListenerRecord[];
  readonly targetGroups: readonly TargetGroupRecord[];
  readonly createdAt: EpochMs;
  readonly #clock: LabClock;
  #versions: Version[];

  constructor(
    clock: LabClock,
    of: {
      readonly arn: string;
      readonly listeners: readonly ListenerRecord[];
      readonly targetGroups: readonly TargetGroupRecord[];
      readonly rules: readonly RuleRecord[];
    },
  ) {
    this.#clock = clock;
    this.arn = of.arn;
    this.listeners = of.listeners;
    this.targetGroups = of.targetGroups;
    this.createdAt = clock.now();
    this.#versions = [{ at: this.createdAt, rules: of.rules }];
  }

  /** `app/<name>/<id>`, the value of CloudWatch's `LoadBalancer` dimension (aws.md 2). */
  get dimension(): string {
    return this.arn.slice(this.arn.indexOf("loadbalancer/") + "loadbalancer/".length);
  }

  get name(): string {
    return this.dimension.split("/")[1] ?? "";
  }

  /** The rules as last written. */
  get rules(): readonly RuleRecord[] {
    return this.#versions.at(-1)?.rules ?? [];
  }

  /** The rules as they stood `behindMs` of lab time ago, at most two minutes: what something that lags still sees. */
  rulesBehind(behindMs: number): readonly RuleRecord[] {
    if (behindMs <= 0) return this.rules;
    const at = earlier(this.#clock.now(), behindMs);
    return (this.#versions.findLast((version) => version.at <= at) ?? this.#versions[0])?.rules ?? [];
  }

  write(rules: readonly RuleRecord[]): void {
    const now = this.#clock.now();
    const forgotten = this.#versions.findLastIndex((version) => version.at <= earlier(now, HISTORY_MS));
    this.#versions = [...this.#versions.slice(Math.max(0, forgotten)), { at: now, rules }];
  }

  targetGroup(arn: string): TargetGroupRecord | undefined {
    return this.targetGroups.find((group) => group.arn === arn);
  }

  /** A group that no rule forwards to is not health-checked (aws.md 1, removing green from every rule). */
  isInUse(targetGroupArn: string): boolean {
    return this.rules.some((rule) => forwardedTo(rule.actions).some((group) => group.arn === targetGroupArn));
  }
}

/** `targetgroup/<name>/<id>`, the value of CloudWatch's `TargetGroup` dimension (aws.md 2). */
export const targetGroupDimension = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

export const forwardedTo = (
  actions: readonly RuleAction[],
): readonly { readonly arn: string; readonly weight: number }[] =>
  actions.flatMap((action) =>
    (action.ForwardConfig?.TargetGroups ?? []).map((group) => ({
      arn: group.TargetGroupArn ?? "",
      weight: group.Weight ?? 1,
    })),
  );
