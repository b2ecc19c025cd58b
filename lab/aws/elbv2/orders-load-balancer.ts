import type { CutoverBindings, RouteBinding } from "../../../src/signals/bindings.ts";
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
 * green 0, no stickiness) just below the pin's raised number, and the pin parked, all with the ids of the bindings.
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
    rules: [...bindings.routes.flatMap(rulesOf), ...listenerArns.map(defaultRule)],
  });
};

const targetGroup = (arn: string, targets: readonly Target[], healthCheckPath: string): TargetGroupRecord => ({
  arn,
  name: arn.split("/")[1] ?? "",
  healthCheckPath,
  attributes: ATTRIBUTES,
  targets: targets.map((target) => ({ ...target, state: "initial", reason: "" })),
});

const rulesOf = (route: RouteBinding): readonly RuleRecord[] => [
  {
    arn: route.weightedRuleArn,
    listenerArn: route.listenerArn,
    priority: route.pin.raisedPriority + 1,
    conditions: CATCH_ALL,
    actions: [
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
    ],
  },
  {
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
  },
];

const defaultRule = (listenerArn: string): RuleRecord => ({
  arn: `${listenerArn.replace(":listener/", ":listener-rule/")}/${DEFAULT_RULE_ID}`,
  listenerArn,
  priority: "default",
  conditions: [],
  actions: [
    {
      Type: "fixed-response",
      Order: 1,
      FixedResponseConfig: { StatusCode: "503", ContentType: "text/plain", MessageBody: "no rule takes this request" },
    },
  ],
});
