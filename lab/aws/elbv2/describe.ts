import type {
  DescribeListenersInput,
  DescribeLoadBalancersInput,
  DescribeRulesInput,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupsInput,
  DescribeTargetHealthInput,
  TargetHealth,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Received } from "../wire/received.ts";
import {
  forwardedTo,
  type ListenerRecord,
  type LoadBalancer,
  type RuleRecord,
  type TargetGroupRecord,
  type TargetRecord,
} from "./load-balancer.ts";
import { refuse } from "./refusals.ts";

export const ruleShape = (rule: RuleRecord): object => ({
  RuleArn: rule.arn,
  Priority: String(rule.priority),
  Conditions: rule.conditions,
  Actions: rule.actions,
  IsDefault: rule.priority === "default",
});

export const listenerShape = (balancer: LoadBalancer, listener: ListenerRecord): object => ({
  ListenerArn: listener.arn,
  LoadBalancerArn: balancer.arn,
  Port: listener.port,
  Protocol: "HTTP",
  DefaultActions: balancer.rules.find((rule) => rule.listenerArn === listener.arn && rule.priority === "default")
    ?.actions,
});

export const listenerOf = (balancer: LoadBalancer, arn: string): ListenerRecord => {
  const found = balancer.listeners.find((listener) => listener.arn === arn);
  if (found === undefined) throw refuse("noListener", arn);
  return found;
};

export const targetGroupOf = (balancer: LoadBalancer, arn: string): TargetGroupRecord => {
  const found = balancer.targetGroup(arn);
  if (found === undefined) throw refuse("noGroup", arn);
  return found;
};

const only = (balancer: LoadBalancer, arns: readonly string[] | undefined): void => {
  for (const arn of arns ?? []) if (arn !== balancer.arn) throw refuse("noBalancer", arn);
};

/** The marker is the number of entries already given; the real one is opaque too. */
const page = <Entry>(entries: readonly Entry[], of: { Marker?: string; PageSize?: number }): [Entry[], object] => {
  const from = Number(of.Marker ?? 0);
  const size = of.PageSize ?? 100;
  if (!Number.isInteger(from) || from < 0 || from > entries.length) throw refuse("marker", of.Marker);
  if (!Number.isInteger(size) || size < 1 || size > 400) throw refuse("pageSize");
  const to = from + size;
  return [entries.slice(from, to), to < entries.length ? { NextMarker: String(to) } : {}];
};

/**
 * The reading half of the API.
 * @param behindMs how far a Describe is behind the truth, in lab time, asked anew for each call: Describe is not
 *   read-after-write (aws.md 1, read-after-write).
 */
export const describeOperations = (balancer: LoadBalancer, behindMs: () => number) => ({
  DescribeLoadBalancers: (input: Received<DescribeLoadBalancersInput>): object => {
    only(balancer, input.LoadBalancerArns);
    for (const name of input.Names ?? []) if (name !== balancer.name) throw refuse("noBalancer", name);
    const shape = {
      LoadBalancerArn: balancer.arn,
      LoadBalancerName: balancer.name,
      CreatedTime: new Date(balancer.createdAt),
      DNSName: "localhost",
      Scheme: "internal",
      Type: "application",
      State: { Code: "active" },
      IpAddressType: "ipv4",
    };
    return { LoadBalancers: [shape] };
  },

  DescribeListeners: (input: Received<DescribeListenersInput>): object => {
    if (input.LoadBalancerArn === undefined && input.ListenerArns === undefined) throw refuse("listenersOfWhat");
    only(balancer, input.LoadBalancerArn === undefined ? [] : [input.LoadBalancerArn]);
    const listeners = input.ListenerArns?.map((arn) => listenerOf(balancer, arn)) ?? balancer.listeners;
    const [Listeners, next] = page(listeners, input);
    return { Listeners: Listeners.map((listener) => listenerShape(balancer, listener)), ...next };
  },

  DescribeRules: (input: Received<DescribeRulesInput>): object => {
    if ((input.ListenerArn === undefined) === (input.RuleArns === undefined)) throw refuse("rulesOfWhat");
    const rules = balancer.rulesBehind(behindMs());
    const chosen =
      input.RuleArns?.map((arn) => {
        const rule = rules.find((one) => one.arn === arn);
        if (rule === undefined) throw refuse("noRule", arn);
        return rule;
      }) ?? inOrder(rules, listenerOf(balancer, input.ListenerArn ?? "").arn);
    const [Rules, next] = page(chosen, input);
    return { Rules: Rules.map(ruleShape), ...next };
  },

  DescribeTargetGroups: (input: Received<DescribeTargetGroupsInput>): object => {
    only(balancer, input.LoadBalancerArn === undefined ? [] : [input.LoadBalancerArn]);
    for (const name of input.Names ?? [])
      if (!balancer.targetGroups.some((group) => group.name === name)) throw refuse("noGroup", name);
    const groups = (input.TargetGroupArns?.map((arn) => targetGroupOf(balancer, arn)) ?? balancer.targetGroups).filter(
      (group) => input.Names?.includes(group.name) ?? true,
    );
    const [TargetGroups, next] = page(groups, input);
    return { TargetGroups: TargetGroups.map((group) => targetGroupShape(balancer, group)), ...next };
  },

  DescribeTargetGroupAttributes: (input: Received<DescribeTargetGroupAttributesInput>): object => ({
    Attributes: Object.entries(targetGroupOf(balancer, input.TargetGroupArn).attributes).map(([Key, Value]) => ({
      Key,
      Value,
    })),
  }),

  DescribeTargetHealth: (input: Received<DescribeTargetHealthInput>): object => {
    if (input.Include !== undefined) throw refuse("unserved", "Include");
    const group = targetGroupOf(balancer, input.TargetGroupArn);
    const targets =
      input.Targets?.map(({ Id, Port }) => {
        const target = group.targets.find((one) => one.id === Id && (Port ?? one.port) === one.port);
        if (target === undefined) throw refuse("noTarget", Id);
        return target;
      }) ?? group.targets;
    return {
      TargetHealthDescriptions: targets.map((target) => ({
        Target: { Id: target.id, Port: target.port },
        HealthCheckPort: String(target.port),
        TargetHealth: healthShape(balancer, group, target),
      })),
    };
  },
});

/** By priority, the default rule last. */
export const inOrder = (rules: readonly RuleRecord[], listenerArn: string): readonly RuleRecord[] => {
  const rank = (rule: RuleRecord): number => (rule.priority === "default" ? Number.POSITIVE_INFINITY : rule.priority);
  return rules.filter((rule) => rule.listenerArn === listenerArn).sort((one, other) => rank(one) - rank(other));
};

const healthShape = (balancer: LoadBalancer, group: TargetGroupRecord, target: TargetRecord): TargetHealth => {
  if (!balancer.isInUse(group.arn))
    return {
      State: "unused",
      Reason: "Target.NotInUse",
      Description: "Target group is not configured to receive traffic from the load balancer",
    };
  if (target.state === "healthy") return { State: "healthy" };
  if (target.state === "initial")
    return { State: "initial", Reason: "Elb.InitialHealthChecking", Description: "Initial health checks in progress" };
  return { State: "unhealthy", Reason: "Target.FailedHealthChecks", Description: target.reason };
};

const targetGroupShape = (balancer: LoadBalancer, group: TargetGroupRecord): object => ({
  TargetGroupArn: group.arn,
  TargetGroupName: group.name,
  Protocol: "HTTP",
  Port: 80,
  ProtocolVersion: "HTTP1",
  TargetType: "ip",
  HealthCheckEnabled: true,
  HealthCheckProtocol: "HTTP",
  HealthCheckPath: group.healthCheckPath,
  Matcher: { HttpCode: "200" },
  LoadBalancerArns: balancer.rules.some((rule) => forwardedTo(rule.actions).some(({ arn }) => arn === group.arn))
    ? [balancer.arn]
    : [],
});
