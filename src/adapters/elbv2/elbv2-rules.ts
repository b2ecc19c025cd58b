import {
  type Action,
  DeleteRuleCommand,
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
  PriorityInUseException,
  paginateDescribeListeners,
  paginateDescribeRules,
  type Rule,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ObservedRule, RulesPort } from "../../actuation/rules-port.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { attemptRead } from "./attempt-read.ts";
import { attemptWrite } from "./attempt-write.ts";
import { observedRule, weightedActions } from "./listener-rules.ts";

/**
 * AWS refuses `ModifyRule` on a default rule: its actions belong to the listener, of which nothing else is sent, so that
 * certificates and TLS policy stay. The answer shows the listener; its default rule is made of that.
 */
const writeDefault = async (
  client: ElasticLoadBalancingV2Client,
  command: { readonly ListenerArn: string; readonly DefaultActions: Action[] },
  abortSignal: AbortSignal,
): Promise<{ readonly Rules: Rule[] }> => {
  const { Listeners = [] } = await client.send(new ModifyListenerCommand(command), { abortSignal });
  return {
    Rules: Listeners.map(({ ListenerArn, DefaultActions }) => ({
      RuleArn: `${ListenerArn}/default`,
      IsDefault: true,
      Priority: "default",
      Conditions: [],
      Actions: DefaultActions,
    })),
  };
};

/**
 * The load balancer's rules by the Elastic Load Balancing API.
 * `client` must make one attempt a call (`maxAttempts: 1`): an SDK that repeats a write on its own can send it after
 * somebody has given up on it.
 */
export const elbv2Rules = (client: ElasticLoadBalancingV2Client, now: () => EpochMs): RulesPort => ({
  listListeners: (loadBalancerArn, timeoutMs) =>
    attemptRead(`DescribeListeners of ${loadBalancerArn}`, timeoutMs, async (abortSignal) => {
      const arns: string[] = [];
      const pages = paginateDescribeListeners({ client }, { LoadBalancerArn: loadBalancerArn }, { abortSignal });
      for await (const page of pages)
        arns.push(...(page.Listeners ?? []).flatMap(({ ListenerArn = [] }) => ListenerArn));
      return arns;
    }),

  readListener: (listenerArn, timeoutMs) =>
    attemptRead(`DescribeRules of ${listenerArn}`, timeoutMs, async (abortSignal) => {
      const rules: ObservedRule[] = [];
      const pages = paginateDescribeRules({ client }, { ListenerArn: listenerArn }, { abortSignal });
      for await (const page of pages) rules.push(...(page.Rules ?? []).map(observedRule));
      return { listenerArn, readAt: now(), rules };
    }),

  writeWeights: (write, otherActions, limits) => {
    const { weightedRuleArn: RuleArn, listenerArn: ListenerArn } = write.route;
    const actions = weightedActions(write, otherActions);
    return attemptWrite(
      RuleArn === undefined
        ? (abortSignal) => writeDefault(client, { ListenerArn, DefaultActions: actions }, abortSignal)
        : (abortSignal) => client.send(new ModifyRuleCommand({ RuleArn, Actions: actions }), { abortSignal }),
      limits,
      now,
    );
  },

  movePin: ({ pin }, to, limits) => {
    const Priority = to === "raised" ? pin.raisedPriority : pin.parkedPriority;
    const command = { RulePriorities: [{ RuleArn: pin.ruleArn, Priority }] };
    // Whether a rule may be given the number it has is written nowhere, and an earlier attempt may have landed.
    const stands = async (abortSignal: AbortSignal): Promise<Rule[] | null> => {
      const { Rules = [] } = await client.send(new DescribeRulesCommand({ RuleArns: [pin.ruleArn] }), { abortSignal });
      return Rules.some((rule) => rule.Priority === String(Priority)) ? Rules : null;
    };
    const move = async (abortSignal: AbortSignal) => {
      try {
        return await client.send(new SetRulePrioritiesCommand(command), { abortSignal });
      } catch (error) {
        const shown = error instanceof PriorityInUseException ? await stands(abortSignal).catch(() => null) : null;
        if (shown === null) throw error;
        return { Rules: shown };
      }
    };
    return attemptWrite(move, limits, now);
  },

  deletePin: async ({ pin }, timeoutMs) => {
    const outcome = await attemptWrite(
      async (abortSignal) => {
        await client.send(new DeleteRuleCommand({ RuleArn: pin.ruleArn }), { abortSignal });
        return {};
      },
      { attempts: 1, timeoutMs },
      now,
    );
    return outcome.kind === "refused" && outcome.code === "RuleNotFound"
      ? { kind: "applied", answeredAt: now(), shows: [] }
      : outcome;
  },
});
