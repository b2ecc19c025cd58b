import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../src/kernel/json.ts";
import { lintPolicy } from "../../src/policy/lint.ts";
import { walkRule } from "../../src/policy/logic/walk.ts";
import { smallPolicy } from "../support/small-policy.ts";

const lint = (rule: JsonValue) => {
  const gates = { ...(smallPolicy()["gates"] as Record<string, JsonValue>), lag: { why: "x", rule } };
  return lintPolicy(JSON.stringify(smallPolicy({ gates })), "policy.json");
};

const signal = fc.constantFrom("forward.lagSeconds", "reverse.lagSeconds", "diff.ageSeconds");
const limit = fc.constantFrom(0, 1, 5, 10, 20);
const relation = fc.constantFrom("<", "<=", ">", ">=");
const comparison = fc
  .record({ signal, limit, relation })
  .map(({ signal: path, limit: number, relation: operator }) => ({
    [operator]: [{ var: path }, number],
  }));
const { rule } = fc.letrec<{ rule: JsonValue }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3 },
    comparison,
    fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((parts) => ({ and: parts })),
    fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((parts) => ({ or: parts })),
    tie("rule").map((part) => ({ "!": [part] })),
  ),
}));
const values = fc.record({
  forward: fc.double({ min: 0, max: 50, noNaN: true }),
  reverse: fc.double({ min: 0, max: 50, noNaN: true }),
  age: fc.double({ min: 0, max: 50, noNaN: true }),
});

describe("lint", () => {
  it("says of a rule that it never passes, or never fails, only where no values are to the contrary", () => {
    let claims = 0;
    fc.assert(
      fc.property(rule, fc.array(values, { minLength: 20, maxLength: 20 }), (written, points) => {
        const found = lint(written).map((each) => each.rule);
        const claimed = found.includes("never-passes") ? true : found.includes("never-fails") ? false : null;
        if (claimed === null) return;
        claims += 1;
        for (const { forward, reverse, age } of points) {
          const data = {
            forward: { lagSeconds: forward },
            reverse: { lagSeconds: reverse },
            diff: { ageSeconds: age },
          };
          const { result } = walkRule(written, data);
          expect(result.kind === "known" && result.value === claimed).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
    expect(claims).toBeGreaterThan(10);
  });

  it("answers whatever stands where a rule belongs, and never throws", () => {
    const operators = fc.constantFrom(
      "and",
      "or",
      "!",
      "if",
      "<",
      "===",
      "in",
      "all",
      "reduce",
      "window",
      "stat",
      "rate",
      "var",
      "missing",
      "+",
      "/",
      "evidence_below",
      "known",
      "constructor",
      "__proto__",
      "toString",
      "valueOf",
    );
    const { any } = fc.letrec<{ any: JsonValue }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<JsonValue>(
          0,
          1,
          -1,
          1e308,
          "",
          "3m",
          "max",
          "forward.lagSeconds",
          "green.errors5xx",
          "green.requests",
          "params.lag",
          true,
          null,
        ),
        fc
          .tuple(operators, fc.array(tie("any"), { maxLength: 4 }))
          .map(([operator, operands]) => ({ [operator]: operands })),
        fc.array(tie("any"), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(any, (written) => {
        for (const problem of lint(written)) expect(problem.message).not.toContain("undefined");
      }),
      { numRuns: 1_000 },
    );
  });
});
