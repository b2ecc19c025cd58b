import * as client from "@aws-sdk/client-cloudwatch";
import { later, MINUTE_MS, minuteOf } from "../../../src/kernel/units.ts";
import type { AlarmTransition, AwsService, LabContext, MetricDatum, ResourceProvider } from "../contracts.ts";
import { LabTimers } from "../lab-timers.ts";
import type { MetricSink } from "../metric-sink.ts";
import { schemaService } from "../wire/schema-service.ts";
import { AlarmBook } from "./alarm-book.ts";
import { alarmOperations } from "./alarm-operations.ts";
import { alarmResources } from "./alarm-resource.ts";
import { readEmbeddedMetrics } from "./embedded-metrics.ts";
import { getMetricData } from "./get-metric-data.ts";
import { MetricStore } from "./metric-store.ts";
import { putMetricData } from "./put-metric-data.ts";
import { cloudwatchRights } from "./rights.ts";

/** Alarms are seen to change 35 to 80 s after the end of the period that decided (aws.md 2, delay). */
const EVALUATED_AFTER_MINUTE_MS = 35_000;
/** Metrics of Lambda and those in function logs show some seconds after they were measured. */
const PUBLISHED_AFTER_MS = 10_000;

export interface CloudWatch extends MetricSink {
  readonly service: AwsService;
  readonly resources: ResourceProvider;
  readonly store: MetricStore;
  /** Tells of every change of an alarm's state, whoever caused it. @returns what takes the listener off again. */
  onTransition(listener: (transition: AlarmTransition) => void): () => void;
  /** A mute rule comes into force, as an operator's maintenance would have it. @returns what ends it. */
  muteAlarms(rule: string, alarmNames: readonly string[]): () => void;
  /** Judges all alarms now. The account does so once a minute of lab time by itself, unless told not to. */
  evaluateAlarms(): void;
  stop(): void;
}

export interface CloudWatchOptions {
  /** Datapoints on a page of GetMetricData. */
  readonly pageDatapoints?: number;
  /** false: alarms are judged only when `evaluateAlarms` is called, for specs with a clock of their own. */
  readonly evaluateByItself?: boolean;
}

export const createCloudWatch = (context: LabContext, options: CloudWatchOptions = {}): CloudWatch => {
  const { clock } = context;
  const store = new MetricStore(clock);
  const book = new AlarmBook(store, clock);
  const timers = new LabTimers(clock);
  const evaluateEveryMinute = (): void => {
    const next = later(minuteOf(clock.now()), MINUTE_MS + EVALUATED_AFTER_MINUTE_MS);
    timers.at(next, () => {
      book.evaluate();
      evaluateEveryMinute();
    });
  };
  if (options.evaluateByItself !== false) evaluateEveryMinute();
  return {
    store,
    service: schemaService({
      service: "monitoring",
      protocol: "json",
      target: "GraniteServiceVersion20100801",
      client,
      needs: cloudwatchRights,
      operations: {
        GetMetricData: getMetricData(store, options.pageDatapoints ?? 30),
        PutMetricData: putMetricData(store, clock),
        ...alarmOperations(book),
      },
    }),
    resources: alarmResources(book),
    publish: (datum: MetricDatum) =>
      store.put({
        ...datum,
        samples: [{ value: datum.value, count: 1 }],
        visibleAt: later(datum.at, PUBLISHED_AFTER_MS),
      }),
    publishEmf: (line) => {
      for (const publication of readEmbeddedMetrics(line))
        store.put({ ...publication, visibleAt: later(publication.at, PUBLISHED_AFTER_MS) });
    },
    onTransition: (listener) => book.onTransition(listener),
    muteAlarms: (rule, alarmNames) => book.mute(rule, alarmNames),
    evaluateAlarms: () => book.evaluate(),
    stop: () => timers.stop(),
  };
};
