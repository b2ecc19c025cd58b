import type { JsonValue } from "../../kernel/json.ts";
import { MINUTE_MS } from "../../kernel/units.ts";
import { type Literals, literalsOf, NO_LITERALS, rowKey } from "./literals.ts";
import { isAtMost } from "./order.ts";
import { type Opened, placeOf, type Quantity, signalQuantity } from "./quantities.ts";
import { type Value, valuesOf } from "./values.ts";

/** One thing that takes values by itself: a quantity, or a signal in one of the minutes that stand for a stretch of the windows. */
interface Axis {
  readonly quantity: Quantity;
  /** Of rows: the signal, and the minute; 0 is the newest. */
  readonly row?: { readonly path: string; readonly minute: number };
  readonly values: readonly Value[];
}

/** More combinations than this are not looked at; nothing is claimed of a part of them. */
const MOST_POINTS = 60_000;

/** What an opened rule is evaluated over. */
export type Data = { readonly q: { readonly [place: string]: JsonValue } };

/** Minutes that stand for the stretch between the length of one window and that of the next longer one. */
interface Stretch {
  readonly lengthMs: number;
  readonly minutes: number;
}

/**
 * Points that stand for all others: every literal a quantity is compared with, between two of them, and beyond, for
 * every quantity; once with all signals there, once with each of them silent, and once with each of `thin` unknown.
 * Of each stretch of a window there are as many minutes as may each have to be another one. null where these are too many.
 */
export const pointsOver = (rules: readonly Opened[], thin: readonly ReadonlySet<string>[]): readonly Data[] | null => {
  const quantities = [...new Map(rules.flatMap((rule) => rule.quantities).map((each) => [each.key, each])).values()];
  const literals = literalsOf(rules, quantities);
  const stretches = stretchesOf(rules, quantities);
  const axes = quantities.flatMap((quantity) => axesOf(quantity, literals, stretches));
  const rowAxes = new Map(
    axes.flatMap((axis) => (axis.row === undefined ? [] : [[`${axis.row.path} ${axis.row.minute}`, axis]])),
  );
  const distinct = [...axes.filter(({ row }) => row === undefined), ...rowAxes.values()];
  const size = distinct.reduce((product, { values }) => product * values.length, 1);
  const paths = [...new Set(quantities.flatMap((quantity) => quantity.paths))];
  const silences: readonly Silence[] = [{}, ...paths.map((path) => ({ path })), ...thin.map((keys) => ({ keys }))];
  if (size * silences.length > MOST_POINTS * 4 || size > MOST_POINTS) return null;
  const points = combinations(distinct).filter((values) => possible(distinct, values));
  return silences.flatMap((silent) => points.map((values) => dataOf(quantities, distinct, values, stretches, silent)));
};

/** What has no value: a signal, or quantities that have too few minutes. */
interface Silence {
  readonly path?: string;
  readonly keys?: ReadonlySet<string>;
}

const isSilent = ({ paths, key }: Quantity, silent: Silence): boolean =>
  (silent.path !== undefined && paths.includes(silent.path)) || silent.keys?.has(key) === true;

const stretchesOf = (rules: readonly Opened[], quantities: readonly Quantity[]): readonly Stretch[] => {
  const asked = new Set(rules.flatMap(({ quantified }) => quantified)).size;
  const lengths = [...new Set(quantities.filter(({ type }) => type === "rows").map(({ windowMs }) => windowMs))].sort(
    (a, b) => a - b,
  );
  return lengths.map((lengthMs, index) => ({
    lengthMs,
    minutes: Math.max(1, Math.min(asked, Math.round((lengthMs - (lengths[index - 1] ?? 0)) / MINUTE_MS))),
  }));
};

const minutesWithin = ({ windowMs }: Quantity, stretches: readonly Stretch[]): number =>
  stretches.filter(({ lengthMs }) => lengthMs <= windowMs).reduce((total, { minutes }) => total + minutes, 0);

const axesOf = (
  quantity: Quantity,
  literals: ReadonlyMap<string, Literals>,
  stretches: readonly Stretch[],
): readonly Axis[] => {
  const found = literals.get(quantity.key) ?? NO_LITERALS;
  if (quantity.type !== "rows")
    return quantity.operation === "known" ? [] : [{ quantity, values: valuesOf(quantity, found) }];
  return quantity.paths.flatMap((path) =>
    Array.from({ length: minutesWithin(quantity, stretches) }, (_, minute) => ({
      ...{ quantity, row: { path, minute } },
      values: valuesOf(signalQuantity(path), literals.get(rowKey(path)) ?? NO_LITERALS),
    })),
  );
};

const combinations = (axes: readonly Axis[]): readonly (readonly Value[])[] =>
  axes.reduce<readonly (readonly Value[])[]>(
    (points, { values }) => points.flatMap((point) => values.map((value) => [...point, value])),
    [[]],
  );

/** The greatest of five minutes is never below the greatest of three of them. */
const possible = (axes: readonly Axis[], values: readonly Value[]): boolean =>
  axes.every((one, index) =>
    axes.every((other, at) => !isAtMost(one.quantity, other.quantity) || (values[index] ?? 0) <= (values[at] ?? 0)),
  );

const dataOf = (
  quantities: readonly Quantity[],
  axes: readonly Axis[],
  values: readonly Value[],
  stretches: readonly Stretch[],
  silent: Silence,
): Data => {
  const q: Record<string, JsonValue> = {};
  const put = (key: string, value: JsonValue): void => {
    q[placeOf(key).slice(2)] = value;
  };
  for (const [index, { quantity, row }] of axes.entries()) {
    const none = isSilent(quantity, silent);
    if (row !== undefined || (none && quantity.operation !== "coverage")) continue;
    put(quantity.key, none ? 0 : (values[index] ?? 0));
  }
  for (const quantity of quantities) {
    if (quantity.operation === "known") put(quantity.key, !isSilent(quantity, silent));
    if (quantity.type !== "rows") continue;
    const rows = rowsOf(axes, values, minutesWithin(quantity, stretches), silent.path);
    // As the operation does where there are too few: the missing ones stand among the others as nothing.
    put(quantity.key, silent.keys?.has(quantity.key) === true ? [null, ...rows] : rows);
  }
  return { q };
};

/** Oldest first. */
const rowsOf = (
  axes: readonly Axis[],
  values: readonly Value[],
  minutes: number,
  silent: string | undefined,
): readonly JsonValue[] =>
  Array.from({ length: minutes }, (_, back) => {
    const minute: Record<string, Record<string, JsonValue>> = {};
    for (const [index, { row }] of axes.entries()) {
      if (row === undefined || row.minute !== minutes - 1 - back || row.path === silent) continue;
      const [group = "", name = ""] = row.path.split(".");
      minute[group] = { ...minute[group], [name]: values[index] ?? 0 };
    }
    return minute;
  });
