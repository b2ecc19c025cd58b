import { LAB_ACCOUNT_ID, LAB_REGION, type LabContext, type ResourceProvider } from "../contracts.ts";
import type { Lambda } from "../lambda/lambda.ts";
import { closed, propertiesReader, TEXT } from "../resource-properties.ts";
import type { Queues } from "../sqs/queues.ts";
import { type EventPattern, matches, readPattern } from "./pattern.ts";

const RULE_TYPE = "AWS::Events::Rule";

interface RuleProperties {
  readonly Name?: string;
  readonly State?: "ENABLED" | "DISABLED";
  readonly EventPattern: Readonly<Record<string, unknown>>;
  readonly Targets: readonly Target[];
}

interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly DeadLetterConfig?: { readonly Arn: string };
}

/** The account's default event bus and its rules; functions are the only targets it knows. */
export interface EventBus {
  readonly provider: ResourceProvider;
  /** Hands the event to the targets of every enabled rule that matches. @returns the names of those rules. */
  put(event: Readonly<Record<string, unknown>>): readonly string[];
  /** Switches a rule off or on, as an operator would. @throws where there is no such rule. */
  setEnabled(ruleName: string, enabled: boolean): void;
}

interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly pattern: EventPattern;
  readonly targets: readonly Target[];
  enabled: boolean;
}

const readRule = propertiesReader<RuleProperties>(
  RULE_TYPE,
  closed(
    {
      Name: { type: "string", pattern: "^[\\w.-]{1,64}$" },
      Description: { type: "string" },
      State: { enum: ["ENABLED", "DISABLED"] },
      EventPattern: { type: "object" },
      Targets: {
        type: "array",
        minItems: 1,
        maxItems: 5,
        items: closed(
          {
            Id: TEXT,
            Arn: { type: "string", pattern: "^arn:aws:lambda:" },
            DeadLetterConfig: closed({ Arn: { type: "string", pattern: "^arn:aws:sqs:" } }, ["Arn"]),
          },
          ["Id", "Arn"],
        ),
      },
    },
    ["EventPattern", "Targets"],
  ),
);

export const createEventBus = (
  context: LabContext,
  { lambda, queues }: { readonly lambda: Lambda; readonly queues: Queues },
): EventBus => {
  const rules = new Map<string, Rule>();
  return {
    provider: {
      types: [RULE_TYPE],
      create: async (logicalId, _type, raw) => {
        const properties = readRule(logicalId, raw);
        const name = properties.Name ?? logicalId;
        const arn = `arn:aws:events:${LAB_REGION}:${LAB_ACCOUNT_ID}:rule/${name}`;
        const pattern = readPattern(properties.EventPattern);
        rules.set(name, { name, arn, pattern, targets: properties.Targets, enabled: properties.State !== "DISABLED" });
        return { ref: name, attributes: { Arn: arn } };
      },
    },
    put: (event) => {
      const matching = [...rules.values()].filter(({ enabled, pattern }) => enabled && matches(pattern, event));
      for (const { arn, targets } of matching)
        for (const target of targets) hand({ lambda, queues }, arn, target, event);
      return matching.map(({ name }) => name);
    },
    setEnabled: (ruleName, enabled) => {
      const found = rules.get(ruleName);
      if (found === undefined) throw new Error(`the rule ${ruleName} does not exist`);
      found.enabled = enabled;
      context.log(`events: the rule ${ruleName} is ${enabled ? "enabled" : "disabled"}`);
    },
  };
};

/**
 * A missing permission or function is never retried: the event goes to the target's dead-letter queue at once, by that
 * queue's own policy, and is gone where there is none (*Using dead-letter queues*, EventBridge user guide).
 */
const hand = (
  { lambda, queues }: { readonly lambda: Lambda; readonly queues: Queues },
  ruleArn: string,
  { Arn: targetArn, DeadLetterConfig }: Target,
  event: Readonly<Record<string, unknown>>,
): void => {
  const caller = { principal: "events.amazonaws.com", sourceArn: ruleArn };
  const hole = lambda.acceptFrom(caller, targetArn, event);
  if (hole === null || DeadLetterConfig === undefined) return;
  const attributes = {
    RULE_ARN: ruleArn,
    TARGET_ARN: targetArn,
    ERROR_CODE: hole.code,
    ERROR_MESSAGE: hole.message,
  };
  queues.send(DeadLetterConfig.Arn, JSON.stringify(event), attributes, caller);
};
