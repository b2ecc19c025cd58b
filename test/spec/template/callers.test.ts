import { describe, expect, it } from "vitest";
import { callerFaults } from "../../../scripts/template/check-callers.ts";
import { cutoverResources, PATTERN_CHARACTERS } from "../../../scripts/template/cutover-resources.ts";
import { ORDERS } from "../../support/fake-world.ts";

const alarm = (number: number) => ({
  arn: `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:checkout-of-the-shop-${String(number).padStart(3, "0")}`,
  severity: "degraded" as const,
});

const withAlarms = (count: number) => ({
  ...ORDERS,
  alarms: [...ORDERS.alarms, ...Array.from({ length: count }, (_, number) => alarm(number))],
});

const rulesOf = (count: number) =>
  Object.entries(cutoverResources([withAlarms(count)])).flatMap(([id, { Type, Properties }]) =>
    Type === "AWS::Events::Rule"
      ? [{ id, ...(Properties as { Name: string; EventPattern: { resources: readonly string[] }; Targets: unknown }) }]
      : [],
  );

describe("the alarms of one cutover on EventBridge", () => {
  it("are on one rule, as long as its pattern takes them", () => {
    expect(rulesOf(0)).toMatchObject([{ Name: "pawl-orders-alarms" }]);
  });

  it("are on as many rules as it takes, each alarm on one, each rule small enough and allowed to call rollback", () => {
    const rules = rulesOf(60);
    expect(rules.length).toBeGreaterThan(1);
    expect(rules.flatMap(({ EventPattern }) => EventPattern.resources)).toEqual(
      withAlarms(60).alarms.map(({ arn }) => arn),
    );
    expect(new Set(rules.map(({ Name }) => Name)).size).toBe(rules.length);
    for (const { EventPattern } of rules)
      expect(JSON.stringify(EventPattern).length).toBeLessThanOrEqual(PATTERN_CHARACTERS);
    const all = cutoverResources([withAlarms(60)]);
    for (const { id } of rules)
      expect(all[`${id}Permission`]?.Properties).toMatchObject({
        Principal: "events.amazonaws.com",
        SourceArn: { "Fn::GetAtt": [id, "Arn"] },
      });
  });

  it("may call rollback by the rule alone: a permission that names an account, too, keeps EventBridge out", () => {
    const all = Object.values(cutoverResources([ORDERS])).map(({ Properties }) => Properties as { Principal?: string });
    const [permission, ...others] = all.filter(({ Principal }) => Principal === "events.amazonaws.com");
    expect(others).toEqual([]);
    expect(permission).not.toHaveProperty("SourceAccount");
  });
});

describe("an alarm that EventBridge may not hand over", () => {
  const queueArn = { "Fn::GetAtt": ["FailedQueue", "Arn"] };

  it("goes from every rule to the queue whose alarm tells somebody", () => {
    for (const { Targets } of rulesOf(60)) expect(Targets).toMatchObject([{ DeadLetterConfig: { Arn: queueArn } }]);
  });

  it("is taken there from these rules and from nobody else: one policy, because a second would replace the first", () => {
    const all = cutoverResources([withAlarms(60)]);
    const policies = Object.values(all).filter(({ Type }) => Type === "AWS::SQS::QueuePolicy");
    expect(policies).toEqual([
      {
        Type: "AWS::SQS::QueuePolicy",
        Properties: {
          Queues: [{ Ref: "FailedQueue" }],
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Service: "events.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource: queueArn,
                Condition: {
                  ArnEquals: { "aws:SourceArn": rulesOf(60).map(({ id }) => ({ "Fn::GetAtt": [id, "Arn"] })) },
                },
              },
            ],
          },
        },
      },
    ]);
  });

  it("needs no policy where nothing is guarded: one without a source would let every rule in", () => {
    expect(cutoverResources([])).toEqual({});
  });
});

describe("who may call rollback", () => {
  it("is refused before it is deployed where Lambda would not take it", () => {
    expect(callerFaults(cutoverResources([ORDERS]) as never)).toEqual([]);
    expect(callerFaults(cutoverResources([withAlarms(60)]) as never)).toEqual([
      expect.stringMatching(/^\d+ alarms and rules may call pawl-rollback, .* Lambda takes 20480/),
    ]);
  });
});
