import { describe, expect, it } from "vitest";
import { withoutEmptyStatements } from "../../../scripts/template/empty-statements.ts";

const role = (...statements: readonly { readonly Action: string; readonly Resource: unknown }[]) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    RoleName: "x",
    Policies: [{ PolicyName: "x", PolicyDocument: { Version: "v", Statement: statements } }],
  },
});
const move = { Action: "elasticloadbalancing:SetRulePriorities", Resource: [] };
const read = { Action: "elasticloadbalancing:DescribeRules", Resource: "*" };

describe("a role's statement about no resource", () => {
  it("is left out of the template, and everything else stays", () => {
    const queue = { Type: "AWS::SQS::Queue", Properties: { QueueName: "q" } };
    const template = { Parameters: { P: {} }, Resources: { Role: role(read, move), Queue: queue } };

    expect(withoutEmptyStatements(template)).toEqual({
      Parameters: { P: {} },
      Resources: { Role: role(read), Queue: queue },
    });
  });
});
