import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../src/kernel/json.ts";
import { evaluateRule } from "../../src/policy/evaluate.ts";
import { evidenceOf } from "../support/evidence.ts";

const PATHS = ["green.requests", "green.errors5xx", "forward.state", "forward.stalled", "blue"];
const LIMITS = { minCoverage: 0.9, newestMinute: "required" } as const;

const operand = fc.oneof(
  fc.constantFrom(...PATHS).map((path): JsonValue => ({ var: path })),
  fc.constantFrom<JsonValue>(0, 2, "RUNNING", true, { stat: ["green.requests", "max", "2m"] }),
);
const comparison = fc
  .tuple(fc.constantFrom("<", "<=", "===", "!==", "+"), operand, operand)
  .map(([operator, a, b]): JsonValue => ({ [operator]: [a, b] }));
const rule = fc.oneof(
  fc.array(comparison, { minLength: 1, maxLength: 3 }).map((parts): JsonValue => ({ and: parts })),
  fc.array(comparison, { minLength: 1, maxLength: 2 }).map((parts): JsonValue => ({ or: [...parts, { "!": [true] }] })),
  fc.constantFrom<JsonValue>(
    { "!": [{ missing: ["green.requests"] }] },
    { all: [{ window: ["2m"] }, { "<": [{ var: "green.requests" }, 3] }] },
    { "<": [{ var: ["green.requests", 1] }, 2] },
  ),
);

const number = fc.option(fc.integer({ min: 0, max: 3 }));
const day = fc.record({
  "green.requests": fc.array(number, { minLength: 2, maxLength: 2 }),
  "green.errors5xx": fc.array(number, { minLength: 1, maxLength: 1 }),
  "forward.state": fc.constantFrom("RUNNING", "PAUSED"),
  "forward.stalled": fc.boolean(),
});

describe("an evaluation", () => {
  it("is the same whatever the rule was evaluated over before", () => {
    fc.assert(
      fc.property(rule, fc.array(day, { minLength: 2, maxLength: 8 }), (tried, days) => {
        for (const signals of days) {
          const evidence = evidenceOf(signals, { minutes: 2 });
          // A copy of the rule has never been evaluated.
          expect(evaluateRule(tried, evidence, LIMITS)).toEqual(evaluateRule(structuredClone(tried), evidence, LIMITS));
        }
      }),
    );
  });
});
