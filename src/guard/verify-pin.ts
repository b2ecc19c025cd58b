import { sayEach, sayOutcome } from "../actuation/elb-refusals.ts";
import type { RouteSight } from "../actuation/observed-route.ts";
import { planSnapBack } from "../actuation/plan-writes.ts";
import type { WeightWrite, WriteOutcome } from "../actuation/rules-port.ts";
import { ROLLBACK_LIFE_MS } from "../decision/bounds.ts";
import type { CutoverState } from "../decision/state.ts";
import type { JsonValue } from "../kernel/json.ts";
import { durationMs, type EpochMs, later, weightPercent } from "../kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../signals/bindings.ts";
import { isPinnedRoute, type PinnedRoute, weightedArn } from "../signals/routes.ts";
import { otherActionsOf, shows, sightOf } from "./change-weight.ts";
import { type RoutesRead, readRoutes } from "./look.ts";
import type { GuardPorts } from "./ports.ts";
import { insistingIn, type TimeLeft } from "./time-left.ts";

export type RulePorts = Pick<GuardPorts, "clock" | "rules"> & TimeLeft;

/** A latched state whose way back was open, and since when this run knows it. */
export interface Standing {
  readonly state: CutoverState;
  readonly since: EpochMs;
  /** It was verified, and is seen otherwise now: what had settled is open again. */
  readonly greenAgain?: boolean;
}

export type RaiseOutcome =
  /** Every write of this run that sends traffic to blue was answered with success and shows it; none left before `sentAt`. */
  | {
      readonly kind: "answered";
      readonly sentAt: EpochMs;
      readonly at: EpochMs;
      /** Routes as they were read beside the writes. */
      readonly sights: readonly RouteSight[];
    }
  /** A pin is gone, and no state says otherwise: perhaps past the point of no return, and nothing more may be written. */
  | { readonly kind: "past-return"; readonly route: RouteBinding }
  | { readonly kind: "unanswered"; readonly message: string };

/**
 * Raises the pin of every route, then puts the weighted rule, shadowed by then, to 0. Where a pin is refused for any
 * other reason than being gone, the weighted rule is all there is, and is written at once; so it is where there is no pin.
 *
 * @param standing null without the table: then a pin that is gone ends it, and a route without a pin is written only on a
 *   fresh look that shows blue in its rule; that is how decommission leaves them before it fences blue. Under a latch that
 *   found the way back open nobody decommissions: a pin that is gone was deleted by somebody else.
 */
export const raisePins = async (
  ports: RulePorts,
  cutover: CutoverBindings,
  standing: Standing | null,
): Promise<RaiseOutcome> => {
  const { pins, weights } = planSnapBack(cutover);
  const sentAt = ports.clock.now();
  // The pins leave first: the read beside them is for what comes after.
  const raising = Promise.all(
    pins.map((pin) => ports.rules.movePin(pin.route, "raised", insistingIn(ports, "more to come"))),
  );
  const [moves, read] = await Promise.all([raising, readRoutes(ports, cutover)]);
  const known = isKnown(ports, standing) ? standing : null;
  const gone = pins.find((pin, index) => isGone(moves[index], pin.route, read))?.route;
  const route = known === null ? (gone ?? plainGone(read.sights)) : undefined;
  if (route !== undefined) return { kind: "past-return", route };
  const isUp = (of: RouteBinding) => pins.some((pin, index) => pin.route === of && raised(moves[index], pin.route));
  const stale = ports.clock.now() > later(read.since, LOOK_LIFE_MS);
  const writes = await Promise.all(
    weights.map(({ route, write }) => {
      if (known === null && stale && !isPinnedRoute(route)) return UNREAD;
      const others = otherActions(route, read.sights, isUp(route) ? null : known);
      // Without having read them, other actions of the rule (authentication) would be lost with the write.
      return others === null ? unwritable(route, read.sights) : writeBlue(ports, write, others, isUp(route));
    }),
  );
  const outcomes = [
    ...moves.map((outcome, index) => {
      const route = pins[index]?.route;
      return { what: `pin ${route?.pin.ruleArn}`, outcome, done: raised(outcome, route) };
    }),
    ...writes.flatMap((outcome, index) => {
      const planned = weights[index];
      if (planned === undefined || isPinnedRoute(planned.route)) return [];
      const done = shows(outcome, cutover, planned, weightPercent(0));
      return [{ what: `weights of ${weightedArn(planned.route)}`, outcome, done }];
    }),
  ];
  const answers = outcomes.flatMap(({ outcome, done }) =>
    done && outcome.kind === "applied" ? [outcome.answeredAt] : [],
  );
  const lastAnswer = answers.at(-1);
  if (answers.length === outcomes.length && lastAnswer != null)
    return { kind: "answered", sentAt, at: lastAnswer, sights: read.sights };
  const unwritten = weights.flatMap(({ route }, index) => (isUp(route) ? [] : notWritten(route, writes[index])));
  const message = [...sayEach(outcomes.filter(({ done }) => !done)), ...unwritten].join("; ");
  return { kind: "unanswered", message: gone === undefined ? message : `${DELETED} ${message}` };
};

/**
 * Below a raised pin green stays named, which keeps it health-checked. Where nothing shadows the rule going back is all that
 * counts: groups that somebody has made sticky meanwhile may not stand side by side in a rule that is not, and blue may
 * stand alone.
 */
const writeBlue = async (
  ports: RulePorts,
  write: WeightWrite,
  others: readonly JsonValue[],
  isShadowed: boolean,
): Promise<WriteOutcome> => {
  const outcome = await ports.rules.writeWeights(write, others, insistingIn(ports, "last"));
  const mayNotNameTwo = outcome.kind === "refused" && outcome.code === "InvalidConfigurationRequest";
  return mayNotNameTwo && !isShadowed
    ? ports.rules.writeWeights({ ...write, alone: "blue" }, others, insistingIn(ports, "last"))
    : outcome;
};

/** Where the pin does not go up, its route's weights are all there is. */
const notWritten = (route: RouteBinding, outcome: WriteOutcome | undefined): readonly string[] => {
  if (!isPinnedRoute(route) || outcome === undefined || outcome.kind === "applied") return [];
  const doubt = outcome.kind === "refused" ? "were not written" : "may not have been written";
  return [`the weights of ${weightedArn(route)} ${doubt}: ${sayOutcome(outcome)}`];
};

const DELETED =
  "Somebody deleted a pin: the weights go to blue instead, and stay unverified until there is a pin to shadow them.";

/** What is not written although it was looked at is not called unread. */
const unwritable = (route: RouteBinding, sights: readonly RouteSight[]): WriteOutcome => {
  const sight = sightOf(sights, route);
  return sight?.kind === "foreign" ? { kind: "refused", code: "NotAsBound", message: sight.why } : UNREAD;
};

const UNREAD: WriteOutcome = { kind: "refused", code: "NotRead", message: "the rule could not be read" };
/** A process that slept between its look and its write (a laptop has no time-out) looks again. */
const LOOK_LIFE_MS = durationMs(60_000);

/** What a run knew of the state is worth nothing once it has outlived every run: there may have been another epoch since. */
const isKnown = ({ clock }: RulePorts, standing: Standing | null): boolean =>
  standing !== null && clock.now() <= later(standing.since, ROLLBACK_LIFE_MS);

/**
 * What the route's rule was last seen with, or was armed with, because it may be all there is to go back by: where no pin
 * stands above it, and for want of a look at one that has a pin. Without the table only a plain rule that names blue may
 * be written, whatever stands above it; of another nobody can say whether blue is being fenced.
 */
const otherActions = (
  route: RouteBinding,
  sights: readonly RouteSight[],
  standing: Standing | null,
): readonly JsonValue[] | null => {
  const arn = weightedArn(route);
  const armed = standing?.state.otherActionsAtArm?.[arn] ?? standing?.state.withoutPin?.otherActions[arn] ?? null;
  if (isPinnedRoute(route)) return sights.length === 0 ? armed : otherActionsOf(sights, route);
  const known = standing === null ? sights.filter(isBlueNamed) : sights;
  return otherActionsOf(known, route) ?? armed;
};

/** Decommission leaves blue out of a rule before it fences it. */
const isBlueNamed = (sight: RouteSight): boolean =>
  sight.kind === "seen" ||
  sight.weightedRule?.forward?.targets.some(({ targetGroupArn }) => targetGroupArn === sight.route.blue) === true;

/** A pin is gone by the answer; or by a look at the rules, where the write was not answered. */
const isGone = (outcome: WriteOutcome | undefined, { pin }: PinnedRoute, { sights }: RoutesRead): boolean => {
  if (outcome?.kind === "refused" && outcome.code === "RuleNotFound") return true;
  if (outcome?.kind === "applied") return false;
  const seen = sights.find((sight) => sight.kind === "seen" && sight.observed.route.pin?.ruleArn === pin.ruleArn);
  return seen?.kind === "seen" && seen.observed.pin === "gone";
};

const plainGone = (sights: readonly RouteSight[]): RouteBinding | undefined => {
  const gone = sights.find(
    (sight) => sight.kind === "seen" && sight.observed.pin === "gone" && !isPinnedRoute(sight.observed.route),
  );
  return gone?.kind === "seen" ? gone.observed.route : undefined;
};

const raised = (outcome: WriteOutcome | undefined, route: PinnedRoute | undefined): boolean =>
  outcome?.kind === "applied" &&
  outcome.shows.some(
    ({ ruleArn, priority }) => ruleArn === route?.pin.ruleArn && priority === route.pin.raisedPriority,
  );
