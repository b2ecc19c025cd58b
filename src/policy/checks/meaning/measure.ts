import { type SignalDefinition, signalAt } from "../../../signals/catalogue.ts";
import type { Literal } from "../../operations/operation.ts";

/** What a part of a rule measures, whatever the evidence: the signal read, or what an operation makes of signals. */
export interface Measure {
  readonly type: SignalDefinition["type"];
  /** null where it has none: an e-value, a slope. */
  readonly unit: SignalDefinition["unit"] | null;
  /** Inclusive; null is unbounded. */
  readonly least: number | null;
  readonly most: number | null;
  /** Of text: every value, the healthy one first. */
  readonly values?: readonly string[];
  readonly worse: SignalDefinition["worse"];
  /** Only whole numbers occur. */
  readonly whole?: true;
  /** It tells how well pawl sees, not how well green does. */
  readonly quality?: true;
  /** The signals it is made of. */
  readonly paths: readonly string[];
}

/** Signals that count what cannot be seen. */
const UNSEEN: ReadonlySet<string> = new Set([
  "alarms.unknown",
  "forward.unknownPartitions",
  "reverse.unknownPartitions",
]);

export const measureOfSignal = (path: string): Measure | null => {
  const signal = signalAt(path);
  if (signal === null) return null;
  const { type, unit, worse, range, values } = signal;
  return {
    type,
    unit,
    least: range?.least ?? null,
    most: range?.most ?? null,
    worse,
    paths: [path],
    ...(values === undefined ? {} : { values }),
    ...(unit === "count" || unit === "bytes" ? { whole: true } : {}),
    ...(UNSEEN.has(path) ? { quality: true } : {}),
  };
};

type Measured = Partial<Measure> & Pick<Measure, "paths" | "worse">;

const measured = (measure: Measured): Measure => ({
  type: "number",
  unit: null,
  least: 0,
  most: null,
  ...measure,
});

/** Measures quality: nothing is healthier or sicker for being seen better. */
const quality = (measure: Measured): Measure => measured({ ...measure, quality: true });

/** null where nothing is known of what an operation makes, or of a signal it reads. */
export const measureOfOperation = (name: string, args: readonly Literal[]): Measure | null => {
  const texts = args.map(String);
  const [first = "", second = ""] = texts;
  switch (name) {
    case "stat":
      return statistic(first, second);
    case "rate":
    case "rate_upper":
    case "rate_lower":
      return rate(first, second);
    case "evidence_below":
      return evidence(texts.slice(0, 2), "down");
    case "evidence_above":
      return evidence(texts.slice(0, 2), "up");
    case "evidence_worse":
      return evidence(texts.slice(0, 4), "up");
    case "coverage":
      return quality({ unit: "ratio", most: 1, worse: "down", paths: texts.slice(0, -1) });
    case "age":
      return quality({ unit: "seconds", worse: "up", paths: [first] });
    case "known":
      return quality({ type: "boolean", unit: "yes-no", least: null, worse: "false", paths: [first] });
    default:
      return null;
  }
};

const statistic = (path: string, name: string): Measure | null => {
  const of = measureOfSignal(path);
  if (of === null || of.type !== "number") return null;
  const { whole: _, ...broken } = of;
  if (name === "slope") return { ...broken, unit: null, least: null, most: null };
  if (name === "avg") return broken;
  return name === "sum" ? { ...of, most: null } : of;
};

/** Errors are counted among requests, and so are at most all of them; other pairs of counts have no such bound. */
const rate = (part: string, whole: string): Measure | null => {
  const [over, under] = [signalAt(part), signalAt(whole)];
  if (over === null || under === null) return null;
  const isShare = typeof over.absence === "object" && under.worse === "none";
  return measured({ unit: "ratio", most: isShare ? 1 : null, worse: over.worse, paths: [part, whole] });
};

const evidence = (paths: readonly string[], whenWorse: "up" | "down"): Measure | null =>
  paths.every((path) => signalAt(path) !== null) && signalAt(paths[0] ?? "")?.worse === "up"
    ? measured({ worse: whenWorse, paths })
    : null;
