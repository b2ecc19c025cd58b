import { DescribeRulesCommand, ModifyRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { RouteBinding } from "../../src/signals/bindings.ts";
import type { LabAccount } from "../account.ts";
import type { EndFault } from "./fault.ts";
import { somebodysLoadBalancer } from "./somebody.ts";

/** Somebody with rights and a console sets a weighted rule's share. @returns what sets it back as it was. */
export const editWeightsByHand = async (
  account: LabAccount,
  route: RouteBinding,
  greenPercent: number,
): Promise<EndFault> => {
  const { weightedRuleArn: RuleArn } = route;
  if (RuleArn === undefined) throw new Error("a default action is not edited by this fault");
  const client = somebodysLoadBalancer(account);
  const before = await client.send(new DescribeRulesCommand({ RuleArns: [RuleArn] }));
  const actions = before.Rules?.[0]?.Actions;
  if (actions === undefined) throw new Error(`${RuleArn} has no actions to edit`);
  await client.send(
    new ModifyRuleCommand({
      RuleArn,
      Actions: [
        {
          Type: "forward",
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: route.blue, Weight: 100 - greenPercent },
              { TargetGroupArn: route.green, Weight: greenPercent },
            ],
          },
        },
      ],
    }),
  );
  return async () => {
    await client.send(new ModifyRuleCommand({ RuleArn, Actions: actions }));
    client.destroy();
  };
};
