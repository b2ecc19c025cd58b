import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";
import { plainProblems } from "../../../src/policy/plain-shape.ts";
import { shapeProblems, sizeProblem } from "../../../src/policy/shape.ts";

const problems = (rule: unknown) => shapeProblems(rule, STANDARD_OPERATIONS);
const A: JsonValue = { var: "a" };

const nested = (levels: number, inner: JsonValue, around: (part: JsonValue) => JsonValue): JsonValue => {
  let rule = inner;
  for (let level = 0; level < levels; level += 1) rule = around(rule);
  return rule;
};

describe("a rule is too large", () => {
  const deep = { kind: "rule-too-large", at: "", message: "nested deeper than 64 levels" };
  const large = { kind: "rule-too-large", at: "", message: "more than 2000 parts; split it into gates" };

  it.each<[string, (part: JsonValue) => JsonValue]>([
    ["expressions in lists of operands", (part) => ({ "!": [part] })],
    ["expressions as the only operand", (part) => ({ "!": part })],
    ["lists", (part) => [part]],
  ])("beyond 64 levels of %s", (_, around) => {
    expect(sizeProblem(nested(64, 1, around))).toBeNull();
    expect(sizeProblem(nested(65, 1, around))).toEqual(deep);
    expect(sizeProblem(nested(100_000, 1, around))).toEqual(deep);
  });

  it("beyond 2000 parts: expressions, lists and plain values", () => {
    // The expression and its list are two of them.
    expect(sizeProblem({ and: Array.from({ length: 1998 }, () => 1) })).toBeNull();
    expect(sizeProblem({ and: Array.from({ length: 1999 }, () => 1) })).toEqual(large);
    expect(sizeProblem({ and: [Array.from({ length: 1997 }, () => null)] })).toBeNull();
    expect(sizeProblem({ and: [Array.from({ length: 1998 }, () => null)] })).toEqual(large);
    expect(sizeProblem({ and: Array.from({ length: 1000 }, () => ({ "!": 1 })) })).toEqual(large);
  });

  it("however often it holds the same part: it is looked at no further than it has to be", () => {
    const doubled = nested(60, 1, (part) => [part, part]);

    expect(sizeProblem(doubled)).toEqual(large);
  });

  it("and nothing else is said of it", () => {
    expect(problems({ bogus: Array.from({ length: 3000 }, () => null) })).toEqual([large]);
    expect(plainProblems({ bogus: Array.from({ length: 3000 }, () => null) }, STANDARD_OPERATIONS)).toEqual([large]);
  });
});

describe("the form of a policy's rule", () => {
  const said = (rule: unknown) => problems(rule).map(({ kind, at, message }) => `${kind} ${at}: ${message}`);

  it.each<[unknown, string]>([
    [undefined, "bad-literal : not a JSON value"],
    [Number.NaN, "bad-literal : not a finite number"],
    [{ "<": [A, Number.POSITIVE_INFINITY] }, "bad-literal /</1: not a finite number"],
    [
      { "!": null },
      'bad-literal /!: null is nothing to compare with; ask {"known": ["signal"]} whether there is a value',
    ],
    [{ "!": [() => 1] }, "bad-literal /!/0: not a JSON value"],
    [
      [A],
      "misplaced-list : a list stands where one value belongs; JSON-logic calls every list true. Remove the extra brackets",
    ],
    [{ in: [["a"], ["a"]] }, "misplaced-list /in/0: a list stands"],
    [{ merge: [[A, [1, null]]] }, "bad-literal /merge/0/1/1: null is nothing to compare with"],
    [{ all: [A, [A]] }, "misplaced-list /all/1: a list stands"],
    [{ "<": [[A], 1] }, "misplaced-list /</0: a list stands"],
    [
      {},
      'not-one-operator : an expression has exactly one operator, here are: none. JSON-logic takes anything else for a plain object, which is true. Explanations go into "why"',
    ],
    [
      { and: [{ "<": [A, 1], ">": [A, 2], "!": [A] }] },
      "not-one-operator /and/0: an expression has exactly one operator, here are: <, >, !.",
    ],
    [
      { "!": [{ "/": [A, { "a/b": 1 }] }] },
      'unknown-operator /!/0/~1/1/a~1b: there is no operator "a/b"; json-logic-js would throw when it gets there, and only then',
    ],
    [{ toString: [1] }, 'unknown-operator /toString: there is no operator "toString"'],
    [{ ">": [A] }, 'wrong-operands />: ">" takes 2 operands, here are 1; JSON-logic would make something up'],
    [{ "<": [A] }, 'wrong-operands /<: "<" takes 2 to 3 operands, here are 1'],
    [{ var: ["a", 0] }, 'wrong-operands /var: "var" takes no default here: it would turn silence into that value'],
    [{ var: "" }, 'wrong-operands /var: "var" takes one literal path, e.g. {"var": "forward.lagSeconds"}'],
    [{ var: 1 }, 'wrong-operands /var: "var" takes one literal path'],
    [
      { missing: [["a"], "b"] },
      'wrong-operands /missing: "missing" takes literal paths: json-logic-js would evaluate computed ones as logic',
    ],
    [{ missing: [[]] }, 'wrong-operands /missing: "missing" takes literal paths'],
    [{ missing: ["a", ""] }, 'wrong-operands /missing: "missing" takes literal paths'],
    [{ missing: [["a", A]] }, 'wrong-operands /missing: "missing" takes literal paths'],
    [
      { missing_some: ["1", ["a"]] },
      'wrong-operands /missing_some: "missing_some" takes a number and a list of literal paths',
    ],
    [{ missing_some: [1, "a"] }, 'wrong-operands /missing_some: "missing_some" takes a number'],
    [{ missing_some: [1, ["a", ""]] }, 'wrong-operands /missing_some: "missing_some" takes a number'],
    [{ all: [A, { var: 1 }] }, 'wrong-operands /all/1/var: "var" takes one literal path'],
    [{ in: [A, ["a", []]] }, 'wrong-operands /in: "in" takes a literal list on the right'],
    [{ missing_some: [1, []] }, 'wrong-operands /missing_some: "missing_some" takes a number'],
    [
      { missing_some: [3, ["a", "b"]] },
      "wrong-operands /missing_some: of 2 paths 1 to 2 can be asked for, not 3: it would always come to the same",
    ],
    [{ missing_some: [1, ["a"], 2] }, 'wrong-operands /missing_some: "missing_some" takes 2 operands, here are 3'],
    [{ if: [A, 1] }, 'wrong-operands /if: "if" needs an else: without a branch there is no answer'],
    [{ if: [A] }, 'wrong-operands /if: "if" takes 3 to 31 operands, here are 1'],
    [{ "?:": [A, 1, A, 2, 3] }, 'wrong-operands /?:: "?:" takes 3 operands, here are 5'],
    [{ in: [A, [[]]] }, 'wrong-operands /in: "in" takes a literal list on the right; in a text, "OK" is in "ALARM_OK"'],
    [{ in: [A, A] }, 'wrong-operands /in: "in" takes a literal list on the right'],
    [{ map: [A] }, 'wrong-operands /map: "map" takes 2 operands, here are 1'],
    [{ reduce: [A, A] }, 'wrong-operands /reduce: "reduce" takes 3 operands, here are 2'],
    [{ log: A }, 'unknown-operator /log: there is no operator "log"'],
    [{ age: ["a", "b"] }, 'wrong-arguments /age: "age" is written'],
    [
      { none: [A, { known: ["a"] }] },
      'wrong-arguments /none/1/known: "known" cannot stand inside map, filter, reduce, all, some or none; compute it outside',
    ],
    [
      { some: [A, { "!": [{ all: [A, { known: ["a"] }] }] }] },
      'wrong-arguments /some/1/!/0/all/1/known: "known" cannot',
    ],
  ])("is wrong: %j", (rule, says) => {
    expect(said(rule)).toEqual([expect.stringContaining(says)]);
  });

  it.each<[JsonValue]>([
    [{ and: [true] }],
    [{ and: Array.from({ length: 32 }, () => A) }],
    [{ if: Array.from({ length: 31 }, () => A) }],
    [{ "?:": [A, 1, 2] }],
    [{ "!": A }],
    [{ "-": [A] }],
    [{ "-": [A, 1] }],
    [{ "<": [1, A, 3] }],
    [{ "<=": [1, A] }],
    [{ missing: "a" }],
    [{ missing: ["a", "b"] }],
    [{ missing: [["a", "b"]] }],
    [{ missing_some: [2, ["a", "b"]] }],
    [{ in: [A, []] }],
    [{ in: [A, ["a", 1, true]] }],
    [{ merge: [[A, [1]], 2] }],
    [{ all: [[1, 2], { ">": [{ var: "" }, 0] }] }],
    [{ all: [A, { some: [{ var: "b" }, { var: "" }] }] }],
    [{ filter: [{ window: ["3m"] }, { var: "a" }] }],
    [{ reduce: [[1], { "+": [{ var: "current" }, 1] }, 0] }],
    [{ reduce: [{ window: ["3m"] }, 1, { coverage: "3m" }] }],
    [{ coverage: "3m" }],
  ])("is right: %j", (rule) => {
    expect(said(rule)).toEqual([]);
  });

  it.each(["==", "===", "!=", "!==", ">", ">=", "/", "%"])("of %s has two operands", (operator) => {
    expect(said({ [operator]: [A, 1] })).toEqual([]);
    expect(said({ [operator]: [A] })).toEqual([expect.stringContaining(`"${operator}" takes 2 operands, here are 1`)]);
    expect(said({ [operator]: [A, 1, 2] })).toEqual([expect.stringContaining("takes 2 operands, here are 3")]);
  });

  it.each(["and", "or", "max", "min", "+", "*", "merge"])("of %s has one to 32 operands", (operator) => {
    expect(said({ [operator]: [A] })).toEqual([]);
    expect(said({ [operator]: Array.from({ length: 33 }, () => A) })).toEqual([
      expect.stringContaining(`"${operator}" takes 1 to 32 operands, here are 33`),
    ]);
  });

  it.each(["map", "filter", "all", "some", "none"])(
    "of %s is a list, and what is asked of each element",
    (operator) => {
      expect(said({ [operator]: [[1], { var: "" }] })).toEqual([]);
      expect(said({ [operator]: [{ var: "" }, 1] })).toEqual([expect.stringContaining(`/${operator}/0/var`)]);
    },
  );

  it("is wrong in several places, and each is told, in order", () => {
    expect(said({ and: [{ ">": [A] }, null, { or: [[A], { bogus: 1 }] }] }).map((each) => each.split(":")[0])).toEqual([
      "wrong-operands /and/0/>",
      "bad-literal /and/1",
      "misplaced-list /and/2/or/0",
      "unknown-operator /and/2/or/1/bogus",
    ]);
  });
});

describe("the form of any JSON-logic", () => {
  const said = (rule: unknown) =>
    plainProblems(rule, STANDARD_OPERATIONS).map(({ kind, at, message }) => `${kind} ${at}: ${message}`);

  it.each<[JsonValue]>([
    [null],
    ["text"],
    [{}],
    [{ bogus: [{ cat: [null] }] }],
    [{ var: ["a", 0] }],
    [{ age: [1, 2, 3], why: "no expression" }],
    [[A, [1]]],
    [{ map: [{ window: ["3m"] }, { var: "a" }] }],
    [{ merge: [{ known: ["a"] }, { known: ["b"] }] }],
    [{ reduce: [{ window: ["3m"] }, 1, { known: ["a"] }] }],
  ])("is nothing to object to, whatever it comes to: %j", (rule) => {
    expect(said(rule)).toEqual([]);
  });

  it.each<[JsonValue, string]>([
    [{ known: [] }, 'wrong-arguments /known: "known" is written'],
    [{ log: { known: [] } }, 'wrong-arguments /log/known: "known" is written'],
    [[1, { "a/b": [{ known: [] }] }], 'wrong-arguments /1/a~1b/0/known: "known" is written'],
    [{ map: [A, { known: ["a"] }] }, 'wrong-arguments /map/1/known: "known" cannot stand inside map'],
    [{ map: [A, [{ "!": { known: ["a"] } }]] }, 'wrong-arguments /map/1/0/!/known: "known" cannot stand inside map'],
    [{ some: [A, { if: [1, { known: ["a"] }] }] }, 'wrong-arguments /some/1/if/1/known: "known" cannot stand'],
  ])("is wrong only where an operation is: %j", (rule, says) => {
    expect(said(rule)).toEqual([expect.stringContaining(says)]);
  });
});
