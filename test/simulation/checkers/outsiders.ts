import type { ObservedListener, ObservedRule } from "../../../src/actuation/rules-port.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import type { RouteBinding } from "../../../src/signals/bindings.ts";
import { isWeightedRule } from "../../../src/signals/routes.ts";
import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

type Stored = Extract<WorldEvent, { kind: "stored" }>;
type Shown = "as recorded" | "more blue" | "more green" | "unclear";

/** What somebody else did is remembered for as long as people may take to put it right. */
const LATELY_MS = 10 * MINUTE_MS;
/** In the second look it is somebody's will, and no Describe that is behind; the third one is late. */
const LATCHED_BY = 3;
const TOLD_BY = 5;

/** P3: somebody else's hand on the rules is neither seen where there is none, nor overlooked where there is. */
export const outsiders = (): Checker => {
  let meddledAt = Number.NEGATIVE_INFINITY;
  /** When a rule was first given more green since a look showed all as recorded: who is told from then on is told of it. */
  let raisedAt = Number.POSITIVE_INFINITY;
  /** When the guard last changed anything: what it did to go back, or somebody since, stands while nobody is served. */
  let changedAt = Number.NEGATIVE_INFINITY;
  let toldAt = Number.NEGATIVE_INFINITY;
  /** When a request came after one of a younger run: what a run that had stood still put back may pass for an outsider's. */
  let overtakenAt = Number.NEGATIVE_INFINITY;
  /** By route, when the youngest run that has changed it was begun. */
  const youngest = new Map<number, number>();
  /** When somebody last went back, or was about to arm again: what is left of it may pass for an outsider's. */
  let wentBackAt = Number.NEGATIVE_INFINITY;
  let moreBlue = 0;
  let moreGreen: { readonly since: number; readonly looks: number } | null = null;

  const note = (event: WorldEvent): void => {
    if (event.kind === "changed" && event.run === null) meddledAt = event.at;
    if (event.kind === "changed" && event.weighted.to > event.weighted.from) raisedAt = Math.min(raisedAt, event.at);
    if (event.kind === "changed" && event.run !== null) changed(event.route, event.run, event.at);
    if (goesBack(event)) wentBackAt = event.at;
    if (event.kind === "told" && event.notification.urgency === "page") toldAt = event.at;
  };

  const changed = (route: number, run: Run, at: number): void => {
    changedAt = at;
    const before = youngest.get(route) ?? run.startedAt;
    if (run.startedAt < before) overtakenAt = at;
    youngest.set(route, Math.max(before, run.startedAt));
  };

  const imagined = (world: World, { at, before, after }: Stored): readonly string[] => {
    if (before === null || before.latch !== undefined || after.latch?.cause.kind !== "outsider") return [];
    const isThere = world.cutover.routes.some(
      (_, route) => world.rules.pinOf(route) === "raised" || world.rules.weightedPercent(route) < before.weightPercent,
    );
    const isExplained =
      at - meddledAt < LATELY_MS ||
      (isThere && (Math.max(meddledAt, wentBackAt) >= changedAt || at - Math.max(wentBackAt, overtakenAt) < LATELY_MS));
    return isExplained ? [] : ["went back for an outsider, and nobody had touched the rules"];
  };

  /** Of several routes one is enough, where the others are as they were. */
  const ignored = (looked: readonly Shown[]): readonly string[] => {
    const isPlain = looked.length > 0 && looked.every((one) => one === "more blue" || one === "as recorded");
    if (isPlain || together(looked) !== "unclear") moreBlue = looked.includes("more blue") ? moreBlue + 1 : 0;
    if (moreBlue < LATCHED_BY) return [];
    moreBlue = 0;
    return [`somebody sent traffic back, ${LATCHED_BY} looks saw it, and nothing is latched`];
  };

  const untold = (world: World, looked: readonly Shown[], { at, after }: Stored): readonly string[] => {
    // Of several routes the first one tells, and what is told of it holds for those that follow.
    if (looked.length > 0 && !looked.some((one) => one === "more green" || one === "unclear")) {
      moreGreen = null;
      raisedAt = Number.POSITIVE_INFINITY;
    }
    if (!looked.includes("more green")) return [];
    // Whether an open change has made it so nobody knows; who is told meanwhile has been told all the same.
    const isPlain = looked.every((one) => one === "more green" || one === "as recorded");
    const counts = after.intent === undefined && isPlain ? 1 : 0;
    moreGreen = { since: moreGreen?.since ?? at, looks: (moreGreen?.looks ?? 0) + counts };
    const { since, looks } = moreGreen;
    const wasDown = world.faults.spells("topic-down").some(({ from, to }) => from <= at && to >= since);
    if (looks < TOLD_BY || toldAt >= Math.min(since, raisedAt) || wasDown) return [];
    moreGreen = null;
    return [`somebody gave green more than is recorded, ${TOLD_BY} looks saw it, and nobody was told`];
  };

  return {
    promise: "P3",
    watch: (event, world) => {
      note(event);
      if (event.kind !== "stored") return null;
      const { before, after } = event;
      const tick = after.lastTick;
      if (tick === null || tick === before?.lastTick) return imagined(world, event);
      const looked = shownAt(world, tick, after);
      const isOpen = before?.intent !== undefined || after.intent !== undefined;
      return [...imagined(world, event), ...ignored(isOpen ? ["unclear"] : looked), ...untold(world, looked, event)];
    },
  };
};

const goesBack = (event: WorldEvent): boolean =>
  event.kind === "changed"
    ? ["rollback", "operator", "rehearsal"].includes(event.run?.kind ?? "") || event.run?.unanswered === true
    : event.kind === "stored" && event.after.intent?.kind === "lowerPin";

/** By route, what every look of the run whose snapshot counts showed of it. */
const shownAt = (world: World, tick: number, after: CutoverState): readonly Shown[] => {
  if (after.latch !== undefined || after.wayBack !== "open") return ["as recorded"];
  const looks = world.table.servedAt(tick)?.served.listeners ?? [];
  const { routes } = world.cutover;
  return routes.map((route) => {
    const of = looks.filter(({ listenerArn }) => listenerArn === route.listenerArn);
    return together(of.map((one) => shownBy(route, routes, one, after.weightPercent)));
  });
};

const together = ([first, ...rest]: readonly Shown[]): Shown =>
  first !== undefined && rest.every((one) => one === first) ? first : "unclear";

export const shownBy = (
  route: RouteBinding,
  routes: readonly RouteBinding[],
  listener: ObservedListener,
  recorded: number,
): Shown => {
  const weighted = listener.rules.find((rule) => isWeightedRule(route, rule));
  const targets = weighted?.forward?.targets;
  if (weighted === undefined || targets?.length !== 2) return "unclear";
  const isBound = (rule: ObservedRule): boolean =>
    rule.priority === null || routes.some((one) => isWeightedRule(one, rule) || one.pin?.ruleArn === rule.ruleArn);
  if (!listener.rules.every(isBound)) return "unclear";
  const pin = listener.rules.find(({ ruleArn }) => ruleArn === route.pin?.ruleArn);
  const green = targets.find(({ targetGroupArn }) => targetGroupArn === route.green)?.weight ?? 0;
  if (green > recorded) return "more green";
  // Without its pin a route is of a foreign shape: it is held and paged, and nothing goes back for it.
  if (route.pin !== undefined && pin === undefined) return "unclear";
  const isPinned = pin !== undefined && (pin.priority ?? 0) < (weighted.priority ?? 0);
  return isPinned || green < recorded ? "more blue" : "as recorded";
};
