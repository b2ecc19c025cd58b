import type { ObservedRule, RulesPort, WriteOutcome } from "../../../src/actuation/rules-port.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { type EpochMs, epochMs } from "../../../src/kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../../../src/signals/bindings.ts";
import type { Faults } from "../faults/faults.ts";
import type { WorldEvent } from "./events.ts";
import { firstRules, type Served, servedRoutes, weightedIn } from "./first-rules.ts";
import { type Wanted, writesTo } from "./rule-writes.ts";
import type { Run } from "./run.ts";
import type { Timeline } from "./timeline.ts";

const CALL_MS = 20;
/** S: how far behind a Describe may be. */
const DESCRIBE_LAG_MS = 10_000;
/** How far apart the nodes of the load balancer may be. */
const NODES_APART_MS = 5_000;

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
  /** The other routes whose requests this one's pin takes as soon as it is up. */
  wouldTake(route: number): readonly number[];
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

const shareOfRule = (rule: ObservedRule | undefined, green: string): number => {
  const targets = rule?.forward?.targets ?? [];
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  const greens = targets.filter(({ targetGroupArn }) => targetGroupArn === green);
  return total === 0 ? 0 : (100 * greens.reduce((sum, { weight }) => sum + weight, 0)) / total;
};

/** The rule that takes the users' requests of a route: the first whose conditions they meet. */
const takes = (rules: Rules, meets: Served["meets"]): ObservedRule | undefined => {
  let first: ObservedRule | undefined;
  for (const rule of rules)
    if (meets.includes(rule.conditions) && (rule.priority ?? 1e9) < (first?.priority ?? 2e9)) first = rule;
  return first;
};

/** Listeners with the load balancer's own semantics: no fence, the last to arrive wins, reads behind, nodes apart. */
export const loadBalancer = ({ cutover, time, faults, tell }: LoadBalancerSettings): LoadBalancer => {
  const { routes } = cutover;
  const served = servedRoutes(cutover);
  const servedAs = (route: number): Served => {
    const found = served[route];
    if (found === undefined) throw new RangeError(`no route ${route}`);
    return found;
  };
  /** By listener. */
  const versions: Version[][] = [...new Set(served.map(({ listener }) => listener))].map((listener) => [
    { at: time.now(), rules: firstRules(cutover, served, listener) },
  ]);
  const versionsOf = (route: number): Version[] => versions[servedAs(route).listener] ?? [];
  const shares: Share[][] = routes.map(() => [{ at: time.now(), greenPercent: 0, allNodesAt: time.now() }]);

  const rulesOf = (route: number): Rules => versionsOf(route).at(-1)?.rules ?? [];
  const binding = (route: number): RouteBinding => {
    const found = routes[route];
    if (found === undefined) throw new RangeError(`no route ${route}`);
    return found;
  };
  const effectiveOf = (rules: Rules, route: number) =>
    shareOfRule(takes(rules, servedAs(route).meets), binding(route).green);
  const weightedOf = (rules: Rules, route: number) => {
    const weighted = weightedIn(binding(route));
    return shareOfRule(
      rules.find(({ ruleArn }) => ruleArn === weighted),
      binding(route).green,
    );
  };

  const put = (route: number, next: Rules, by: { run: Run | null; sentAt: number; what: string }): void => {
    const before = rulesOf(route);
    const all = versionsOf(route);
    const at = time.now();
    all.push({ at, rules: next });
    // Nobody can be shown what is older than a Describe may be behind.
    while ((all[1]?.at ?? at) < at - 2 * DESCRIBE_LAG_MS && all.length > 2) all.shift();
    for (const [each] of routes.entries())
      if (each === route || servedAs(each).listener === servedAs(route).listener)
        turn(each, { before, next, isWritten: each === route }, by);
  };

  /** What a change of a listener's rules makes of one of its routes. */
  const turn = (
    route: number,
    { before, next, isWritten }: { readonly before: Rules; readonly next: Rules; readonly isWritten: boolean },
    by: { run: Run | null; sentAt: number; what: string },
  ): void => {
    const at = time.now();
    const effective = { from: effectiveOf(before, route), to: effectiveOf(next, route) };
    const weighted = { from: weightedOf(before, route), to: weightedOf(next, route) };
    if (!isWritten && effective.from === effective.to && weighted.from === weighted.to) return;
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

  const shownAt = (route: number, at: number): Rules => {
    const all = versionsOf(route);
    return (all.findLast((version) => version.at <= at) ?? all[0])?.rules ?? [];
  };

  const portOf = (run: Run): RulesPort => ({
    listListeners: async () => ok([...new Set(routes.map(({ listenerArn }) => listenerArn))]),
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
    wouldTake: (route) => {
      const { pin } = binding(route);
      const { conditions, listener } = servedAs(route);
      return routes.flatMap((other, each) => {
        const { meets, listener: on } = servedAs(each);
        const weighted = rulesOf(each).find(({ ruleArn }) => ruleArn === weightedIn(other));
        const isBelow = pin !== undefined && pin.raisedPriority < (weighted?.priority ?? 0);
        return each !== route && on === listener && isBelow && meets.includes(conditions) ? [each] : [];
      });
    },
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
