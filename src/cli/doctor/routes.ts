import { pinActionsDeviation } from "../../actuation/deviation.ts";
import { isStickyAt } from "../../actuation/drift.ts";
import { greenElsewhere } from "../../actuation/intruders.ts";
import { type ObservedRoute, observeRoute } from "../../actuation/observed-route.ts";
import type { ObservedListener } from "../../actuation/rules-port.ts";
import type { OutsideFailure, Result } from "../../kernel/result.ts";
import type { CutoverBindings, RouteBinding } from "../../signals/bindings.ts";
import { isPinnedRoute, type PinnedRoute, weightedArn } from "../../signals/routes.ts";
import { PLAIN_MODE_GIVES_UP } from "../plain-mode.ts";
import { endOf, type Finding, fails, holds, unread, unseen } from "./finding.ts";

/** What the rules have to show now: blue alone before the first arm, and what is recorded after it. */
export interface ExpectedRules {
  readonly greenPercent: number;
  readonly pin: "parked" | "raised";
  /** What to do about a pin that is raised and should not be; null: park it. */
  readonly whereRaised: string | null;
  /** False where the table does not answer: nobody knows what share green is to have. */
  readonly isRecorded: boolean;
  /** Past the point of no return. */
  readonly pinDeleted: boolean;
}

export type ListenerReads = ReadonlyMap<string, Result<ObservedListener, OutsideFailure>>;

export const routeFindings = (
  cutover: CutoverBindings,
  reads: ListenerReads,
  expected: ExpectedRules,
): readonly Finding[] => [
  ...[...reads].flatMap(([arn, read]) => (read.ok ? [] : [unreadListener(cutover, arn, read.failure)])),
  ...cutover.routes.flatMap((route) => {
    const read = reads.get(route.listenerArn);
    return read?.ok === true ? oneRoute(cutover, route, read.value, expected) : [];
  }),
  elsewhere(cutover, reads),
];

const unreadListener = ({ loadBalancerArn }: CutoverBindings, arn: string, failure: OutsideFailure): Finding =>
  arn === loadBalancerArn
    ? unread(`listeners of ${endOf(arn)}`, failure, "Correct loadBalancerArn in cutover.json.")
    : unread(`listener ${endOf(arn)}`, failure, "Correct routes[].listenerArn in cutover.json.");

/** A way to green that no pin closes. What stands in a listener of the routes is found with them. */
const elsewhere = (cutover: CutoverBindings, reads: ListenerReads): Finding => {
  const what = "ways to green beside the routes";
  const routed = cutover.routes.map(({ listenerArn }) => listenerArn);
  const others = [...reads].flatMap(([arn, read]) => (read.ok && !routed.includes(arn) ? [read.value] : []));
  const found = greenElsewhere(cutover.routes, others);
  return found === null
    ? holds(what, "none")
    : fails(what, found, "Take green out of that rule, or make it a route: a rollback would not reach it.");
};

const oneRoute = (
  cutover: CutoverBindings,
  route: RouteBinding,
  listener: ObservedListener,
  expected: ExpectedRules,
): readonly Finding[] => {
  const { weightedRuleArn } = route;
  const missing = [
    ...(weightedRuleArn === undefined
      ? []
      : missingRule("weighted rule", weightedRuleArn, "routes[].weightedRuleArn", listener)),
    ...(route.pin === undefined ? [] : missingRule("pin", route.pin.ruleArn, "routes[].pin.ruleArn", listener)),
  ];
  if (missing.length > 0)
    return missing.map((finding) =>
      expected.pinDeleted && finding.what.startsWith("pin ") ? { ...finding, remedy: GONE_FOR_GOOD } : finding,
    );
  const sight = observeRoute(route, listener, cutover.routes);
  if (sight.kind === "foreign")
    return [
      fails(
        `rules of ${endOf(weightedArn(route))}`,
        sight.why,
        "Put the rules back as cutover.json says, or correct it: pawl writes nothing to rules it does not know.",
      ),
    ];
  if (!isPinnedRoute(route)) return [weights(sight.observed, expected)];
  return [
    weights(sight.observed, expected),
    pin(route, sight.observed, expected, listener),
    reserved(route, listener),
    ...otherActions(route, sight.observed, listener),
  ];
};

/** A pin made again would let a rollback that cannot read the table send everybody to a blue that is fenced. */
const GONE_FOR_GOOD = "Make none: the pin is deleted at the point of no return. pawl restore says what is left.";

const missingRule = (what: string, arn: string, where: string, { rules }: ObservedListener): readonly Finding[] => {
  if (rules.some(({ ruleArn }) => ruleArn === arn)) return [];
  const there = rules
    .filter(({ priority }) => priority !== null)
    .map(({ ruleArn, priority }) => `${priority} ${endOf(ruleArn)}`);
  return [
    fails(
      `${what} ${endOf(arn)}`,
      `the listener has no rule ${arn}; it has ${there.join(", ") || "its default rule alone"}`,
      `Correct ${where} in cutover.json, or create the rule.`,
    ),
  ];
};

const weights = (
  { route, ruleGreenPercent, sticky }: ObservedRoute,
  { greenPercent, isRecorded }: ExpectedRules,
): Finding => {
  const isDefault = route.weightedRuleArn === undefined;
  const what = `${isDefault ? "default action of" : "weighted rule"} ${endOf(weightedArn(route))}`;
  const value = `blue ${100 - ruleGreenPercent}, green ${ruleGreenPercent}, stickiness ${sticky ? "on" : "off"}`;
  if (ruleGreenPercent === greenPercent && sticky === isStickyAt(greenPercent)) return holds(what, value);
  if (!isRecorded) return unseen(what, value, "Leave it until the table tells what green is to have.");
  const wanted = `blue ${100 - greenPercent}, green ${greenPercent}, stickiness ${isStickyAt(greenPercent) ? "on" : "off"}`;
  return fails(
    what,
    value,
    `It has to be ${wanted}: aws elbv2 ${isDefault ? "modify-listener --listener-arn" : "modify-rule --rule-arn"} ${weightedArn(route)} …`,
  );
};

const pin = (
  route: PinnedRoute,
  observed: ObservedRoute,
  expected: ExpectedRules,
  { rules }: ObservedListener,
): Finding => {
  const what = `pin ${endOf(route.pin.ruleArn)}`;
  const priority = rules.find(({ ruleArn }) => ruleArn === route.pin.ruleArn)?.priority ?? null;
  const value = `${observed.pin} at ${priority}, to blue alone, conditions as the weighted rule's`;
  const wanted = expected.pin === "parked" ? route.pin.parkedPriority : route.pin.raisedPriority;
  if (observed.pin === expected.pin && priority === wanted) return holds(what, value);
  return fails(
    what,
    value,
    expected.pin === "parked"
      ? ((observed.pin === "raised" ? expected.whereRaised : null) ??
          `Park it: aws elbv2 set-rule-priorities --rule-priorities RuleArn=${route.pin.ruleArn},Priority=${wanted}`)
      : "A rollback is recorded and the pin is not above: pawl rollback --reason … raises it.",
  );
};

/** Whoever is sent back by the pin has to meet the same login and the same rewrites. */
const otherActions = (
  route: PinnedRoute,
  { weightedRule }: ObservedRoute,
  { rules }: ObservedListener,
): readonly Finding[] => {
  const pinRule = rules.find(({ ruleArn }) => ruleArn === route.pin.ruleArn);
  const why = pinRule === undefined ? null : pinActionsDeviation(weightedRule, pinRule);
  const remedy = "Give the pin the same actions before its forward, in the same order, and the same transforms.";
  return why === null ? [] : [fails(`actions of pin ${endOf(route.pin.ruleArn)}`, why, remedy)];
};

/** The pin's way up has to be free, and the weighted rule has to stand between its two places. */
const reserved = (
  { pin: { ruleArn, raisedPriority, parkedPriority }, weightedRuleArn }: PinnedRoute,
  { rules }: ObservedListener,
): Finding => {
  const what = `priorities ${raisedPriority} and ${parkedPriority}`;
  const taken = rules.find(
    (rule) => rule.ruleArn !== ruleArn && (rule.priority === raisedPriority || rule.priority === parkedPriority),
  );
  if (taken !== undefined)
    return fails(
      what,
      `rule ${taken.ruleArn} has ${taken.priority}`,
      "Move that rule, or choose other numbers for the pin.",
    );
  const weighted = rules.find((rule) => rule.ruleArn === weightedRuleArn)?.priority ?? null;
  return weighted !== null && raisedPriority < weighted && weighted < parkedPriority
    ? holds(what, `reserved for the pin, around the weighted rule at ${weighted}`)
    : fails(
        what,
        `the weighted rule stands at ${weighted}`,
        "It has to stand between the pin's two numbers: correct routes[].pin, or move the rule.",
      );
};

/** Plain mode is somebody's choice, never an oversight. */
export const plainFindings = (cutover: CutoverBindings, accepted: boolean): readonly Finding[] => {
  const plain = cutover.routes.filter((route) => !isPinnedRoute(route)).map((route) => endOf(weightedArn(route)));
  if (plain.length === 0) return [];
  const what = `plain mode of ${plain.join(", ")}`;
  return [
    accepted
      ? holds(what, PLAIN_MODE_GIVES_UP)
      : fails(
          what,
          "no pin: a step that is under way can arrive after a rollback was asked for",
          "Give it a pin (routes[].pin), or look with --without-pin, and arm it with --without-pin --accept-late-landing.",
        ),
  ];
};
