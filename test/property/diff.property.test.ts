import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Direction } from "../../src/policy/diff/change.ts";
import { diffPolicies } from "../../src/policy/diff/diff-policies.ts";
import type { Policy, Rule } from "../../src/policy/policy-file.ts";
import { loadedPolicy } from "../support/small-policy.ts";

const SMALL = loadedPolicy();

/** Conditions over two signals and an operation, joined in any way. */
const condition: fc.Arbitrary<Rule> = fc.letrec<{ any: Rule; leaf: Rule }>((tie) => ({
  leaf: fc
    .record({
      of: fc.constantFrom<Rule>(
        { var: "forward.lagSeconds" },
        { var: "green.healthyHosts" },
        { stat: ["forward.lagSeconds", "max", "3m"] },
        { stat: ["forward.lagSeconds", "max", "9m"] },
      ),
      operator: fc.constantFrom("<", "<=", ">", ">=", "==="),
      limit: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ of, operator, limit }) => ({ [operator]: [of, limit] })),
  any: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    tie("leaf"),
    fc
      .record({ operator: fc.constantFrom("and", "or"), parts: fc.array(tie("any"), { minLength: 1, maxLength: 3 }) })
      .map(({ operator, parts }) => ({ [operator]: parts })),
    tie("any").map((part) => ({ "!": [part] })),
  ),
})).any;

const withRule = (rule: Rule): Policy => ({
  ...SMALL,
  gates: { only: { why: "w", rule } },
  start: { require: ["only"] },
  steps: SMALL.steps.map((step) => ({ ...step, promoteWhen: [] })),
  decommission: { ...SMALL.decommission, require: [] },
  rollback: [{ id: "only", why: "w", when: rule }],
});

const changes = (before: Rule, after: Rule) => diffPolicies(withRule(before), withRule(after));
const directions = (before: Rule, after: Rule): readonly Direction[] =>
  changes(before, after).map(({ direction }) => direction);

const OPPOSITE: Readonly<Record<Direction, Direction>> = {
  "opens earlier": "opens later",
  "opens later": "opens earlier",
  "rolls back earlier": "rolls back later",
  "rolls back later": "rolls back earlier",
  "cannot tell": "cannot tell",
  neutral: "neutral",
};

const sorted = (all: readonly Direction[]): readonly Direction[] => all.toSorted();

describe("the difference of two policies", () => {
  it("is none to itself, and the opposite the other way round", () => {
    fc.assert(
      fc.property(condition, condition, (one, other) => {
        expect(directions(one, one)).toEqual([]);
        const there = directions(one, other);
        expect(sorted(directions(other, one))).toEqual(sorted(there.map((each) => OPPOSITE[each])));
      }),
      { numRuns: 200 },
    );
  });

  it("never says that asking more opens earlier, or that firing on more rolls back later", () => {
    fc.assert(
      fc.property(condition, condition, (rule, more) => {
        const all = diffPolicies(withRule(rule), withRule({ and: [rule, more] }));
        for (const { direction, where } of all)
          expect([where.startsWith("gate") ? "opens later" : "rolls back later", "neutral"]).toContain(direction);
        const any = diffPolicies(withRule(rule), withRule({ or: [rule, more] }));
        for (const { direction, where } of any)
          expect([where.startsWith("gate") ? "opens earlier" : "rolls back earlier", "neutral"]).toContain(direction);
      }),
      { numRuns: 200 },
    );
  });

  it("is no riskier one where the values show that nothing opens that did not", () => {
    fc.assert(
      fc.property(condition, condition, (one, other) => {
        // Of several lines each speaks for one part by itself; one alone speaks for the whole.
        const opened = changes(one, other).filter(({ where }) => where.startsWith("gate"));
        if (opened.length !== 1 || opened[0]?.direction !== "opens earlier") return;
        expect(POINTS.some((point) => holds(other, point) && !holds(one, point))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

/** null: the signal is silent. What reads one signal is silent together. */
type Point = Readonly<Record<"lag" | "hosts" | "short" | "long", number | null>>;

const upTo = (most: number, by: number): readonly number[] =>
  Array.from({ length: most / by + 1 }, (_, index) => index * by);

/** The truth itself: everything that can be, as finely as the limits lie. */
const SEEN: readonly Point[] = upTo(11, 0.5).flatMap((lag) =>
  upTo(11, 1).flatMap((hosts) =>
    upTo(11, 0.5).flatMap((short) =>
      upTo(11, 0.5).flatMap((long) => (short <= long ? [{ lag, hosts, short, long }] : [])),
    ),
  ),
);
const POINTS: readonly Point[] = [
  ...SEEN,
  ...upTo(11, 1).map((hosts) => ({ lag: null, hosts, short: null, long: null })),
  ...SEEN.filter(({ hosts }) => hosts === 0).map((point) => ({ ...point, hosts: null })),
];

/** In three values; null is unknown. */
const truth = (rule: Rule, point: Point): boolean | null => {
  const [operator = "", parts = []] = Object.entries(rule as Readonly<Record<string, readonly Rule[]>>)[0] ?? [];
  if (operator === "and" || operator === "or") {
    const decides = operator === "or";
    const truths = parts.map((part) => truth(part, point));
    if (truths.includes(decides)) return decides;
    return truths.includes(null) ? null : !decides;
  }
  const [first = null, limit = null] = parts;
  if (operator === "!") {
    const inner = truth(first, point);
    return inner === null ? null : !inner;
  }
  const reading = readingOf(JSON.stringify(first), point);
  return reading === null ? null : (COMPARE[operator]?.(reading, Number(limit)) ?? null);
};

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "===": (a, b) => a === b,
};

const holds = (rule: Rule, point: Point): boolean => truth(rule, point) === true;

const readingOf = (of: string, { lag, hosts, short, long }: Point): number | null => {
  if (of.includes("healthyHosts")) return hosts;
  if (of.includes("3m")) return short;
  return of.includes("9m") ? long : lag;
};
