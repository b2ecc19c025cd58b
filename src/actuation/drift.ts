import type { EpochMs } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { isPinnedRoute, weightedArn } from "../signals/routes.ts";
import type { RuleDrift, TrafficReading } from "../snapshot/traffic.ts";
import { type ObservedRoute, observeRoute, type PinPosition, type RouteSight } from "./observed-route.ts";
import type { ObservedListener } from "./rules-port.ts";

/** What the rules of every route should show. */
export interface DesiredRules {
  readonly greenPercent: number;
  /** Weights that an announced, unsettled change may have brought about. */
  readonly alsoGreenPercent?: number;
  readonly pin: readonly PinPosition[];
  /** `ObservedRoute.shape` of each weighted rule as it was armed, by its ARN. */
  readonly shapes?: Readonly<Record<string, string>>;
}

/** Below 100 a client stays on its side; at 0 and at 100 a cookie must not hold anybody on the other one. */
export const isStickyAt = (greenPercent: number): boolean => greenPercent > 0 && greenPercent < 100;

/** Every route of a cutover, out of the listeners that could be read. */
export const observeRoutes = (
  cutover: CutoverBindings,
  listeners: readonly ObservedListener[],
): readonly RouteSight[] =>
  cutover.routes.map((route) => {
    const listener = listeners.find(({ listenerArn }) => listenerArn === route.listenerArn);
    return listener === undefined
      ? { kind: "foreign", route, why: "the listener was not read", weightedRule: null }
      : observeRoute(route, listener, cutover.routes);
  });

type Drift = { readonly drift: RuleDrift; readonly detail: string };

/** A rollback by hand comes first, for going back wins over all else; then what sends green more than anybody decided. */
const FIRST_TOLD: readonly RuleDrift[] = ["pin-raised", "more-blue", "more-green", "foreign-shape", "in-sync"];

/**
 * Compares the whole route, pin and weighted rule, with what is recorded; of several routes, none hides another one.
 * @param elsewhere a way to green beside the routes, where one was found.
 */
export const classify = (
  sights: readonly RouteSight[],
  desired: DesiredRules,
  readAt: EpochMs,
  elsewhere: string | null = null,
): TrafficReading => {
  const drifts = sights.map((sight) => driftOf(sight, desired));
  if (elsewhere !== null) drifts.push(foreignShape(elsewhere));
  const told = firstTold(drifts);
  const shares = sights.flatMap((sight) => (sight.kind === "seen" ? [sight.observed.greenPercent] : []));
  return {
    readAt,
    drift: told?.drift ?? "unreadable",
    detail: told?.detail ?? "the cutover has no routes",
    greenPercent: shares.length === sights.length && shares.length > 0 ? Math.max(...shares) : null,
  };
};

/** The first that is to be told, with what the other kinds of drift say. */
const firstTold = (drifts: readonly Drift[]): Drift | undefined => {
  const [first, ...others] = FIRST_TOLD.flatMap((kind) => drifts.find(({ drift }) => drift === kind) ?? []);
  if (first === undefined) return undefined;
  const told = [first, ...others.filter(({ drift }) => drift !== "in-sync")];
  return { drift: first.drift, detail: told.map(({ detail }) => detail).join(", and ") };
};

const foreignShape = (detail: string): Drift => ({ drift: "foreign-shape", detail });

const driftOf = (sight: RouteSight, desired: DesiredRules): Drift =>
  sight.kind === "foreign" ? foreignShape(sight.why) : routeDrift(sight.observed, desired);

/** A rule that was made again has another ARN, and bindings may name it by now: it has to be what one was that was armed. */
const isAsArmed = ({ route, shape }: ObservedRoute, shapes: DesiredRules["shapes"]): boolean => {
  if (shapes === undefined) return true;
  const own = shapes[weightedArn(route)];
  return own === undefined ? Object.values(shapes).includes(shape) : own === shape;
};

const routeDrift = (observed: ObservedRoute, desired: DesiredRules): Drift => {
  const { pin, ruleGreenPercent, sticky, deviation, route } = observed;
  const ofWeights = `green has ${ruleGreenPercent} %, recorded are ${desired.greenPercent} %`;
  const isMoreGreen = ruleGreenPercent > desired.greenPercent && ruleGreenPercent !== desired.alsoGreenPercent;
  // People may have been told of what is wrong with the rules; that green is given more over it is news.
  const toldWithMoreGreen = (drift: Drift): Drift =>
    isMoreGreen ? { drift: "more-green", detail: `${ofWeights}, and ${drift.detail}` } : drift;
  if (!desired.pin.includes(pin))
    return pin === "gone" && isPinnedRoute(route) ? toldWithMoreGreen(pinDrift(observed)) : pinDrift(observed);
  // Before anything that only stops pawl: whoever sent traffic back by hand is to be taken at their word.
  if (ruleGreenPercent < desired.greenPercent) return { drift: "more-blue", detail: ofWeights };
  if (!isAsArmed(observed, desired.shapes))
    return toldWithMoreGreen(
      foreignShape("the weighted rule's conditions or other actions are not those it was armed with"),
    );
  if (deviation !== null) return toldWithMoreGreen(foreignShape(deviation));
  if (isMoreGreen) return { drift: "more-green", detail: ofWeights };
  if (sticky !== isStickyAt(ruleGreenPercent))
    return foreignShape(`stickiness of the weighted rule is ${sticky ? "on" : "off"}`);
  return { drift: "in-sync", detail: "" };
};

const pinDrift = ({ pin, route }: ObservedRoute): Drift => {
  switch (pin) {
    case "raised":
      return { drift: "pin-raised", detail: "the pin is raised: all traffic is on blue" };
    case "parked":
      return { drift: "more-green", detail: "the pin is parked although all traffic belongs on blue" };
    case "none":
      return { drift: "foreign-shape", detail: "the rule still names blue" };
    case "gone":
      return {
        drift: "foreign-shape",
        detail: isPinnedRoute(route)
          ? "the pin is gone: there is no way back by one rule"
          : "the rule names green alone, as it does past the point of no return",
      };
  }
};
