import type { Observation, Observations, SignalValue } from "../signals/observation.ts";
import type { MinuteReadings, Readings } from "./snapshot.ts";

/** `{green: {requests: 12}}` out of `{"green.requests": 12}`; what has no value is explained in `absent`. */
export const merged = (metrics: MinuteReadings | undefined, ...instants: readonly Observations[]): Readings => {
  const values: Values = {};
  const absent: Record<string, string> = { ...metrics?.absent };
  for (const path in metrics?.values) put(values, path, metrics.values[path] ?? Number.NaN);
  for (const each of instants) putInstants(values, absent, each);
  return { values, absent };
};

type Values = Record<string, Record<string, SignalValue>>;

const putInstants = (values: Values, absent: Record<string, string>, instants: Observations): void => {
  for (const path in instants) {
    const seen = instants[path] as Observation;
    if (seen.known) {
      put(values, path, seen.value);
      // Stryker disable next-line ConditionalExpression: deleting what is not there does nothing, and takes time
      if (Object.hasOwn(absent, path)) delete absent[path];
    } else absent[path] = seen.reason;
  }
};

const put = (values: Values, path: string, value: SignalValue): void => {
  const [group, name] = partsOf(path);
  const members = Object.hasOwn(values, group) ? values[group] : undefined;
  if (members === undefined) values[group] = { [name]: value };
  else members[name] = value;
};

/** Signal paths are few, and taken apart a thousand times an hour; those of a recording may be any. */
const knownParts = new Map<string, readonly [group: string, name: string]>();
const MOST_KNOWN_PARTS = 1_000;

const partsOf = (path: string): readonly [group: string, name: string] => {
  const known = knownParts.get(path);
  // Stryker disable next-line ConditionalExpression: what was remembered is what is found again
  if (known !== undefined) return known;
  const dot = path.indexOf(".");
  const parts = dot < 0 ? ([path, ""] as const) : ([path.slice(0, dot), path.slice(dot + 1)] as const);
  // Stryker disable next-line ConditionalExpression,EqualityOperator,CallExpression: how much is remembered changes no answer
  if (knownParts.size < MOST_KNOWN_PARTS) knownParts.set(path, parts);
  return parts;
};
