import { refusalOf, type Sent, sayEach } from "../actuation/elb-refusals.ts";
import { observeRoute, type RouteSight } from "../actuation/observed-route.ts";
import { planWeight, type WeightChange, weightStands } from "../actuation/plan-writes.ts";
import type { WriteOutcome } from "../actuation/rules-port.ts";
import type { JsonValue } from "../kernel/json.ts";
import { type WeightPercent, weightPercent } from "../kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../signals/bindings.ts";
import { weightedArn } from "../signals/routes.ts";
import { INSISTENT, ONE_ATTEMPT } from "./limits.ts";
import { readRoutes } from "./look.ts";
import type { GuardPorts } from "./ports.ts";

type RulePorts = Pick<GuardPorts, "clock" | "rules">;
type Limits = { readonly attempts: number; readonly timeoutMs: typeof ONE_ATTEMPT.timeoutMs };

export type ChangeOutcome =
  | { readonly kind: "applied" }
  /** Nothing of it was done, for certain. `retryable`: the next tick may find it taken without anybody's help. */
  | { readonly kind: "refused"; readonly message: string; readonly retryable: boolean }
  /** Sent, and nobody knows: only reading back after its time is over tells. */
  | { readonly kind: "unknown"; readonly message: string };

export const sightOf = (sights: readonly RouteSight[], route: RouteBinding): RouteSight | undefined =>
  sights.find(
    (sight) => weightedArn(sight.kind === "seen" ? sight.observed.route : sight.route) === weightedArn(route),
  );

/**
 * The actions beside `forward` that a rule was last seen with: a write replaces the whole list, so they go back in. Of
 * a foreign shape too, because going back may have no other rule to write; not of a rule that does not forward.
 */
export const otherActionsOf = (sights: readonly RouteSight[], route: RouteBinding): readonly JsonValue[] | null => {
  const sight = sightOf(sights, route);
  const rule = sight?.kind === "seen" ? sight.observed.weightedRule : sight?.weightedRule;
  return rule?.forward == null ? null : rule.otherActions;
};

const write = (ports: RulePorts, planned: WeightChange, sights: readonly RouteSight[], limits: Limits) => {
  const others = otherActionsOf(sights, planned.route);
  // Writing without knowing them could take an authentication step out of the rule.
  if (others === null) return Promise.resolve(refusedUnread());
  return ports.rules.writeWeights(planned.write, others, limits);
};

const refusedUnread = (): WriteOutcome => ({ kind: "refused", code: "NotRead", message: "the rule was not read" });

/**
 * Raises green, one attempt a route. Applied only where every answer, or a read after it, shows the new weights. Where
 * some routes were refused for certain and the others are for certain there, those are put back to `from`: no part of
 * the change is left, and it is refused as a whole.
 */
export const raiseGreen = async (
  ports: RulePorts,
  cutover: CutoverBindings,
  { from, to }: { readonly from: WeightPercent; readonly to: WeightPercent },
  sights: readonly RouteSight[],
): Promise<ChangeOutcome> => {
  // Going back may write to rules that somebody else has changed; going forward never does.
  if (!cutover.routes.every((route) => sightOf(sights, route)?.kind === "seen"))
    return refusedWhole([{ outcome: refusedUnread() }], "the rules are not as bound");
  const sent = await Promise.all(
    planWeight(cutover, to).map(async (planned) => {
      const outcome = await write(ports, planned, sights, ONE_ATTEMPT);
      const { route } = planned;
      return { route, what: `weights of ${weightedArn(route)}`, outcome, stands: shows(outcome, cutover, planned, to) };
    }),
  );
  if (sent.every(({ stands }) => stands)) return { kind: "applied" };
  const message = sayEach(sent.filter(({ stands }) => !stands)).join("; ");
  if (sent.every(({ outcome, stands }) => outcome.kind === "refused" || stands)) {
    const there = sent.flatMap(({ route, stands }) => (stands ? [route] : []));
    return (await putBack(ports, cutover, there, from, sights))
      ? refusedWhole(sent, message)
      : { kind: "unknown", message };
  }
  const { sights: after } = await readRoutes(ports, cutover);
  const arrived = after.every((sight) => sight.kind === "seen" && weightStands(sight.observed, to));
  return after.length > 0 && arrived ? { kind: "applied" } : { kind: "unknown", message };
};

const refusedWhole = (sent: readonly Pick<Sent, "outcome">[], message: string): ChangeOutcome => ({
  kind: "refused",
  message,
  retryable: sent.every(
    ({ outcome }) => outcome.kind !== "refused" || refusalOf(outcome.code, outcome.message).retryable,
  ),
});

/** True where every one of the routes was answered, and shows the weight again. */
const putBack = async (
  ports: RulePorts,
  cutover: CutoverBindings,
  routes: readonly RouteBinding[],
  to: WeightPercent,
  sights: readonly RouteSight[],
): Promise<boolean> => {
  const writes = planWeight({ ...cutover, routes }, to);
  const outcomes = await Promise.all(writes.map((planned) => write(ports, planned, sights, INSISTENT)));
  return outcomes.every((outcome, index) => shows(outcome, cutover, writes[index], to));
};

/** Puts the weighted rule of every route back to a weight that green has, or had, already; harmless to repeat. */
export const lowerGreen = async (
  ports: RulePorts,
  cutover: CutoverBindings,
  sights: readonly RouteSight[],
  to: WeightPercent = weightPercent(0),
): Promise<readonly WriteOutcome[]> =>
  Promise.all(planWeight(cutover, to).map((planned) => write(ports, planned, sights, INSISTENT)));

/** The answer carries the rule as it now is: a read that is not behind. */
export const shows = (
  outcome: WriteOutcome,
  cutover: CutoverBindings,
  planned: WeightChange | undefined,
  to: WeightPercent,
): boolean => {
  if (outcome.kind !== "applied" || planned === undefined) return false;
  const listener = { listenerArn: planned.route.listenerArn, readAt: outcome.answeredAt, rules: outcome.shows };
  const sight = observeRoute(planned.route, listener, cutover.routes);
  return sight.kind === "seen" && weightStands(sight.observed, to);
};
