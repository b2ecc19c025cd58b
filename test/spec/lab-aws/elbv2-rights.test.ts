import { expect, test } from "vitest";
import type { AwsCall } from "../../../lab/aws/contracts.ts";
import { loadBalancerRights } from "../../../lab/aws/elbv2/rights.ts";

const RULE = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/orders/1/2/3";
const POOL = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Ab129faBb";
const rightsOf = (form: Readonly<Record<string, string>>) =>
  loadBalancerRights(
    { headers: {}, body: Buffer.from(new URLSearchParams(form).toString()) } as unknown as AwsCall,
    "ModifyRule",
  );

test("whoever writes a rule that logs people in by Cognito needs a right on its pool as well", () => {
  const write = { RuleArn: RULE, "Actions.member.1.Type": "authenticate-cognito" };
  const onRule = { action: "elasticloadbalancing:ModifyRule", resource: RULE };

  expect(rightsOf(write)).toEqual([onRule]);
  expect(rightsOf({ ...write, "Actions.member.1.AuthenticateCognitoConfig.UserPoolArn": POOL })).toEqual([
    onRule,
    { action: "cognito-idp:DescribeUserPoolClient", resource: POOL },
  ]);
});
