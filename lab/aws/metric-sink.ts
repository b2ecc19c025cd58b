import type { MetricDatum } from "./contracts.ts";

/** Where the account's services publish; the lab's CloudWatch is one. */
export interface MetricSink {
  publish(datum: MetricDatum): void;
  /** One line of a function's log in CloudWatch's embedded metric format. */
  publishEmf(line: string): void;
}
