import { forwardOrder, writtenBack } from "../actuation/written-back.ts";
import type { JsonValue } from "../kernel/json.ts";
import type { RouteBinding } from "../signals/bindings.ts";
import { quoted } from "./quoted.ts";

/**
 * The command that sends a route to blue by hand. It writes the whole list of actions: `otherActions`, a login for instance,
 * are in it as they were read; null where the rule could not be read, which the command then says.
 */
export const toBlueByHand = (
  { weightedRuleArn, listenerArn, blue }: RouteBinding,
  otherActions: readonly JsonValue[] | null,
): string => {
  const before = writtenBack(otherActions ?? []);
  const forward = { Type: "forward", Order: forwardOrder(before), TargetGroupArn: blue };
  const actions =
    before.length === 0 ? `Type=forward,TargetGroupArn=${blue}` : quoted(JSON.stringify([...before, forward]));
  const command =
    weightedRuleArn === undefined
      ? `aws elbv2 modify-listener --listener-arn ${listenerArn} --default-actions ${actions}`
      : `aws elbv2 modify-rule --rule-arn ${weightedRuleArn} --actions ${actions}`;
  if (otherActions !== null) return command;
  const look =
    weightedRuleArn === undefined
      ? `aws elbv2 describe-listeners --listener-arns ${listenerArn}`
      : `aws elbv2 describe-rules --rule-arns ${weightedRuleArn}`;
  return `${UNREAD}\n${look}\n${command}`;
};

const UNREAD =
  "Its rule could not be read, and the command below replaces all actions of it: a login before the forward would be gone. Look first, and write such actions with it (an oidc one with UseExistingClientSecret=true):";
