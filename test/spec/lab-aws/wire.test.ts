import { GetMetricDataCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeRulesCommand,
  DescribeTagsCommand,
  ModifyRuleCommand,
  RuleNotFoundException,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  failureOf,
  forwardTo,
  manualClock,
  route,
  START,
  startAccount,
  type TestAccount,
} from "../../support/lab-account.ts";

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount(manualClock());
});
afterAll(() => account.close());

/** A call as no SDK would make it. */
const rawCall = async (service: string, headers: Record<string, string>, body: string): Promise<[number, string]> => {
  const credential = `Credential=${account.key.accessKeyId}/20261122/us-east-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=00`;
  const response = await fetch(account.gateway.url, { method: "POST", headers: { ...headers, authorization }, body });
  return [response.status, await response.text()];
};
const form = { "content-type": "application/x-www-form-urlencoded" };
const elb = (body: string) => rawCall("elasticloadbalancing", form, body);
const metrics = (action: string, body: object) =>
  rawCall("monitoring", { "x-amz-target": `GraniteServiceVersion20100801.${action}` }, JSON.stringify(body));

describe("the query protocol, by the SDK's own schemas", () => {
  it("brings nested lists there and back intact", async () => {
    const Actions = [{ ...forwardTo({ blue: 90, green: 10 }, 60), Order: 1 }];
    const modified = await account.elb.send(new ModifyRuleCommand({ RuleArn: route.weightedRuleArn, Actions }));
    expect(modified.Rules?.[0]?.Actions).toEqual(Actions);
    const read = await account.elb.send(new DescribeRulesCommand({ RuleArns: [route.weightedRuleArn] }));
    expect(read.Rules).toEqual(modified.Rules);
    expect(read.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("lets a refusal arrive as the SDK's own exception class", async () => {
    const failure = await failureOf(
      account.elb.send(new DescribeRulesCommand({ RuleArns: [`${route.weightedRuleArn}0`] })),
    );
    expect(failure).toBeInstanceOf(RuleNotFoundException);
  });

  it("refuses an operation it does not serve", async () => {
    const failure = await failureOf(account.elb.send(new DescribeTagsCommand({ ResourceArns: ["arn"] })));
    expect(failure.name).toBe("InvalidAction");
  });

  it("treats an empty list as not given", async () => {
    const change = { RuleArn: route.weightedRuleArn, Conditions: [], Actions: [forwardTo({ blue: 100, green: 0 })] };
    const modified = await account.elb.send(new ModifyRuleCommand(change));
    expect(modified.Rules?.[0]?.Conditions?.[0]?.Values).toEqual(["/*"]);
  });

  it.each([
    ["an operation that AWS does not have", "Action=ModifyRules&Version=2015-12-01", "InvalidAction"],
    ["another version", "Action=DescribeRules&Version=2012-06-01", "NoSuchVersion"],
    ["an unknown parameter", "Action=DescribeRules&Version=2015-12-01&RuleArn=x", "MalformedQueryString"],
    [
      "an unknown member deep inside",
      "Action=ModifyRule&Version=2015-12-01&RuleArn=x&Actions.member.1.Typ=forward",
      "MalformedQueryString",
    ],
    ["a list with a gap", "Action=DescribeRules&Version=2015-12-01&RuleArns.member.2=x", "ValidationError"],
    ["a missing required parameter", "Action=ModifyRule&Version=2015-12-01", "ValidationError"],
    [
      "a missing required member",
      "Action=ModifyRule&Version=2015-12-01&RuleArn=x&Actions.member.1.Order=1",
      "ValidationError",
    ],
    ["a text for a number", "Action=DescribeRules&Version=2015-12-01&ListenerArn=x&PageSize=many", "ValidationError"],
    ["a text for a boolean", "Action=ModifyRule&Version=2015-12-01&RuleArn=x&ResetTransforms=yes", "ValidationError"],
    [
      "a parameter given twice",
      "Action=DescribeRules&Version=2015-12-01&ListenerArn=x&ListenerArn=y",
      "ValidationError",
    ],
  ])("refuses %s", async (_what, body, code) => {
    const [status, answer] = await elb(body);
    expect(status).toBe(400);
    expect(answer).toContain(`<Code>${code}</Code>`);
  });
});

describe("the JSON protocol, by the SDK's own schemas", () => {
  it("brings instants and values there and back, compressed bodies included", async () => {
    const MetricData = Array.from({ length: 900 }, () => ({
      MetricName: "Beats",
      Value: 1,
      Timestamp: new Date(START),
    }));
    let encoding: string | undefined;
    account.watch.middlewareStack.add(
      (next) => (args) => {
        encoding = (args.request as { headers: Record<string, string> }).headers["content-encoding"];
        return next(args);
      },
      { step: "finalizeRequest", name: "seeEncoding", priority: "low" },
    );
    await account.watch.send(new PutMetricDataCommand({ Namespace: "Lab", MetricData }));
    expect(encoding).toBe("gzip");
    const query = {
      Id: "beats",
      MetricStat: { Metric: { Namespace: "Lab", MetricName: "Beats" }, Period: 60, Stat: "Sum" },
    };
    const read = await account.watch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [query],
        StartTime: new Date(START),
        EndTime: new Date(START + 60_000),
      }),
    );
    expect(read.MetricDataResults).toEqual([
      { Id: "beats", Label: "Beats", StatusCode: "Complete", Timestamps: [new Date(START)], Values: [900] },
    ]);
  });

  it.each([
    ["an operation that AWS does not have", "PutMetrics", {}, "UnknownOperationException"],
    ["an unknown member", "DescribeAlarms", { AlarmName: ["x"] }, "SerializationException"],
    [
      "an unknown member deep inside",
      "PutMetricData",
      { Namespace: "Lab", MetricData: [{ MetricName: "m", Valeu: 1 }] },
      "SerializationException",
    ],
    ["a missing required member", "GetMetricData", { StartTime: 1, EndTime: 2 }, "MissingRequiredParameterException"],
    [
      "an instant that is no number",
      "GetMetricData",
      { MetricDataQueries: [], StartTime: "today", EndTime: 2 },
      "SerializationException",
    ],
  ])("refuses %s", async (_what, action, body, code) => {
    const [status, answer] = await metrics(action, body);
    expect(status).toBe(400);
    expect(JSON.parse(answer)).toHaveProperty("__type", expect.stringContaining(code));
  });

  it("names a missing parameter by the SDK's exception class", async () => {
    const failure = await failureOf(
      account.watch.send(
        new GetMetricDataCommand({ MetricDataQueries: undefined, StartTime: new Date(0), EndTime: new Date(1) }),
      ),
    );
    expect(failure.name).toBe("MissingRequiredParameterException");
  });
});
