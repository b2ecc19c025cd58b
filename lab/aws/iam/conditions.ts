import { matches, matchesArn } from "./patterns.ts";

type OneOrMore = string | readonly string[];
/** operator → condition key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
/** Condition keys by their lower-case name. A key that is not here is absent, and so is one without a value. */
export type RequestContext = Readonly<Record<string, OneOrMore>>;

export const list = (values: OneOrMore): readonly string[] => (typeof values === "string" ? [values] : values);

type Comparison = (wanted: string, actual: string) => boolean;

const sameText: Comparison = (wanted, actual) => wanted === actual;
const sameTruth: Comparison = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();

/** Each with its opposite. An operator that is not here is refused where a policy is read. */
const COMPARISONS: Readonly<Record<string, { readonly compare: Comparison; readonly negated: boolean }>> = {
  StringEquals: { compare: sameText, negated: false },
  StringNotEquals: { compare: sameText, negated: true },
  StringLike: { compare: matches, negated: false },
  StringNotLike: { compare: matches, negated: true },
  // AWS makes no difference between the two.
  ArnEquals: { compare: matchesArn, negated: false },
  ArnLike: { compare: matchesArn, negated: false },
  ArnNotEquals: { compare: matchesArn, negated: true },
  ArnNotLike: { compare: matchesArn, negated: true },
  Bool: { compare: sameTruth, negated: false },
};

const SETS = ["ForAllValues:", "ForAnyValue:"] as const;

interface Operator {
  readonly set: (typeof SETS)[number] | null;
  readonly ifExists: boolean;
  readonly compare: Comparison;
  readonly negated: boolean;
}

/** null for what the lab does not know. `Null` is no comparison and stands beside them. */
const operatorNamed = (name: string): Operator | null => {
  const set = SETS.find((prefix) => name.startsWith(prefix)) ?? null;
  const rest = name.slice(set?.length ?? 0);
  const ifExists = rest.endsWith("IfExists");
  const base = ifExists ? rest.slice(0, -"IfExists".length) : rest;
  const comparison = Object.hasOwn(COMPARISONS, base) ? COMPARISONS[base] : undefined;
  return comparison === undefined ? null : { set, ifExists, ...comparison };
};

export const isKnownOperator = (name: string): boolean => name === "Null" || operatorNamed(name) !== null;
export const isSetOperator = (name: string): boolean => SETS.some((prefix) => name.startsWith(prefix));

/** Every operator, and of each every key, has to hold. @throws an operator that the lab does not know. */
export const conditionsHold = (conditions: Conditions, context: RequestContext): boolean =>
  Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      conditionHolds(operator, list(wanted), list(context[key.toLowerCase()] ?? [])),
    ),
  );

const conditionHolds = (name: string, wanted: readonly string[], actual: readonly string[]): boolean => {
  if (name === "Null") return wanted.every((value) => sameTruth(value, String(actual.length === 0)));
  const operator = operatorNamed(name);
  if (operator === null) throw new Error(`the lab does not know the condition operator ${name}`);
  const { set, ifExists, compare, negated } = operator;
  const meets = (value: string): boolean => wanted.some((each) => compare(each, value)) !== negated;
  // For all of no values it is true: whoever may make a request without the key passes (roles.yml).
  if (set === "ForAllValues:") return actual.every(meets);
  if (set === "ForAnyValue:") return actual.some(meets) || (ifExists && actual.length === 0);
  if (actual.length === 0) return ifExists || negated;
  return actual.every(meets);
};
