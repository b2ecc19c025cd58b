import type { Action, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ForwardTarget, ObservedRule, WeightWrite } from "../../actuation/rules-port.ts";
import { isJsonObject, type JsonValue } from "../../kernel/json.ts";

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

const stickinessOf = ({ ForwardConfig }: Action): { readonly sticky: boolean; readonly stickySeconds?: number } => {
  const { Enabled, DurationSeconds } = ForwardConfig?.TargetGroupStickinessConfig ?? {};
  if (Enabled !== true) return { sticky: false };
  return DurationSeconds === undefined ? { sticky: true } : { sticky: true, stickySeconds: DurationSeconds };
};

/** Actions are carried out by their order, however they are listed. */
const inOrder = (actions: readonly Action[]): readonly Action[] =>
  [...actions].sort((one, other) => (one.Order ?? 0) - (other.Order ?? 0));

export const observedRule = (rule: Rule): ObservedRule => {
  const actions = inOrder(rule.Actions ?? []);
  const forward = actions.find(isForward);
  return {
    ruleArn: rule.RuleArn ?? "",
    priority: rule.IsDefault || rule.Priority === "default" ? null : Number(rule.Priority),
    conditions: (rule.Conditions ?? []).map(plain),
    forward: forward ? { targets: targetsOf(forward), ...stickinessOf(forward) } : null,
    otherActions: actions.filter((action) => !isForward(action)).map(plain),
    ...(rule.Transforms?.length ? { transforms: rule.Transforms.map(plain) } : {}),
  };
};

/** An action as it was read, fit to be written: AWS never shows the client secret, and keeps it only when told to. */
const writtenBack = (action: JsonValue): Action => {
  const read = isJsonObject(action) ? action : {};
  const oidc = read["AuthenticateOidcConfig"];
  return (isJsonObject(oidc)
    ? { ...read, AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true } }
    : read) as unknown as Action;
};

/** The whole list of actions of a weighted rule: `ModifyRule` replaces the list, and forward has to come last. */
export const weightedActions = (write: WeightWrite, otherActions: readonly JsonValue[]): Action[] => {
  // One action alone may have no number; of several each needs its own.
  const others = otherActions
    .map(writtenBack)
    .map((action, index) => ({ ...action, Order: action.Order ?? index + 1 }));
  return [
    ...others,
    {
      Type: "forward",
      Order: Math.max(0, ...others.map(({ Order }) => Order)) + 1,
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
