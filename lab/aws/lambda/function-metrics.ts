import type { MetricDatum } from "../contracts.ts";
import type { Attempt } from "./pool.ts";

/** What AWS/Lambda publishes about one attempt; zeros are published too, so that an alarm has something to see. */
export const attemptMetrics = (
  functionName: string,
  at: MetricDatum["at"],
  attempt: Attempt,
): readonly MetricDatum[] => {
  const datum = (metric: string, value: number): MetricDatum => ({
    namespace: "AWS/Lambda",
    metric,
    dimensions: { FunctionName: functionName },
    at,
    value,
  });
  if (attempt.kind === "throttled") return [datum("Throttles", 1)];
  return [
    datum("Invocations", 1),
    datum("Errors", attempt.kind === "failed" ? 1 : 0),
    datum("Throttles", 0),
    datum("Duration", attempt.durationMs),
  ];
};
