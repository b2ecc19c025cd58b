import type { Action, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ForwardTarget, ObservedRule, WeightWrite } from "../../actuation/rules-port.ts";
import { forwardOrder, writtenBack } from "../../actuation/written-back.ts";
import type { JsonValue } from "../../kernel/json.ts";

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

/** The whole list of actions of a weighted rule: `ModifyRule` replaces the list, and forward has to come last. */
export const weightedActions = (write: WeightWrite, otherActions: readonly JsonValue[]): Action[] => {
  const others = writtenBack(otherActions);
  return [
    ...(others as unknown as readonly Action[]),
    {
      Type: "forward",
      Order: forwardOrder(others),
      ForwardConfig: {
        TargetGroups: [
          ...(write.alone === "green" ? [] : [{ TargetGroupArn: write.route.blue, Weight: 100 - write.greenPercent }]),
          ...(write.alone === "blue" ? [] : [{ TargetGroupArn: write.route.green, Weight: write.greenPercent }]),
        ],
        TargetGroupStickinessConfig:
          write.stickySeconds === null ? { Enabled: false } : { Enabled: true, DurationSeconds: write.stickySeconds },
      },
    },
  ];
};
