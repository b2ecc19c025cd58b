import { MINUTE_MS, parseDuration } from "../../../kernel/units.ts";
import { signalAt } from "../../../signals/catalogue.ts";
import { measureOfSignal } from "./measure.ts";
import { representativePoints, type Value } from "./points.ts";
import type { Condition } from "./rule-tree.ts";
import type { Variable } from "./variables.ts";

/** Requests a minute at a step, by signal: what the policy expects, split by weight. */
export const requestsAt = (perMinute: number, weight: number): ReadonlyMap<string, number> =>
  new Map([
    ["green.requests", (perMinute * weight) / 100],
    ["blue.requests", (perMinute * (100 - weight)) / 100],
    ["lb.requests", perMinute],
    ["traffic.greenPercent", weight],
  ]);

/** The signals that conditions read, directly or through operations, and that are not given by the traffic. */
export const freeSignals = (
  conditions: readonly Condition[],
  given: ReadonlyMap<string, number>,
): readonly string[] => {
  const paths = conditions.flatMap(({ open }) => open.variables.flatMap(({ measure }) => measure.paths));
  return [...new Set(paths)].filter((path) => !given.has(path));
};

export interface SteadyAxis {
  readonly path: string;
  readonly points: readonly Value[];
  /** What it is compared with, where only whole numbers occur; else null. */
  readonly wholeLimits: ReadonlySet<Value> | null;
}

/** Values of one signal that stand for all, from what the conditions compare it with; errors in proportion to requests. */
export const steadyAxis = (
  path: string,
  conditions: readonly Condition[],
  given: ReadonlyMap<string, number>,
): SteadyAxis => {
  const measure = measureOfSignal(path);
  const absence = signalAt(path)?.absence;
  if (measure === null) return { path, points: [], wholeLimits: null };
  const requests = typeof absence === "object" ? given.get(absence.zeroWhen) : undefined;
  const met = conditions.flatMap(({ open }) =>
    open.variables
      .filter((variable) => variable.measure.paths.includes(path))
      .flatMap((variable) => thresholdsOf(variable, open.literals, requests)),
  );
  // A mean of whole counts a minute is broken; what is counted at an instant is whole.
  const { whole, ...broken } = measure;
  const isWhole = whole === true && signalAt(path)?.kind === "instant";
  return {
    path,
    points: representativePoints({ ...(isWhole ? measure : broken), most: requests ?? measure.most }, met),
    wholeLimits: isWhole ? new Set(met) : null,
  };
};

const thresholdsOf = (
  { operation, measure }: Variable,
  literals: readonly (string | number)[],
  requests: number | undefined,
): readonly (string | number)[] => {
  const numbers = literals.filter((each) => typeof each === "number");
  if (operation?.name === "stat" && operation.args[1] === "sum") {
    const minutes = parseDuration(String(operation.args[2])) / MINUTE_MS;
    return numbers.map((each) => each / minutes);
  }
  if (requests === undefined || measure.unit === "count") return literals;
  // Shares: of a rate what it is compared with, of evidence its limit.
  const limits = (operation?.args ?? []).filter((each) => typeof each === "number");
  return [...numbers, ...limits].map((share) => share * requests);
};
