import { isJsonObject, type JsonValue } from "../kernel/json.ts";
import { oncePerObject } from "../kernel/memo.ts";
import { isOfStreams } from "../signals/catalogue.ts";
import { wordOf } from "./logic/describe.ts";
import type { Policy, Rule } from "./policy-file.ts";

/** No signal has this name, so reading it is unknown; it is what an operator sees as the reason. */
const NOT_ASKED: Rule = { var: "past the point of no return the streams" };

const namesStream = (part: JsonValue): boolean =>
  Array.isArray(part) ? part.some(namesStream) : isOfStreams(wordOf(part));

/**
 * The rule with an unknown wherever it reads the streams, by whatever operator: `known` and `missing` too would have an
 * answer where there is nothing to see. What it says without them it still says.
 */
const unseeing = (part: Rule): Rule => {
  if (Array.isArray(part)) return part.map(unseeing);
  if (!isJsonObject(part)) return part;
  return Object.values(part).some(namesStream)
    ? NOT_ASKED
    : Object.fromEntries(Object.entries(part).map(([operator, operands]) => [operator, unseeing(operands)]));
};

/** The policy once the streams go by intent: its rollback rules do not see them, and are otherwise as they were. */
export const withoutStreams: (policy: Policy) => Policy = oncePerObject((policy) => ({
  ...policy,
  rollback: policy.rollback.map((rule) => ({ ...rule, when: unseeing(rule.when) })),
}));
