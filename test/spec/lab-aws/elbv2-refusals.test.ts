import {
  type Action,
  CreateRuleCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  type ModifyRuleCommandInput,
  type RuleCondition,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { REFUSALS, type RefusalName } from "../../../lab/aws/elbv2/refusals.ts";
import {
  bindings,
  failureOf,
  forwardTo,
  manualClock,
  route,
  startAccount,
  type TestAccount,
} from "../../support/lab-account.ts";

let account: TestAccount;
beforeEach(async () => {
  account = await startAccount(manualClock());
});
afterEach(() => account.close());

const FIXED: Action = { Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } };
const OIDC = { Issuer: "i", AuthorizationEndpoint: "a", TokenEndpoint: "t", UserInfoEndpoint: "u", ClientId: "c" };
const weightedRuleArn = route.weightedRuleArn ?? "";
const pinArn = route.pin?.ruleArn ?? "";

const modify = (change: Partial<ModifyRuleCommandInput>) =>
  account.elb.send(new ModifyRuleCommand({ RuleArn: weightedRuleArn, ...change }));
const act = (...Actions: Action[]) => modify({ Actions });
const forward = (...arns: string[]): Action => ({
  Type: "forward",
  ForwardConfig: { TargetGroups: arns.map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 })) },
});
const prioritise = (...pairs: { RuleArn?: string; Priority?: number }[]) =>
  account.elb.send(new SetRulePrioritiesCommand({ RulePriorities: pairs }));
const create = (Priority: number, ...Actions: Action[]) =>
  account.elb.send(
    new CreateRuleCommand({
      ...{ ListenerArn: route.listenerArn, Priority, Actions: Actions.length === 0 ? [FIXED] : Actions },
      Conditions: [{ Field: "path-pattern", Values: ["/x"] }],
    }),
  );
const login = (of: object): readonly [Action, Action] => [
  { Type: "authenticate-oidc", Order: 1, AuthenticateOidcConfig: { ...OIDC, ...of } },
  { ...forward(route.blue), Order: 2 },
];
const meets = (...Conditions: RuleCondition[]) => modify({ Conditions });
const page = (of: { Marker?: string; PageSize?: number }) =>
  account.elb.send(new DescribeRulesCommand({ ListenerArn: route.listenerArn, ...of }));
const defaultArn = () => account.elbv2.rules.find((rule) => rule.priority === "default")?.arn ?? "";

/** One call for every row of the table; a row that nobody provokes does not compile. */
const PROVOKED: Readonly<Record<RefusalName, () => Promise<unknown>>> = {
  weight: () => act(forwardTo({ blue: 1_000, green: 0 })),
  allZero: () => act(forwardTo({ blue: 0, green: 0 })),
  fiveGroups: () => act(forward(...["1", "2", "3", "4", "5", "6"].map((end) => `${route.blue}${end}`))),
  groupTwice: () => act(forward(route.blue, route.blue)),
  rules: async () => {
    for (let priority = 1_000; ; priority += 1) await create(priority);
  },
  priority: () => prioritise({ RuleArn: pinArn, Priority: 50_001 }),
  priorityInUse: () => prioritise({ RuleArn: pinArn, Priority: 100 }),
  ruleTwice: () => prioritise({ RuleArn: pinArn, Priority: 98 }, { RuleArn: pinArn, Priority: 99 }),
  priorityPair: () => prioritise({ RuleArn: pinArn }),
  noRule: () => prioritise({ RuleArn: `${pinArn}0`, Priority: 98 }),
  noListener: () => account.elb.send(new DescribeRulesCommand({ ListenerArn: `${route.listenerArn}0` })),
  noGroup: () => act(forward(`${route.blue}0`)),
  noBalancer: () => account.elb.send(new DescribeListenersCommand({ LoadBalancerArn: `${bindings.loadBalancerArn}0` })),
  noTarget: () =>
    account.elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: route.blue, Targets: [{ Id: "10.0.0.1", Port: 1 }] }),
    ),
  defaultRule: () => modify({ RuleArn: defaultArn(), Actions: [FIXED] }),
  nothingToChange: () => modify({}),
  routesOnce: () => act({ ...FIXED, Order: 1 }, { ...forward(route.blue), Order: 2 }),
  order: () => act({ ...FIXED, Order: 1 }, { ...forward(route.blue), Order: 1 }),
  actions: () => act(...[1, 2, 3, 4, 5, 6].map((Order) => ({ ...FIXED, Order }))),
  groupOfOther: () => act({ ...FIXED, TargetGroupArn: route.blue }),
  configOfOtherType: () => act({ ...FIXED, RedirectConfig: { StatusCode: "HTTP_301" } }),
  configMissing: () => act({ Type: "jwt-validation", Order: 1 }, { ...forward(route.blue), Order: 2 }),
  logins: () => {
    const [oidc, to] = login({ ClientSecret: "s" });
    const cognito = { UserPoolArn: "p", UserPoolClientId: "c", UserPoolDomain: "d" };
    return act(
      oidc,
      { Type: "authenticate-cognito", Order: 2, AuthenticateCognitoConfig: cognito },
      { ...to, Order: 3 },
    );
  },
  noForwardTarget: () => act({ Type: "forward" }),
  besideForward: () => act({ ...forward(route.blue, route.green), TargetGroupArn: route.blue }),
  orderMissing: () => act({ ...FIXED, Order: 1 }, forward(route.blue)),
  secret: () => act(...login({})),
  secretOfNew: () => create(500, ...login({ UseExistingClientSecret: true })),
  twoSecrets: () => act(...login({ ClientSecret: "s", UseExistingClientSecret: true })),
  statusCode: () => act({ Type: "fixed-response", FixedResponseConfig: { StatusCode: "302" } }),
  stickySeconds: () => act(forwardTo({ blue: 1, green: 1 }, 0)),
  stickyGroup: () => {
    const group = account.elbv2.targetGroup(route.green);
    Object.assign(group ?? {}, { attributes: { ...group?.attributes, "stickiness.enabled": "true" } });
    return act(forwardTo({ blue: 100, green: 0 }));
  },
  conditionValues: () => meets({ Field: "path-pattern", Values: ["/".repeat(129)] }),
  fieldTwice: () => meets({ Field: "path-pattern", Values: ["/a"] }, { Field: "path-pattern", Values: ["/b"] }),
  configOfOtherField: () => meets({ Field: "path-pattern", HostHeaderConfig: { Values: ["shop.example"] } }),
  valuesTwice: () => meets({ Field: "path-pattern", Values: ["/a"], PathPatternConfig: { Values: ["/a"] } }),
  severalPlain: () => meets({ Field: "path-pattern", Values: ["/a", "/b"] }),
  listenersOfWhat: () => account.elb.send(new DescribeListenersCommand({})),
  rulesOfWhat: () =>
    account.elb.send(new DescribeRulesCommand({ ListenerArn: route.listenerArn, RuleArns: [weightedRuleArn] })),
  marker: () => page({ Marker: "nonsense" }),
  pageSize: () => page({ PageSize: 401 }),
  actionType: () => act({ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301" } }),
  conditionField: () => meets({ Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } }),
  regex: () => meets({ Field: "path-pattern", PathPatternConfig: { RegexValues: ["^/a"] } }),
  unserved: () => modify({ Transforms: [{ Type: "url-rewrite" }] }),
  listenerChange: () => account.elb.send(new ModifyListenerCommand({ ListenerArn: route.listenerArn, Port: 443 })),
};

const asPattern = (says: string): RegExp =>
  new RegExp(`^${says.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace("{}", ".+")}$`);

describe("the local Elastic Load Balancing refuses, changes nothing, and cites where AWS does:", () => {
  it.each(Object.entries(REFUSALS))("%s", async (name, { code, says, cites }) => {
    const before = account.elbv2.rules;
    const failure = await failureOf(PROVOKED[name as RefusalName]());
    expect([failure.name, failure.message]).toEqual([code, expect.stringMatching(asPattern(says))]);
    expect(cites).toMatch(/^(aws\.md [1-9]|SDK types$|lab$)/);
    if (name !== "rules") expect(account.elbv2.rules).toBe(before);
  });

  it("a condition of which a value is empty", async () => {
    const { name } = await failureOf(meets({ Field: "path-pattern", PathPatternConfig: { Values: ["/a", ""] } }));
    expect(name).toBe("ValidationError");
  });

  it("a whole call of priorities, where one of them is taken", async () => {
    const failure = await failureOf(
      prioritise({ RuleArn: weightedRuleArn, Priority: 7 }, { RuleArn: pinArn, Priority: 50_001 }),
    );
    expect(failure.name).toBe("ValidationError");
    expect(account.elbv2.rules.find(({ arn }) => arn === weightedRuleArn)?.priority).toBe(100);
  });
});

describe("the local Elastic Load Balancing accepts what stands next to that:", () => {
  it("a rule that is created with its secret, and one that is changed and keeps it", async () => {
    const { Rules } = await create(500, ...login({ ClientSecret: "s" }));
    const { RuleArn } = Rules?.[0] ?? {};
    const Actions = [...login({ UseExistingClientSecret: true })];
    await expect(account.elb.send(new ModifyRuleCommand({ RuleArn, Actions }))).resolves.toHaveProperty("Rules");
  });

  it.each<readonly [string, RuleCondition]>([
    ["several values in the field's own configuration", { PathPatternConfig: { Values: ["/a", "/b"] } }],
    ["one value in the plain place", { Values: ["/a"] }],
  ])("%s", async (_what, values) => {
    const { Rules } = await meets({ Field: "path-pattern", ...values });
    const [shown] = Rules?.[0]?.Conditions ?? [];
    expect(shown?.Values).toEqual(values.PathPatternConfig?.Values ?? values.Values);
    expect(shown?.PathPatternConfig?.Values).toEqual(shown?.Values);
  });
});
