import type { ObservedRule, RulesPort, WriteOutcome } from "../../../src/actuation/rules-port.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { type EpochMs, epochMs } from "../../../src/kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../../../src/signals/bindings.ts";
import type { Faults } from "../faults/faults.ts";
import type { WorldEvent } from "./events.ts";
import { type Wanted, writesTo } from "./rule-writes.ts";
import type { Run } from "./run.ts";
import type { Timeline } from "./timeline.ts";

const CALL_MS = 20;
/** S: how far behind a Describe may be. */
const DESCRIBE_LAG_MS = 10_000;
/** How far apart the nodes of the load balancer may be. */
const NODES_APART_MS = 5_000;
const CONDITIONS = [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }];
/** The weighted rule of a second listener asks who it is before it forwards. */
const AUTHENTICATE = { Type: "authenticate-oidc", Order: 1 };

type Rules = readonly ObservedRule[];

interface Version {
  readonly at: number;
  readonly rules: Rules;
}

/** Green's effective share of a route from an instant on; `allNodesAt`: since when every node says so. */
export interface Share {
  readonly at: number;
  readonly greenPercent: number;
  readonly allNodesAt: number;
}

export interface LoadBalancer {
  portOf(run: Run): RulesPort;
  rulesOf(route: number): Rules;
  /** Somebody else changes a route by hand. */
  edit(route: number, what: string, change: (rules: Rules) => Rules): void;
  /** Effective share of green, the most of any route, by the rules as they are. */
  greenPercent(): number;
  weightedPercent(route: number): number;
  pinOf(route: number): "raised" | "parked" | "gone" | "none";
  /** Changes of the effective share since the beginning, oldest first. */
  readonly shares: readonly (readonly Share[])[];
  /** Green's mean share over [from, to), 0 to 1, over all routes. */
  shareBetween(from: number, to: number): number;
}

export interface LoadBalancerSettings {
  readonly cutover: CutoverBindings;
  readonly time: Timeline;
  readonly faults: Faults;
  readonly tell: (event: WorldEvent) => void;
}

const forwardTo = (targets: NonNullable<ObservedRule["forward"]>["targets"], sticky: boolean) => ({ targets, sticky });

/** What the weights of a route are written to, as this load balancer names it. */
const weightedIn = ({ weightedRuleArn, listenerArn }: RouteBinding): string =>
  weightedRuleArn ?? `${listenerArn}/default`;

const initialRules = (route: RouteBinding): Rules => {
  const { listenerArn, weightedRuleArn, pin, blue, green } = route;
  const rule = (ruleArn: string, priority: number | null, targets: Parameters<typeof forwardTo>[0]): ObservedRule => ({
    ...{ ruleArn, priority, conditions: ruleArn === weightedIn(route) || priority !== null ? CONDITIONS : [] },
    ...{ forward: forwardTo(targets, false), otherActions: [] },
  });
  const blueAlone = [{ targetGroupArn: blue, weight: 1 }];
  const weighted = [
    { targetGroupArn: blue, weight: 100 },
    { targetGroupArn: green, weight: 0 },
  ];
  const otherActions = listenerArn.endsWith("b") ? [AUTHENTICATE] : [];
  return [
    ...(weightedRuleArn === undefined ? [] : [{ ...rule(weightedRuleArn, 100, weighted), otherActions }]),
    ...(pin === undefined ? [] : [{ ...rule(pin.ruleArn, pin.parkedPriority, blueAlone), otherActions }]),
    rule(`${listenerArn}/default`, null, weightedRuleArn === undefined ? weighted : blueAlone),
  ];
};

const shareOfRule = (rule: ObservedRule | undefined, green: string): number => {
  const targets = rule?.forward?.targets ?? [];
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  const greens = targets.filter(({ targetGroupArn }) => targetGroupArn === green);
  return total === 0 ? 0 : (100 * greens.reduce((sum, { weight }) => sum + weight, 0)) / total;
};

/** The rule that takes the users' requests: the first of those with the route's own conditions. */
const takes = (rules: Rules): ObservedRule | undefined => {
  let first: ObservedRule | undefined;
  for (const rule of rules)
    if (rule.conditions === CONDITIONS && (rule.priority ?? 1e9) < (first?.priority ?? 2e9)) first = rule;
  return first;
};

/** Listeners with the load balancer's own semantics: no fence, the last to arrive wins, reads behind, nodes apart. */
export const loadBalancer = ({ cutover, time, faults, tell }: LoadBalancerSettings): LoadBalancer => {
  const { routes } = cutover;
  const versions: Version[][] = routes.map((route) => [{ at: time.now(), rules: initialRules(route) }]);
  const shares: Share[][] = routes.map(() => [{ at: time.now(), greenPercent: 0, allNodesAt: time.now() }]);

  const rulesOf = (route: number): Rules => versions[route]?.at(-1)?.rules ?? [];
  const binding = (route: number): RouteBinding => {
    const found = routes[route];
    if (found === undefined) throw new RangeError(`no route ${route}`);
    return found;
  };
  const effectiveOf = (rules: Rules, route: number) => shareOfRule(takes(rules), binding(route).green);
  const weightedOf = (rules: Rules, route: number) => {
    const weighted = weightedIn(binding(route));
    return shareOfRule(
      rules.find(({ ruleArn }) => ruleArn === weighted),
      binding(route).green,
    );
  };

  const put = (route: number, next: Rules, by: { run: Run | null; sentAt: number; what: string }): void => {
    const before = rulesOf(route);
    const all = versions[route] ?? [];
    const at = time.now();
    all.push({ at, rules: next });
    // Nobody can be shown what is older than a Describe may be behind.
    while ((all[1]?.at ?? at) < at - 2 * DESCRIBE_LAG_MS && all.length > 2) all.shift();
    const effective = { from: effectiveOf(before, route), to: effectiveOf(next, route) };
    const weighted = { from: weightedOf(before, route), to: weightedOf(next, route) };
    if (effective.from !== effective.to) {
      const lag = faults.strikes("nodes-apart", at) ? faults.dice("nodes-apart").below(NODES_APART_MS) : 0;
      const last = shares[route]?.at(-1);
      const allNodesAt = Math.max(at + lag, last?.allNodesAt ?? 0);
      shares[route]?.push({ at, greenPercent: effective.to, allNodesAt });
    }
    tell({ kind: "changed", at, route, effective, weighted, ...by });
  };

  const replace = (route: number, arn: string, change: (rule: ObservedRule) => ObservedRule | null): Rules =>
    rulesOf(route).flatMap((rule) => {
      if (rule.ruleArn !== arn) return [rule];
      const made = change(rule);
      return made === null ? [] : [made];
    });

  const refusalOf = ({ route, arn, priority }: Wanted): WriteOutcome | null => {
    const rules = rulesOf(route);
    if (!rules.some(({ ruleArn }) => ruleArn === arn))
      return { kind: "refused", code: "RuleNotFound", message: `${arn} not found` };
    const taken = priority !== null && rules.some((rule) => rule.ruleArn !== arn && rule.priority === priority);
    return taken ? { kind: "refused", code: "PriorityInUse", message: `priority ${priority} is taken` } : null;
  };

  const land = (wanted: Wanted, sentAt: number): WriteOutcome => {
    const refused = refusalOf(wanted);
    if (refused !== null) return refused;
    const { run, what, route, arn, change } = wanted;
    put(route, replace(route, arn, change), { run, sentAt, what });
    const shown = rulesOf(route).filter(({ ruleArn }) => ruleArn === arn);
    return { kind: "applied", answeredAt: run.now() as EpochMs, shows: shown };
  };

  const insist = writesTo({ time, faults, tell, land });

  const indexOf = (wanted: RouteBinding): number =>
    routes.findIndex((route) => weightedIn(route) === weightedIn(wanted));

  const shownAt = (route: number, at: number): Rules =>
    versions[route]?.findLast((version) => version.at <= at)?.rules ?? versions[route]?.[0]?.rules ?? [];

  const portOf = (run: Run): RulesPort => ({
    listListeners: async () => ok(routes.map(({ listenerArn }) => listenerArn)),
    readListener: async (listenerArn, timeoutMs) => {
      if (faults.strikes("describe-unreadable", time.now()))
        return run.call(timeoutMs, () => outsideFailure("timed-out", `DescribeRules of ${listenerArn}: no answer`));
      return run.call(CALL_MS, () => {
        const route = routes.findIndex((one) => one.listenerArn === listenerArn);
        const stale = faults.strikes("describe-stale", time.now());
        const lagMs = stale ? faults.dice("describe-stale").below(DESCRIBE_LAG_MS) : 0;
        const listener = {
          listenerArn,
          readAt: epochMs(run.now()),
          rules: shownAt(route, time.now() - lagMs),
        };
        run.served.listeners.push(listener);
        return ok(listener);
      });
    },
    writeWeights: ({ route, greenPercent, stickySeconds, alone }, otherActions, limits) => {
      const targets = [
        ...(alone === "green" ? [] : [{ targetGroupArn: route.blue, weight: 100 - greenPercent }]),
        ...(alone === "blue" ? [] : [{ targetGroupArn: route.green, weight: greenPercent }]),
      ];
      const forward = forwardTo(targets, stickySeconds !== null);
      const wanted: Wanted = {
        ...{ run, what: "weight", greenPercent, route: indexOf(route), arn: weightedIn(route), priority: null },
        change: (rule) => ({ ...rule, forward, otherActions }),
      };
      return insist(wanted, limits);
    },
    movePin: (route, to, limits) => {
      const priority = to === "raised" ? route.pin.raisedPriority : route.pin.parkedPriority;
      const what = to === "raised" ? "pin-up" : "pin-down";
      const wanted: Wanted = {
        ...{ run, what, greenPercent: null, route: indexOf(route), arn: route.pin.ruleArn, priority },
        change: (rule) => ({ ...rule, priority }),
      };
      return insist(wanted, limits);
    },
    deletePin: async (route, timeoutMs) => {
      const wanted: Wanted = {
        ...{ run, what: "pin-deleted", greenPercent: null, route: indexOf(route), arn: route.pin.ruleArn },
        ...{ priority: null, change: () => null },
      };
      const outcome = await insist(wanted, { attempts: 1, timeoutMs });
      const gone = outcome.kind === "refused" && outcome.code === "RuleNotFound";
      return gone ? { kind: "applied", answeredAt: run.now() as EpochMs, shows: [] } : outcome;
    },
  });

  return {
    portOf,
    rulesOf,
    shares,
    edit: (route, what, change) => put(route, change(rulesOf(route)), { run: null, sentAt: time.now(), what }),
    greenPercent: () => Math.max(...routes.map((_, route) => effectiveOf(rulesOf(route), route))),
    weightedPercent: (route) => weightedOf(rulesOf(route), route),
    pinOf: (route) => {
      const { pin, green } = binding(route);
      const shown = rulesOf(route).find(({ ruleArn }) => ruleArn === pin?.ruleArn);
      const weighted = rulesOf(route).find(({ ruleArn }) => ruleArn === weightedIn(binding(route)));
      if (pin === undefined) {
        const named = weighted?.forward?.targets ?? [];
        return named.every(({ targetGroupArn }) => targetGroupArn === green) ? "gone" : "none";
      }
      if (shown === undefined) return "gone";
      return (shown.priority ?? 1e9) < (weighted?.priority ?? 1e9) ? "raised" : "parked";
    },
    shareBetween: (from, to) => shares.reduce((sum, changes) => sum + meanShare(changes, from, to), 0) / shares.length,
  };
};

const meanShare = (changes: readonly Share[], from: number, to: number): number => {
  let total = 0;
  for (let index = changes.length - 1; index >= 0; index -= 1) {
    const change = changes[index];
    if (change === undefined) continue;
    const end = Math.min(to, changes[index + 1]?.at ?? to);
    const begin = Math.max(from, change.at);
    if (end > begin) total += (end - begin) * change.greenPercent;
    if (change.at <= from) break;
  }
  return total / (100 * (to - from));
};
