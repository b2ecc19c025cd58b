import { fromIso } from "../../kernel/instant.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kernel/json.ts";
import { type EpochMs, MINUTE_MS } from "../../kernel/units.ts";
import { didYouMean } from "../../policy/checks/did-you-mean.ts";
import { outOfRange, SIGNALS, type SignalPath, signalAt } from "../../signals/catalogue.ts";
import type { SignalValue } from "../../signals/observation.ts";
import { DECISIONS } from "../fixtures/fixture-file.ts";

/** One minute of a recording that somebody wrote by hand, or made from their own metrics. */
export interface PlainMinute {
  readonly line: number;
  /** Start of the minute; the tick that follows it, a minute later, is the first to know its metrics. */
  readonly at: EpochMs;
  /** Green's share in that minute. */
  readonly weight: number;
  readonly values: ReadonlyMap<SignalPath, SignalValue>;
  readonly absent: Readonly<Record<SignalPath, string>>;
  /** What was decided at the end of it, where the line says so. */
  readonly decision: string | null;
  readonly verdicts: Readonly<Record<string, string>>;
}

const VERDICTS = ["pass", "fail", "unknown"];
const GROUPS = [...new Set(Object.keys(SIGNALS).map((path) => path.slice(0, path.indexOf("."))))];
const OWN = ["at", "weight", "decision", "verdicts", "absent", "note"];

/** A time without a zone would mean another instant on every machine. */
const ZONED = /T.*(Z|[+-]\d{2}:?\d{2})$/;

/** @throws {RangeError} what is wrong with it and what to do. */
export const plainMinute = (line: JsonObject, number: number, weightBefore: number | null): PlainMinute => {
  const values = new Map<SignalPath, SignalValue>();
  const absent: Record<SignalPath, string> = {};
  for (const key in line) {
    if (OWN.includes(key)) continue;
    const group = line[key];
    if (!GROUPS.includes(key))
      throw new RangeError(`"${key}" is no group of signals.${didYouMean(key, [...GROUPS, ...OWN])}`);
    if (!isJsonObject(group)) throw new RangeError(`"${key}" is no group of signals such as {"requests": 120}`);
    for (const name in group) readSignal(`${key}.${name}`, group[name] ?? null, values, absent);
  }
  const reasons = absentIn(line["absent"]);
  const both = Object.keys(reasons).find((path) => values.has(path));
  if (both !== undefined)
    throw new RangeError(`"${both}" has a value, and "absent" says why it has none. Remove what is wrong`);
  return {
    line: number,
    at: startOf(line["at"]),
    weight: weightOf(line["weight"], weightBefore),
    values,
    absent: { ...absent, ...reasons },
    decision: decisionOf(line["decision"]),
    verdicts: verdictsOf(line["verdicts"]),
  };
};

const readSignal = (
  path: SignalPath,
  value: JsonValue,
  values: Map<SignalPath, SignalValue>,
  absent: Record<SignalPath, string>,
): void => {
  const signal = signalAt(path);
  if (signal === null) throw noSignal(path);
  const reason = outOfRange(signal, value);
  if (value === null) absent[path] = "null in the recording";
  else if (reason !== null) absent[path] = reason;
  else if (typeof value === "string" && signal.values?.includes(value) === false)
    throw new RangeError(`"${path}" is none of ${signal.values.join(", ")}.${didYouMean(value, signal.values)}`);
  else if (typeof value === (signal.type === "text" ? "string" : signal.type)) values.set(path, value as SignalValue);
  else throw new RangeError(`"${path}" is a ${signal.type}, not ${JSON.stringify(value).slice(0, 60)}`);
};

const noSignal = (path: string): RangeError =>
  new RangeError(`"${path.slice(0, 60)}" is no signal.${didYouMean(path, Object.keys(SIGNALS))}`);

const startOf = (written: JsonValue | undefined): EpochMs => {
  const at = typeof written === "string" && ZONED.test(written) ? fromIso(written) : null;
  if (at === null) throw new RangeError('"at" is no instant such as 2026-01-05T12:00:00Z');
  if (at % MINUTE_MS === 0) return at;
  throw new RangeError('"at" is within a minute. Give the start of the minute that the values speak for');
};

const weightOf = (written: JsonValue | undefined, before: number | null): number => {
  if (written === undefined && before !== null) return before;
  if (typeof written === "number" && Number.isInteger(written) && written >= 0 && written <= 100) return written;
  if (written === undefined)
    throw new RangeError('"weight" is missing: the first line says which share green had, 0 to 100');
  throw new RangeError('"weight" is no whole number from 0 to 100: green\'s share in that minute');
};

const decisionOf = (written: JsonValue | undefined): string | null => {
  if (written === undefined) return null;
  if (typeof written === "string" && DECISIONS.some((decision) => decision === written)) return written;
  throw new RangeError(`"decision" is none of ${DECISIONS.join(", ")}`);
};

const verdictsOf = (written: JsonValue | undefined): Readonly<Record<string, string>> => {
  const verdicts = textsIn(written, "verdicts");
  const wrong = Object.values(verdicts).find((verdict) => !VERDICTS.includes(verdict));
  if (wrong === undefined) return verdicts;
  throw new RangeError(`"verdicts" holds "${wrong}", which is none of ${VERDICTS.join(", ")}`);
};

const absentIn = (written: JsonValue | undefined): Readonly<Record<SignalPath, string>> => {
  const reasons = textsIn(written, "absent");
  for (const path in reasons) if (signalAt(path) === null) throw noSignal(path);
  return reasons;
};

const textsIn = (written: JsonValue | undefined, name: string): Readonly<Record<string, string>> => {
  if (written === undefined) return {};
  const texts = isJsonObject(written) ? Object.entries(written) : [];
  if (isJsonObject(written) && texts.every((entry): entry is [string, string] => typeof entry[1] === "string"))
    return Object.fromEntries(texts as readonly (readonly [string, string])[]);
  throw new RangeError(`"${name}" is no object of texts by name`);
};
