import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import middy from "@middy/core";

const logger = new Logger({ serviceName: "pawl" });
const metrics = new Metrics({ namespace: "Pawl", serviceName: "pawl" });

/** What a function says about its own work: keys for every further line, one line, one number about the guard. */
export interface Telemetry {
  /** Stands on every line from here to the end of the invocation. */
  about(keys: { readonly cutover?: string; readonly T?: string; readonly epoch?: number }): void;
  tell(level: "info" | "error", message: string, facts: object): void;
  seconds(name: string, value: number): void;
  milliseconds(name: string, value: number): void;
  /** One more of something, by dimension, e.g. decisions by cutover and kind. */
  count(name: string, dimensions: Readonly<Record<string, string>>): void;
}

const telemetry: Telemetry = {
  about: (keys) => logger.appendKeys({ ...keys }),
  tell: (level, message, facts) => logger[level](message, { ...facts }),
  seconds: (name, value) => metrics.addMetric(name, MetricUnit.Seconds, value),
  milliseconds: (name, value) => metrics.addMetric(name, MetricUnit.Milliseconds, value),
  count: (name, dimensions) => {
    const single = metrics.singleMetric();
    single.addDimensions({ ...dimensions });
    single.addMetric(name, MetricUnit.Count, 1);
  },
};

/**
 * A Lambda handler: parse, then run, with the log keys of one invocation never leaking into the next. `remainingMs` is
 * the real time until the hard kill.
 * middy's early time-out is off on purpose: it would answer while the work goes on, and the frozen process would take
 * it up again in the next invocation. The hard kill ends it.
 */
export const functionShell = <Event, Outcome>(
  parse: (event: unknown) => Event,
  run: (event: Event, telemetry: Telemetry, remainingMs: () => number) => Promise<Outcome>,
) =>
  middy<unknown, Outcome>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (event, context) => {
      try {
        return await run(parse(event), telemetry, () => context.getRemainingTimeInMillis());
      } catch (error) {
        logger.error("The invocation failed.", error as Error);
        throw error;
      } finally {
        if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      }
    });
