import type { JsonValue } from "../../kernel/json.ts";
import { parseDuration } from "../../kernel/units.ts";
import { type Literals, literalsOf, NO_LITERALS } from "./literals.ts";
import { isAtMost, type Opened, placeOf, type Quantity, signalQuantity } from "./quantities.ts";

type Value = number | string | boolean;

/** One thing that takes values by itself: a quantity, or a signal in one stretch of minutes of the windows. */
interface Axis {
  readonly quantity: Quantity;
  /** Of rows: the signal, and the stretch; 0 is the newest. */
  readonly row?: { readonly path: string; readonly stretch: number };
  readonly values: readonly Value[];
}

/** More combinations than this are not looked at; nothing is claimed of a part of them. */
const MOST_POINTS = 20_000;

/** What an opened rule is evaluated over. */
export type Data = { readonly q: { readonly [place: string]: JsonValue } };

/**
 * Points that stand for all others: every literal a quantity is compared with, between two of them, and beyond, for
 * every quantity; once with all signals there, and once with each of them silent. null where these are too many.
 */
export const pointsOver = (rules: readonly Opened[]): readonly Data[] | null => {
  const quantities = [...new Map(rules.flatMap((rule) => rule.quantities).map((each) => [each.key, each])).values()];
  const literals = literalsOf(rules, quantities);
  const stretches = [...new Set(quantities.flatMap(windowLength))].sort((a, b) => a - b);
  const axes = quantities.flatMap((quantity) => axesOf(quantity, literals, stretches));
  const rowAxes = new Map(
    axes.flatMap((axis) => (axis.row === undefined ? [] : [[`${axis.row.path} ${axis.row.stretch}`, axis]])),
  );
  const distinct = [...axes.filter(({ row }) => row === undefined), ...rowAxes.values()];
  const size = distinct.reduce((product, { values }) => product * values.length, 1);
  const paths = [...new Set(quantities.flatMap((quantity) => quantity.paths))];
  if (size * (paths.length + 1) > MOST_POINTS * 4 || size > MOST_POINTS) return null;
  const points = combinations(distinct).filter((values) => possible(distinct, values));
  return [null, ...paths].flatMap((silent) =>
    points.map((values) => dataOf(quantities, distinct, values, stretches, silent)),
  );
};

const windowLength = ({ type, args }: Quantity): readonly number[] =>
  type === "rows" ? [parseDuration(String(args[0]))] : [];

const axesOf = (
  quantity: Quantity,
  literals: ReadonlyMap<string, Literals>,
  stretches: readonly number[],
): readonly Axis[] => {
  const found = literals.get(quantity.key) ?? NO_LITERALS;
  if (quantity.type !== "rows")
    return quantity.operation === "known" ? [] : [{ quantity, values: valuesOf(quantity, found) }];
  const within = stretches.filter((length) => length <= (windowLength(quantity)[0] ?? 0));
  return quantity.paths.flatMap((path) =>
    within.map((_, stretch) => ({ quantity, row: { path, stretch }, values: valuesOf(signalQuantity(path), found) })),
  );
};

const valuesOf = (quantity: Quantity, { numbers, texts }: Literals): readonly Value[] => {
  if (quantity.type === "boolean") return [true, false];
  if (quantity.type === "text") return [...new Set([...quantity.values, ...texts, "?"])];
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const [first = 1] = sorted;
  const last = sorted.at(-1) ?? 1;
  const between = sorted.slice(1).map((each, index) => (each + (sorted[index] ?? each)) / 2);
  const beyond = [first - Math.max(1, Math.abs(first)) / 2, last + Math.max(1, Math.abs(last))];
  const ends = [quantity.least, quantity.most].filter((end) => end !== null);
  const all = [...sorted, ...between, ...beyond, ...(sorted.length === 0 ? [0, 1, 2] : []), ...ends];
  const rounded = quantity.whole ? all.flatMap((each) => [Math.floor(each), Math.ceil(each)]) : all;
  const within = rounded.filter((each) => each >= (quantity.least ?? -Infinity) && each <= (quantity.most ?? Infinity));
  return [...new Set(within)];
};

const combinations = (axes: readonly Axis[]): readonly (readonly Value[])[] =>
  axes.reduce<readonly (readonly Value[])[]>(
    (points, { values }) => points.flatMap((point) => values.map((value) => [...point, value])),
    [[]],
  );

/** The greatest of five minutes is never below the greatest of three of them. */
const possible = (axes: readonly Axis[], values: readonly Value[]): boolean =>
  axes.every((one, index) =>
    axes.every(
      (other, at) =>
        one.row !== undefined ||
        other.row !== undefined ||
        !isAtMost(one.quantity, other.quantity) ||
        (values[index] ?? 0) <= (values[at] ?? 0),
    ),
  );

const dataOf = (
  quantities: readonly Quantity[],
  axes: readonly Axis[],
  values: readonly Value[],
  stretches: readonly number[],
  silent: string | null,
): Data => {
  const q: Record<string, JsonValue> = {};
  const put = (key: string, value: JsonValue): void => {
    q[placeOf(key).slice(2)] = value;
  };
  for (const [index, { quantity, row }] of axes.entries()) {
    const isSilent = silent !== null && quantity.paths.includes(silent);
    if (row !== undefined || (isSilent && quantity.operation !== "coverage")) continue;
    put(quantity.key, isSilent ? 0 : (values[index] ?? 0));
  }
  for (const quantity of quantities) {
    if (quantity.operation === "known") put(quantity.key, silent === null || !quantity.paths.includes(silent));
    if (quantity.type !== "rows") continue;
    const own = stretches.filter((length) => length <= (windowLength(quantity)[0] ?? 0)).length;
    put(quantity.key, rowsOf(axes, values, own, silent));
  }
  return { q };
};

/** Oldest first, one minute to each stretch. */
const rowsOf = (axes: readonly Axis[], values: readonly Value[], stretches: number, silent: string | null): JsonValue =>
  Array.from({ length: stretches }, (_, back) => {
    const minute: Record<string, Record<string, JsonValue>> = {};
    for (const [index, { row }] of axes.entries()) {
      if (row === undefined || row.stretch !== stretches - 1 - back || row.path === silent) continue;
      const [group = "", name = ""] = row.path.split(".");
      minute[group] = { ...minute[group], [name]: values[index] ?? 0 };
    }
    return minute;
  });
