import { isJsonObject, type JsonValue } from "../../kernel/json.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import { isWeightedRule } from "../../signals/routes.ts";
import { type Finding, fails, holds } from "./finding.ts";
import type { ListenerReads } from "./routes.ts";

/** ARN of the pool by which an action logs people in; none where it is no such action. */
const poolOf = (action: JsonValue): readonly string[] => {
  const cognito = isJsonObject(action) ? action["AuthenticateCognitoConfig"] : undefined;
  const arn = isJsonObject(cognito ?? null) ? (cognito as { readonly [name: string]: JsonValue })["UserPoolArn"] : "";
  return typeof arn === "string" && arn !== "" ? [arn] : [];
};

/**
 * Whoever writes a rule that logs people in by Cognito needs a right on its pool. The stack grants it for those that are
 * listed; without it the first step is refused, and so is the weighted rule of every rollback.
 */
export const loginFindings = (
  { routes, userPools = [] }: CutoverBindings,
  reads: ListenerReads,
): readonly Finding[] => {
  const pools = routes.flatMap((route) => {
    const read = reads.get(route.listenerArn);
    const rule = read?.ok === true ? read.value.rules.find((each) => isWeightedRule(route, each)) : undefined;
    return (rule?.otherActions ?? []).flatMap(poolOf);
  });
  return [...new Set(pools)].map((pool) =>
    userPools.includes(pool)
      ? holds("login", `by ${pool}, which is listed`)
      : fails(
          "login",
          `a weighted rule logs people in by ${pool}, which cutover.json does not list: no role may write that rule`,
          "Add it to `userPools`, package and deploy.",
        ),
  );
};
