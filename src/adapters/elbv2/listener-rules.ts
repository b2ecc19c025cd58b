import type { Action, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ForwardTarget, ObservedRule, WeightWrite } from "../../actuation/rules-port.ts";
import type { JsonObject, JsonValue } from "../../kernel/json.ts";

/** What AWS assumes of a target group whose weight nobody wrote. */
const DEFAULT_WEIGHT = 1;

/** Drops the `undefined` members that the SDK's shapes carry. */
const plain = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;

const targetsOf = (action: Action): readonly ForwardTarget[] =>
  (action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn }]).flatMap((target) =>
    target.TargetGroupArn === undefined
      ? []
      : [{ targetGroupArn: target.TargetGroupArn, weight: target.Weight ?? DEFAULT_WEIGHT }],
  );

const isForward = (action: Action): boolean => action.Type === "forward";

export const observedRule = (rule: Rule): ObservedRule => {
  const actions = rule.Actions ?? [];
  const forward = actions.find(isForward);
  return {
    ruleArn: rule.RuleArn ?? "",
    priority: rule.IsDefault || rule.Priority === "default" ? null : Number(rule.Priority),
    conditions: (rule.Conditions ?? []).map(plain),
    forward: forward
      ? {
          targets: targetsOf(forward),
          sticky: forward.ForwardConfig?.TargetGroupStickinessConfig?.Enabled === true,
        }
      : null,
    otherActions: actions.filter((action) => !isForward(action)).map(plain),
  };
};

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An action as it was read, fit to be written: AWS never shows the client secret, and keeps it only when told to. */
const writtenBack = (action: JsonValue): Action => {
  const read = isObject(action) ? action : {};
  const oidc = read["AuthenticateOidcConfig"];
  return (isObject(oidc)
    ? { ...read, AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true } }
    : read) as unknown as Action;
};

/** The whole list of actions of a weighted rule: `ModifyRule` replaces the list, and forward has to come last. */
export const weightedActions = (write: WeightWrite, otherActions: readonly JsonValue[]): Action[] => {
  const others = otherActions.map(writtenBack);
  return [
    ...others,
    {
      Type: "forward",
      Order: Math.max(0, ...others.map((action) => action.Order ?? 0)) + 1,
      ForwardConfig: {
        TargetGroups: [
          ...(write.blueLeftOut === true
            ? []
            : [{ TargetGroupArn: write.route.blue, Weight: 100 - write.greenPercent }]),
          { TargetGroupArn: write.route.green, Weight: write.greenPercent },
        ],
        TargetGroupStickinessConfig:
          write.stickySeconds === null ? { Enabled: false } : { Enabled: true, DurationSeconds: write.stickySeconds },
      },
    },
  ];
};
