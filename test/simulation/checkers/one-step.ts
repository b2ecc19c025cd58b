import { MINUTE_MS, parseDuration } from "../../../src/kernel/units.ts";
import { isWeightedRule } from "../../../src/signals/routes.ts";
import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { Truth } from "../world/truth.ts";
import type { World } from "../world/world.ts";
import { isWaived, notAgreedTo } from "./agreed-to.ts";
import { SKEW_MS, TICK_AGE_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";
import { evidenceGaps } from "./evidence-served.ts";
import { meddledRules } from "./meddled.ts";

const APPLY_BOUND_MS = 30_000;

/** Green's share of a route as this run was last shown it; null: it never looked. */
const shownTo = (world: World, run: Run, route: number): number | null => {
  const binding = world.cutover.routes[route];
  const listener = run.served.listeners.findLast(({ listenerArn }) => listenerArn === binding?.listenerArn);
  const weighted = listener?.rules.find((rule) => binding !== undefined && isWeightedRule(binding, rule));
  const green = weighted?.forward?.targets.find(({ targetGroupArn }) => targetGroupArn === binding?.green);
  return weighted === undefined ? null : (green?.weight ?? 0);
};

const stepsOf = (world: World): readonly number[] => [0, ...world.policy.steps.map(({ weight }) => weight)];

interface Trouble {
  readonly isThere: (truth: Truth, at: number) => boolean;
  /** The gate without which somebody may agree to go on all the same. */
  readonly waivable?: string;
}

/** The kinds of trouble that nobody can overlook for six minutes while everything can be read. */
const TROUBLE: readonly Trouble[] = [
  { isThere: (truth, at) => truth.hosts("green", at) < 4, waivable: "hosts" },
  { isThere: (truth, at) => truth.reverseGap(at) },
  { isThere: (truth, at) => truth.stream("forward", at) !== "running" },
  { isThere: (truth, at) => truth.stream("reverse", at) !== "running" },
];

/** One kind all the time: where one takes over from another, the newer may be too young to have been seen. */
const isPlainlyIll = (world: World, run: Run, [from, to]: readonly [number, number]): boolean =>
  TROUBLE.some(({ isThere, waivable }) => {
    const { truth } = world;
    if (waivable !== undefined && isWaived(world, run, waivable)) return false;
    for (let at = from; at <= to; at += MINUTE_MS / 2) if (!isThere(truth, at)) return false;
    // The run looked between the last sample and its request.
    return isThere(truth, to);
  });

/** P1: green rises by one listed step, asked for by promote alone, on evidence that was complete, fresh and good. */
export const oneStep = (): Checker => {
  /** When each route first had each share since it was armed: a step that is taken back has not begun. */
  const reachedAt = new Map<string, number>();
  let armedAt: number | null = null;
  /** The routes for which a run has asked for more green. */
  const asks = new WeakMap<Run, Set<number>>();

  /** A second request may arrive after the outcome of the first one has been acted on. */
  const again = (run: Run, route: number): readonly string[] => {
    const before = asks.get(run) ?? new Set();
    const found = before.has(route) ? [`one run asked for more green on route ${route} again`] : [];
    asks.set(run, before.add(route));
    return found;
  };

  const asked = (world: World, event: Extract<WorldEvent, { kind: "sent" }>): readonly string[] => {
    const { run, route } = event;
    const to = event.greenPercent ?? 0;
    const shown = shownTo(world, run, route);
    if (event.what !== "weight" || to === 0 || (shown !== null && to <= shown)) return [];
    if (run.kind !== "promote" || run.tick === null) return [`${run.kind} asked for ${to} % green`];
    if (shown === null) return [`${to} % green asked for by a run that never looked at the rules`];
    const age = run.startedAt - run.tick;
    const old = age > TICK_AGE_MS + SKEW_MS ? [`${to} % green asked for by a tick of ${age / 1_000} s ago`] : [];
    return [...old, ...again(run, route), ...judged(world, event, { tick: run.tick, shown, to })];
  };

  const judged = (
    world: World,
    event: Extract<WorldEvent, { kind: "sent" }>,
    { tick, shown, to }: { readonly tick: number; readonly shown: number; readonly to: number },
  ): readonly string[] => {
    const steps = stepsOf(world);
    const level = steps.indexOf(shown);
    const found: string[] = [];
    if (level < 0 || steps[level + 1] !== to) found.push(`${shown} % → ${to} % is not one listed step`);
    const bad = notAgreedTo(world, event.run, shown, evidenceGaps(world, tick, shown).bad);
    if (bad.length > 0) found.push(`${to} % green asked for although this was seen: ${bad.join(", ")}`);
    if (isPlainlyIll(world, event.run, [tick - 6 * MINUTE_MS, event.at]))
      found.push(`${to} % asked for after 6 min of trouble`);
    return [...found, ...tooEarly(world, level, event)];
  };

  const tooEarly = (world: World, level: number, { route, at }: { route: number; at: number }): readonly string[] => {
    const dwell = level === 0 ? world.policy.start.minDwell : world.policy.steps[level - 1]?.minDwell;
    const since = level === 0 ? armedAt : reachedAt.get(`${route} ${world.policy.steps[level - 1]?.weight}`);
    if (dwell === undefined || since == null) return [];
    const short = parseDuration(dwell) - SKEW_MS - (at - since);
    return short > 0
      ? [`the next step was asked for ${Math.round(short / 1_000)} s before its shortest time was over`]
      : [];
  };

  const meddled = meddledRules();

  const landed = (world: World, event: Extract<WorldEvent, { kind: "changed" }>): readonly string[] => {
    const { run, effective, at, sentAt } = event;
    meddled.note(event);
    if (event.what.startsWith("pin-") && run !== null && meddled.unseenBy(run, world, event.route)) return [];
    if (effective.to <= effective.from || run === null) return [];
    const reached = `${event.route} ${effective.to}`;
    if (!reachedAt.has(reached)) reachedAt.set(reached, at);
    const found: string[] = [];
    if (run.kind !== "promote") found.push(`green rose ${effective.from} → ${effective.to} by ${run.kind}`);
    if (!stepsOf(world).includes(effective.to)) found.push(`green rose to ${effective.to}, which is no listed step`);
    if (at - sentAt > APPLY_BOUND_MS) found.push("the world applied a request later than it may");
    return found;
  };

  return {
    promise: "P1",
    watch: (event, world) => {
      switch (event.kind) {
        case "stored":
          // A rehearsal that came to nothing is over as of its end, and nobody has armed by it.
          if (event.after.epoch === event.before?.epoch) return null;
          armedAt = event.at;
          reachedAt.clear();
          return null;
        case "sent":
          return asked(world, event);
        case "changed":
          return landed(world, event);
        default:
          return null;
      }
    },
  };
};
