import type { LoadBalancer, RuleAction } from "./load-balancer.ts";
import { refuse } from "./refusals.ts";

/** The API names the error and no figure: the lab refuses what no cutover needs. */
const MAX_ACTIONS = 5;
const MAX_TARGET_GROUPS = 5;
const MAX_WEIGHT = 999;
const MAX_STICKY_SECONDS = 604_800;
const ROUTING = new Set(["forward", "fixed-response"]);
const LOGINS = new Set(["authenticate-oidc", "authenticate-cognito", "jwt-validation"]);
/** The types that are served, and what each says of itself: nothing of another one's may stand beside it. */
const CONFIG_OF: Readonly<Record<string, keyof RuleAction>> = {
  forward: "ForwardConfig",
  "fixed-response": "FixedResponseConfig",
  "authenticate-oidc": "AuthenticateOidcConfig",
  "authenticate-cognito": "AuthenticateCognitoConfig",
  "jwt-validation": "JwtValidationConfig",
};

/**
 * Checks a rule's actions as ELB does and fills in what Describe shows and nobody wrote (aws.md 1, ModifyRule).
 * @throws {AwsFault} exactly one routing action, last by order; weights 0 to 999; at most five target groups; …
 */
export const acceptActions = (balancer: LoadBalancer, actions: readonly RuleAction[]): readonly RuleAction[] => {
  if (actions.length > MAX_ACTIONS) throw refuse("actions");
  for (const action of actions) {
    if (!Object.hasOwn(CONFIG_OF, action.Type)) throw refuse("actionType", action.Type);
    const configs = Object.keys(action).filter((name) => name.endsWith("Config"));
    if (configs.some((name) => name !== CONFIG_OF[action.Type])) throw refuse("configOfOtherType", action.Type);
  }
  if (actions.length > 1 && actions.some((action) => action.Order === undefined)) throw refuse("orderMissing");
  const ordered = [...actions].sort((one, other) => (one.Order ?? 1) - (other.Order ?? 1));
  if (new Set(actions.map((action) => action.Order)).size < actions.length) throw refuse("order");
  const routing = ordered.filter((action) => ROUTING.has(action.Type));
  if (routing.length !== 1 || ordered.at(-1) !== routing[0]) throw refuse("routesOnce");
  if (ordered.filter((action) => LOGINS.has(action.Type)).length > 1) throw refuse("logins");
  return ordered.map((action) => (action.Type === "forward" ? acceptForward(balancer, action) : acceptOther(action)));
};

/** The same for a rule that is made: it has no secret yet that it could keep. */
export const acceptFirstActions = (balancer: LoadBalancer, actions: readonly RuleAction[]): readonly RuleAction[] => {
  const accepted = acceptActions(balancer, actions);
  const keeps = actions.some((action) => action.AuthenticateOidcConfig?.UseExistingClientSecret === true);
  if (keeps) throw refuse("secretOfNew");
  return accepted;
};

const acceptOther = (action: RuleAction): RuleAction => {
  if (action.TargetGroupArn !== undefined) throw refuse("groupOfOther", action.Type);
  if (action.Type === "fixed-response" && !/^[245]\d\d$/.test(action.FixedResponseConfig?.StatusCode ?? ""))
    throw refuse("statusCode");
  if (action[CONFIG_OF[action.Type] ?? "Type"] === undefined) throw refuse("configMissing", action.Type);
  if (action.Type !== "authenticate-oidc") return action;
  // The secret is required on every write, unless the caller says to keep the old one; Describe never shows it.
  const { ClientSecret, UseExistingClientSecret, ...shown } = action.AuthenticateOidcConfig ?? {};
  if (ClientSecret === undefined && UseExistingClientSecret !== true) throw refuse("secret");
  if (ClientSecret !== undefined && UseExistingClientSecret === true) throw refuse("twoSecrets");
  return { ...action, AuthenticateOidcConfig: shown } as RuleAction;
};

const acceptForward = (balancer: LoadBalancer, action: RuleAction): RuleAction => {
  const groups = groupsOf(action);
  const arns = new Set(groups.map((group) => group.TargetGroupArn));
  if (groups.length > MAX_TARGET_GROUPS) throw refuse("fiveGroups");
  if (arns.size < groups.length) throw refuse("groupTwice", groups[0]?.TargetGroupArn);
  for (const { TargetGroupArn, Weight } of groups) {
    if (balancer.targetGroup(TargetGroupArn) === undefined) throw refuse("noGroup", TargetGroupArn);
    if (!Number.isInteger(Weight) || Weight < 0 || Weight > MAX_WEIGHT) throw refuse("weight", Weight);
  }
  // What ELB does with weights that are all zero is written nowhere (aws.md 9, 4): the lab takes the cautious side.
  if (groups.every((group) => group.Weight === 0)) throw refuse("allZero");
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
    if (alone === undefined) throw refuse("noForwardTarget");
    return [{ TargetGroupArn: alone, Weight: 1 }];
  }
  if (alone !== undefined && (config.length !== 1 || config[0]?.TargetGroupArn !== alone))
    throw refuse("besideForward");
  return config.map((group) => {
    if (group.TargetGroupArn === undefined) throw refuse("noForwardTarget");
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
  if (arns.length > 1 && stickyTargets && !Enabled) throw refuse("stickyGroup");
  if (!Enabled && DurationSeconds === undefined) return { Enabled };
  if (DurationSeconds === undefined || DurationSeconds < 1 || DurationSeconds > MAX_STICKY_SECONDS)
    throw refuse("stickySeconds");
  return { Enabled, DurationSeconds };
};
