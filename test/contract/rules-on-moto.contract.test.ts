import { readFileSync } from "node:fs";
import {
  type Action,
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { elbv2Service } from "../../lab/aws/elbv2/elbv2.ts";
import { createOrdersLoadBalancer } from "../../lab/aws/elbv2/orders-load-balancer.ts";
import { startLabClock } from "../../lab/clock.ts";
import { readCutovers } from "../../scripts/template/read-cutovers.ts";
import { systemNow } from "../../src/adapters/clock/system-clock.ts";
import { elbv2Rules } from "../../src/adapters/elbv2/elbv2-rules.ts";
import type { PinnedCutover, PinnedRoute } from "../../src/signals/routes.ts";
import { loadBalancerOf } from "../../src/wiring-table-and-rules.ts";
import { hasMoto, type MotoServer, startMoto } from "../support/moto-server.ts";
import { type LabAccount, startAccount } from "./lab-account.ts";
import { rulePortSuite } from "./rule-port-suite.ts";

const [orders] = readCutovers(`${import.meta.dirname}/../..`) as readonly [PinnedCutover];
const installed = hasMoto();

type Call = (client: ElasticLoadBalancingV2Client, route: PinnedRoute) => Promise<unknown>;

/** Where moto and the lab part, and which of them goes with what is known of AWS; `null`: taken. */
interface Difference {
  readonly what: string;
  readonly call: Call;
  readonly moto: string | null;
  readonly lab: string | null;
}

const forwardTo = (...groups: readonly (readonly [string, number])[]): Action => ({
  Type: "forward",
  ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
});
const modify =
  (actions: (route: PinnedRoute) => Action[]): Call =>
  (client, route) =>
    client.send(new ModifyRuleCommand({ RuleArn: route.weightedRuleArn, Actions: actions(route) }));
const prioritise =
  (wanted: (route: PinnedRoute) => readonly (readonly [string, number])[]): Call =>
  (client, route) =>
    client.send(
      new SetRulePrioritiesCommand({
        RulePriorities: wanted(route).map(([RuleArn, Priority]) => ({ RuleArn, Priority })),
      }),
    );
const defaultRuleOf = async (client: ElasticLoadBalancingV2Client, route: PinnedRoute): Promise<string> => {
  const { Rules = [] } = await client.send(new DescribeRulesCommand({ ListenerArn: route.listenerArn }));
  return Rules.find(({ IsDefault }) => IsDefault)?.RuleArn ?? "";
};
const FIXED: Action = { Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } };
const OIDC = { Issuer: "https://i", AuthorizationEndpoint: "https://a", TokenEndpoint: "https://t" };
const LOGIN: Action = {
  ...{ Type: "authenticate-oidc", Order: 1 },
  AuthenticateOidcConfig: { ...OIDC, UserInfoEndpoint: "https://u", ClientId: "c" },
};

/** The page docs/decisions/rule-port-contract.md says why; a test below holds it to this list. */
const DIFFERENCES: readonly Difference[] = [
  {
    what: "its own number given to a rule again",
    call: prioritise(({ pin }) => [[pin.ruleArn, pin.parkedPriority]]),
    ...{ moto: "PriorityInUse", lab: null },
  },
  {
    what: "two rules that change places in one call",
    call: prioritise(({ pin, weightedRuleArn }) => [
      [pin.ruleArn, 100],
      [weightedRuleArn, 101],
    ]),
    ...{ moto: "PriorityInUse", lab: null },
  },
  {
    what: "a number above 50000",
    call: prioritise(({ pin }) => [[pin.ruleArn, 50_001]]),
    ...{ moto: null, lab: "ValidationError" },
  },
  {
    what: "the default rule given a number",
    call: async (client, route) => {
      const arn = await defaultRuleOf(client, route);
      return prioritise(() => [[arn, 7]])(client, route);
    },
    ...{ moto: null, lab: "OperationNotPermitted" },
  },
  {
    what: "the default rule changed by ModifyRule",
    call: async (client, route) => {
      const RuleArn = await defaultRuleOf(client, route);
      return client.send(new ModifyRuleCommand({ RuleArn, Actions: [FIXED] }));
    },
    ...{ moto: null, lab: "OperationNotPermitted" },
  },
  {
    what: "a rule deleted that is not there",
    call: (client, route) => client.send(new DeleteRuleCommand({ RuleArn: `${route.weightedRuleArn.slice(0, -1)}x` })),
    ...{ moto: null, lab: "RuleNotFound" },
  },
  {
    what: "a weight above 999",
    call: modify(({ blue, green }) => [forwardTo([blue, 1_000], [green, 1])]),
    ...{ moto: null, lab: "ValidationError" },
  },
  {
    what: "weights that are all 0",
    call: modify(({ blue, green }) => [forwardTo([blue, 0], [green, 0])]),
    ...{ moto: null, lab: "ValidationError" },
  },
  {
    what: "one target group named twice",
    call: modify(({ blue }) => [forwardTo([blue, 1], [blue, 2])]),
    ...{ moto: null, lab: "ValidationError" },
  },
  {
    what: "a single target group beside several",
    call: modify(({ blue, green }) => [{ ...forwardTo([blue, 1], [green, 1]), TargetGroupArn: blue }]),
    ...{ moto: null, lab: "InvalidLoadBalancerAction" },
  },
  {
    what: "two actions that route",
    call: modify(({ blue }) => [
      { ...FIXED, Order: 1 },
      { ...forwardTo([blue, 1]), Order: 2 },
    ]),
    ...{ moto: null, lab: "InvalidLoadBalancerAction" },
  },
  {
    what: "a login without its secret",
    call: modify(({ blue }) => [LOGIN, { ...forwardTo([blue, 1]), Order: 2 }]),
    ...{ moto: null, lab: "ValidationError" },
  },
  {
    what: "stickiness for longer than a week",
    call: modify(({ blue, green }) => [
      {
        Type: "forward",
        ForwardConfig: {
          ...forwardTo([blue, 1], [green, 1]).ForwardConfig,
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 604_801 },
        },
      },
    ]),
    ...{ moto: null, lab: "ValidationError" },
  },
  {
    what: "a rule created with the number 0",
    call: (client, route) =>
      client.send(
        new CreateRuleCommand({
          ...{ ListenerArn: route.listenerArn, Priority: 0, Actions: [forwardTo([route.blue, 1])] },
          Conditions: [{ Field: "path-pattern", Values: ["/x"] }],
        }),
      ),
    ...{ moto: null, lab: "ValidationError" },
  },
];

const answerOf = async (call: Promise<unknown>): Promise<string | null> =>
  call.then(
    () => null,
    (error: Error) => error.name.replace(/Exception$/, ""),
  );

describe("what the lab answers where moto answers otherwise", () => {
  let account: LabAccount;
  beforeEach(async () => {
    const balancer = createOrdersLoadBalancer(startLabClock(1), orders, { blue: [], green: [] });
    account = await startAccount(elbv2Service(balancer, () => 0));
  });
  afterEach(() => account.close());

  test.each(DIFFERENCES)("$what: $lab", async ({ call, lab }) => {
    expect(await answerOf(call(loadBalancerOf(account.env), orders.routes[0] as PinnedRoute))).toBe(lab);
  });
});

describe.skipIf(!installed)("moto_server", () => {
  let moto: MotoServer;
  let fresh: Awaited<ReturnType<MotoServer["freshRoute"]>>;
  beforeAll(async () => {
    moto = await startMoto();
    // Its first answers take seconds where a machine is busy: they are waited for here.
    await moto.freshRoute();
  }, 90_000);
  afterAll(() => moto.close());
  beforeEach(async () => {
    fresh = await moto.freshRoute();
  }, 60_000);

  rulePortSuite("moto_server", () => ({
    ...fresh,
    rules: elbv2Rules(loadBalancerOf(moto.env), systemNow),
    occupy: (Priority) =>
      loadBalancerOf(moto.env).send(
        new CreateRuleCommand({
          ...{ ListenerArn: fresh.route.listenerArn, Priority },
          Conditions: [{ Field: "path-pattern", Values: ["/admin/*"] }],
          Actions: [{ Type: "forward", TargetGroupArn: fresh.route.blue }],
        }),
      ),
  }));

  test.each(DIFFERENCES)("differs by what it answers to $what: $moto", async ({ call, moto: answer }) => {
    expect(await answerOf(call(loadBalancerOf(moto.env), fresh.route))).toBe(answer);
  });
});

test.skipIf(installed)("moto_server is not installed here: pip install 'moto[server]' runs the suite on it too", () => {
  expect(installed).toBe(false);
});

test("the page of the decision has a line for every difference, with both answers", () => {
  const page = readFileSync(`${import.meta.dirname}/../../docs/decisions/rule-port-contract.md`, "utf8");
  const cell = (answer: string | null) => (answer === null ? "taken" : `\`${answer}\``);
  const lines = page
    .split("\n")
    .filter((line) => /\| (taken|`)/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, 4)
        .map((text) => text.trim())
        .map((text) => text.replace("by `ModifyRule`", "by ModifyRule")),
    );
  expect(lines).toEqual(DIFFERENCES.map(({ what, moto, lab }) => [what, cell(moto), cell(lab)]));
});
