import { parseDuration } from "../../kernel/units.ts";
import { blindAfterMs, watchedSignals } from "../floor.ts";
import { operationsUsed } from "../look-back.ts";
import { STANDARD_OPERATIONS } from "../operations/standard.ts";
import type { Policy, PolicyStep } from "../policy-file.ts";
import { type Change, change, type Direction, type Effect } from "./change.ts";

/** `before` and `after` of something that has an order: what it means that it grew, and that it shrank. */
const moved = (
  where: string,
  what: string,
  [before, after]: readonly [string | undefined, string | undefined],
  effects: { readonly longer: Effect | readonly Effect[]; readonly shorter: Effect | readonly Effect[] },
): readonly Change[] => {
  if (before === after) return [];
  const length = (text: string | undefined): number =>
    text === undefined ? Infinity : text === "none" ? 0 : parseDuration(text);
  const said = `${what} ${before ?? "unlimited"} → ${after ?? "unlimited"}`;
  if (length(before) === length(after)) return [change("neutral", where, said)];
  const found = length(after) > length(before) ? effects.longer : effects.shorter;
  return [found].flat().map((effect) => change(effect, where, said));
};

const either = <Value>(
  where: string,
  what: string,
  [before, after]: readonly [Value, Value],
  effectOf: (after: Value) => Effect,
): readonly Change[] => (before === after ? [] : [change(effectOf(after), where, `${what} ${before} → ${after}`)]);

const PAGES = { longer: "aside", shorter: "aside" } as const;

/** A step that both policies have. */
export const stepChanges = (before: PolicyStep, after: PolicyStep): readonly Change[] => {
  const where = `step ${after.id}`;
  const ends = ({ maxDwell, onMaxDwell }: PolicyStep): string | undefined =>
    onMaxDwell === "rollback" ? maxDwell : undefined;
  const pages = ({ maxDwell, onMaxDwell }: PolicyStep): string | undefined =>
    onMaxDwell === "page" ? maxDwell : undefined;
  // At 100 % the soak says how long it lasts, and its gates what a failure comes to.
  const last = after.weight === 100;
  const unlessLast = (effect: Effect): Effect => (last ? "neutral" : effect);
  return [
    ...(before.id === after.id ? [] : [change("neutral", where, `was called ${before.id}`)]),
    ...(before.weight === after.weight
      ? []
      : [
          change(
            after.weight > before.weight ? "opens earlier" : "opens later",
            where,
            `green gets ${before.weight} % → ${after.weight} %`,
          ),
        ]),
    ...moved(where, "minDwell", [before.minDwell, after.minDwell], {
      longer: unlessLast("opens later"),
      shorter: unlessLast("opens earlier"),
    }),
    ...moved(where, "rolls back unless its gates pass within", [ends(before), ends(after)], {
      longer: unlessLast("rolls back later"),
      shorter: unlessLast("rolls back earlier"),
    }),
    ...moved(where, "pages unless its gates pass within", [pages(before), pages(after)], {
      longer: unlessLast("aside"),
      shorter: unlessLast("aside"),
    }),
  ];
};

/** Everything but gates, steps and rollback rules. */
export const settingChanges = (before: Policy, after: Policy): readonly Change[] => [
  // Without it blue is not watched at all, and not without end.
  ...moved("start", "minDwell", [before.start.minDwell ?? "none", after.start.minDwell ?? "none"], {
    longer: "opens later",
    shorter: "opens earlier",
  }),
  ...moved("soak", "duration", [before.soak.duration, after.soak.duration], {
    longer: "opens later",
    shorter: "opens earlier",
  }),
  ...moved("soak", "pages after", [before.soak.maxDuration, after.soak.maxDuration], PAGES),
  ...either("soak", "onBreak", [before.soak.onBreak, after.soak.onBreak], (now) =>
    now === "rollback" ? "rolls back earlier" : "rolls back later",
  ),
  ...either("whenNotLossless", "", [before.whenNotLossless, after.whenNotLossless], (now) =>
    now === "snap" ? "rolls back earlier" : "rolls back later",
  ),
  ...moved("afterRollback", "cooldown", [before.afterRollback.cooldown, after.afterRollback.cooldown], {
    longer: "opens later",
    shorter: "opens earlier",
  }),
  ...blindChanges(before, after),
  ...coverageChanges(before, after),
  ...either("drill", "", [before.drill === true, after.drill === true], (now) =>
    // A drill may soak for less than a day.
    now ? "opens earlier" : "opens later",
  ),
  ...either(
    "traffic",
    "requestsPerMinute",
    [before.traffic.requestsPerMinute, after.traffic.requestsPerMinute],
    () => "aside",
  ),
];

/** What is out of sight holds every step at once; for long enough, it may send traffic back as well. */
const blindChanges = (before: Policy, after: Policy): readonly Change[] => {
  const back = after.blind.action === "rollback" && before.blind.action === "rollback";
  const less: readonly Direction[] = back ? ["rolls back later", "opens earlier"] : ["opens earlier"];
  const more: readonly Direction[] = back ? ["rolls back earlier", "opens later"] : ["opens later"];
  const [old, now] = [watchedSignals(before), watchedSignals(after)];
  const minutes = (policy: Policy): string => `${blindAfterMs(policy) / 60_000}m`;
  return [
    ...either("blind", "action", [before.blind.action, after.blind.action], (action) =>
      action === "rollback" ? "rolls back earlier" : "rolls back later",
    ),
    ...(back
      ? moved("blind", "after", [minutes(before), minutes(after)], {
          longer: "rolls back later",
          shorter: "rolls back earlier",
        })
      : moved("blind", "after", [before.blind.after, after.blind.after], PAGES)),
    ...moved("data", "maxAge", [before.data.maxAge, after.data.maxAge], { longer: less, shorter: more }),
    ...old
      .filter((path) => !now.includes(path))
      .flatMap((path) => less.map((direction) => change(direction, "blind", `no longer watches ${path}`))),
    ...now
      .filter((path) => !old.includes(path))
      .flatMap((path) => more.map((direction) => change(direction, "blind", `also watches ${path}`))),
  ];
};

const COVERED = new Set(Object.keys(STANDARD_OPERATIONS).filter((name) => name !== "known" && name !== "age"));

/** With less coverage asked for, windows have values sooner; that opens gates, and fires what no policy is without: the floor. */
const coverageChanges = (before: Policy, after: Policy): readonly Change[] => {
  const [old, now] = [before.data.minCoverage, after.data.minCoverage];
  if (old === now) return [];
  const asked = Object.values(after.gates).some(({ rule }) =>
    operationsUsed(rule, STANDARD_OPERATIONS).some(({ name }) => COVERED.has(name)),
  );
  const what = `minCoverage ${old} → ${now}`;
  return [
    ...(asked ? [change(now < old ? "opens earlier" : "opens later", "data", what)] : []),
    change(now < old ? "rolls back earlier" : "rolls back later", "data", what),
  ];
};
