import type { JsonValue } from "../../../kernel/json.ts";
import { pointerPart } from "../../logic/scope.ts";
import type { Operations } from "../../operations/operation.ts";
import { type OpenExpression, openExpression, type Variable } from "./variables.ts";

/** A rule as connectives over conditions; what is no connective is a condition, whatever stands in it. */
export type RuleTree = Connective | Condition;

export interface Connective {
  readonly kind: "and" | "or" | "!" | "!!";
  readonly parts: readonly RuleTree[];
  /** JSON pointer. */
  readonly at: string;
}

export interface Condition {
  readonly kind: "condition";
  readonly open: OpenExpression;
  readonly rule: JsonValue;
  readonly at: string;
}

const CONNECTIVES = new Set(["and", "or", "!", "!!"]);

/** null where a part of the rule is not understood. The rule's shape has been checked, its parameters put in. */
export const ruleTree = (rule: JsonValue, at: string, operations: Operations): RuleTree | null => {
  const [[operator, written] = ["", null]] = typeof rule === "object" && rule !== null ? Object.entries(rule) : [];
  if (!CONNECTIVES.has(operator) || Array.isArray(rule)) {
    const open = openExpression(rule, operations);
    const inside = operator === "" ? at : `${at}/${pointerPart(operator)}`;
    return open === null ? null : { kind: "condition", open, rule, at: inside };
  }
  const inside = `${at}/${pointerPart(operator)}`;
  const operands: readonly JsonValue[] = Array.isArray(written) ? written : [written ?? null];
  const parts = operands.map((part, index) =>
    ruleTree(part, Array.isArray(written) ? `${inside}/${index}` : inside, operations),
  );
  if (parts.some((part) => part === null)) return null;
  return { kind: operator as Connective["kind"], parts: parts.filter((part) => part !== null), at: inside };
};

export const conditionsOf = (tree: RuleTree): readonly Condition[] =>
  tree.kind === "condition" ? [tree] : tree.parts.flatMap(conditionsOf);

/** The rule as one expression over variables. */
export const logicOf = (tree: RuleTree): JsonValue =>
  tree.kind === "condition" ? tree.open.logic : { [tree.kind]: tree.parts.map(logicOf) };

interface Compared {
  readonly keys: ReadonlySet<string>;
  readonly literals: ReadonlySet<string | number>;
}

/**
 * Every variable of a tree, with all the literals that it meets in any of its conditions, or that another one meets which
 * it is compared with: where the two are equal, the literals of one are those of the other.
 */
export const variablesOf = (
  tree: RuleTree,
): readonly { readonly variable: Variable; readonly literals: readonly (string | number)[] }[] => {
  const variables = new Map<string, Variable>();
  let groups: readonly Compared[] = [];
  for (const { open } of conditionsOf(tree)) {
    for (const variable of open.variables) variables.set(variable.key, variable);
    const keys = new Set(open.variables.map(({ key }) => key));
    const touching = groups.filter((group) => [...keys].some((key) => group.keys.has(key)));
    const joined: Compared = {
      keys: new Set([...touching.flatMap((group) => [...group.keys]), ...keys]),
      literals: new Set([...touching.flatMap((group) => [...group.literals]), ...open.literals]),
    };
    groups = [...groups.filter((group) => !touching.includes(group)), joined];
  }
  const literalsOf = (key: string) => groups.find((group) => group.keys.has(key))?.literals ?? [];
  return [...variables].map(([key, variable]) => ({ variable, literals: [...literalsOf(key)] }));
};

/** Parts that share a variable stand together; no group's truth depends on another's. */
export const independentGroups = (parts: readonly RuleTree[]): readonly (readonly RuleTree[])[] => {
  let groups: { readonly keys: ReadonlySet<string>; readonly parts: readonly RuleTree[] }[] = [];
  for (const part of parts) {
    const keys = new Set(
      variablesOf(part).flatMap(({ variable: { key, sightOf } }) => (sightOf ? [key, sightOf.path] : [key])),
    );
    const touching = groups.filter((group) => [...group.keys].some((key) => keys.has(key)));
    groups = [
      ...groups.filter((group) => !touching.includes(group)),
      {
        keys: new Set([...keys, ...touching.flatMap((group) => [...group.keys])]),
        parts: [...touching.flatMap((group) => group.parts), part],
      },
    ];
  }
  return groups.map((group) => group.parts);
};
