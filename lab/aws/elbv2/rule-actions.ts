import { AwsFault } from "../wire/fault.ts";
import type { LoadBalancer, RuleAction } from "./load-balancer.ts";

const MAX_TARGET_GROUPS = 5;
const MAX_WEIGHT = 999;
const MAX_STICKY_SECONDS = 604_800;
const ROUTING = new Set(["forward", "fixed-response"]);
const OPAQUE = new Set(["authenticate-oidc", "authenticate-cognito", "jwt-validation"]);

const invalid = (message: string): AwsFault => new AwsFault("InvalidLoadBalancerActionException", message);
const outOfRange = (message: string): AwsFault => new AwsFault("ValidationError", message);

/**
 * Checks a rule's actions as ELB does and fills in what Describe shows and nobody wrote (aws.md 1, ModifyRule).
 * @throws {AwsFault} exactly one routing action, last by order; weights 0 to 999; at most five target groups; …
 */
export const acceptActions = (balancer: LoadBalancer, actions: readonly RuleAction[]): readonly RuleAction[] => {
  for (const action of actions)
    if (!ROUTING.has(action.Type) && !OPAQUE.has(action.Type))
      throw outOfRange(`The lab does not serve actions of type '${action.Type}'`);
  const ordered = [...actions].sort((one, other) => (one.Order ?? 1) - (other.Order ?? 1));
  if (actions.length > 1 && new Set(actions.map((action) => action.Order)).size < actions.length)
    throw invalid("Each action must have an order of its own");
  const routing = ordered.filter((action) => ROUTING.has(action.Type));
  if (routing.length !== 1 || ordered.at(-1) !== routing[0])
    throw invalid("Exactly one of forward and fixed-response is required, and it must be the last action");
  return ordered.map((action) => (action.Type === "forward" ? acceptForward(balancer, action) : acceptOther(action)));
};

const acceptOther = (action: RuleAction): RuleAction => {
  if (action.TargetGroupArn !== undefined || action.ForwardConfig !== undefined)
    throw invalid(`An action of type ${action.Type} takes no target group`);
  if (action.Type === "fixed-response" && !/^[245]\d\d$/.test(action.FixedResponseConfig?.StatusCode ?? ""))
    throw outOfRange("A fixed response needs a StatusCode of 2XX, 4XX or 5XX");
  if (action.Type !== "authenticate-oidc") return action;
  // The secret is required on every write, unless the caller says to keep the old one; Describe never shows it.
  const { ClientSecret, UseExistingClientSecret, ...shown } = action.AuthenticateOidcConfig ?? {};
  if (ClientSecret === undefined && UseExistingClientSecret !== true)
    throw outOfRange("ClientSecret is required, or UseExistingClientSecret");
  return { ...action, AuthenticateOidcConfig: shown } as RuleAction;
};

const acceptForward = (balancer: LoadBalancer, action: RuleAction): RuleAction => {
  if (action.FixedResponseConfig !== undefined || action.RedirectConfig !== undefined)
    throw invalid("A forward action takes no fixed response and no redirect");
  const groups = groupsOf(action);
  const arns = new Set(groups.map((group) => group.TargetGroupArn));
  if (groups.length > MAX_TARGET_GROUPS)
    throw new AwsFault("TooManyTargetGroupsException", `An action takes at most ${MAX_TARGET_GROUPS} target groups`);
  if (arns.size < groups.length) throw outOfRange("Each target group may be named once");
  for (const { TargetGroupArn, Weight } of groups) {
    if (balancer.targetGroup(TargetGroupArn) === undefined)
      throw new AwsFault("TargetGroupNotFoundException", `Target groups '${TargetGroupArn}' not found`);
    if (!Number.isInteger(Weight) || Weight < 0 || Weight > MAX_WEIGHT)
      throw outOfRange(`Weight '${Weight}' must be between 0 and ${MAX_WEIGHT}`);
  }
  // What ELB does with weights that are all zero is written nowhere (aws.md 9, 4): the lab takes the cautious side.
  if (groups.every((group) => group.Weight === 0)) throw outOfRange("At least one weight must be greater than 0");
  const TargetGroupStickinessConfig = stickinessOf(balancer, action, [...arns]);
  const { TargetGroupArn: _replaced, ForwardConfig: _filledIn, ...rest } = action;
  const only = groups.length === 1 ? groups[0]?.TargetGroupArn : undefined;
  return {
    ...rest,
    ...(only === undefined ? {} : { TargetGroupArn: only }),
    ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig },
  };
};

interface WeightedGroup {
  readonly TargetGroupArn: string;
  readonly Weight: number;
}

/** `TargetGroupArn` beside `ForwardConfig` is legal only where both name the same single group (aws.md 1). */
const groupsOf = (action: RuleAction): readonly WeightedGroup[] => {
  const alone = action.TargetGroupArn;
  const config = action.ForwardConfig?.TargetGroups;
  if (config === undefined) {
    if (alone === undefined) throw outOfRange("A forward action needs a target group");
    return [{ TargetGroupArn: alone, Weight: 1 }];
  }
  if (alone !== undefined && (config.length !== 1 || config[0]?.TargetGroupArn !== alone))
    throw invalid("TargetGroupArn may stand beside ForwardConfig only where that names the same single group");
  return config.map((group) => {
    if (group.TargetGroupArn === undefined) throw outOfRange("A target group ARN must be specified");
    return { TargetGroupArn: group.TargetGroupArn, Weight: group.Weight ?? 1 };
  });
};

const stickinessOf = (
  balancer: LoadBalancer,
  action: RuleAction,
  arns: readonly string[],
): { readonly Enabled: boolean; readonly DurationSeconds?: number } => {
  const { Enabled = false, DurationSeconds } = action.ForwardConfig?.TargetGroupStickinessConfig ?? {};
  const stickyTargets = arns.some((arn) => balancer.targetGroup(arn)?.attributes["stickiness.enabled"] === "true");
  if (arns.length > 1 && stickyTargets && !Enabled)
    throw new AwsFault(
      "InvalidConfigurationRequestException",
      "You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups",
    );
  if (!Enabled && DurationSeconds === undefined) return { Enabled };
  if (DurationSeconds === undefined || DurationSeconds < 1 || DurationSeconds > MAX_STICKY_SECONDS)
    throw outOfRange(`DurationSeconds must be between 1 and ${MAX_STICKY_SECONDS}`);
  return { Enabled, DurationSeconds };
};
