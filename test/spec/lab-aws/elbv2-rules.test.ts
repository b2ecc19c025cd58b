import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type ModifyRuleCommandInput,
  RegisterTargetsCommand,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  bindings,
  failureOf,
  forwardTo,
  type ManualClock,
  manualClock,
  route,
  startAccount,
  type TestAccount,
} from "../../support/lab-account.ts";

let account: TestAccount;
let clock: ManualClock;
let behindMs = 0;
beforeEach(async () => {
  clock = manualClock();
  behindMs = 0;
  account = await startAccount(clock, { describeBehindMs: () => behindMs });
});
afterEach(() => account.close());

const defaultRuleArn = (): string => account.elbv2.rules.find((rule) => rule.priority === "default")?.arn ?? "";
const modify = (change: Partial<ModifyRuleCommandInput>) =>
  account.elb.send(new ModifyRuleCommand({ RuleArn: route.weightedRuleArn, ...change }));
const listed = async () => {
  const { Rules } = await account.elb.send(new DescribeRulesCommand({ ListenerArn: route.listenerArn }));
  return (Rules ?? []).map((rule) => [rule.RuleArn, rule.Priority, rule.IsDefault]);
};
const priorities = (...wanted: readonly (readonly [string, number])[]) =>
  new SetRulePrioritiesCommand({ RulePriorities: wanted.map(([RuleArn, Priority]) => ({ RuleArn, Priority })) });
const group = (arn: string, Weight?: number) =>
  Weight === undefined ? { TargetGroupArn: arn } : { TargetGroupArn: arn, Weight };
const forward = (...TargetGroups: ReturnType<typeof group>[]) => ({
  Type: "forward" as const,
  ForwardConfig: { TargetGroups },
});

describe("the load balancer of the bindings", () => {
  it("begins with all traffic on blue, the pin parked below, and an answer of its own last", async () => {
    expect(await listed()).toEqual([
      [route.weightedRuleArn, "100", false],
      [route.pin.ruleArn, "101", false],
      [defaultRuleArn(), "default", true],
    ]);
    const { Rules } = await account.elb.send(new DescribeRulesCommand({ RuleArns: [route.weightedRuleArn] }));
    expect(Rules?.[0]?.Actions).toEqual([{ ...forwardTo({ blue: 100, green: 0 }), Order: 1 }]);
  });

  it("shows itself, its listener and its target groups", async () => {
    const { LoadBalancers } = await account.elb.send(new DescribeLoadBalancersCommand({}));
    expect(LoadBalancers?.map((one) => [one.LoadBalancerArn, one.State?.Code])).toEqual([
      [bindings.loadBalancerArn, "active"],
    ]);
    const { Listeners } = await account.elb.send(
      new DescribeListenersCommand({ LoadBalancerArn: bindings.loadBalancerArn }),
    );
    expect(Listeners?.map((one) => [one.ListenerArn, one.DefaultActions?.[0]?.Type])).toEqual([
      [route.listenerArn, "fixed-response"],
    ]);
    const { TargetGroups } = await account.elb.send(new DescribeTargetGroupsCommand({}));
    expect(TargetGroups?.map((one) => [one.TargetGroupArn, one.TargetGroupName])).toEqual([
      [route.blue, "orders-blue"],
      [route.green, "orders-green"],
    ]);
    const { Attributes } = await account.elb.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: route.green }),
    );
    expect(Attributes).toContainEqual({ Key: "stickiness.enabled", Value: "false" });
  });

  it("gives long lists in pages", async () => {
    const first = await account.elb.send(new DescribeRulesCommand({ ListenerArn: route.listenerArn, PageSize: 2 }));
    expect(first.Rules).toHaveLength(2);
    const { NextMarker } = first;
    const next = await account.elb.send(
      new DescribeRulesCommand({ ListenerArn: route.listenerArn, PageSize: 2, Marker: NextMarker }),
    );
    expect(next.Rules?.map((rule) => rule.Priority)).toEqual(["default"]);
    expect(next.NextMarker).toBeUndefined();
  });
});

describe("ModifyRule", () => {
  it("fills in the weight and the stickiness that nobody wrote", async () => {
    const { Rules } = await modify({ Actions: [forward(group(route.blue), group(route.green))] });
    expect(Rules?.[0]?.Actions?.[0]).toEqual(forwardTo({ blue: 1, green: 1 }));
  });

  it("shows a single group in both places", async () => {
    const { Rules } = await modify({ Actions: [{ Type: "forward", TargetGroupArn: route.blue }] });
    expect(Rules?.[0]?.Actions?.[0]).toMatchObject({
      TargetGroupArn: route.blue,
      ForwardConfig: { TargetGroups: [{ TargetGroupArn: route.blue, Weight: 1 }] },
    });
  });

  it("leaves conditions alone where only actions are given", async () => {
    const { Rules } = await modify({ Actions: [forwardTo({ blue: 0, green: 100 })] });
    expect(Rules?.[0]?.Conditions?.[0]).toEqual({
      Field: "path-pattern",
      Values: ["/*"],
      PathPatternConfig: { Values: ["/*"] },
    });
  });

  it("keeps the order of several actions and never shows a secret", async () => {
    const authenticate = {
      Type: "authenticate-oidc" as const,
      Order: 1,
      AuthenticateOidcConfig: {
        ...{ Issuer: "i", AuthorizationEndpoint: "a", TokenEndpoint: "t", UserInfoEndpoint: "u", ClientId: "c" },
        UseExistingClientSecret: true,
      },
    };
    const { Rules } = await modify({ Actions: [{ ...forwardTo({ blue: 1, green: 0 }), Order: 2 }, authenticate] });
    expect(Rules?.[0]?.Actions?.map((action) => action.Type)).toEqual(["authenticate-oidc", "forward"]);
    expect(Rules?.[0]?.Actions?.[0]?.AuthenticateOidcConfig).not.toHaveProperty("UseExistingClientSecret");
  });

  const six = Array.from({ length: 6 }, (_, index) => group(`${route.blue}${index}`, 1));
  const fixed = { Type: "fixed-response" as const, FixedResponseConfig: { StatusCode: "503" } };
  const oidc = { Issuer: "i", AuthorizationEndpoint: "a", TokenEndpoint: "t", UserInfoEndpoint: "u", ClientId: "c" };
  it.each<[string, Partial<ModifyRuleCommandInput>, string]>([
    ["a rule that is not there", { RuleArn: `${route.weightedRuleArn}0`, Actions: [fixed] }, "RuleNotFoundException"],
    ["nothing to change", {}, "ValidationError"],
    [
      "no routing action",
      { Actions: [{ Type: "authenticate-oidc", Order: 1, AuthenticateOidcConfig: { ...oidc, ClientSecret: "s" } }] },
      "InvalidLoadBalancerActionException",
    ],
    [
      "an authentication without its secret",
      {
        Actions: [
          { Type: "authenticate-oidc", Order: 1, AuthenticateOidcConfig: oidc },
          { ...fixed, Order: 2 },
        ],
      },
      "ValidationError",
    ],
    [
      "two routing actions",
      {
        Actions: [
          { ...fixed, Order: 1 },
          { ...forwardTo({ blue: 1, green: 0 }), Order: 2 },
        ],
      },
      "InvalidLoadBalancerActionException",
    ],
    [
      "two actions of one order",
      {
        Actions: [
          { ...fixed, Order: 1 },
          { ...fixed, Order: 1 },
        ],
      },
      "InvalidLoadBalancerActionException",
    ],
    [
      "an unknown type of action",
      { Actions: [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301" } }] },
      "ValidationError",
    ],
    ["a forward action without a group", { Actions: [{ Type: "forward" }] }, "ValidationError"],
    ["a weight above 999", { Actions: [forwardTo({ blue: 1000, green: 0 })] }, "ValidationError"],
    ["a weight below 0", { Actions: [forwardTo({ blue: 100, green: -1 })] }, "ValidationError"],
    ["a weight that is no whole number", { Actions: [forwardTo({ blue: 99.5, green: 1 })] }, "ValidationError"],
    ["weights that are all 0", { Actions: [forwardTo({ blue: 0, green: 0 })] }, "ValidationError"],
    ["six target groups", { Actions: [forward(...six)] }, "TooManyTargetGroupsException"],
    ["one group twice", { Actions: [forward(group(route.blue, 1), group(route.blue, 2))] }, "ValidationError"],
    ["a group that is not there", { Actions: [forward(group(`${route.blue}0`))] }, "TargetGroupNotFoundException"],
    [
      "a single group beside several",
      { Actions: [{ ...forwardTo({ blue: 1, green: 1 }), TargetGroupArn: route.blue }] },
      "InvalidLoadBalancerActionException",
    ],
    ["stickiness for longer than a week", { Actions: [forwardTo({ blue: 1, green: 1 }, 604_801)] }, "ValidationError"],
    [
      "a condition the data plane cannot match",
      { Conditions: [{ Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } }] },
      "ValidationError",
    ],
    ["transforms", { Transforms: [{ Type: "url-rewrite" }] }, "ValidationError"],
  ])("refuses %s", async (_what, change, name) => {
    const before = account.elbv2.rules;
    expect((await failureOf(modify(change))).name).toBe(name);
    expect(account.elbv2.rules).toBe(before);
  });

  it("refuses the default rule, which is the listener's", async () => {
    const failure = await failureOf(modify({ RuleArn: defaultRuleArn(), Actions: [fixed] }));
    expect([failure.name, failure.message]).toEqual([
      "OperationNotPermittedException",
      `Default rule '${defaultRuleArn()}' cannot be modified`,
    ]);
  });
});

describe("the default action", () => {
  it("is changed by ModifyListener", async () => {
    const DefaultActions = [forwardTo({ blue: 100, green: 0 })];
    await account.elb.send(new ModifyListenerCommand({ ListenerArn: route.listenerArn, DefaultActions }));
    const { Rules } = await account.elb.send(new DescribeRulesCommand({ RuleArns: [defaultRuleArn()] }));
    expect(Rules?.[0]?.Actions).toEqual(DefaultActions);
  });

  it("is all that ModifyListener changes here", async () => {
    const change = { ListenerArn: route.listenerArn, DefaultActions: [forwardTo({ blue: 1, green: 0 })], Port: 443 };
    expect((await failureOf(account.elb.send(new ModifyListenerCommand(change)))).name).toBe("ValidationError");
  });
});

describe("SetRulePriorities", () => {
  it("raises the pin above the weighted rule in one call", async () => {
    const { Rules } = await account.elb.send(priorities([route.pin.ruleArn, 99]));
    expect(Rules?.map((rule) => [rule.RuleArn, rule.Priority])).toEqual([[route.pin.ruleArn, "99"]]);
    expect((await listed()).map(([, priority]) => priority)).toEqual(["99", "100", "default"]);
  });

  it("may swap two rules", async () => {
    await account.elb.send(priorities([route.pin.ruleArn, 100], [route.weightedRuleArn, 101]));
    expect((await listed()).map(([arn]) => arn)).toEqual([route.pin.ruleArn, route.weightedRuleArn, defaultRuleArn()]);
  });

  it.each([
    ["a number in use", () => priorities([route.pin.ruleArn, 100]), "PriorityInUseException"],
    ["a rule that is not there", () => priorities([`${route.pin.ruleArn}0`, 99]), "RuleNotFoundException"],
    ["the default rule", () => priorities([defaultRuleArn(), 99]), "OperationNotPermittedException"],
    ["a number out of range", () => priorities([route.pin.ruleArn, 50_001]), "ValidationError"],
    ["a rule named twice", () => priorities([route.pin.ruleArn, 98], [route.pin.ruleArn, 99]), "ValidationError"],
  ])("refuses %s", async (_what, command, name) => {
    expect((await failureOf(account.elb.send(command()))).name).toBe(name);
  });
});

describe("rules come and go", () => {
  const created = (Priority: number) =>
    new CreateRuleCommand({
      ListenerArn: route.listenerArn,
      Priority,
      Conditions: [{ Field: "path-pattern", Values: ["/admin/*"] }],
      Actions: [{ Type: "forward", TargetGroupArn: route.green }],
    });

  it("by CreateRule and DeleteRule", async () => {
    const { Rules } = await account.elb.send(created(10));
    const arn = Rules?.[0]?.RuleArn ?? "";
    expect((await listed())[0]).toEqual([arn, "10", false]);
    await account.elb.send(new DeleteRuleCommand({ RuleArn: arn }));
    expect(await listed()).toHaveLength(3);
    expect((await failureOf(account.elb.send(new DeleteRuleCommand({ RuleArn: arn })))).name).toBe(
      "RuleNotFoundException",
    );
  });

  it("not over one another, and the default rule not at all", async () => {
    expect((await failureOf(account.elb.send(created(100)))).name).toBe("PriorityInUseException");
    const removal = new DeleteRuleCommand({ RuleArn: defaultRuleArn() });
    expect((await failureOf(account.elb.send(removal))).name).toBe("OperationNotPermittedException");
  });
});

describe("DescribeRules that lags behind", () => {
  it("shows for a while what was, and then what is", async () => {
    clock.advance(60_000);
    await modify({ Actions: [forwardTo({ blue: 90, green: 10 })] });
    const shown = async () => {
      const { Rules } = await account.elb.send(new DescribeRulesCommand({ RuleArns: [route.weightedRuleArn] }));
      return Rules?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups?.[1]?.Weight;
    };
    behindMs = 10_000;
    clock.advance(9_000);
    expect(await shown()).toBe(0);
    clock.advance(1_000);
    expect(await shown()).toBe(10);
  });
});

describe("DescribeTargetHealth", () => {
  const states = async () => {
    const { TargetHealthDescriptions } = await account.elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: route.green }),
    );
    return TargetHealthDescriptions?.map((one) => [one.TargetHealth?.State, one.TargetHealth?.Reason]);
  };

  it("calls a new target initial, and one whose group no rule uses unused", async () => {
    await account.elb.send(
      new RegisterTargetsCommand({ TargetGroupArn: route.green, Targets: [{ Id: "127.0.0.1", Port: 1 }] }),
    );
    expect(await states()).toEqual([["initial", "Elb.InitialHealthChecking"]]);
    await modify({ Actions: [{ Type: "forward", TargetGroupArn: route.blue }] });
    expect(await states()).toEqual([["unused", "Target.NotInUse"]]);
  });

  it("refuses a group that is not there", async () => {
    const read = new DescribeTargetHealthCommand({ TargetGroupArn: `${route.green}0` });
    expect((await failureOf(account.elb.send(read))).name).toBe("TargetGroupNotFoundException");
  });
});
