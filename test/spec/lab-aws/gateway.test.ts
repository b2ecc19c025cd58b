import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failureOf, forwardTo, manualClock, route, startAccount, type TestAccount } from "../../support/lab-account.ts";

let account: TestAccount;
beforeEach(async () => {
  account = await startAccount(manualClock());
});
afterEach(() => account.close());

const greenWeight = (): number | undefined =>
  account.elb &&
  account.elbv2.rules.find((rule) => rule.arn === route.weightedRuleArn)?.actions[0]?.ForwardConfig?.TargetGroups?.[1]
    ?.Weight;
const toGreen = () =>
  new ModifyRuleCommand({ RuleArn: route.weightedRuleArn, Actions: [forwardTo({ blue: 90, green: 10 })] });
const describeRules = () => new DescribeRulesCommand({ RuleArns: [route.weightedRuleArn] });
const service = "elasticloadbalancing";
/** Sends the change and stops waiting for its answer as soon as this holds. */
const sentAndGivenUp = async (holds: () => boolean): Promise<unknown> => {
  const caller = new AbortController();
  const sent = account.elb.send(toGreen(), { abortSignal: caller.signal });
  sent.catch(() => undefined);
  await vi.waitFor(() => expect(holds()).toBe(true), { timeout: 15_000, interval: 5 });
  caller.abort();
  return sent;
};

describe("who calls", () => {
  it("refuses a key that was not issued, each protocol in its own words", async () => {
    const credentials = { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x" };
    const stranger = new ElasticLoadBalancingV2Client({
      endpoint: account.gateway.url,
      region: "us-east-1",
      credentials,
      maxAttempts: 1,
    });
    expect((await failureOf(stranger.send(describeRules()))).name).toBe("InvalidClientTokenId");
    stranger.destroy();
    account.watch.config.credentials = async () => credentials;
    expect((await failureOf(account.watch.send(new DescribeAlarmsCommand({})))).name).toBe(
      "UnrecognizedClientException",
    );
  });

  it("refuses a call that nobody signed", async () => {
    const response = await fetch(account.gateway.url, { method: "POST", body: "Action=DescribeRules" });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("MissingAuthenticationToken");
  });

  it("refuses a service that the lab does not have", async () => {
    const credential = `Credential=${account.key.accessKeyId}/20261122/us-east-1/s3/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=00`;
    const response = await fetch(account.gateway.url, { headers: { authorization } });
    expect([response.status, await response.json()]).toEqual([
      400,
      { __type: "InvalidAction", message: "The lab has no service named s3." },
    ]);
  });

  it("records caller, service and action of every call", async () => {
    await account.elb.send(describeRules());
    await account.elb.send(describeRules());
    await account.watch.send(new DescribeAlarmsCommand({}));
    expect(account.gateway.recentCalls().map(({ caller, action, status }) => [caller, action, status])).toEqual([
      ["operator", "DescribeRules", 200],
      ["operator", "DescribeRules", 200],
      ["operator", "DescribeAlarms", 200],
    ]);
    expect(account.gateway.usage().get("operator")).toEqual(
      new Map([
        ["elasticloadbalancing:DescribeRules", 2],
        ["monitoring:DescribeAlarms", 1],
      ]),
    );
  });

  it("dates its answers by the lab's clock", async () => {
    const response = await fetch(account.gateway.url);
    expect(response.headers.get("date")).toBe("Sun, 22 Nov 2026 09:00:00 GMT");
  });
});

describe("faults between caller and service", () => {
  it("is down: nothing happens and the connection breaks", async () => {
    account.gateway.inject({ service, action: "ModifyRule", effect: { kind: "down" } });
    await failureOf(account.elb.send(toGreen()));
    expect(greenWeight()).toBe(0);
    expect((await account.elb.send(describeRules())).Rules).toHaveLength(1);
  });

  it("throttles as often as told and then no more", async () => {
    account.gateway.inject({ service, times: 1, effect: { kind: "throttle" } });
    const failure = await failureOf(account.elb.send(toGreen()));
    expect([failure.name, failure.message]).toEqual(["Throttling", "Rate exceeded"]);
    await account.elb.send(toGreen());
    expect(greenWeight()).toBe(10);
  });

  it("throttles JSON services by their own exception", async () => {
    account.gateway.inject({ service: "monitoring", effect: { kind: "throttle" } });
    const failure = await failureOf(account.watch.send(new DescribeAlarmsCommand({})));
    expect(failure.name).toBe("ThrottlingException");
  });

  it("applies a call after its caller has given up", async () => {
    account.gateway.inject({ service, action: "ModifyRule", effect: { kind: "apply-late", ms: 3_000 } });
    const failure = await failureOf(sentAndGivenUp(() => account.gateway.recentCalls().length === 1));
    expect(failure.name).toBe("AbortError");
    expect(greenWeight()).toBe(0);
    await vi.waitFor(() => expect(greenWeight()).toBe(10), { timeout: 15_000 });
  });

  it("applies a call and loses the answer", async () => {
    account.gateway.inject({ service, action: "ModifyRule", effect: { kind: "lose-answer" } });
    await failureOf(sentAndGivenUp(() => greenWeight() === 10));
    expect(greenWeight()).toBe(10);
    expect(account.gateway.recentCalls().at(-1)?.status).toBeNull();
  });

  it("answers late", async () => {
    account.gateway.inject({ service, effect: { kind: "delay", ms: 100 } });
    const startedAt = performance.now();
    await account.elb.send(describeRules());
    expect(performance.now() - startedAt).toBeGreaterThan(95);
  });

  it("hits only the caller it is meant for, and ends when it is taken out", async () => {
    const remove = account.gateway.inject({ service, caller: "promote", effect: { kind: "down" } });
    await account.elb.send(describeRules());
    const promote = new ElasticLoadBalancingV2Client({
      endpoint: account.gateway.url,
      region: "us-east-1",
      credentials: account.gateway.issueKey("promote"),
      maxAttempts: 1,
    });
    await failureOf(promote.send(describeRules()));
    remove();
    expect((await promote.send(describeRules())).Rules).toHaveLength(1);
    promote.destroy();
  });
});
