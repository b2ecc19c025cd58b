import type { Condition } from "./load-balancer.ts";
import { refuse } from "./refusals.ts";

export const valuesOf = (condition: Condition): readonly string[] =>
  condition.PathPatternConfig?.Values ?? condition.HostHeaderConfig?.Values ?? condition.Values ?? [];

/**
 * Checks a rule's conditions and brings them into the form that Describe shows: the values stand both in `Values` and
 * in the field's own configuration. In that form nobody may write them back: a request gives them in one of the two.
 * @throws {AwsFault} no values, a field twice, or a kind of condition that the lab's data plane cannot match.
 */
export const acceptConditions = (conditions: readonly Condition[]): readonly Condition[] => {
  const accepted = conditions.map(acceptCondition);
  const fields = accepted.map(({ Field }) => Field);
  const twice = fields.find((field, index) => fields.indexOf(field) < index);
  if (twice !== undefined) throw refuse("fieldTwice", twice);
  return accepted;
};

const CONFIG_OF = { "path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig" } as const;

const acceptCondition = (condition: Condition): Condition => {
  const { Field, Values: plain, RegexValues, ...configs } = condition;
  if (Field !== "path-pattern" && Field !== "host-header") throw refuse("conditionField", Field);
  const own = CONFIG_OF[Field];
  const config = configs[own];
  if (Object.keys(configs).some((name) => name !== own)) throw refuse("configOfOtherField", Field);
  if (RegexValues !== undefined || config?.RegexValues !== undefined) throw refuse("regex");
  if (plain !== undefined && config !== undefined) throw refuse("valuesTwice", own);
  if (plain !== undefined && plain.length > 1) throw refuse("severalPlain", own);
  const Values = valuesOf(condition);
  if (Values.length === 0 || Values.some(({ length }) => length < 1 || length > 128)) throw refuse("conditionValues");
  return { Field, Values, [own]: { Values } };
};
