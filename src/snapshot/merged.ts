import { oncePerText } from "../kernel/memo.ts";
import type { Observation, Observations, SignalValue } from "../signals/observation.ts";
import type { MinuteReadings, Readings } from "./snapshot.ts";

/** `{green: {requests: 12}}` out of `{"green.requests": 12}`; what has no value is explained in `absent`. */
export const merged = (metrics: MinuteReadings | undefined, ...instants: readonly Observations[]): Readings => {
  const values: Values = {};
  const absent: Record<string, string> = { ...metrics?.absent };
  const put = putInto(values);
  for (const path in metrics?.values) put(path, metrics.values[path] ?? Number.NaN);
  for (const each of instants) putInstants(put, absent, each);
  return { values, absent };
};

type Values = Record<string, Record<string, SignalValue>>;
type Put = (path: string, value: SignalValue) => void;

/** Signals come group by group: the group of the last one is nearly always that of the next. */
const putInto = (values: Values): Put => {
  let last: string | undefined;
  let members: Record<string, SignalValue> = {};
  return (path, value) => {
    const [group, name] = partsOf(path);
    if (group !== last) {
      members = (Object.hasOwn(values, group) ? values[group] : undefined) ?? {};
      values[group] = members;
      last = group;
    }
    members[name] = value;
  };
};

const putInstants = (put: Put, absent: Record<string, string>, instants: Observations): void => {
  for (const path in instants) {
    const seen = instants[path] as Observation;
    if (seen.known) {
      put(path, seen.value);
      // Stryker disable next-line ConditionalExpression: deleting what is not there does nothing, and takes time
      if (Object.hasOwn(absent, path)) delete absent[path];
    } else absent[path] = seen.reason;
  }
};

/** Taken apart a thousand times an hour. */
const partsOf = oncePerText((path): readonly [group: string, name: string] => {
  const dot = path.indexOf(".");
  return dot < 0 ? [path, ""] : [path.slice(0, dot), path.slice(dot + 1)];
});
