import { describe, expect, it } from "vitest";
import { isBySize, isComparison, MIRRORED, NEGATED } from "../../../src/policy/logic/relations.ts";
import { pointerPart, type Run, spend } from "../../../src/policy/logic/scope.ts";

describe("a part of a pointer", () => {
  it.each([
    ["and", "and"],
    ["/", "~1"],
    ["~", "~0"],
    ["a/b/c", "a~1b~1c"],
    ["~1/~", "~01~1~0"],
  ])("of %s is %s", (part, written) => {
    expect(pointerPart(part)).toBe(written);
  });
});

describe("what reading costs", () => {
  it("is a step for a thousand parts, and there is enough while nothing is owed", () => {
    const run: Run = {
      limits: { maxSteps: 3, maxSize: 1 },
      steps: 3,
      trace: null,
      comparisons: null,
      whyAbsent: () => "no value",
    };
    expect([spend(run, 2_000), run.steps]).toEqual([true, 1]);
    expect([spend(run, 1_000), run.steps]).toEqual([true, 0]);
    expect([spend(run, 500), run.steps]).toEqual([false, -0.5]);
  });
});

describe("comparisons", () => {
  const numbers = [1, 2, 3];
  const holds = (operator: string, left: number, right: number): boolean => {
    if (operator === "<") return left < right;
    if (operator === "<=") return left <= right;
    if (operator === ">") return left > right;
    if (operator === ">=") return left >= right;
    return operator.startsWith("!") ? left !== right : left === right;
  };

  it("by size say the same with their operands changed over", () => {
    for (const [operator, mirrored] of Object.entries(MIRRORED))
      for (const left of numbers)
        for (const right of numbers)
          expect([operator, holds(mirrored, right, left)]).toEqual([operator, holds(operator, left, right)]);
  });

  it("all have one that holds exactly where they do not", () => {
    for (const [operator, negated] of Object.entries(NEGATED))
      for (const left of numbers)
        for (const right of numbers)
          expect([operator, holds(negated, left, right)]).toEqual([operator, !holds(operator, left, right)]);
    expect([NEGATED["=="], NEGATED["==="], NEGATED["!="], NEGATED["!=="]]).toEqual(["!=", "!==", "==", "==="]);
  });

  it("are these, and nothing that a prototype has", () => {
    const operators = ["<", "<=", ">", ">=", "==", "===", "!=", "!==", "+", "in", "toString"];
    expect(operators.filter(isBySize)).toEqual(["<", "<=", ">", ">="]);
    expect(operators.filter(isComparison)).toEqual(["<", "<=", ">", ">=", "==", "===", "!=", "!=="]);
  });
});
