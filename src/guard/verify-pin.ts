import { isPinned } from "../actuation/observed-route.ts";
import { planSnapBack } from "../actuation/plan-writes.ts";
import type { WriteOutcome } from "../actuation/rules-port.ts";
import { DESCRIBE_LAG_MS } from "../decision/bounds.ts";
import { durationMs, type EpochMs } from "../kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../signals/bindings.ts";
import { otherActionsOf } from "./change-weight.ts";
import { INSISTENT } from "./limits.ts";
import { type RoutesRead, readRoutes } from "./look.ts";
import type { GuardPorts } from "./ports.ts";

type RulePorts = Pick<GuardPorts, "clock" | "rules">;

export type RaiseOutcome =
  /** Every pin write of this run was answered with success and shows the pin above. */
  | { readonly kind: "answered"; readonly at: EpochMs }
  /** A pin is gone: past the point of no return. Whatever else is known or not, nothing more may be written. */
  | { readonly kind: "past-return"; readonly route: RouteBinding }
  | { readonly kind: "unanswered"; readonly message: string };

/**
 * Raises the pin of every route, then puts the weighted rule, shadowed by then, to 0. Where a pin is refused for any
 * other reason than being gone, the weighted rule is all there is, and is written at once.
 */
export const raisePins = async (ports: RulePorts, cutover: CutoverBindings): Promise<RaiseOutcome> => {
  // The pins leave first: the read beside them is for what comes after.
  const raising = Promise.all(
    planSnapBack(cutover).map(([pin]) => ports.rules.movePin(pin.route, "raised", INSISTENT)),
  );
  const [outcomes, read] = await Promise.all([raising, readRoutes(ports, cutover)]);
  const route = cutover.routes.find((one, index) => isGone(outcomes[index], one, read));
  if (route !== undefined) return { kind: "past-return", route };
  await writeShadowed(ports, cutover, read);
  const answers = outcomes.flatMap((outcome, index) => (raised(outcome, cutover.routes[index]) ? [outcome] : []));
  const lastAnswer = answers.map((answer) => (answer.kind === "applied" ? answer.answeredAt : null)).at(-1);
  if (answers.length === outcomes.length && lastAnswer != null) return { kind: "answered", at: lastAnswer };
  return { kind: "unanswered", message: outcomes.map(said).join("; ") };
};

/** A pin is gone by the answer; or by a look at the rules, where the write was not answered. */
const isGone = (outcome: WriteOutcome | undefined, { pin }: RouteBinding, { sights }: RoutesRead): boolean => {
  if (outcome?.kind === "refused" && outcome.code === "RuleNotFound") return true;
  if (outcome?.kind === "applied") return false;
  const seen = sights.find((sight) => sight.kind === "seen" && sight.observed.route.pin.ruleArn === pin.ruleArn);
  return seen?.kind === "seen" && seen.observed.pin === "gone";
};

const writeShadowed = (ports: RulePorts, cutover: CutoverBindings, read: RoutesRead) =>
  Promise.all(
    planSnapBack(cutover).map(([, weight]) => {
      const others = otherActionsOf(read.sights, weight.route);
      // Without having read them, other actions of the rule (authentication) would be lost with the write.
      if (weight.kind !== "setWeight" || others === null) return null;
      return ports.rules.writeWeights(weight.write, others, INSISTENT);
    }),
  );

const raised = (outcome: WriteOutcome, route: RouteBinding | undefined): boolean =>
  outcome.kind === "applied" &&
  outcome.shows.some(
    ({ ruleArn, priority }) => ruleArn === route?.pin.ruleArn && priority === route.pin.raisedPriority,
  );

const said = (outcome: WriteOutcome): string => (outcome.kind === "applied" ? "answered" : outcome.message);

/**
 * Whether all traffic is on blue: the pin above, its conditions the weighted rule's, blue alone, in two reads at least
 * S apart. Two reads alone can both be stale; the caller must hold this run's own answered write as well.
 */
export const seenPinned = async (ports: RulePorts, cutover: CutoverBindings): Promise<boolean> => {
  for (const waitMs of [0, DESCRIBE_LAG_MS]) {
    if (waitMs > 0) await ports.clock.sleep(durationMs(waitMs));
    const { sights } = await readRoutes(ports, cutover);
    if (sights.length === 0 || !sights.every(isPinned)) return false;
  }
  return true;
};
