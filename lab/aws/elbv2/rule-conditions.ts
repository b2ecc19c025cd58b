import { AwsFault } from "../wire/fault.ts";
import type { Condition } from "./load-balancer.ts";

const invalid = (message: string): AwsFault => new AwsFault("ValidationError", message);

export const valuesOf = (condition: Condition): readonly string[] =>
  condition.PathPatternConfig?.Values ?? condition.HostHeaderConfig?.Values ?? condition.Values ?? [];

/**
 * Checks a rule's conditions and brings them into the form that Describe shows: the values stand both in `Values` and
 * in the field's own configuration.
 * @throws {AwsFault} no conditions, no values, or a kind of condition that the lab's data plane cannot match.
 */
export const acceptConditions = (conditions: readonly Condition[]): readonly Condition[] => {
  if (conditions.length === 0) throw invalid("A rule must have at least one condition");
  return conditions.map(acceptCondition);
};

const acceptCondition = (condition: Condition): Condition => {
  const { Field, RegexValues } = condition;
  if (RegexValues !== undefined) throw invalid("The lab does not match regular expressions");
  const Values = valuesOf(condition);
  if (Values.length === 0 || Values.some((value) => value.length > 128))
    throw invalid(`A condition needs values of at most 128 characters`);
  if (Field === "path-pattern") return { Field, Values, PathPatternConfig: { Values } };
  if (Field === "host-header") return { Field, Values, HostHeaderConfig: { Values } };
  throw invalid(`The lab does not match conditions of field '${Field}'`);
};
