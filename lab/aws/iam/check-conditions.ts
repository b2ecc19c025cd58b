import { isKnownOperator, isSetOperator, list } from "./conditions.ts";
import { matches } from "./patterns.ts";
import type { PolicyDocument, Statement } from "./policy.ts";

interface KnownKey {
  /** Of which actions a request carries it. */
  readonly actions: readonly string[];
  /** It may have several values at once, so that only `ForAllValues:` and `ForAnyValue:` say what is meant. */
  readonly several?: true;
}

const EVERY_ACTION = ["*"];
const ITEM_ACTIONS = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem", "Query"];

/** Condition keys that the lab's requests carry. One that it does not know would never hold, and nobody would hear why. */
const KNOWN_KEYS: Readonly<Record<string, KnownKey>> = {
  "aws:sourcearn": { actions: EVERY_ACTION },
  "aws:sourceaccount": { actions: EVERY_ACTION },
  // Of the calls that a function's own code makes, and not of those that Lambda makes for it.
  "lambda:sourcefunctionarn": { actions: EVERY_ACTION },
  "cloudwatch:namespace": { actions: ["cloudwatch:PutMetricData"] },
  "dynamodb:leadingkeys": { actions: ITEM_ACTIONS.map((name) => `dynamodb:${name}`), several: true },
};

/** @throws a condition that the lab could not hold against a request; `of` says whose policy it stands in. */
export const demandKnownConditions = (of: string, { Statement: statements }: PolicyDocument): void => {
  const [fault] = statements.flatMap(faultsOf);
  if (fault !== undefined) throw new Error(`${of}: ${fault}`);
};

const faultsOf = (statement: Statement): readonly string[] =>
  Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    isKnownOperator(operator)
      ? Object.keys(keys).flatMap((key) => keyFaults(statement, operator, key))
      : [`the lab does not know the condition operator ${operator}`],
  );

const keyFaults = ({ Action }: Statement, operator: string, key: string): readonly string[] => {
  const known = Object.hasOwn(KNOWN_KEYS, key.toLowerCase()) ? KNOWN_KEYS[key.toLowerCase()] : undefined;
  if (known === undefined) return [`the lab does not know the condition key ${key}`];
  if (known.several === true && operator !== "Null" && !isSetOperator(operator))
    return [`${key} may have several values: ${operator} needs ForAllValues: or ForAnyValue: before it`];
  const without = list(Action).filter(
    (action) => !known.actions.some((carrying) => matches(carrying, action, "anyCase")),
  );
  return without.map((action) => `a request of ${action} never carries the condition key ${key}`);
};
