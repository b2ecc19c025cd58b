import { randomBytes } from "node:crypto";
import type {
  CreateRuleInput,
  DeleteRuleInput,
  DeregisterTargetsInput,
  ModifyListenerInput,
  ModifyRuleInput,
  RegisterTargetsInput,
  SetRulePrioritiesInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Received } from "../wire/received.ts";
import { listenerOf, listenerShape, ruleShape, targetGroupOf } from "./describe.ts";
import type { LoadBalancer, RuleRecord } from "./load-balancer.ts";
import { refuse } from "./refusals.ts";
import { acceptActions, acceptFirstActions } from "./rule-actions.ts";
import { acceptConditions } from "./rule-conditions.ts";

const MAX_RULES = 100;
const MAX_PRIORITY = 50_000;

/** The writing half of the API. There is no version and no condition: the last writer wins (aws.md 1). */
export const changeOperations = (balancer: LoadBalancer) => ({
  ModifyRule: (input: Received<ModifyRuleInput>): object => {
    if (input.Transforms !== undefined) throw refuse("unserved", "Transforms");
    if (input.Conditions === undefined && input.Actions === undefined && input.ResetTransforms === undefined)
      throw refuse("nothingToChange");
    const rule = changeable(balancer, input.RuleArn);
    // Lists are replaced whole, what is not given stays (aws.md 1, ModifyRule).
    const changed: RuleRecord = {
      ...rule,
      actions: input.Actions === undefined ? rule.actions : acceptActions(balancer, input.Actions),
      conditions: input.Conditions === undefined ? rule.conditions : acceptConditions(input.Conditions),
    };
    balancer.write(balancer.rules.map((one) => (one.arn === rule.arn ? changed : one)));
    return { Rules: [ruleShape(changed)] };
  },

  SetRulePriorities: (input: Received<SetRulePrioritiesInput>): object => {
    const wanted = new Map<string, number>();
    for (const { RuleArn, Priority } of input.RulePriorities) {
      if (RuleArn === undefined || Priority === undefined) throw refuse("priorityPair");
      const rule = changeable(balancer, RuleArn);
      if (wanted.has(rule.arn)) throw refuse("ruleTwice", RuleArn);
      wanted.set(rule.arn, acceptPriority(Priority));
    }
    const rules = balancer.rules.map((rule) => ({ ...rule, priority: wanted.get(rule.arn) ?? rule.priority }));
    refuseSharedPriority(rules);
    balancer.write(rules);
    return { Rules: rules.filter((rule) => wanted.has(rule.arn)).map(ruleShape) };
  },

  CreateRule: (input: Received<CreateRuleInput>): object => {
    if (input.Transforms !== undefined || input.Tags !== undefined) throw refuse("unserved", "Transforms or Tags");
    const listener = listenerOf(balancer, input.ListenerArn);
    const numbered = balancer.rules.filter((rule) => rule.priority !== "default");
    if (numbered.length >= MAX_RULES) throw refuse("rules");
    const created: RuleRecord = {
      arn: `${listener.arn.replace(":listener/", ":listener-rule/")}/${randomBytes(8).toString("hex")}`,
      listenerArn: listener.arn,
      priority: acceptPriority(input.Priority),
      conditions: acceptConditions(input.Conditions),
      actions: acceptFirstActions(balancer, input.Actions),
    };
    const rules = [...balancer.rules, created];
    refuseSharedPriority(rules);
    balancer.write(rules);
    return { Rules: [ruleShape(created)] };
  },

  DeleteRule: (input: Received<DeleteRuleInput>): object => {
    const rule = changeable(balancer, input.RuleArn);
    balancer.write(balancer.rules.filter((one) => one.arn !== rule.arn));
    return {};
  },

  ModifyListener: (input: Received<ModifyListenerInput>): object => {
    const { ListenerArn, DefaultActions, ...others } = input;
    if (DefaultActions === undefined || Object.keys(others).length > 0) throw refuse("listenerChange");
    const listener = listenerOf(balancer, ListenerArn);
    const actions = acceptActions(balancer, DefaultActions);
    balancer.write(
      balancer.rules.map((rule) =>
        rule.listenerArn === listener.arn && rule.priority === "default" ? { ...rule, actions } : rule,
      ),
    );
    return { Listeners: [listenerShape(balancer, listener)] };
  },

  RegisterTargets: (input: Received<RegisterTargetsInput>): object => {
    const group = targetGroupOf(balancer, input.TargetGroupArn);
    const added = input.Targets.map(({ Id, Port = 80 }) => ({ id: Id, port: Port })).filter(
      (target) => !group.targets.some((one) => one.id === target.id && one.port === target.port),
    );
    group.targets = [
      ...group.targets,
      ...added.map((target) => ({ ...target, state: "initial" as const, reason: "" })),
    ];
    return {};
  },

  /** Requests already under way finish; the lab does not show the state `draining`. */
  DeregisterTargets: (input: Received<DeregisterTargetsInput>): object => {
    const group = targetGroupOf(balancer, input.TargetGroupArn);
    const gone = ({ id, port }: { id: string; port: number }): boolean =>
      input.Targets.some((target) => target.Id === id && (target.Port ?? port) === port);
    group.targets = group.targets.filter((target) => !gone(target));
    return {};
  },
});

/** @throws RuleNotFound; OperationNotPermitted for a default rule (aws.md 1, default rule). */
const changeable = (balancer: LoadBalancer, arn: string): RuleRecord => {
  const rule = balancer.rules.find((one) => one.arn === arn);
  if (rule === undefined) throw refuse("noRule", arn);
  if (rule.priority === "default") throw refuse("defaultRule", arn);
  return rule;
};

const acceptPriority = (priority: number): number => {
  if (!Number.isInteger(priority) || priority < 1 || priority > MAX_PRIORITY) throw refuse("priority", priority);
  return priority;
};

const refuseSharedPriority = (rules: readonly RuleRecord[]): void => {
  const taken = new Set<string>();
  for (const { listenerArn, priority } of rules) {
    const key = `${listenerArn} ${priority}`;
    if (taken.has(key)) throw refuse("priorityInUse", priority);
    taken.add(key);
  }
};
