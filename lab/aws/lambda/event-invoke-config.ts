import { closed, propertiesReader, TEXT } from "../resource-properties.ts";
import { DEFAULT_RETRY_RULES, type RetryRules } from "./asynchronous-queue.ts";

export const EVENT_INVOKE_TYPE = "AWS::Lambda::EventInvokeConfig";

interface EventInvokeProperties {
  readonly FunctionName: string;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination: string } };
}

export interface EventInvokeConfig extends RetryRules {
  /** Queue that is told, with request and error, of every event that was given up. */
  readonly onFailureArn: string | null;
}

export const DEFAULT_EVENT_INVOKE: EventInvokeConfig = { ...DEFAULT_RETRY_RULES, onFailureArn: null };

const readEventInvoke = propertiesReader<EventInvokeProperties>(
  EVENT_INVOKE_TYPE,
  closed(
    {
      FunctionName: TEXT,
      Qualifier: { enum: ["$LATEST"] },
      MaximumRetryAttempts: { type: "integer", minimum: 0, maximum: 2 },
      MaximumEventAgeInSeconds: { type: "integer", minimum: 60, maximum: 21_600 },
      DestinationConfig: closed({
        OnFailure: closed({ Destination: { type: "string", pattern: "^arn:aws:sqs:" } }, ["Destination"]),
      }),
    },
    ["FunctionName", "Qualifier"],
  ),
);

export const eventInvokeConfig = (
  logicalId: string,
  raw: Readonly<Record<string, unknown>>,
): { readonly functionName: string; readonly config: EventInvokeConfig } => {
  const properties = readEventInvoke(logicalId, raw);
  return {
    functionName: properties.FunctionName,
    config: {
      maximumRetryAttempts: properties.MaximumRetryAttempts ?? DEFAULT_RETRY_RULES.maximumRetryAttempts,
      maximumEventAgeSeconds: properties.MaximumEventAgeInSeconds ?? DEFAULT_RETRY_RULES.maximumEventAgeSeconds,
      onFailureArn: properties.DestinationConfig?.OnFailure?.Destination ?? null,
    },
  };
};
