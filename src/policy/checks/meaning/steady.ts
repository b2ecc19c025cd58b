import { epochMs, MINUTE_MS } from "../../../kernel/units.ts";
import type { Evidence, Readings } from "../../../snapshot/snapshot.ts";
import type { Operations } from "../../operations/operation.ts";
import { truthOf } from "./grid.ts";
import { dataAt, type Value } from "./points.ts";
import { conditionsOf, logicOf, type RuleTree } from "./rule-tree.ts";
import type { Variable } from "./variables.ts";

/** Every signal of a stretch of minutes that are all alike. */
export type SteadyValues = ReadonlyMap<string, Value>;

/** As long as any window may be; a step that is an hour old. */
const MINUTES = 60;

/**
 * What rules come to at the end of an hour in which every minute was the same. That hour could be lived through, so what
 * holds together there really can. null where it is not known.
 */
export const steadyTruths = (
  operations: Operations,
): ((tree: RuleTree) => (values: SteadyValues) => boolean | null) => {
  const computed = new Map<string, Value | null>();
  const valueAt = (variable: Variable, values: SteadyValues): Value | null => {
    const { operation, measure, key } = variable;
    if (operation === undefined) return values.get(measure.paths[0] ?? "") ?? null;
    const seen = `${key} ${measure.paths.map((path) => values.get(path)).join(" ")}`;
    const before = computed.get(seen);
    if (before !== undefined) return before;
    const evidence = anHourOf(measure.paths, values);
    const judged = operations[operation.name]?.resolve(operation.args, {
      evidence,
      minCoverage: 1,
      newestMinute: "required",
    });
    const value = judged?.kind === "known" && typeof judged.value !== "object" ? judged.value : null;
    computed.set(seen, value);
    return value;
  };
  return (tree) => {
    const truth = truthOf(logicOf(tree));
    const opened = conditionsOf(tree).map(({ open }) => open);
    const variables = opened.flatMap((each) => each.variables);
    const minutes = {
      rows: Math.max(...opened.map(({ rows }) => rows)),
      windows: opened.flatMap(({ windows }) => windows),
    };
    return (values) => {
      const placed = variables.flatMap((variable) => {
        const value = valueAt(variable, values);
        return value === null ? [] : [{ place: variable.place, value }];
      });
      return truth(dataAt(placed, minutes));
    };
  };
};

const anHourOf = (paths: readonly string[], values: SteadyValues): Evidence => {
  const readings = readingsOf(paths, values);
  const minutes = Array.from({ length: MINUTES }, (_, index) => ({ at: epochMs(index * MINUTE_MS), readings }));
  return { now: epochMs(MINUTES * MINUTE_MS), current: readings, minutes };
};

const readingsOf = (paths: readonly string[], values: SteadyValues): Readings => {
  const groups: Record<string, Record<string, Value>> = {};
  for (const path of paths) {
    const [group = "", name = ""] = path.split(".");
    const value = values.get(path);
    if (value !== undefined) groups[group] = { ...groups[group], [name]: value };
  }
  return { values: groups, absent: {}, ageSeconds: Object.fromEntries(paths.map((path) => [path, 30])) };
};
