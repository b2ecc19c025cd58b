import type { JsonValue } from "../../kernel/json.ts";
import { isComparison } from "../logic/relations.ts";
import { areRelated } from "./order.ts";
import { type Opened, placeOf, type Quantity, signalQuantity } from "./quantities.ts";

/** What a quantity is compared with. */
export interface Literals {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  /** So many quantities are compared with each other: as many values have to lie between two literals. */
  readonly abreast: number;
  /** Where any of the quantities that are compared with each other begins or ends: what two can both be has to be met. */
  readonly ends: readonly number[];
  /** One of these is counted in whole numbers, so that only there another one can be the same. */
  readonly counted: boolean;
}

export const NO_LITERALS: Literals = { numbers: [], texts: [], abreast: 1, ends: [], counted: false };

const ALSO_COMPARING = new Set(["in", "max", "min"]);
/** The literals that each quantity is compared with; quantities that are compared with each other share theirs. */
export const literalsOf = (
  rules: readonly Opened[],
  quantities: readonly Quantity[],
): ReadonlyMap<string, Literals> => {
  const rowPaths = quantities.flatMap(({ type, paths }) => (type === "rows" ? paths : []));
  const read = new Map([
    ...quantities.map((quantity) => [placeOf(quantity.key), quantity] as const),
    // Inside a quantifier a signal stands as it is.
    ...rowPaths.map((path) => [path, { ...signalQuantity(path), key: rowKey(path) }] as const),
  ]);
  const comparisons = rules
    .flatMap(({ rule }) => comparisonsIn(rule))
    .map((leaves) => {
      const compared = leaves.vars.flatMap((path) => read.get(path) ?? []);
      const keys = compared.map(({ key }) => key);
      return {
        ...NO_LITERALS,
        ...leaves,
        keys,
        ...(leaves.vars.length > 1 ? besideEachOther(leaves, compared) : ALONE),
      };
    });
  const related = quantities.flatMap((one, index) =>
    quantities
      .slice(index + 1)
      .filter((other) => areRelated(one, other))
      .map((other) => ({ keys: [one.key, other.key], beside: [], ...NO_LITERALS })),
  );
  let groups: readonly Together[] = [];
  for (const next of [...comparisons, ...related]) groups = withTogether(groups, next);
  return new Map(groups.flatMap((group) => group.keys.map((key) => [key, group] as const)));
};

const ALONE = { beside: [] };

const besideEachOther = (
  { vars }: Leaves,
  compared: readonly Quantity[],
): Pick<Together, "beside" | "ends" | "counted"> => ({
  beside: vars,
  ends: compared.flatMap(({ least, most }) => [least, most]).filter((end) => end !== null),
  counted: compared.some(({ whole }) => whole),
});

/** The literals of a signal in the minutes of windows go by this key. */
export const rowKey = (path: string): string => `row ${path}`;

interface Together extends Literals {
  readonly keys: readonly string[];
  /** What is compared with each other, be it through others: a below b and b below c are three in a row. */
  readonly beside: readonly string[];
}

const withTogether = (groups: readonly Together[], next: Together): readonly Together[] => {
  const near = groups.filter(({ keys }) => keys.some((key) => next.keys.includes(key)));
  const all = [...near, next];
  const beside = [...new Set(all.flatMap((each) => each.beside))];
  return [
    ...groups.filter((group) => !near.includes(group)),
    {
      keys: [...new Set(all.flatMap(({ keys }) => keys))],
      numbers: [...new Set(all.flatMap(({ numbers }) => numbers))],
      texts: [...new Set(all.flatMap(({ texts }) => texts))],
      beside,
      abreast: Math.max(1, beside.length),
      ends: [...new Set(all.flatMap(({ ends }) => ends))],
      counted: all.some(({ counted }) => counted),
    },
  ];
};

const comparisonsIn = (part: JsonValue): readonly Leaves[] => {
  if (typeof part !== "object" || part === null) return [];
  // The places of a list are no operators.
  return Object.entries(part).flatMap(([operator, inside]) => [
    ...(isComparison(operator) || ALSO_COMPARING.has(operator) ? [leavesOf(inside)] : []),
    ...comparisonsIn(inside),
  ]);
};

interface Leaves {
  readonly vars: readonly string[];
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}

const NO_LEAVES: Leaves = { vars: [], numbers: [], texts: [] };

const leavesOf = (part: JsonValue): Leaves => {
  if (typeof part === "number") return { ...NO_LEAVES, numbers: [part] };
  if (typeof part === "string") return { ...NO_LEAVES, texts: [part] };
  if (typeof part !== "object" || part === null) return NO_LEAVES;
  const entries: readonly (readonly [string, JsonValue])[] = Array.isArray(part)
    ? part.map((each) => ["", each] as const)
    : Object.entries(part);
  const all = entries.map(([operator, inside]) =>
    operator === "var" ? { ...NO_LEAVES, vars: [String(inside)] } : leavesOf(inside),
  );
  return {
    vars: all.flatMap(({ vars }) => vars),
    numbers: all.flatMap(({ numbers }) => numbers),
    texts: all.flatMap(({ texts }) => texts),
  };
};
