import {
  type Action,
  DeleteRuleCommand,
  type ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
  paginateDescribeRules,
  type Rule,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { RulesPort } from "../../actuation/rules-port.ts";
import { failureOf } from "../../kernel/outside-failure.ts";
import { ok } from "../../kernel/result.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { observedRule, weightedActions } from "./listener-rules.ts";
import { attemptWrite } from "./write-attempts.ts";

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
  readListener: async (listenerArn, timeoutMs) => {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    try {
      const rules = [];
      const pages = paginateDescribeRules({ client }, { ListenerArn: listenerArn }, { abortSignal });
      for await (const page of pages) rules.push(...(page.Rules ?? []).map(observedRule));
      return ok({ listenerArn, readAt: now(), rules });
    } catch (error) {
      return failureOf(error, `DescribeRules of ${listenerArn}`);
    }
  },

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
    return attemptWrite(
      (abortSignal) => client.send(new SetRulePrioritiesCommand(command), { abortSignal }),
      limits,
      now,
    );
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
