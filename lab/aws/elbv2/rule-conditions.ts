import type { Condition } from "./load-balancer.ts";
import { refuse } from "./refusals.ts";

export const valuesOf = (condition: Condition): readonly string[] =>
  condition.PathPatternConfig?.Values ?? condition.HostHeaderConfig?.Values ?? condition.Values ?? [];

/**
 * Checks a rule's conditions and brings them into the form that Describe shows: the values stand both in `Values` and
 * in the field's own configuration.
 * @throws {AwsFault} no values, or a kind of condition that the lab's data plane cannot match.
 */
export const acceptConditions = (conditions: readonly Condition[]): readonly Condition[] =>
  conditions.map(acceptCondition);

const acceptCondition = (condition: Condition): Condition => {
  const { Field, RegexValues } = condition;
  if (Field !== "path-pattern" && Field !== "host-header") throw refuse("conditionField", Field);
  if (RegexValues !== undefined) throw refuse("regex");
  const Values = valuesOf(condition);
  if (Values.length === 0 || Values.some((value) => value.length > 128)) throw refuse("conditionValues");
  return Field === "path-pattern"
    ? { Field, Values, PathPatternConfig: { Values } }
    : { Field, Values, HostHeaderConfig: { Values } };
};
