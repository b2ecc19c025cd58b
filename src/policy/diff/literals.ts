import type { JsonValue } from "../../kernel/json.ts";
import { isComparison } from "../logic/relations.ts";
import { areRelated, type Opened, placeOf, type Quantity } from "./quantities.ts";

/** What a quantity is compared with. */
export interface Literals {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}

export const NO_LITERALS: Literals = { numbers: [], texts: [] };

const ALSO_COMPARING = new Set(["in", "all", "some", "none", "filter", "map", "reduce", "max", "min"]);
const RECKONING = new Set(["*", "/", "+", "-", "%"]);

/** The literals that each quantity is compared with; quantities that are compared with each other share theirs. */
export const literalsOf = (
  rules: readonly Opened[],
  quantities: readonly Quantity[],
): ReadonlyMap<string, Literals> => {
  const keys = new Map(quantities.map(({ key }) => [placeOf(key), key]));
  const comparisons = rules
    .flatMap(({ rule }) => comparisonsIn(rule))
    .map((leaves) => ({
      keys: leaves.vars.flatMap((path) => keys.get(path) ?? []),
      numbers: reckoned(leaves),
      texts: leaves.texts,
    }));
  const related = quantities.flatMap((one, index) =>
    quantities
      .slice(index + 1)
      .filter((other) => areRelated(one, other))
      .map((other) => ({ keys: [one.key, other.key], numbers: [], texts: [] })),
  );
  let groups: readonly Together[] = [];
  for (const next of [...comparisons, ...related]) groups = withTogether(groups, next);
  return new Map(groups.flatMap((group) => group.keys.map((key) => [key, group] as const)));
};

interface Together extends Literals {
  readonly keys: readonly string[];
}

const withTogether = (groups: readonly Together[], next: Together): readonly Together[] => {
  const near = groups.filter(({ keys }) => keys.some((key) => next.keys.includes(key)));
  const all = [...near, next];
  return [
    ...groups.filter((group) => !near.includes(group)),
    {
      keys: [...new Set(all.flatMap(({ keys }) => keys))],
      numbers: [...new Set(all.flatMap(({ numbers }) => numbers))],
      texts: [...new Set(all.flatMap(({ texts }) => texts))],
    },
  ];
};

const comparisonsIn = (part: JsonValue): readonly Leaves[] => {
  if (typeof part !== "object" || part === null) return [];
  if (Array.isArray(part)) return part.flatMap(comparisonsIn);
  return Object.entries(part).flatMap(([operator, inside]) => [
    ...(isComparison(operator) || ALSO_COMPARING.has(operator) ? [leavesOf(inside)] : []),
    ...comparisonsIn(inside),
  ]);
};

interface Leaves {
  readonly vars: readonly string[];
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  readonly reckons: boolean;
}

const leavesOf = (part: JsonValue): Leaves => {
  if (typeof part === "number") return { vars: [], numbers: [part], texts: [], reckons: false };
  if (typeof part === "string" || typeof part === "boolean")
    return { vars: [], numbers: [], texts: [String(part)], reckons: false };
  if (part === null) return { vars: [], numbers: [], texts: [], reckons: false };
  const entries: readonly (readonly [string, JsonValue])[] = Array.isArray(part)
    ? part.map((each) => ["", each] as const)
    : Object.entries(part);
  const all = entries.map(([operator, inside]) =>
    operator === "var"
      ? { vars: [String(inside)], numbers: [], texts: [], reckons: false }
      : { ...leavesOf(inside), ...(RECKONING.has(operator) ? { reckons: true } : {}) },
  );
  return {
    vars: all.flatMap(({ vars }) => vars),
    numbers: all.flatMap(({ numbers }) => numbers),
    texts: all.flatMap(({ texts }) => texts),
    reckons: all.some(({ reckons }) => reckons),
  };
};

/** Where literals are multiplied with signals, their products and quotients are thresholds too. */
const reckoned = ({ numbers, reckons }: Leaves): readonly number[] =>
  !reckons || numbers.length > 4
    ? numbers
    : [
        ...numbers,
        ...numbers.flatMap((one) => numbers.flatMap((other) => (other === 0 ? [] : [one * other, one / other]))),
      ];
