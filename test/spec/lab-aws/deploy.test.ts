// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its placeholders like this
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dependencyOrder } from "../../../lab/aws/deploy/dependency-order.ts";
import { references, resolve, type Scope } from "../../../lab/aws/deploy/intrinsics.ts";
import { parameterValues } from "../../../lab/aws/deploy/parameters.ts";
import { type LabCompute, startLabCompute, workerFunction } from "../../support/lab-compute.ts";

const scope: Scope = {
  ref: (name) => `<${name}>`,
  attribute: (logicalId, attribute) => `<${logicalId}.${attribute}>`,
  condition: (name) => name === "yes",
};

describe("a template's functions", () => {
  it.each([
    ["Ref", { Ref: "Topic" }, "<Topic>"],
    ["GetAtt by list", { "Fn::GetAtt": ["Worker", "Arn"] }, "<Worker.Arn>"],
    ["GetAtt by text", { "Fn::GetAtt": "Worker.Arn" }, "<Worker.Arn>"],
    ["Sub", { "Fn::Sub": "a-${Topic}-${Worker.Arn}-${!kept}" }, "a-<Topic>-<Worker.Arn>-${kept}"],
    ["Sub with its own names", { "Fn::Sub": ["${x}:${Topic}", { x: { Ref: "Y" } }] }, "<Y>:<Topic>"],
    ["Join", { "Fn::Join": ["/", ["a", { Ref: "B" }]] }, "a/<B>"],
    ["If", { "Fn::If": ["yes", "then", "else"] }, "then"],
    ["If not", { "Fn::If": ["no", "then", { Ref: "Else" }] }, "<Else>"],
    ["Select of Split", { "Fn::Select": [1, { "Fn::Split": [",", "a,b"] }] }, "b"],
    ["Not and Equals", { "Fn::Not": [{ "Fn::Equals": ["a", { Ref: "b" }] }] }, true],
    ["an ordinary Condition member", { Condition: { Bool: { a: false } } }, { Condition: { Bool: { a: false } } }],
  ])("resolves %s", (_what, value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  it("refuses a function it does not know, by name", () => {
    expect(() => resolve({ "Fn::ImportValue": "x" }, scope)).toThrow(
      "the lab does not know the function Fn::ImportValue",
    );
  });

  it("finds everything a value refers to", () => {
    const value = { a: [{ Ref: "A" }], b: { "Fn::Sub": ["${B.Arn}${own}", { own: { "Fn::GetAtt": "C.Arn" } }] } };

    expect([...references(value)].sort()).toEqual(["A", "B", "C"]);
  });

  it("names the circle of resources that wait for each other", () => {
    const waitingFor = (other: string) => ({
      type: "T",
      properties: { x: { Ref: other } },
      dependsOn: [],
      condition: null,
    });

    expect(() => dependencyOrder({ A: waitingFor("B"), B: waitingFor("A") })).toThrow("A → B → A");
    expect(dependencyOrder({ A: waitingFor("B"), B: waitingFor("C"), C: waitingFor("AWS::Region") })).toEqual([
      "C",
      "B",
      "A",
    ]);
  });
});

describe("a template's parameters", () => {
  const declared = { Url: { Type: "String", NoEcho: true }, Ids: { Type: "CommaDelimitedList", Default: "a, b" } };

  it("takes given values, then defaults", () => {
    expect(parameterValues(declared, { Url: "secret" })).toEqual({ Url: "secret", Ids: ["a", "b"] });
  });

  it.each([
    ["a missing value", {}, "the parameter Url has no value"],
    ["a stray value", { Url: "x", Urk: "secret" }, "the template has no parameter Urk"],
  ])("refuses %s without showing values", (_what, given, message) => {
    const act = () => parameterValues(declared, given);

    expect(act).toThrow(message);
    expect(act).not.toThrow("secret");
  });
});

describe("deploying", () => {
  let lab: LabCompute;
  beforeEach(async () => {
    lab = await startLabCompute();
  });
  afterEach(() => lab.stop());

  const QUEUE = (properties: object) => ({ Queue: { Type: "AWS::SQS::Queue", Properties: properties } });
  const ECHO = { worker: "export const handler = async (event) => event;" };

  it("makes resources in dependency order, leaves out what its condition forbids, and answers outputs", async () => {
    const stack = await lab.deploy(
      {
        Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: { "Fn::Sub": "${Queue.QueueName}-topic" } } },
        ...QUEUE({
          QueueName: { "Fn::Sub": "${AWS::StackName}-${AWS::Region}" },
          KmsMasterKeyId: { Ref: "AWS::NoValue" },
        }),
        Never: { Type: "AWS::Moon::Landing", Condition: "Never" },
      },
      {},
      {
        Conditions: { Never: { "Fn::Equals": [{ Ref: "AWS::Region" }, "eu-central-1"] } },
        Outputs: { Topic: { Value: { Ref: "Topic" }, Export: { Name: "topic" } } },
      },
    );

    expect(stack).toMatchObject({ outputs: { Topic: "arn:aws:sns:us-east-1:000000000000:test-us-east-1-topic" } });
  });

  it.each([
    [
      "an unknown resource type",
      { Moon: { Type: "AWS::Moon::Landing" } },
      "the lab does not know the resource type AWS::Moon::Landing (Moon)",
    ],
    [
      "an unknown property",
      QUEUE({ FifoQueue: true }),
      "AWS::SQS::Queue Queue: the lab does not know the property FifoQueue",
    ],
    [
      "an unknown nested property",
      workerFunction({ Environment: { Vars: {} } }),
      "AWS::Lambda::Function Worker: the lab does not know the property Environment.Vars",
    ],
    ["a value out of range", workerFunction({ Timeout: 901 }), "AWS::Lambda::Function Worker: Timeout must be <= 900"],
    [
      "a runtime other than Node 24",
      workerFunction({ Runtime: "nodejs22.x" }),
      "Runtime must be equal to one of the allowed values: nodejs24.x",
    ],
    [
      "a variable that Lambda keeps for itself",
      workerFunction({ Environment: { Variables: { AWS_REGION: "x" } } }),
      "Environment.Variables",
    ],
    [
      "a missing property",
      { Policy: { Type: "AWS::SQS::QueuePolicy", Properties: { Queues: ["q"] } } },
      "the property PolicyDocument is missing",
    ],
    ["a package that was not built", workerFunction({ Code: { S3Bucket: "b", S3Key: "x/other.zip" } }), "other.zip"],
    [
      "a handler that the package does not hold",
      workerFunction({ Handler: "functions/other.handler" }),
      "no file for the handler functions/other.handler",
    ],
    [
      "a dead-letter queue the role may not send to",
      workerFunction({
        DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:000000000000:q" },
        Role: "arn:aws:iam::000000000000:role/no",
      }),
      "the role arn:aws:iam::000000000000:role/no does not exist",
    ],
    [
      "a reference to nothing",
      { Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: { Ref: "Nobody" } } } },
      "the template refers to Nobody",
    ],
    [
      "an attribute it does not know",
      { ...QUEUE({}), Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: { "Fn::GetAtt": "Queue.Colour" } } } },
      "the attribute Colour of Queue",
    ],
    [
      "an unknown member of a resource",
      { Queue: { Type: "AWS::SQS::Queue", CreationPolicy: {} } },
      "the member of Queue CreationPolicy",
    ],
  ])("refuses %s by name", async (_what, resources, message) => {
    await expect(lab.deploy(resources, ECHO)).rejects.toThrow(message);
  });

  it("refuses a section it does not know", async () => {
    await expect(lab.deploy({}, {}, { Mappings: {} })).rejects.toThrow("the template's section Mappings");
  });
});
