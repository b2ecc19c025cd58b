import type { CutoverBindings, RouteBinding } from "../../../src/signals/bindings.ts";
import { isPinnedRoute, type PinnedRoute } from "../../../src/signals/routes.ts";
import type { LabClock } from "../../clock.ts";
import { type Condition, LoadBalancer, type RuleRecord, type Target, type TargetGroupRecord } from "./load-balancer.ts";

/** Everything goes through rules, as aws.md 7 advises; what no rule takes is answered by the load balancer itself. */
const DEFAULT_RULE_ID = "c2a1f0e9d8b76543";
const CATCH_ALL: readonly Condition[] = [
  { Field: "path-pattern", Values: ["/*"], PathPatternConfig: { Values: ["/*"] } },
];

const ATTRIBUTES = {
  "deregistration_delay.timeout_seconds": "300",
  "stickiness.enabled": "false",
  "stickiness.type": "lb_cookie",
  "load_balancing.algorithm.type": "round_robin",
  "slow_start.duration_seconds": "0",
};

/**
 * The load balancer a cutover's bindings describe, as its operator has set it up: per route a weighted rule (blue 100,
 * green 0, no stickiness) just below the pin's raised number, and the pin parked, all with the ids of the bindings; where
 * there is no pin, the weighted rule alone, or the listener's default action.
 */
export const createOrdersLoadBalancer = (
  clock: LabClock,
  bindings: CutoverBindings,
  targets: { readonly blue: readonly Target[]; readonly green: readonly Target[] },
  healthCheckPath = "/health",
): LoadBalancer => {
  const groups = new Map<string, TargetGroupRecord>();
  for (const route of bindings.routes) {
    groups.set(route.blue, targetGroup(route.blue, targets.blue, healthCheckPath));
    groups.set(route.green, targetGroup(route.green, targets.green, healthCheckPath));
  }
  const listenerArns = [...new Set(bindings.routes.map((route) => route.listenerArn))];
  return new LoadBalancer(clock, {
    arn: bindings.loadBalancerArn,
    listeners: listenerArns.map((arn, index) => ({ arn, port: 80 + index })),
    targetGroups: [...groups.values()],
    rules: [
      ...bindings.routes.flatMap(rulesOf),
      ...listenerArns.map((arn) => defaultRule(arn, bindings.routes.find(isDefaultOf(arn)))),
    ],
  });
};

const targetGroup = (arn: string, targets: readonly Target[], healthCheckPath: string): TargetGroupRecord => ({
  arn,
  name: arn.split("/")[1] ?? "",
  healthCheckPath,
  attributes: ATTRIBUTES,
  targets: targets.map((target) => ({ ...target, state: "initial", reason: "" })),
});

const isDefaultOf =
  (listenerArn: string) =>
  (route: RouteBinding): boolean =>
    route.weightedRuleArn === undefined && route.listenerArn === listenerArn;

const allOnBlue = (route: RouteBinding): RuleRecord["actions"] => [
  {
    Type: "forward",
    Order: 1,
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: route.blue, Weight: 100 },
        { TargetGroupArn: route.green, Weight: 0 },
      ],
      TargetGroupStickinessConfig: { Enabled: false },
    },
  },
];

const PLAIN_PRIORITY = 100;

const rulesOf = (route: RouteBinding): readonly RuleRecord[] => [
  ...(route.weightedRuleArn === undefined
    ? []
    : [
        {
          arn: route.weightedRuleArn,
          listenerArn: route.listenerArn,
          priority: route.pin === undefined ? PLAIN_PRIORITY : route.pin.raisedPriority + 1,
          conditions: CATCH_ALL,
          actions: allOnBlue(route),
        },
      ]),
  ...(isPinnedRoute(route) ? [pinOf(route)] : []),
];

const pinOf = (route: PinnedRoute): RuleRecord => ({
  arn: route.pin.ruleArn,
  listenerArn: route.listenerArn,
  priority: route.pin.parkedPriority,
  conditions: CATCH_ALL,
  actions: [
    {
      Type: "forward",
      Order: 1,
      TargetGroupArn: route.blue,
      ForwardConfig: {
        TargetGroups: [{ TargetGroupArn: route.blue, Weight: 1 }],
        TargetGroupStickinessConfig: { Enabled: false },
      },
    },
  ],
});

const defaultRule = (listenerArn: string, route: RouteBinding | undefined): RuleRecord => ({
  arn: `${listenerArn.replace(":listener/", ":listener-rule/")}/${DEFAULT_RULE_ID}`,
  listenerArn,
  priority: "default",
  conditions: [],
  actions: route === undefined ? NOBODY_ANSWERS : allOnBlue(route),
});

const NOBODY_ANSWERS: RuleRecord["actions"] = [
  {
    Type: "fixed-response",
    Order: 1,
    FixedResponseConfig: { StatusCode: "503", ContentType: "text/plain", MessageBody: "no rule takes this request" },
  },
];
