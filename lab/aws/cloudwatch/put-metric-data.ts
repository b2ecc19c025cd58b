import type { MetricDatum as DatumInput, PutMetricDataInput } from "@aws-sdk/client-cloudwatch";
import { epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import type { LabClock } from "../../clock.ts";
import { AwsFault } from "../wire/fault.ts";
import type { Received } from "../wire/received.ts";
import { metricId } from "./metric-queries.ts";
import type { MetricStore, Publication } from "./metric-store.ts";
import type { Sample } from "./statistics.ts";

const TWO_WEEKS_MS = 14 * 24 * 60 * MINUTE_MS;

const invalid = (message: string): AwsFault => new AwsFault("InvalidParameterValueException", message);
const combination = (message: string): AwsFault => new AwsFault("InvalidParameterCombinationException", message);

/** PutMetricData: all of a call's data, or none of them. */
export const putMetricData =
  (store: MetricStore, clock: LabClock) =>
  (input: Received<PutMetricDataInput>): object => {
    if (input.EntityMetricData !== undefined) throw invalid("The lab does not serve EntityMetricData");
    if (input.Namespace.startsWith("AWS/")) throw invalid("The value AWS/ for parameter Namespace is invalid.");
    const publications = (input.MetricData ?? []).map((datum): Publication => {
      const at = epochMs(datum.Timestamp?.getTime() ?? clock.now());
      if (Math.abs(at - clock.now()) > TWO_WEEKS_MS)
        throw invalid("The parameter Timestamp must be within the last two weeks.");
      const { MetricName, Dimensions = [], Unit } = datum;
      const of = metricId({ Namespace: input.Namespace, MetricName, Dimensions });
      return { ...of, at, samples: samplesOf(datum), ...(Unit === undefined ? {} : { unit: Unit }) };
    });
    for (const publication of publications) store.put(publication);
    return {};
  };

const samplesOf = ({ MetricName, Value, Values, Counts, StatisticValues }: Received<DatumInput>): readonly Sample[] => {
  if (StatisticValues !== undefined) throw invalid("The lab does not serve StatisticValues");
  if (Value !== undefined && Values === undefined && Counts === undefined) return [{ value: Value, count: 1 }];
  if (Value !== undefined || Values === undefined) throw combination(`${MetricName} needs either Value or Values`);
  if (Counts !== undefined && Counts.length !== Values.length)
    throw combination("Counts and Values must be of the same length");
  return Values.map((value, index) => ({ value, count: Counts?.[index] ?? 1 }));
};
