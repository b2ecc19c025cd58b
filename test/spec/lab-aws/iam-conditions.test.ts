import { describe, expect, it } from "vitest";
import { demandKnownConditions } from "../../../lab/aws/iam/check-conditions.ts";
import { type Conditions, conditionsHold } from "../../../lab/aws/iam/conditions.ts";
import { type PolicyDocument, rule, type Statement } from "../../../lab/aws/iam/policy.ts";
import { createRoles } from "../../../lab/aws/iam/roles.ts";

const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/pawl";
const document = (...Statement: readonly Statement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });
const keys = (...values: readonly string[]) => ({ "dynamodb:leadingkeys": values });

describe("a condition", () => {
  it.each<[string, Conditions, Readonly<Record<string, string | readonly string[]>>, boolean]>([
    ["StringEquals, one of several values", { StringEquals: { "aws:Key": ["a", "b"] } }, { "aws:key": "b" }, true],
    ["StringEquals minds the case", { StringEquals: { "aws:Key": "a" } }, { "aws:key": "A" }, false],
    ["StringEquals takes a star as a star", { StringEquals: { "aws:Key": "a*" } }, { "aws:key": "ab" }, false],
    ["StringEquals of an absent key", { StringEquals: { "aws:Key": "a" } }, {}, false],
    ["StringEqualsIfExists of an absent key", { StringEqualsIfExists: { "aws:Key": "a" } }, {}, true],
    ["StringNotEquals of an absent key", { StringNotEquals: { "aws:Key": "a" } }, {}, true],
    ["StringNotEquals", { StringNotEquals: { "aws:Key": ["a", "b"] } }, { "aws:key": "b" }, false],
    ["StringLike", { StringLike: { "aws:Key": "cut?ver#*" } }, { "aws:key": "cutover#orders" }, true],
    [
      "ArnLike, part by part",
      { ArnLike: { "aws:Key": "arn:aws:sns:*:1:t*" } },
      { "aws:key": "arn:aws:sns:eu:1:top" },
      true,
    ],
    [
      "ArnLike never lets a star reach over a colon",
      { ArnLike: { "aws:Key": "arn:aws:sns:*:t*" } },
      { "aws:key": "arn:aws:sns:eu:1:top" },
      false,
    ],
    ["Bool, in any case", { Bool: { "aws:Key": "True" } }, { "aws:key": "true" }, true],
    ["Null true: the key is absent", { Null: { "aws:Key": "true" } }, {}, true],
    ["Null false: the key is there", { Null: { "aws:Key": "false" } }, {}, false],
    ["Null false, and it is", { Null: { "aws:Key": "false" } }, { "aws:key": "x" }, true],
    [
      "ForAllValues, all of them",
      { "ForAllValues:StringLike": { "aws:Key": ["a*", "b"] } },
      { "aws:key": ["ax", "b"] },
      true,
    ],
    ["ForAllValues, but one", { "ForAllValues:StringEquals": { "aws:Key": ["a"] } }, { "aws:key": ["a", "b"] }, false],
    ["ForAllValues of no value is true", { "ForAllValues:StringEquals": { "aws:Key": ["a"] } }, {}, true],
    ["ForAnyValue, one of them", { "ForAnyValue:StringEquals": { "aws:Key": ["a"] } }, { "aws:key": ["a", "b"] }, true],
    ["ForAnyValue of no value is false", { "ForAnyValue:StringEquals": { "aws:Key": ["a"] } }, {}, false],
    [
      "every operator and every key",
      { StringEquals: { "aws:Key": "a", "aws:Other": "b" } },
      { "aws:key": "a", "aws:other": "c" },
      false,
    ],
  ])("%s", (_what, conditions, context, holds) => {
    expect(conditionsHold(conditions, context)).toBe(holds);
  });

  it.each<[string, Partial<Statement>, RegExp]>([
    [
      "an operator it does not know",
      { Condition: { NumericLessThan: { "aws:SourceArn": "1" } } },
      /operator NumericLessThan/,
    ],
    ["a key it does not know", { Condition: { StringEquals: { "aws:ResourceTag/team": "x" } } }, /key aws:ResourceTag/],
    [
      "one value of a key that has several",
      { Condition: { StringEquals: { "dynamodb:LeadingKeys": "active" } } },
      /needs ForAllValues: or ForAnyValue:/,
    ],
    [
      "a key that the action never carries",
      { Action: "dynamodb:Scan", Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "active" } } },
      /dynamodb:Scan never carries/,
    ],
  ])("is refused where a policy is read: %s", (_what, of, why) => {
    const policy = document({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: TABLE, ...of });
    expect(() => demandKnownConditions("a role", policy)).toThrow(why);
  });
});

describe("an explicit Deny", () => {
  it("of what a function's own code does leaves Lambda itself its right", () => {
    const policy = document(
      { Effect: "Allow", Action: "ec2:CreateNetworkInterface", Resource: "*" },
      {
        Effect: "Deny",
        Action: "ec2:CreateNetworkInterface",
        Resource: "*",
        Condition: { ArnLike: { "lambda:SourceFunctionArn": "arn:aws:lambda:*:*:function:pawl-*" } },
      },
    );
    const request = { action: "ec2:CreateNetworkInterface", resource: "*" };
    const byCode = { "lambda:sourcefunctionarn": "arn:aws:lambda:us-east-1:000000000000:function:pawl-observe" };
    expect(rule([policy], request)).toBe("allowed");
    expect(rule([policy], { ...request, context: byCode })).toBe("denied");
  });
});

describe("a role", () => {
  const TRUST = document({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } });
  const roleWith = async (...Statement: readonly Statement[]) => {
    const roles = createRoles();
    await roles.provider.create("Worker", "AWS::IAM::Role", {
      RoleName: "worker",
      AssumeRolePolicyDocument: TRUST,
      Policies: [{ PolicyName: "all", PolicyDocument: document(...Statement) }],
    });
    const [role] = roles.all();
    if (role === undefined) throw new Error("it was not made");
    return { roles, rights: role.rights };
  };
  const put = (key: string) => ({ action: "dynamodb:PutItem", resource: TABLE, context: keys(key) });

  it("counts what it uses, action by action, resource by resource, leading key by leading key", async () => {
    const { roles, rights } = await roleWith({
      Effect: "Allow",
      Action: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
      Resource: TABLE,
      Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["cutover#*", "ledger#*"] } },
    });
    expect(rights.refusal(put("cutover#orders"), "worker")).toBeNull();
    expect(roles.uses().map(({ role, grant, times }) => [role, grant.action, grant.leadingKey, times])).toEqual([
      ["worker", "dynamodb:PutItem", "cutover#*", 1],
      ["worker", "dynamodb:PutItem", "ledger#*", 0],
      ["worker", "dynamodb:UpdateItem", "cutover#*", 0],
      ["worker", "dynamodb:UpdateItem", "ledger#*", 0],
    ]);
  });

  it("is told in AWS's words what it may not do, and that is remembered", async () => {
    const { roles, rights } = await roleWith(
      { Effect: "Allow", Action: "dynamodb:*", Resource: "*" },
      { Effect: "Deny", Action: "dynamodb:PutItem", Resource: "*" },
    );
    const denied = `User: arn:aws:sts::000000000000:assumed-role/worker/pawl-x is not authorized to perform: dynamodb:PutItem on resource: ${TABLE} with an explicit deny in an identity-based policy`;
    expect(rights.refusal(put("active"), "pawl-x")).toBe(denied);
    expect(rights.refusal({ action: "cloudwatch:GetMetricData", resource: "*" }, "pawl-x")).toBe(
      "User: arn:aws:sts::000000000000:assumed-role/worker/pawl-x is not authorized to perform: cloudwatch:GetMetricData because no identity-based policy allows the cloudwatch:GetMetricData action",
    );
    expect(roles.denials().map(({ role, action }) => [role, action])).toEqual([
      ["worker", "dynamodb:PutItem"],
      ["worker", "cloudwatch:GetMetricData"],
    ]);
  });

  it.each<[string, Statement, RegExp]>([
    ["a resource that is half an ARN", { Effect: "Allow", Action: "a:B", Resource: "arn:aws:dynamodb:*" }, /Resource/],
    ["a condition it does not know", { Effect: "Allow", Action: "a:B", Resource: "*", Condition: { Odd: {} } }, /Odd/],
  ])("is refused with %s", async (_what, statement, why) => {
    await expect(roleWith(statement)).rejects.toThrow(why);
  });
});
