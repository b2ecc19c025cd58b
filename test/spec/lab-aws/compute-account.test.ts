import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlarmTransition } from "../../../lab/aws/contracts.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { eventually, type LabCompute, startLabCompute, workerFunction } from "../../support/lab-compute.ts";

let lab: LabCompute;
beforeEach(async () => {
  lab = await startLabCompute(15);
});
afterEach(() => lab.stop());

const ECHO = "export const handler = async (event) => event;";
const FAIL = 'export const handler = async () => { throw new Error("broken"); };';
const ALARM_ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:green-errors";
const WORKER_ARN = "arn:aws:lambda:us-east-1:000000000000:function:worker";
const QUEUE = { Type: "AWS::SQS::Queue", Properties: { QueueName: "failed" } };
const QUEUE_ARN = { "Fn::GetAtt": ["Queue", "Arn"] };
const EVENT_BRIDGE = "events.amazonaws.com";
/** That queue's policy: it lets a service in, where the condition holds. */
const letting = (service: string, condition: object) => ({
  Type: "AWS::SQS::QueuePolicy",
  Properties: {
    Queues: [{ Ref: "Queue" }],
    PolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: service },
          Action: "sqs:SendMessage",
          Resource: QUEUE_ARN,
          Condition: condition,
        },
      ],
    },
  },
});

const clientOf = () => {
  const { accessKeyId, secretAccessKey } = lab.gateway.issueKey("caller");
  const credentials = { accessKeyId, secretAccessKey };
  return { endpoint: lab.gateway.url, region: "us-east-1", credentials, maxAttempts: 1 };
};

const permission = (properties: object) => ({
  Type: "AWS::Lambda::Permission",
  Properties: { FunctionName: { Ref: "Worker" }, Action: "lambda:InvokeFunction", ...properties },
});

const transition = (over: Partial<AlarmTransition> = {}): AlarmTransition => ({
  alarmArn: ALARM_ARN,
  alarmName: "green-errors",
  from: "OK",
  to: "ALARM",
  at: epochMs(1_800_000_000_000),
  reason: "too many",
  actionArns: [WORKER_ARN],
  snsMessage: { AlarmArn: ALARM_ARN, NewStateValue: "ALARM" },
  directEvent: { source: "aws.cloudwatch", alarmArn: ALARM_ARN },
  bridgeEvent: {
    source: "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    resources: [ALARM_ARN],
    detail: { state: { value: "ALARM" } },
  },
  ...over,
});

const RULE = {
  Type: "AWS::Events::Rule",
  Properties: {
    Name: "alarms",
    EventPattern: {
      source: ["aws.cloudwatch"],
      "detail-type": ["CloudWatch Alarm State Change"],
      resources: [ALARM_ARN],
      detail: { state: { value: ["ALARM"] } },
    },
    Targets: [{ Id: "worker", Arn: { "Fn::GetAtt": ["Worker", "Arn"] } }],
  },
};

const BY_RULE = { Principal: EVENT_BRIDGE, SourceArn: { "Fn::GetAtt": ["Rule", "Arn"] } };

const payloads = () => lab.account.lambda.invocations().map(({ payload }) => JSON.parse(payload) as unknown);

describe("Invoke through the gateway", () => {
  it("answers a synchronous call with the function's answer, and a failed one with its error", async () => {
    await lab.deploy(workerFunction(), {
      worker: `export const handler = async (e) => { if (e.bad) throw new Error("x"); return e; };`,
    });
    const client = new LambdaClient(clientOf());
    const invoke = (event: object) =>
      client.send(new InvokeCommand({ FunctionName: "worker", Payload: JSON.stringify(event) }));

    const good = await invoke({ n: 1 });
    const bad = await invoke({ bad: true });

    expect(good.Payload?.transformToString()).toBe('{"n":1}');
    expect(good.FunctionError).toBeUndefined();
    expect(bad).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
    expect(JSON.parse(bad.Payload?.transformToString() ?? "")).toMatchObject({ errorMessage: "x" });
  });

  it("accepts an asynchronous call with 202 and runs it afterwards", async () => {
    await lab.deploy(workerFunction(), { worker: ECHO });
    const command = new InvokeCommand({ FunctionName: WORKER_ARN, InvocationType: "Event", Payload: '{"n":2}' });

    expect(await new LambdaClient(clientOf()).send(command)).toMatchObject({ StatusCode: 202 });

    await eventually(() => lab.account.lambda.invocations().length === 1);
    expect(payloads()).toEqual([{ n: 2 }]);
  });

  it.each([
    ["an unknown function", new InvokeCommand({ FunctionName: "nobody" }), "ResourceNotFoundException"],
    [
      "a body that is no JSON",
      new InvokeCommand({ FunctionName: "worker", Payload: "{" }),
      "InvalidRequestContentException",
    ],
    ["a log tail", new InvokeCommand({ FunctionName: "worker", LogType: "Tail" }), "InvalidParameterValueException"],
  ])("refuses %s", async (_what, command, name) => {
    await lab.deploy(workerFunction(), { worker: ECHO });

    await expect(new LambdaClient(clientOf()).send(command)).rejects.toMatchObject({ name });
  });
});

describe("an event that was given up", () => {
  it("goes to the dead-letter queue as it was, and to the destination with its story", async () => {
    const worker = workerFunction(
      { DeadLetterConfig: { TargetArn: QUEUE_ARN } },
      {
        Queue: QUEUE,
        Settings: {
          Type: "AWS::Lambda::EventInvokeConfig",
          Properties: {
            FunctionName: { Ref: "Worker" },
            Qualifier: "$LATEST",
            MaximumRetryAttempts: 0,
            DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
          },
        },
      },
    );
    await lab.deploy(worker, { worker: FAIL });

    const requestId = lab.account.lambda.find("worker")?.accept('{"n":3}');
    await eventually(() => lab.account.sqs.messages("failed").length === 2);

    const [dead, story] = lab.account.sqs.messages("failed");
    expect(dead).toMatchObject({ body: '{"n":3}', attributes: { RequestID: requestId, ErrorMessage: "broken" } });
    expect(JSON.parse(story?.body ?? "")).toMatchObject({
      requestContext: {
        requestId,
        functionArn: `${WORKER_ARN}:$LATEST`,
        condition: "RetriesExhausted",
        approximateInvokeCount: 1,
      },
      requestPayload: { n: 3 },
      responseContext: { functionError: "Unhandled" },
      responsePayload: { errorMessage: "broken" },
    });
    expect(lab.published.some(({ metric }) => metric === "ApproximateNumberOfMessagesVisible")).toBe(true);
  });
});

describe("an alarm that turns", () => {
  it("starts the function that it names and that permits it", async () => {
    const allowed = permission({ Principal: "lambda.alarms.cloudwatch.amazonaws.com", SourceArn: ALARM_ARN });
    await lab.deploy(workerFunction({}, { Allowed: allowed }), { worker: ECHO });

    lab.transition(transition());

    await eventually(() => lab.account.lambda.invocations().length === 1);
    expect(payloads()).toEqual([{ source: "aws.cloudwatch", alarmArn: ALARM_ARN }]);
  });

  it("starts it by a permission for all alarms of that name, too", async () => {
    const source = `${ALARM_ARN.slice(0, -2)}*`;
    const allowed = permission({ Principal: "lambda.alarms.cloudwatch.amazonaws.com", SourceArn: source });
    await lab.deploy(workerFunction({}, { Allowed: allowed }), { worker: ECHO });

    lab.transition(transition());

    await eventually(() => lab.account.lambda.invocations().length === 1);
  });

  it.each([
    ["no permission at all", {}],
    [
      "a permission for another alarm",
      { Other: permission({ Principal: "lambda.alarms.cloudwatch.amazonaws.com", SourceArn: `${ALARM_ARN}-2` }) },
    ],
    ["a permission for another service", { Other: permission({ Principal: EVENT_BRIDGE, SourceArn: ALARM_ARN }) }],
  ])("starts nothing with %s, and only the lab's log says so", async (_what, others) => {
    await lab.deploy(workerFunction({}, others), { worker: ECHO });

    lab.transition(transition());
    await new Promise((done) => setTimeout(done, 100));

    expect(lab.account.lambda.invocations()).toEqual([]);
    expect(lab.log.join("\n")).toContain(
      `lambda.alarms.cloudwatch.amazonaws.com of ${ALARM_ARN} → ${WORKER_ARN}: no permission`,
    );
  });

  it("reaches the function by the EventBridge rule even where the alarm's own actions are off", async () => {
    await lab.deploy(workerFunction({}, { Rule: RULE, Allowed: permission(BY_RULE) }), { worker: ECHO });
    const off = transition({ actionArns: [] });

    lab.transition({ ...off, bridgeEvent: { ...off.bridgeEvent, detail: { state: { value: "OK" } } } });
    lab.transition({ ...off, bridgeEvent: { ...off.bridgeEvent, resources: [`${ALARM_ARN}-2`] } });
    lab.transition(off);

    await eventually(() => lab.account.lambda.invocations().length > 0);
    expect(payloads()).toEqual([off.bridgeEvent]);
  });

  it("starts nothing by a rule whose permission names an account beside it, and only the lab's log says so", async () => {
    const allowed = permission({ ...BY_RULE, SourceAccount: "000000000000" });
    await lab.deploy(workerFunction({}, { Rule: RULE, Allowed: allowed }), { worker: ECHO });

    lab.transition(transition({ actionArns: [] }));
    await new Promise((done) => setTimeout(done, 100));

    expect(lab.account.lambda.invocations()).toEqual([]);
    expect(lab.log.join("\n")).toContain(
      "rule/alarms → arn:aws:lambda:us-east-1:000000000000:function:worker: no permission",
    );
  });

  const toTheQueue = {
    ...RULE,
    Properties: {
      ...RULE.Properties,
      Targets: RULE.Properties.Targets.map((target) => ({ ...target, DeadLetterConfig: { Arn: QUEUE_ARN } })),
    },
  };
  const byTheRule = { ArnEquals: { "aws:SourceArn": [{ "Fn::GetAtt": ["Rule", "Arn"] }] } };

  it("lies in the rule's dead-letter queue, as it was, where the rule may not start the function", async () => {
    await lab.deploy(
      workerFunction({}, { Queue: QUEUE, Rule: toTheQueue, Letting: letting(EVENT_BRIDGE, byTheRule) }),
      {
        worker: ECHO,
      },
    );

    lab.transition(transition({ actionArns: [] }));

    const [dead, ...others] = lab.account.sqs.messages("failed");
    expect(others).toEqual([]);
    expect(JSON.parse(dead?.body ?? "")).toEqual(transition().bridgeEvent);
    expect(dead?.attributes).toMatchObject({
      RULE_ARN: "arn:aws:events:us-east-1:000000000000:rule/alarms",
      TARGET_ARN: WORKER_ARN,
      ERROR_CODE: "NO_PERMISSIONS",
    });
    expect(lab.account.lambda.invocations()).toEqual([]);
  });

  it("does not lie there as well where the function is started", async () => {
    const others = {
      Queue: QUEUE,
      Rule: toTheQueue,
      Letting: letting(EVENT_BRIDGE, byTheRule),
      Allowed: permission(BY_RULE),
    };
    await lab.deploy(workerFunction({}, others), { worker: ECHO });

    lab.transition(transition({ actionArns: [] }));

    await eventually(() => lab.account.lambda.invocations().length === 1);
    expect(lab.account.sqs.messages("failed")).toEqual([]);
  });

  it.each([
    ["has no policy", {}],
    ["lets another rule in", { Letting: letting(EVENT_BRIDGE, { ArnEquals: { "aws:SourceArn": `${ALARM_ARN}-2` } }) }],
    [
      "asks for an account, which EventBridge does not say",
      { Letting: letting(EVENT_BRIDGE, { ...byTheRule, StringEquals: { "aws:SourceAccount": "000000000000" } }) },
    ],
  ])("is gone where that queue %s, and only the lab's log says so", async (_what, others) => {
    await lab.deploy(workerFunction({}, { Queue: QUEUE, Rule: toTheQueue, ...others }), { worker: ECHO });

    lab.transition(transition({ actionArns: [] }));

    expect(lab.account.sqs.messages("failed")).toEqual([]);
    expect(lab.log.join("\n")).toContain("rule/alarms → failed: no permission; the message is gone");
  });

  it("publishes to the topic it names, which passes it to its queue where that lets it", async () => {
    const topicArn = { Ref: "Topic" };
    await lab.deploy({
      Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "pages" } },
      Queue: QUEUE,
      Deaf: { Type: "AWS::SQS::Queue", Properties: { QueueName: "deaf" } },
      Letting: letting("sns.amazonaws.com", { ArnEquals: { "aws:SourceArn": topicArn } }),
      Heard: {
        Type: "AWS::SNS::Subscription",
        Properties: { TopicArn: topicArn, Protocol: "sqs", Endpoint: QUEUE_ARN },
      },
      Unheard: {
        Type: "AWS::SNS::Subscription",
        Properties: { TopicArn: topicArn, Protocol: "sqs", Endpoint: { "Fn::GetAtt": ["Deaf", "Arn"] } },
      },
    });

    lab.transition(transition({ actionArns: ["arn:aws:sns:us-east-1:000000000000:pages"] }));

    const [page] = lab.account.sns.published();
    expect(page?.subject).toBe('ALARM: "green-errors" in US East (N. Virginia)');
    expect(JSON.parse(page?.message ?? "")).toEqual({ AlarmArn: ALARM_ARN, NewStateValue: "ALARM" });
    expect(JSON.parse(lab.account.sqs.messages("failed")[0]?.body ?? "")).toMatchObject({ Message: page?.message });
    expect(lab.account.sqs.messages("deaf")).toEqual([]);
  });
});

describe("topics and tables through the gateway", () => {
  it("keeps what was published and by whom, and refuses a topic that is not there", async () => {
    await lab.deploy({ Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "pages" } } });
    const client = new SNSClient(clientOf());
    const TopicArn = "arn:aws:sns:us-east-1:000000000000:pages";

    await client.send(new PublishCommand({ TopicArn, Subject: "hold", Message: "words" }));

    expect(lab.account.sns.published()).toMatchObject([
      { topicArn: TopicArn, subject: "hold", message: "words", by: "caller" },
    ]);
    const elsewhere = client.send(new PublishCommand({ TopicArn: `${TopicArn}2`, Message: "words" }));
    await expect(elsewhere).rejects.toMatchObject({ name: "NotFoundException" });
  });

  it("stores items conditionally", async () => {
    await lab.deploy({
      Table: {
        Type: "AWS::DynamoDB::Table",
        Properties: {
          TableName: "pawl",
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        },
      },
    });
    const client = new DynamoDBClient(clientOf());
    const once = {
      TableName: "pawl",
      Item: { pk: { S: "a" }, n: { N: "1" } },
      ConditionExpression: "attribute_not_exists(pk)",
    };

    await client.send(new PutItemCommand(once));

    await expect(client.send(new PutItemCommand(once))).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
    });
    const read = await client.send(
      new GetItemCommand({ TableName: "pawl", Key: { pk: { S: "a" } }, ConsistentRead: true }),
    );
    expect(read.Item).toEqual({ pk: { S: "a" }, n: { N: "1" } });
  });
});

describe("a schedule", () => {
  const schedule = (target: object = {}, others: object = {}) => ({
    Type: "AWS::Scheduler::Schedule",
    Properties: {
      Name: "every-minute",
      ScheduleExpression: "cron(* * * * ? *)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: {
        Arn: { "Fn::GetAtt": ["Worker", "Arn"] },
        RoleArn: { "Fn::GetAtt": ["Role", "Arn"] },
        Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
        ...target,
      },
      ...others,
    },
  });

  it("fires once in every lab minute, never before the minute it names, until it is disabled", async () => {
    await lab.deploy(workerFunction({}, { Schedule: schedule() }), { worker: ECHO });

    await eventually(() => lab.account.lambda.invocations().length >= 2);
    lab.account.scheduler.setEnabled("every-minute", false);

    const fired = lab.account.lambda.invocations().map(({ at, payload }) => {
      const { scheduledTime } = JSON.parse(payload) as { scheduledTime: string };
      expect(scheduledTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
      return { named: Date.parse(scheduledTime), lateMs: at - Date.parse(scheduledTime) };
    });
    expect((fired[1]?.named ?? 0) - (fired[0]?.named ?? 0)).toBe(60_000);
    for (const { lateMs } of fired) {
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThan(60_000);
    }
  });

  it("names the second at which it was made, minute after minute, where it is a rate", async () => {
    const rate = schedule({}, { ScheduleExpression: "rate(1 minute)" });
    const before = lab.context.clock.now();
    await lab.deploy(workerFunction({}, { Schedule: rate }), { worker: ECHO });
    const after = lab.context.clock.now();

    await eventually(() => lab.account.lambda.invocations().length >= 2);

    const [first, second] = lab.account.lambda
      .invocations()
      .map(({ payload }) => Date.parse((JSON.parse(payload) as { scheduledTime: string }).scheduledTime));
    expect(first).toBeGreaterThanOrEqual(Math.floor(before / 1_000) * 1_000 + 60_000);
    expect(first).toBeLessThanOrEqual(after + 60_000);
    expect((second ?? 0) - (first ?? 0)).toBe(60_000);
  });

  it("sends what its role may not start to the dead-letter queue", async () => {
    const weak = {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "scheduler.amazonaws.com" }, Action: "sts:AssumeRole" }],
        },
        Policies: [
          {
            PolicyName: "only-the-queue",
            PolicyDocument: {
              Version: "2012-10-17",
              Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE_ARN }],
            },
          },
        ],
      },
    };
    const target = { RoleArn: { "Fn::GetAtt": ["Weak", "Arn"] }, DeadLetterConfig: { Arn: QUEUE_ARN } };
    const others = { Queue: QUEUE, Weak: weak, Schedule: schedule(target) };
    await lab.deploy(workerFunction({}, others), { worker: ECHO });

    await eventually(() => lab.account.sqs.messages("failed").length > 0);

    expect(lab.account.lambda.invocations()).toEqual([]);
    expect(lab.account.sqs.messages("failed")[0]?.attributes["ERROR_MESSAGE"]).toBe(
      "User: arn:aws:sts::000000000000:assumed-role/Weak/scheduler is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:worker because no identity-based policy allows the lambda:InvokeFunction action",
    );
  });

  it.each([
    [
      "a role that does not exist",
      { RoleArn: "arn:aws:iam::000000000000:role/nobody" },
      {},
      "the role arn:aws:iam::000000000000:role/nobody does not exist",
    ],
    [
      "any other cron",
      {},
      { ScheduleExpression: "cron(0 * * * ? *)" },
      "the lab does not know the schedule expression cron(0 * * * ? *)",
    ],
    [
      "a window",
      {},
      { FlexibleTimeWindow: { Mode: "FLEXIBLE" } },
      "FlexibleTimeWindow.Mode must be equal to one of the allowed values: OFF",
    ],
  ])("refuses %s", async (_what, target, others, message) => {
    const deployed = lab.deploy(workerFunction({}, { Schedule: schedule(target, others) }), { worker: ECHO });

    await expect(deployed).rejects.toThrow(message);
  });
});
