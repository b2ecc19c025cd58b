import { CreateRuleCommand, DeleteRuleCommand, ModifyRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AwsFault } from "../../../lab/aws/wire/fault.ts";
import { rollbackCommand } from "../../../src/cli/commands/rollback.ts";
import { answerRollback, demandDone } from "../../../src/edge/answer-rollback.ts";
import type { RollbackEvent } from "../../../src/edge/events.ts";
import { rollbackPorts } from "../../../src/wiring-rollback.ts";
import type { Env } from "../../../src/wiring-settings.ts";
import { bindings, forwardTo, racingClock, route, startAccount, type TestAccount } from "../../support/lab-account.ts";

// The real adapters against the lab's load balancer: what is left when everything but it is gone.

let account: TestAccount;
const clock = racingClock();
beforeEach(async () => {
  account = await startAccount(clock);
  await account.elb.send(
    new ModifyRuleCommand({ RuleArn: route.weightedRuleArn, Actions: [forwardTo({ blue: 50, green: 50 }, 3_600)] }),
  );
});
afterEach(() => account.close());

const portsWith = (settings: Env) =>
  rollbackPorts(
    {
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: account.gateway.url,
      AWS_ACCESS_KEY_ID: account.key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: account.key.secretAccessKey,
      ...settings,
    },
    clock.now,
  )();
const TOPIC = "arn:aws:sns:us-east-1:000000000000:pawl";
const alarm = (): RollbackEvent => ({
  kind: "alarm",
  alarmArn: bindings.alarms[0]?.arn ?? "",
  state: "ALARM",
  alarmAt: clock.now(),
  via: "action",
});

const priorityOf = (arn: string) => account.elbv2.rules.find((rule) => rule.arn === arn)?.priority;
const pinPriority = () => priorityOf(route.pin.ruleArn);
const greenWeight = (): number | undefined => {
  const forward = account.elbv2.rules.find((rule) => rule.arn === route.weightedRuleArn)?.actions.at(-1);
  const groups = forward?.ForwardConfig?.TargetGroups;
  return groups?.find((group) => group.TargetGroupArn === route.green)?.Weight;
};
const calls = (service: string) => account.gateway.recentCalls().filter((call) => call.service === service);

describe("a bundle whose settings are wrong still rolls back by what it carries", () => {
  test.each<[string, Env, readonly RegExp[]]>([
    ["are all missing", {}, [/PAWL_TABLE/, /PAWL_TOPIC_ARN/]],
    ["are empty", { PAWL_TABLE: "", PAWL_TOPIC_ARN: "" }, [/PAWL_TABLE/, /PAWL_TOPIC_ARN/]],
    ["are mistyped", { PAWL_TABLE: "pawl table", PAWL_TOPIC_ARN: "pawl" }, [/PAWL_TABLE/, /PAWL_TOPIC_ARN/]],
  ])("where they %s", async (_what, settings, named) => {
    const ports = portsWith(settings);
    const answers = await answerRollback(ports, [bindings], alarm());

    expect(answers).toMatchObject([{ cutover: "orders", report: { kind: "verified-unrecorded" } }]);
    expect(pinPriority()).toBe(route.pin.raisedPriority);
    expect(greenWeight()).toBe(0);
    expect(ports.lacks.map(({ message }) => message)).toEqual(named.map((name) => expect.stringMatching(name)));
    // Somebody is told by the function's own failure, because nobody can be told otherwise.
    expect(() => demandDone(answers, ports.lacks)).toThrow(/On blue, verified, and not recorded: orders/);
  });

  test("and fails where it found the pin gone: nobody could be told otherwise, and a later try may know more", async () => {
    await account.elb.send(new DeleteRuleCommand({ RuleArn: route.pin.ruleArn }));
    const ports = portsWith({});
    const answers = await answerRollback(ports, [bindings], alarm());
    expect(answers).toMatchObject([
      { report: { kind: "pin-gone", why: expect.stringMatching(/by whose doing is not known.*PAWL_TABLE/s) } },
    ]);
    expect(greenWeight()).toBe(50);
    expect(() => demandDone(answers, ports.lacks)).toThrow(/no way back, by whose doing is not known: orders/);
  });

  test("and lacks nothing where they are right", () => {
    expect(portsWith({ PAWL_TABLE: "pawl", PAWL_TOPIC_ARN: TOPIC }).lacks).toEqual([]);
  });
});

describe("a table that takes the request and never answers", () => {
  test("is given its 300 ms, and the pin goes up", async () => {
    account.gateway.register({ service: "dynamodb", handle: () => new Promise(() => {}) });
    const answers = await answerRollback(portsWith({ PAWL_TABLE: "pawl", PAWL_TOPIC_ARN: TOPIC }), [bindings], alarm());
    expect(answers).toMatchObject([
      { report: { kind: "verified-unrecorded", why: expect.stringMatching(/no answer in time/) } },
    ]);
    expect(pinPriority()).toBe(route.pin.raisedPriority);
  });
});

describe("the pin's priority taken by somebody else's rule", () => {
  test("sends the weighted rule to blue alone, and the pin up once the number is free", async () => {
    const foreign = await account.elb.send(
      new CreateRuleCommand({
        ListenerArn: route.listenerArn,
        Priority: route.pin.raisedPriority,
        Conditions: [{ Field: "path-pattern", Values: ["/maintenance"] }],
        Actions: [{ Type: "forward", TargetGroupArn: route.blue }],
      }),
    );
    const ports = portsWith({});
    const answers = await answerRollback(ports, [bindings], alarm());

    expect(answers).toMatchObject([{ report: { kind: "unverified", why: expect.stringContaining("in use") } }]);
    expect(() => demandDone(answers, ports.lacks)).toThrow(/Not yet seen on blue: orders/);
    expect(greenWeight()).toBe(0);
    expect(pinPriority()).toBe(route.pin.parkedPriority);

    await account.elb.send(new DeleteRuleCommand({ RuleArn: foreign.Rules?.[0]?.RuleArn }));
    expect(await answerRollback(ports, [bindings], alarm())).toMatchObject([
      { report: { kind: "verified-unrecorded" } },
    ]);
    expect(pinPriority()).toBe(route.pin.raisedPriority);
  });
});

describe("pawl rollback from a laptop with rights on the load balancer and nothing else", () => {
  const denied = (service: string) => ({
    service,
    handle: async () => {
      throw new AwsFault("AccessDeniedException", `User: olga is not authorized to perform ${service}:*`, 400);
    },
  });
  const rollback = (settings: Env) => {
    const progress: string[] = [];
    const context = {
      bindings,
      policiesDir: "",
      operator: "olga@laptop",
      target: {
        kind: "aws" as const,
        label: "aws",
        place: { account: null, region: "us-east-1" },
        env: {},
        now: clock.now,
      },
      terminal: { note: () => {}, progress: (line: string) => void progress.push(line), show: () => {} },
      ports: portsWith(settings),
    };
    return rollbackCommand(context, { reason: "green is bad", acceptLoss: false });
  };

  test("goes back, with every other service refusing it, and says what it could not do", async () => {
    for (const service of ["dynamodb", "sns", "lambda"]) account.gateway.register(denied(service));
    const { document, lines, exitCode } = await rollback({ PAWL_TABLE: "pawl", PAWL_TOPIC_ARN: TOPIC });

    expect(exitCode).toBe(0);
    expect(pinPriority()).toBe(route.pin.raisedPriority);
    expect(greenWeight()).toBe(0);
    expect(document).toMatchObject({ recorded: false, expected: null });
    expect(document.undone).toEqual([
      expect.stringMatching(/^it is not recorded: .*not authorized/),
      expect.stringMatching(/^nobody was told: .*not authorized/),
    ]);
    expect(lines.join("\n")).toMatch(/all traffic is on blue, verified\..*Not done: it is not recorded.*do not arm/s);
    expect(lines.join("\n")).not.toContain("..");
    expect(calls("lambda")).toEqual([]);
    expect(calls("monitoring")).toEqual([]);
  });

  test("goes back with no settings at all, and names them", async () => {
    const { document } = await rollback({});
    expect(pinPriority()).toBe(route.pin.raisedPriority);
    expect(document.undone.join()).toMatch(/PAWL_TABLE.*PAWL_TOPIC_ARN/s);
  });
});
