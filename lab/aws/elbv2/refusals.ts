import { AwsFault } from "../wire/fault.ts";

interface RefusalRow {
  /** The SDK's exception class where there is one, else the wire's code. */
  readonly code: string;
  /** `{}` stands for what was asked. */
  readonly says: string;
  /** Where it is said that AWS refuses it; `lab`: what the lab alone does not serve, and must not ignore. */
  readonly cites: `aws.md ${string}` | "SDK types" | "lab";
}

/**
 * Everything that the local Elastic Load Balancing refuses beside what the wire refuses by the API's own schema: unknown
 * and missing members, and lists that are empty, which count as not given.
 */
export const REFUSALS = {
  weight: { code: "ValidationError", says: "Weight '{}' must be between 0 and 999", cites: "aws.md 1, Weights" },
  allZero: {
    code: "ValidationError",
    says: "At least one weight must be greater than 0",
    cites: "aws.md 9, 4: written nowhere, the lab takes the cautious side",
  },
  fiveGroups: {
    code: "TooManyTargetGroupsException",
    says: "An action takes at most 5 target groups",
    cites: "aws.md 1, Limits",
  },
  groupTwice: {
    code: "ValidationError",
    says: "Each target group may be named once: '{}'",
    cites: "aws.md 1, Weights: relative to the sum of the groups",
  },
  rules: { code: "TooManyRulesException", says: "At most 100 rules", cites: "aws.md 1, Limits" },
  priority: {
    code: "ValidationError",
    says: "Priority '{}' must be between 1 and 50000",
    cites: "SDK types",
  },
  priorityInUse: {
    code: "PriorityInUseException",
    says: "Priority '{}' is currently in use",
    cites: "aws.md 5.4, 1: a free number, no undocumented swap",
  },
  ruleTwice: { code: "ValidationError", says: "Rule '{}' is named twice", cites: "SDK types" },
  priorityPair: { code: "ValidationError", says: "RuleArn and Priority are required", cites: "SDK types" },
  noRule: {
    code: "RuleNotFoundException",
    says: "One or more rules not found: '{}'",
    cites: "aws.md 1, ModifyRule: errors to map",
  },
  noListener: { code: "ListenerNotFoundException", says: "One or more listeners not found: '{}'", cites: "SDK types" },
  noGroup: {
    code: "TargetGroupNotFoundException",
    says: "One or more target groups not found: '{}'",
    cites: "aws.md 1, ModifyRule: errors to map",
  },
  noBalancer: {
    code: "LoadBalancerNotFoundException",
    says: "One or more load balancers not found: '{}'",
    cites: "SDK types",
  },
  noTarget: { code: "InvalidTargetException", says: "The target '{}' is not registered", cites: "SDK types" },
  defaultRule: {
    code: "OperationNotPermittedException",
    says: "Default rule '{}' cannot be modified",
    cites: "aws.md 1, Default rule",
  },
  nothingToChange: {
    code: "ValidationError",
    says: "You must specify conditions, actions or transforms",
    cites: "aws.md 1, ModifyRule: empty lists are not given",
  },
  routesOnce: {
    code: "InvalidLoadBalancerActionException",
    says: "Exactly one of forward and fixed-response is required, and it must be the last action",
    cites: "aws.md 1, ModifyRule: one routing action, last by Order",
  },
  order: {
    code: "InvalidLoadBalancerActionException",
    says: "Each action must have an order of its own",
    cites: "aws.md 1, ModifyRule: one routing action, last by Order",
  },
  orderMissing: {
    code: "InvalidLoadBalancerActionException",
    says: "Order is required for rules with multiple actions",
    cites: "SDK types",
  },
  actions: {
    code: "TooManyActionsException",
    says: "A rule takes at most 5 actions",
    cites: "aws.md 1, ModifyRule: errors to map",
  },
  groupOfOther: {
    code: "InvalidLoadBalancerActionException",
    says: "An action of type {} takes no target group",
    cites: "SDK types",
  },
  configOfOtherType: {
    code: "InvalidLoadBalancerActionException",
    says: "An action of type {} takes no other type's configuration",
    cites: "SDK types",
  },
  configMissing: {
    code: "ValidationError",
    says: "An action of type {} needs its configuration",
    cites: "SDK types",
  },
  logins: {
    code: "InvalidLoadBalancerActionException",
    says: "A rule takes at most one of authenticate-oidc, authenticate-cognito and jwt-validation",
    cites: "SDK types",
  },
  noForwardTarget: { code: "ValidationError", says: "A forward action needs a target group", cites: "SDK types" },
  besideForward: {
    code: "InvalidLoadBalancerActionException",
    says: "TargetGroupArn may stand beside ForwardConfig only where that names the same single group",
    cites: "aws.md 1, ModifyRule: TargetGroupArn beside ForwardConfig",
  },
  secret: {
    code: "ValidationError",
    says: "ClientSecret is required, or UseExistingClientSecret",
    cites: "aws.md 1, ModifyRule: authenticate-oidc",
  },
  secretOfNew: {
    code: "ValidationError",
    says: "ClientSecret is required: a rule that is created has none to keep",
    cites: "aws.md 1, ModifyRule: authenticate-oidc",
  },
  twoSecrets: {
    code: "InvalidLoadBalancerActionException",
    says: "You cannot specify both a client secret and UseExistingClientSecret",
    cites: "aws.md 1, ModifyRule: authenticate-oidc",
  },
  statusCode: {
    code: "ValidationError",
    says: "A fixed response needs a StatusCode of 2XX, 4XX or 5XX",
    cites: "SDK types",
  },
  stickySeconds: {
    code: "ValidationError",
    says: "DurationSeconds must be between 1 and 604800",
    cites: "aws.md 1, Stickiness: 1 s to 7 days",
  },
  stickyGroup: {
    code: "InvalidConfigurationRequestException",
    says: "You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups",
    cites: "aws.md 1, Stickiness",
  },
  conditionValues: {
    code: "ValidationError",
    says: "A condition needs values of 1 to 128 characters",
    cites: "SDK types",
  },
  fieldTwice: { code: "ValidationError", says: "A rule takes one condition of field '{}'", cites: "SDK types" },
  configOfOtherField: {
    code: "ValidationError",
    says: "A condition of field '{}' takes no other field's configuration",
    cites: "SDK types",
  },
  valuesTwice: { code: "ValidationError", says: "Specify either Values or {}, and not both", cites: "SDK types" },
  severalPlain: { code: "ValidationError", says: "Several values of a condition stand in {}", cites: "SDK types" },
  listenersOfWhat: {
    code: "ValidationError",
    says: "You must specify either listener ARNs or a load balancer ARN",
    cites: "SDK types",
  },
  rulesOfWhat: {
    code: "ValidationError",
    says: "You must specify either a listener ARN or rule ARNs, and not both",
    cites: "SDK types",
  },
  marker: { code: "ValidationError", says: "Marker '{}' is not valid", cites: "SDK types" },
  pageSize: { code: "ValidationError", says: "PageSize must be between 1 and 400", cites: "SDK types" },
  actionType: { code: "ValidationError", says: "The lab does not serve actions of type '{}'", cites: "lab" },
  conditionField: { code: "ValidationError", says: "The lab does not match conditions of field '{}'", cites: "lab" },
  regex: { code: "ValidationError", says: "The lab does not match regular expressions", cites: "lab" },
  unserved: { code: "ValidationError", says: "The lab does not serve {}", cites: "lab" },
  listenerChange: {
    code: "ValidationError",
    says: "The lab changes a listener's DefaultActions and nothing else",
    cites: "lab",
  },
} as const satisfies Readonly<Record<string, RefusalRow>>;

export type RefusalName = keyof typeof REFUSALS;

/** @param asked what stands in the sentence for `{}`. */
export const refuse = (name: RefusalName, asked: string | number | undefined = ""): AwsFault =>
  new AwsFault(REFUSALS[name].code, REFUSALS[name].says.replace("{}", String(asked)));
