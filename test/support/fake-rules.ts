import { concludeAttempts, worthRepeating } from "../../src/actuation/attempts.ts";
import type { ObservedRule, RulesPort, WriteOutcome } from "../../src/actuation/rules-port.ts";
import { ok, outsideFailure } from "../../src/kernel/result.ts";
import { type EpochMs, later } from "../../src/kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../../src/signals/bindings.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** How the load balancer treats one write attempt. */
export type WriteFate =
  | { readonly kind: "answered" }
  | { readonly kind: "refused"; readonly code: string }
  /** The client gives up. The request was lost, has been applied, or will be applied later. */
  | { readonly kind: "timed-out"; readonly lands: "never" | "now" | { readonly afterMs: number } };

export interface FakeRules extends RulesPort {
  /** Fates of the next write attempts, in order; `answered` once they are used up. */
  readonly fates: WriteFate[];
  /** Every Describe shows the truth of this long ago. */
  describeLagMs: number;
  describeFails: boolean;
  /** Somebody else changes a rule by hand. */
  edit(ruleArn: string, change: (rule: ObservedRule) => ObservedRule): void;
  add(listenerArn: string, rule: ObservedRule): void;
  remove(ruleArn: string): void;
  /** Green's effective share of the first route now, by the truth and not by any Describe. */
  greenPercent(): number;
  greenPercentAt(at: EpochMs): number;
  /** Every change of green's effective share, oldest first. */
  readonly history: readonly { readonly at: EpochMs; readonly greenPercent: number; readonly by: string }[];
  /** Told of every change of green's effective share as it happens. */
  watch: (change: { readonly at: EpochMs; readonly from: number; readonly to: number; readonly by: string }) => void;
  /** Calls that changed or tried to change something, for "writes nothing". */
  readonly writes: readonly { readonly at: EpochMs; readonly what: string; readonly route: string }[];
}

type Listeners = ReadonlyMap<string, readonly ObservedRule[]>;

const CALL_MS = 20;
const SLOW_CALL_MS = 1_500;
const CONDITIONS = [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }];

const allOnBlue = ({ blue, green }: RouteBinding): ObservedRule["forward"] => ({
  targets: [
    { targetGroupArn: blue, weight: 100 },
    { targetGroupArn: green, weight: 0 },
  ],
  sticky: false,
});

const initialRules = (route: RouteBinding): readonly ObservedRule[] => {
  const { weightedRuleArn, pin, blue } = route;
  const rule = { conditions: CONDITIONS, otherActions: [] };
  return [
    ...(weightedRuleArn === undefined
      ? []
      : [{ ...rule, ruleArn: weightedRuleArn, priority: 100, forward: allOnBlue(route) }]),
    ...(pin === undefined
      ? []
      : [
          {
            ...rule,
            ruleArn: pin.ruleArn,
            priority: pin.parkedPriority,
            forward: { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false },
          },
        ]),
  ];
};

/** What the weights of a route are written to, as this load balancer names it. */
const weightedIn = ({ weightedRuleArn, listenerArn }: RouteBinding): string =>
  weightedRuleArn ?? `${listenerArn}/default`;

/** A listener's rules with the load balancer's own semantics: no fence, last writer wins, late landings, stale reads. */
export const fakeRules = (clock: VirtualClock, cutover: CutoverBindings): FakeRules => {
  let listeners: Listeners = new Map(
    cutover.routes.map((route) => [
      route.listenerArn,
      [
        ...initialRules(route),
        {
          ruleArn: `${route.listenerArn}/default`,
          priority: null,
          conditions: [],
          forward:
            route.weightedRuleArn === undefined
              ? allOnBlue(route)
              : { targets: [{ targetGroupArn: route.blue, weight: 1 }], sticky: false },
          otherActions: [],
        },
      ],
    ]),
  );
  const past: { at: EpochMs; listeners: Listeners }[] = [{ at: clock.now(), listeners }];
  const pending: { at: EpochMs; apply: () => void }[] = [];
  const history: { at: EpochMs; greenPercent: number; by: string }[] = [];
  const writes: { at: EpochMs; what: string; route: string }[] = [];
  const fates: WriteFate[] = [];

  const [firstRoute] = cutover.routes;
  if (firstRoute === undefined) throw new RangeError("a cutover without routes");

  const effective = (of: Listeners): number => {
    const rules = of.get(firstRoute.listenerArn) ?? [];
    const first = [...rules]
      .filter(({ ruleArn }) => [weightedIn(firstRoute), firstRoute.pin?.ruleArn].includes(ruleArn))
      .sort((a, b) => (a.priority ?? 1e9) - (b.priority ?? 1e9))[0];
    const targets = first?.forward?.targets ?? [];
    const total = targets.reduce((sum, { weight }) => sum + weight, 0);
    const greens = targets.filter(({ targetGroupArn }) => targetGroupArn === firstRoute.green);
    return total === 0 ? 0 : (100 * greens.reduce((sum, { weight }) => sum + weight, 0)) / total;
  };

  const change = (by: string, at: EpochMs, next: Listeners): void => {
    const before = effective(listeners);
    listeners = next;
    past.push({ at, listeners });
    const after = effective(next);
    if (after === before) return;
    history.push({ at, greenPercent: after, by });
    fake.watch({ at, from: before, to: after, by });
  };

  const land = (): void => {
    const due = pending.filter(({ at }) => at <= clock.now()).sort((a, b) => a.at - b.at);
    for (const one of due) {
      pending.splice(pending.indexOf(one), 1);
      one.apply();
    }
  };

  const ruleOf = (arn: string): ObservedRule | undefined =>
    [...listeners.values()].flat().find(({ ruleArn }) => ruleArn === arn);

  const replace = (by: string, at: EpochMs, arn: string, next: (rule: ObservedRule) => ObservedRule | null): void =>
    change(
      by,
      at,
      new Map(
        [...listeners].map(([listener, rules]) => [
          listener,
          rules.flatMap((rule) => {
            if (rule.ruleArn !== arn) return [rule];
            const made = next(rule);
            return made === null ? [] : [made];
          }),
        ]),
      ),
    );

  /** What the load balancer would answer to a change of this rule now; null where it would carry it out. */
  const refusal = (arn: string, next: (rule: ObservedRule) => ObservedRule | null): string | null => {
    const rule = ruleOf(arn);
    if (rule === undefined) return "RuleNotFound";
    const priority = next(rule)?.priority ?? null;
    const neighbours = [...listeners.values()].find((rules) => rules.includes(rule)) ?? [];
    const taken = neighbours.some((one) => one !== rule && one.priority === priority);
    return priority !== null && taken ? "PriorityInUse" : null;
  };

  const attempt = (
    what: string,
    route: RouteBinding,
    arn: string,
    next: (rule: ObservedRule) => ObservedRule | null,
  ): WriteOutcome => {
    writes.push({ at: clock.now(), what, route: weightedIn(route) });
    const fate = fates.shift() ?? { kind: "answered" };
    const apply = (at: EpochMs) => {
      if (refusal(arn, next) === null) replace(what, at, arn, next);
    };
    if (fate.kind === "refused") {
      clock.spend(CALL_MS);
      return { kind: "refused", code: fate.code, message: `${what}: ${fate.code}` };
    }
    if (fate.kind === "timed-out") {
      if (fate.lands === "now") apply(clock.now());
      else if (fate.lands !== "never") {
        const at = later(clock.now(), fate.lands.afterMs);
        pending.push({ at, apply: () => apply(at) });
      }
      clock.spend(SLOW_CALL_MS);
      return { kind: "unknown", message: `${what}: no answer within ${SLOW_CALL_MS} ms` };
    }
    clock.spend(CALL_MS);
    const code = refusal(arn, next);
    if (code !== null) return { kind: "refused", code, message: `${what} of ${arn}: ${code}` };
    apply(clock.now());
    const shown = ruleOf(arn);
    return { kind: "applied", answeredAt: clock.now(), shows: shown === undefined ? [] : [shown] };
  };

  const insist = (attempts: number, once: () => WriteOutcome): WriteOutcome => {
    const outcomes = [once()];
    while (outcomes.length < attempts && outcomes.slice(-1).every(worthRepeating)) outcomes.push(once());
    return concludeAttempts(outcomes);
  };

  const shownAt = (at: EpochMs): Listeners => past.findLast((one) => one.at <= at)?.listeners ?? listeners;

  const fake: FakeRules = {
    watch: () => {},
    fates,
    describeLagMs: 0,
    describeFails: false,
    history,
    writes,
    edit: (arn, next) => replace("somebody", clock.now(), arn, next),
    add: (listenerArn, rule) =>
      change(
        "somebody",
        clock.now(),
        new Map([...listeners, [listenerArn, [...(listeners.get(listenerArn) ?? []), rule]]]),
      ),
    remove: (arn) => replace("somebody", clock.now(), arn, () => null),
    greenPercent: () => effective(listeners),
    greenPercentAt: (at) => effective(shownAt(at)),
    async listListeners(loadBalancerArn, timeoutMs) {
      if (this.describeFails) {
        clock.spend(timeoutMs);
        return outsideFailure("timed-out", `DescribeListeners of ${loadBalancerArn}: no answer`);
      }
      clock.spend(CALL_MS);
      return loadBalancerArn === cutover.loadBalancerArn
        ? ok([...listeners.keys()])
        : outsideFailure("not-found", `${loadBalancerArn} not found`);
    },
    async readListener(listenerArn, timeoutMs) {
      if (this.describeFails) {
        clock.spend(timeoutMs);
        return outsideFailure("timed-out", `DescribeRules of ${listenerArn}: no answer`);
      }
      clock.spend(CALL_MS);
      const rules = shownAt(later(clock.now(), -this.describeLagMs)).get(listenerArn);
      return rules === undefined
        ? outsideFailure("not-found", `${listenerArn} not found`)
        : ok({ listenerArn, readAt: clock.now(), rules });
    },
    writeWeights: async ({ route, greenPercent, stickySeconds, alone }, otherActions, limits) => {
      if (!Number.isInteger(greenPercent) || greenPercent < 0 || greenPercent > 100)
        throw new RangeError(`${greenPercent} is no weight`);
      const targets = [
        ...(alone === "green" ? [] : [{ targetGroupArn: route.blue, weight: 100 - greenPercent }]),
        ...(alone === "blue" ? [] : [{ targetGroupArn: route.green, weight: greenPercent }]),
      ];
      return insist(limits.attempts, () =>
        attempt(`weight ${greenPercent}`, route, weightedIn(route), (rule) => ({
          ...rule,
          forward: { targets, sticky: stickySeconds !== null, ...(stickySeconds === null ? {} : { stickySeconds }) },
          otherActions,
        })),
      );
    },
    movePin: async (route, to, limits) => {
      const priority = to === "raised" ? route.pin.raisedPriority : route.pin.parkedPriority;
      return insist(limits.attempts, () =>
        attempt(`pin ${to}`, route, route.pin.ruleArn, (rule) => ({ ...rule, priority })),
      );
    },
    deletePin: async (route) => {
      const outcome = attempt("pin deleted", route, route.pin.ruleArn, () => null);
      const gone = outcome.kind === "refused" && outcome.code === "RuleNotFound";
      return gone ? { kind: "applied", answeredAt: clock.now(), shows: [] } : outcome;
    },
  };
  clock.onMove(land);
  return fake;
};
