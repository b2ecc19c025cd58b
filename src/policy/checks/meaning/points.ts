import type { JsonValue } from "../../../kernel/json.ts";
import type { Measure } from "./measure.ts";
import type { OpenExpression } from "./variables.ts";

export type Value = number | string | boolean;

/** Stands for the end of a range that has none. */
const FAR = 1e12;
const NEAR = 1e-3;

/**
 * Values that stand for all others where a thing is compared with these literals: each of them, just below and just above,
 * half and double, and the ends of the range. From better to worse, where the measure has a worse direction.
 */
export const representativePoints = (measure: Measure, literals: readonly (string | number)[]): readonly Value[] => {
  const { type, worse, values } = measure;
  if (type === "boolean") return worse === "false" ? [true, false] : [false, true];
  if (type === "text") return [...new Set([...(values ?? []), ...literals.filter(isText), ...(values ? [] : ["?"])])];
  const points = numbers(measure, literals.filter(isNumber));
  return worse === "down" ? points.reverse() : points;
};

const isText = (literal: string | number): literal is string => typeof literal === "string";
const isNumber = (literal: string | number): literal is number => typeof literal === "number";

/** These literals, and two more between any that are so close to each other that what is just above one is beyond the next. */
export const toldApart = (literals: readonly (string | number)[]): readonly (string | number)[] => {
  const sorted = [...new Set(literals.filter(isNumber))].sort((a, b) => a - b);
  const between = sorted.slice(1).flatMap((upper, index) => {
    const lower = sorted[index] ?? upper;
    const third = (upper - lower) / 3;
    return lower + nearTo(lower) < upper - nearTo(upper) ? [] : [lower + third, upper - third];
  });
  return [...literals, ...between];
};

/** How far from a literal its neighbours lie. */
const nearTo = (literal: number): number => Math.max(Math.abs(literal) * NEAR, 1e-9);

const numbers = ({ least, most, whole }: Measure, literals: readonly number[]): number[] => {
  const low = least ?? -FAR;
  const high = most ?? FAR;
  const around = literals.flatMap((each) => {
    const near = nearTo(each);
    return whole === true
      ? [
          Math.floor(each),
          Math.ceil(each),
          Math.ceil(each) - 1,
          Math.floor(each) + 1,
          Math.floor(each / 2),
          Math.round(each * 2),
        ]
      : [each, each - near, each + near, each / 2, each * 2];
  });
  const points = [low, high, 0, 1, ...around].filter((each) => each >= low && each <= high);
  return [...new Set(points)].sort((a, b) => a - b);
};

/** One value a variable: what an expression over variables is evaluated over. */
export const dataAt = (
  placed: readonly { readonly place: readonly string[]; readonly value: Value }[],
  { rows, windows }: Pick<OpenExpression, "rows" | "windows">,
): JsonValue => {
  const data: Nested = {};
  const minutes: Record<string, Nested> = Object.fromEntries(windows.map((window) => [window, {}]));
  for (const { place, value } of placed) {
    const [group = "", name = "", ...inside] = place;
    if (group !== "windows") {
      put(data, place, value);
      continue;
    }
    const row = minutes[name] ?? {};
    minutes[name] = row;
    put(row, inside, value);
  }
  const alike = Object.entries(minutes).map(([window, row]) => [window, Array.from({ length: rows }, () => row)]);
  return { ...data, windows: Object.fromEntries(alike) } as JsonValue;
};

interface Nested {
  [key: string]: Nested | Value;
}

const put = (into: Nested, [key = "", ...inside]: readonly string[], value: Value): void => {
  if (inside.length === 0) {
    into[key] = value;
    return;
  }
  const next = into[key];
  const nested = typeof next === "object" ? next : {};
  into[key] = nested;
  put(nested, inside, value);
};
