import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochMs, MINUTE_MS } from "../../src/kernel/units.ts";
import { diffPolicies } from "../../src/policy/diff/diff-policies.ts";
import { evaluateRule } from "../../src/policy/evaluate.ts";
import type { Policy, Rule } from "../../src/policy/policy-file.ts";
import type { Evidence, Readings } from "../../src/snapshot/snapshot.ts";
import { NOW } from "../support/evidence.ts";
import { loadedPolicy } from "../support/small-policy.ts";

const SMALL = loadedPolicy();
const MINUTES = 6;

const window = fc.constantFrom("2m", "5m");
const errors = (of: string): Rule => ({ stat: ["green.errors5xx", "sum", of] });
const requests = (of: string): Rule => ({ stat: ["green.requests", "sum", of] });

/** What reckons, and what asks of every minute: here points of the signals alone would not do. */
const leaf: fc.Arbitrary<Rule> = fc.oneof(
  fc
    .tuple(window, fc.constantFrom(0.05, 0.1, 0.2))
    .map(([of, limit]) => ({ "<=": [{ "/": [errors(of), requests(of)] }, limit] })),
  fc
    .tuple(window, fc.constantFrom(0.05, 0.1, 0.2))
    .map(([of, limit]) => ({ "<=": [errors(of), { "*": [limit, requests(of)] }] })),
  fc
    .tuple(window, fc.integer({ min: 0, max: 4 }))
    .map(([of, limit]) => ({ "<": [{ stat: ["green.errors5xx", "max", of] }, limit] })),
  fc.tuple(window, fc.integer({ min: 5, max: 40 })).map(([of, limit]) => ({ ">=": [requests(of), limit] })),
  fc
    .tuple(window, fc.constantFrom("all", "some", "none"), fc.constantFrom("<", ">="), fc.integer({ min: 0, max: 3 }))
    .map(([of, quantifier, operator, limit]) => ({
      [quantifier]: [{ window: [of] }, { [operator]: [{ var: "green.errors5xx" }, limit] }],
    })),
  fc
    .integer({ min: 1, max: 12 })
    .map((limit) => ({ "<": [{ "*": [{ var: "forward.lagSeconds" }, { var: "forward.lagSeconds" }] }, limit] })),
);

const rule: fc.Arbitrary<Rule> = fc.oneof(
  leaf,
  fc.tuple(fc.constantFrom("and", "or"), leaf, leaf).map(([operator, one, other]) => ({ [operator]: [one, other] })),
);

const withRule = (only: Rule): Policy => ({
  ...SMALL,
  gates: { only: { why: "w", rule: only } },
  start: { require: ["only"] },
  steps: SMALL.steps.map((step) => ({ ...step, promoteWhen: [] })),
  decommission: { ...SMALL.decommission, require: [] },
  waivers: [],
});

/** The newest minutes of a step that began so long ago. */
const evidence: fc.Arbitrary<Evidence> = fc
  .record({
    counts: fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 1,
      maxLength: MINUTES,
    }),
    lagSeconds: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ counts, lagSeconds }) => {
    const rows = counts.map(
      ([asked, failed]): Readings => ({
        values: { green: { requests: asked, errors5xx: Math.min(asked, failed) } },
        absent: {},
      }),
    );
    const minutes = rows.map((readings, index) => ({
      at: epochMs(NOW - (rows.length - index) * MINUTE_MS),
      readings,
    }));
    return { now: NOW, current: { values: { forward: { lagSeconds } }, absent: {} }, minutes };
  });

const opens = (asked: Rule, seen: Evidence): boolean => {
  const { result } = evaluateRule(asked, seen, { minCoverage: SMALL.data.minCoverage, newestMinute: "required" });
  return result.kind === "known" && result.value === true;
};

const directions = (before: Rule, after: Rule): readonly string[] =>
  diffPolicies(withRule(before), withRule(after))
    .filter(({ where }) => where.startsWith("gate"))
    .map(({ direction }) => direction);

describe("the difference of two conditions, held against the judge over real minutes", () => {
  it("never calls same, or later, what opens where the other does not", () => {
    fc.assert(
      fc.property(rule, rule, fc.array(evidence, { minLength: 30, maxLength: 30 }), (before, after, seen) => {
        const said = directions(before, after);
        fc.pre(!said.includes("cannot tell"));
        const opened = seen.map((each) => ({ was: opens(before, each), is: opens(after, each) }));
        if (opened.some(({ was, is }) => is && !was)) expect(said).toContain("opens earlier");
        if (opened.some(({ was, is }) => was && !is)) expect(said).toContain("opens later");
      }),
      { numRuns: 150 },
    );
  });
});
