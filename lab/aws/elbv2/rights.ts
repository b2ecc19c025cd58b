import type { NeededRight, NeededRights } from "../contracts.ts";
import { bodyText } from "../wire/body.ts";

/** `RulePriorities.member.1.RuleArn`, `.2.`, … */
const PRIORITY = /^RulePriorities\.member\.\d+\.RuleArn$/;

/** Of an action of a rule, or of a listener's default ones: the pool is looked at in the name of whoever writes it. */
const USER_POOL = /\.AuthenticateCognitoConfig\.UserPoolArn$/;

const RESOURCE_MEMBER: Readonly<Record<string, string>> = {
  ModifyRule: "RuleArn",
  DeleteRule: "RuleArn",
  CreateRule: "ListenerArn",
  ModifyListener: "ListenerArn",
  RegisterTargets: "TargetGroupArn",
  DeregisterTargets: "TargetGroupArn",
};

/**
 * aws.md 7, IAM: no Describe knows resources; the rest are rights on each rule, listener or target group they name. None
 * carries a tag here: the template asks for none, and a condition on one is refused where the policy is read.
 */
export const loadBalancerRights: NeededRights = (call, action) => {
  const form = new URLSearchParams(bodyText(call));
  const rights = (resources: readonly string[]): readonly NeededRight[] =>
    resources.map((resource) => ({ action: `elasticloadbalancing:${action}`, resource }));
  if (action.startsWith("Describe")) return rights(["*"]);
  if (action === "SetRulePriorities")
    return rights([...form].filter(([name]) => PRIORITY.test(name)).map(([, arn]) => arn));
  const member = Object.hasOwn(RESOURCE_MEMBER, action) ? RESOURCE_MEMBER[action] : undefined;
  if (member === undefined) return null;
  const pools = [...form].filter(([name]) => USER_POOL.test(name)).map(([, arn]) => arn);
  return [
    ...rights(form.getAll(member)),
    ...pools.map((resource) => ({ action: "cognito-idp:DescribeUserPoolClient", resource })),
  ];
};
