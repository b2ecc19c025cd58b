import { describe, expect, it } from "vitest";
import { type PolicyDocument, type Ruling, rule, type Statement } from "../../../lab/aws/iam/policy.ts";

const document = (...Statement: readonly Statement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });
const PUT = { action: "dynamodb:PutItem", resource: "arn:aws:dynamodb:us-east-1:000000000000:table/pawl" };

describe("what policies allow", () => {
  it.each<[string, readonly Statement[], Ruling]>([
    ["nothing where no statement speaks", [], "silent"],
    ["what an Allow names", [{ Effect: "Allow", Action: "dynamodb:PutItem", Resource: PUT.resource }], "allowed"],
    [
      "by wildcard, actions in any case",
      [{ Effect: "Allow", Action: "DynamoDB:Put*", Resource: "arn:aws:dynamodb:*:*:table/*" }],
      "allowed",
    ],
    ["not another resource", [{ Effect: "Allow", Action: "*", Resource: `${PUT.resource}-2` }], "silent"],
    [
      "not a name that only contains the pattern",
      [{ Effect: "Allow", Action: "dynamodb:Put", Resource: "*" }],
      "silent",
    ],
    [
      "nothing that a Deny names, whatever else allows it",
      [
        { Effect: "Allow", Action: "*", Resource: "*" },
        { Effect: "Deny", Action: ["dynamodb:PutItem", "dynamodb:UpdateItem"], Resource: "*" },
      ],
      "denied",
    ],
  ])("%s", (_what, statements, ruling) => {
    expect(rule([document(...statements)], PUT)).toBe(ruling);
  });

  it("lets a condition hold only on the value it names", () => {
    const policy = document({
      Effect: "Allow",
      Action: "sns:Publish",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:pawl-*" } },
    });
    const by = (principal: string, sourceArn?: string): Ruling =>
      rule([policy], {
        action: "sns:Publish",
        principal,
        context: sourceArn === undefined ? {} : { "aws:sourcearn": sourceArn },
      });

    expect(by("cloudwatch.amazonaws.com", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:pawl-x")).toBe("allowed");
    expect(by("cloudwatch.amazonaws.com", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:other")).toBe("silent");
    expect(by("cloudwatch.amazonaws.com")).toBe("silent");
    expect(by("events.amazonaws.com", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:pawl-x")).toBe("silent");
  });
});
