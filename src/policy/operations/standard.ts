import type { JsonValue } from "../../kernel/json.ts";
import type { SignalPath } from "../../signals/catalogue.ts";
import { judgedFromData, knownAs, unknownBecause } from "../logic/judged.ts";
import { EVIDENCE_OPERATIONS } from "./evidence/operations.ts";
import { mayBeLate, minutesOf, numberIn, observe, whyMissing } from "./minutes.ts";
import type { Literal, Operation, OperationContext, Operations } from "./operation.ts";
import { RATE_OPERATIONS } from "./rates.ts";
import { STATISTICS } from "./statistics.ts";
import { currentValue, readableValues } from "./values.ts";

const text = (args: readonly Literal[], index: number): string => String(args[index] ?? "");

/**
 * `{"window": ["15m"]}`: the minutes as a list, for `all`, `some` and `none`. Where too few were observed the missing
 * ones stand in it as nothing, so that a bad minute still decides and silence does not: an empty object would be true.
 */
const window: Operation = {
  forms: [["window"]],
  resolve: (args, context) => {
    const minutes = minutesOf(context, text(args, 0));
    const rows = minutes.map(({ readings }): JsonValue | null => readings && readableValues(readings));
    const seen = rows.filter((row) => row !== null);
    const newestMissing = context.newestMinute === "optional" && rows.at(-1) === null ? 1 : 0;
    const enough = seen.length >= context.minCoverage * (rows.length - newestMissing);
    return knownAs(enough ? seen : rows);
  },
  describe: (args) => `each minute of the last ${text(args, 0)}`,
};

/** `{"stat": [signal, statistic, window]}`: one number of a signal's minutes. */
const stat: Operation = {
  forms: [["series", "statistic", "window"]],
  resolve: (args, context) => {
    const path = text(args, 0);
    const seen = observe(context, text(args, 2), [path], (readings) => numberIn(readings, path));
    if (seen.kind === "thin") return unknownBecause(seen.reason);
    const silence = text(args, 1) === "last" ? silenceIn(context, text(args, 2), path) : null;
    if (silence !== null) return unknownBecause(silence);
    const value = STATISTICS.get(text(args, 1))?.(seen.points) ?? null;
    return judgedFromData(value, `too few values for ${text(args, 1)}`);
  },
  describe: (args) => `${text(args, 1)} ${text(args, 0)} over ${text(args, 2)}`,
};

/** Why there is no last value: an older one than the newest minute's would let silence pass for the last good news. */
const silenceIn = (context: OperationContext, window: string, path: SignalPath): string | null => {
  const minutes = minutesOf(context, window);
  const newest = minutes.findLastIndex(({ readings }) => numberIn(readings, path) !== null);
  const last = minutes.at(-1);
  if (last === undefined || minutes.length - 1 - newest <= mayBeLate(context, path)) return null;
  return `the newest minute has no value (${whyMissing(last, path)})`;
};

/** `{"coverage": [window]}`, `{"coverage": [signal, window]}`: observed share of the minutes, from 0 to 1; never unknown. */
const coverage: Operation = {
  forms: [["window"], ["row-signal", "window"]],
  resolve: (args, context) => {
    const path = args.length === 2 ? text(args, 0) : null;
    const minutes = minutesOf(context, text(args, args.length - 1));
    const observed = minutes.filter(({ readings }) => readings !== null && (path === null || hasValue(readings, path)));
    return knownAs(minutes.length === 0 ? 0 : observed.length / minutes.length);
  },
  describe: (args) =>
    args.length === 2 ? `coverage of ${text(args, 0)} over ${text(args, 1)}` : `coverage over ${text(args, 0)}`,
};

const hasValue = (readings: Parameters<typeof currentValue>[0], path: string): boolean =>
  currentValue(readings, path) !== undefined;

/** `{"age": [signal]}`: seconds since the newest value was read, at the tick. */
const age: Operation = {
  forms: [["signal"]],
  resolve: (args, context) => {
    const path = text(args, 0);
    const ages = context.evidence.current.ageSeconds ?? {};
    const seconds = Object.hasOwn(ages, path) ? ages[path] : undefined;
    return judgedFromData(seconds, "nothing says when it was read");
  },
  describe: (args) => `age of ${text(args, 0)} in seconds`,
};

/** `{"known": [signal]}`: whether there is a value now. The only way to ask, and never unknown. */
const known: Operation = {
  forms: [["signal"]],
  resolve: (args, context) => knownAs(hasValue(context.evidence.current, text(args, 0))),
  describe: (args) => `${text(args, 0)} is known`,
};

export const STANDARD_OPERATIONS: Operations = {
  window,
  stat,
  coverage,
  age,
  known,
  ...RATE_OPERATIONS,
  ...EVIDENCE_OPERATIONS,
};
