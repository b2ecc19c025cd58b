import { observeRoute, type RouteSight } from "../actuation/observed-route.ts";
import { planWeight, type RuleWrite, weightStands } from "../actuation/plan-writes.ts";
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
  | { readonly kind: "refused"; readonly message: string }
  /** Sent, and nobody knows: only reading back after its time is over tells. */
  | { readonly kind: "unknown"; readonly message: string };

/**
 * The actions beside `forward` that a rule was last seen with: a write replaces the whole list, so they go back in. Also
 * where somebody has changed the rules: of what is written then, all goes towards blue.
 */
export const otherActionsOf = (sights: readonly RouteSight[], route: RouteBinding): readonly JsonValue[] | null => {
  for (const sight of sights) {
    const [bound, rule] =
      sight.kind === "seen" ? [sight.observed.route, sight.observed.weightedRule] : [sight.route, sight.weightedRule];
    if (weightedArn(bound) === weightedArn(route) && rule !== undefined) return rule.otherActions;
  }
  return null;
};

const write = (ports: RulePorts, planned: RuleWrite, sights: readonly RouteSight[], limits: Limits) => {
  if (planned.kind === "movePin") return ports.rules.movePin(planned.route, planned.to, limits);
  const others = otherActionsOf(sights, planned.route);
  // Writing without knowing them could take an authentication step out of the rule.
  if (others === null) return Promise.resolve(refusedUnread());
  return ports.rules.writeWeights(planned.write, others, limits);
};

const refusedUnread = (): WriteOutcome => ({ kind: "refused", code: "NotRead", message: "the rule was not read" });

/** Raises green, one attempt a route. Applied only where every answer, or a read after it, shows the new weights. */
export const raiseGreen = async (
  ports: RulePorts,
  cutover: CutoverBindings,
  to: WeightPercent,
  sights: readonly RouteSight[],
): Promise<ChangeOutcome> => {
  const writes = planWeight(cutover, to);
  // A rule that somebody has changed may be put back to blue; nobody builds on it.
  const agreed = sights.filter(({ kind }) => kind === "seen");
  const outcomes = await Promise.all(writes.map((planned) => write(ports, planned, agreed, ONE_ATTEMPT)));
  if (outcomes.every((outcome) => outcome.kind === "refused"))
    return { kind: "refused", message: outcomes.map(messageOf).join("; ") };
  if (outcomes.every((outcome, index) => shows(outcome, cutover, writes[index], to))) return { kind: "applied" };
  const { sights: after } = await readRoutes(ports, cutover);
  const arrived = after.every((sight) => sight.kind === "seen" && weightStands(sight.observed, to));
  if (after.length > 0 && arrived) return { kind: "applied" };
  return { kind: "unknown", message: outcomes.map(messageOf).join("; ") };
};

/** Puts the weighted rule of every route back to a weight that green has, or had, already; harmless to repeat. */
export const lowerGreen = async (
  ports: RulePorts,
  cutover: CutoverBindings,
  sights: readonly RouteSight[],
  to: WeightPercent = weightPercent(0),
): Promise<readonly WriteOutcome[]> =>
  Promise.all(planWeight(cutover, to).map((planned) => write(ports, planned, sights, INSISTENT)));

const messageOf = (outcome: WriteOutcome): string => (outcome.kind === "applied" ? "applied" : outcome.message);

/** The answer carries the rule as it now is: a read that is not behind. */
export const shows = (
  outcome: WriteOutcome,
  cutover: CutoverBindings,
  planned: RuleWrite | undefined,
  to: WeightPercent,
): boolean => {
  if (outcome.kind !== "applied" || planned === undefined) return false;
  const listener = { listenerArn: planned.route.listenerArn, readAt: outcome.answeredAt, rules: outcome.shows };
  const sight = observeRoute(planned.route, listener, cutover.routes);
  return sight.kind === "seen" && weightStands(sight.observed, to);
};
