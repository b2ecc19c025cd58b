import { describe, expect, it } from "vitest";
import { INLINE_CHARACTERS, roleFaults, roleSizes } from "../../../scripts/template/check-roles.ts";

const roleOf = (...Statement: readonly unknown[]) => ({
  Role: {
    Type: "AWS::IAM::Role",
    Properties: { Policies: [{ PolicyName: "p", PolicyDocument: { Version: "2012-10-17", Statement } }] },
  },
  Queue: { Type: "AWS::SQS::Queue" },
});
const sizeOf = (resources: object): number => roleSizes(resources as never)[0]?.characters ?? 0;

const arn = (route: number): string =>
  `arn:aws-us-gov:elasticloadbalancing:us-gov-east-1:000000000000:listener-rule/app/${"a-name-as-long-as-there-may-be-xx"}/50dc6c495c0c9188/f2f7dc8efc522ab2/${String(route).padStart(16, "0")}`;

describe("the size of a role", () => {
  it("counts what IAM counts: every policy, without white space", () => {
    const one = { Effect: "Allow", Action: "a:B", Resource: "*" };
    expect(sizeOf(roleOf(one))).toBe(JSON.stringify({ Version: "2012-10-17", Statement: [one] }).length);
    expect(sizeOf(roleOf({ ...one, Sid: "with a space" }))).toBe(sizeOf(roleOf({ ...one, Sid: "withaspace" })));
  });

  it("takes an intrinsic function for the longest that it may become, and of two branches the larger", () => {
    const small = { Effect: "Allow", Action: "a:B", Resource: "*" };
    const large = { Effect: "Allow", Action: ["a:B", "a:C", "a:D"], Resource: "*" };
    expect(sizeOf(roleOf({ "Fn::If": ["InVpc", small, large] }))).toBe(sizeOf(roleOf(large)));
    expect(sizeOf(roleOf({ ...small, Resource: { "Fn::GetAtt": ["Table", "Arn"] } }))).toBe(
      sizeOf(roleOf({ ...small, Resource: "x".repeat(110) })),
    );
  });

  it("refuses what IAM would, a fifth before it does, and names role and size", () => {
    const rules = (count: number) =>
      roleOf({
        Effect: "Allow",
        Action: "elasticloadbalancing:ModifyRule",
        Resource: Array.from({ length: count }, (_, route) => arn(route)),
      });
    expect(roleFaults(rules(40) as never)).toEqual([]);
    expect(roleFaults(rules(80) as never)).toEqual([
      expect.stringMatching(/^The policies of Role come to \d+ characters; IAM takes 10240/),
    ]);
    expect(INLINE_CHARACTERS).toBe(8_192);
  });
});
