import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { expressionsOf, joinedBy, referencesIn, uses } from "../../../src/policy/checks/expressions.ts";
import { paramsIn, ruleFindings, rulesIn } from "../../../src/policy/checks/rule.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";
import { lintOf, withGate } from "../../support/lint.ts";

const LAG: JsonValue = { var: "forward.lagSeconds" };
const MINUTES: JsonValue = { window: ["5m"] };

const found = (rule: JsonValue, params: Readonly<Record<string, number>> = {}): readonly string[] =>
  ruleFindings({ rule, at: "/at" }, params, STANDARD_OPERATIONS).map(
    ({ level, rule: id, pointer, message, ofName }) =>
      `${level} ${id} ${pointer} ${typeof message === "string" ? message : message()}${ofName ? " (name)" : ""}`,
  );

describe("a name that a rule reads", () => {
  it.each<[string, JsonValue, string]>([
    [
      "a signal there is not",
      { "<": [{ var: "forward.lagSecond" }, 5] },
      'unknown-signal /at/</0/var the catalogue has no signal "forward.lagSecond"; JSON-logic would read nothing and call it 0. Did you mean "forward.lagSeconds"?',
    ],
    [
      "a parameter there is not",
      { "<": [LAG, { var: "params.lga" }] },
      'unknown-parameter /at/</1/var there is no parameter "params.lga"; a missing one would compare as 0. Did you mean "params.lag"?',
    ],
    [
      "a parameter there is, of which it is asked whether it is known",
      { and: [{ known: ["params.lag"] }, { "<": [LAG, 5] }] },
      'wrong-operands /at/and/0/known/0 "params.lag" is a number of this file, always known; only var reads it',
    ],
    [
      "a parameter there is, as if it might be missing",
      { and: [{ "!": [{ missing: ["params.lag"] }] }, { "<": [LAG, 5] }] },
      'wrong-operands /at/and/0/!/0/missing "params.lag" is a number of this file, always known; only var reads it',
    ],
    [
      "a signal in a list of something else",
      { some: [[1, 2], { "<": [LAG, { var: "" }] }] },
      'out-of-reach /at/some/1/</0/var "forward.lagSeconds" cannot be read in here, where only the list\'s element is; compare outside',
    ],
    [
      "p99 by a statistic",
      { "<": [{ stat: ["green.p99Ms", "max", "3m"] }, 5] },
      'not-by-minute /at/</0/stat/0 "green.p99Ms" is one figure over three minutes and cannot be merged from minutes; read it by var',
    ],
    [
      "p99 of a minute",
      { all: [MINUTES, { "<": [{ var: "green.p99Ms" }, 5] }] },
      'not-by-minute /at/all/1/</0/var "green.p99Ms" is one figure over three minutes and cannot be merged from minutes; read it by var',
    ],
    [
      "how much of p99 was seen",
      { ">": [{ coverage: ["green.p99Ms", "3m"] }, 0.9] },
      'not-by-minute /at/>/0/coverage/0 "green.p99Ms" is one figure over three minutes and cannot be merged from minutes; read it by var',
    ],
    [
      "text by a statistic",
      { "<": [{ stat: ["forward.state", "max", "3m"] }, 5] },
      'wrong-type /at/</0/stat/0 "forward.state" is text, not a number',
    ],
    [
      "a flag by a statistic",
      { "<": [{ stat: ["forward.stalled", "max", "3m"] }, 5] },
      'wrong-type /at/</0/stat/0 "forward.stalled" is boolean, not a number',
    ],
    [
      "a whole minute",
      { some: [MINUTES, { "!!": [{ var: "" }] }] },
      "whole-minute /at/some/1/!!/0/var this is the whole minute, which is no value and always true; name a signal of it",
    ],
    [
      "nothing",
      { "<": [1, { "+": [1, 1] }] },
      "reads-nothing /at the rule reads no signal and always says the same; name what it is about",
    ],
  ])("is refused: %s", (_, rule, says) => {
    expect(found(rule, { lag: 5 })).toEqual([`error ${says}`]);
  });

  it("is asked for in every of many ways", () => {
    const missing = { "!": [{ missing_some: [1, ["forward.lag", "forward.lagSeconds"]] }] };

    expect(found({ "!": [{ missing: ["forward.lag"] }] }).join()).toContain(
      "unknown-signal /at/!/0/missing the catalogue",
    );
    expect(found(missing).join()).toContain(
      'unknown-signal /at/!/0/missing_some the catalogue has no signal "forward.lag"',
    );
    expect(found(missing)).toHaveLength(1);
    expect(found({ known: "forward.lag" }).join()).toContain("unknown-signal /at/known the catalogue");
  });

  it.each<[string, JsonValue]>([
    ["p99 as it is", { "<": [{ var: "green.p99Ms" }, 5] }],
    ["the age of p99", { "<": [{ age: ["green.p99Ms"] }, 90] }],
    ["whether p99 is known", { known: ["green.p99Ms"] }],
    ["how much of a state was seen", { ">": [{ coverage: ["forward.state", "3m"] }, 0.9] }],
    ["minutes alone", { "!!": [{ window: ["3m"] }] }],
    ["coverage alone", { ">": [{ coverage: ["3m"] }, 0.9] }],
    ["a parameter", { "<": [LAG, { var: "params.lag" }] }],
    ["the element of a list", { some: [[1, 2], { "<": [{ var: "" }, { var: "0" }] }] }],
    [
      "the minutes that were chosen",
      { all: [{ filter: [{ filter: [MINUTES, { "<": [LAG, 9] }] }, { "<": [LAG, 9] }] }, { "<": [LAG, 5] }] },
    ],
    [
      "a sum that begins with a signal",
      {
        "<": [{ reduce: [MINUTES, { max: [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, LAG] }, 5],
      },
    ],
  ])("is in order: %s", (_, rule) => {
    expect(found(rule, { lag: 5 }).filter((each) => !each.includes("reads-nothing"))).toEqual([]);
  });

  it("reads something where it looks at minutes, or at how many were seen", () => {
    expect(found({ "!!": [MINUTES] })).toEqual([]);
    expect(found({ ">": [{ coverage: ["3m"] }, 0.9] })).toEqual([]);
  });
});

describe("an operator that there is not", () => {
  const meant = (written: string): string | undefined =>
    /Did you mean "([^"]*)"/.exec(found({ [written]: [LAG, 5] }).join())?.[1];

  it.each([
    ["=<", "<="],
    ["=>", ">="],
    ["<==", "<="],
    [">==", ">="],
    ["!===", "!=="],
    ["<>", "!=="],
    ["=", "==="],
    ["&&", "and"],
    ["||", "or"],
    ["not", "!"],
    ["//", "/"],
    ["<~", "<"],
    ["someof", "some"],
    ["sta", "stat"],
    ["evidence_bellow", "evidence_below"],
  ])("%s is told by another name, and not by letters alone: %s", (written, operator) => {
    expect(meant(written)).toBe(operator);
  });

  it("is told of by its name, whatever is in it", () => {
    expect(found({ "a/b~c": [LAG] })).toEqual([
      'error unknown-operator /at/a~1b~0c there is no operator "a/b~c"; json-logic-js would throw when it gets there, and only then (name)',
    ]);
    expect(found({ "~1": [LAG] }).join()).toContain('there is no operator "~1"');
    expect(found({ "|/|": [LAG], "<": [] }).join()).not.toContain("(name)");
  });

  it("is no hint for one that there is, and that is written in a wrong way", () => {
    expect(found({ "<": [LAG] })).toEqual([
      'error wrong-operands /at/< "<" takes 2 to 3 operands, here are 1; JSON-logic would make something up',
    ]);
  });

  it("hides what else is wrong with a rule, of which nothing can be told", () => {
    expect(found({ and: [{ "=<": [{ var: "forward.lag" }, 5] }, { "<": [{ var: "forward.lag" }, 5] }] })).toHaveLength(
      1,
    );
  });
});

describe("the rules of a file, whatever else is wrong with it", () => {
  it("are those of its gates and its rollback rules that are there", () => {
    expect(
      rulesIn({
        gates: { "a/b": { rule: 1 }, none: {}, text: "x", list: [2] },
        rollback: [{ when: 3 }, {}, "x", { when: null }],
      }),
    ).toEqual([
      { rule: 1, at: "/gates/a~1b/rule" },
      { rule: 3, at: "/rollback/0/when" },
      { rule: null, at: "/rollback/3/when" },
    ]);
  });

  it.each<JsonValue>([null, [], "x", 1, {}, { gates: [], rollback: {} }, { gates: "x", rollback: "x" }])(
    "are none of %j",
    (file) => {
      expect(rulesIn(file)).toEqual([]);
    },
  );

  it("have the parameters that are numbers", () => {
    expect(paramsIn({ params: { one: 1, text: "2", list: [3], none: null } })).toEqual({ one: 1 });
    for (const file of [null, [], "x", {}, { params: null }, { params: [1] }] as readonly JsonValue[])
      expect(paramsIn(file)).toEqual({});
  });
});

describe("the expressions of a rule", () => {
  const places = (rule: JsonValue) =>
    expressionsOf(rule).map(({ operator, at, scope, negated }) => `${at} ${operator} ${scope} ${negated}`);

  it("are found with their places, what they can read, and whether they are negated", () => {
    expect(
      places({
        and: [{ "!": { "<": [LAG, 5] } }, { none: [{ filter: [MINUTES, { "!": [LAG] }] }, { ">": [LAG, 5] }] }],
      }),
    ).toEqual([
      "/and and data false",
      "/and/0/! ! data false",
      "/and/0/!/< < data true",
      "/and/0/!/</0/var var data true",
      "/and/1/none none data false",
      "/and/1/none/0/filter filter data true",
      "/and/1/none/0/filter/0/window window data true",
      "/and/1/none/0/filter/1/! ! minute true",
      "/and/1/none/0/filter/1/!/0/var var minute false",
      "/and/1/none/1/> > minute true",
      "/and/1/none/1/>/0/var var minute true",
    ]);
    expect(places({ reduce: [MINUTES, { max: [{ var: "current" }] }, { "+": [LAG] }] })).toEqual([
      "/reduce reduce data false",
      "/reduce/0/window window data false",
      "/reduce/1/max max fold false",
      "/reduce/1/max/0/var var fold false",
      "/reduce/2/+ + data false",
      "/reduce/2/+/0/var var data false",
    ]);
    expect(places({ some: [{ map: [MINUTES, LAG] }, { "<": [{ var: "" }, 5] }] })).toContain(
      "/some/1/< < element false",
    );
  });

  it("are none of what is no expression", () => {
    for (const rule of [null, 1, "var", true] as const) expect(expressionsOf(rule)).toEqual([]);
    expect(places([[LAG]])).toEqual(["/0/0/var var data false"]);
  });

  it("are told by where their operands stand, with or without a list", () => {
    const [listed] = expressionsOf({ "!": [LAG] }, "/x");
    const [bare] = expressionsOf({ "!": LAG }, "/x");

    expect([listed?.operandAt(0), bare?.operandAt(0)]).toEqual(["/x/!/0", "/x/!"]);
    expect(bare?.operands).toEqual([LAG]);
  });

  it("use an operator wherever it stands", () => {
    expect(uses({ "!": [{ "<": [LAG, 5] }] }, new Set(["<", "x"]))).toBe(true);
    expect(uses({ "!": [{ "<": [LAG, 5] }] }, new Set([">"]))).toBe(false);
  });

  it("are taken apart where they are joined alike", () => {
    const [a, b, c] = [{ var: "a" }, { var: "b" }, { var: "c" }];

    expect(joinedBy("and", { and: [a, { and: [{ or: [a, b] }, c] }] })).toEqual([a, { or: [a, b] }, c]);
    expect(joinedBy("or", { and: [a, b] })).toEqual([{ and: [a, b] }]);
    expect(joinedBy("or", { or: [a, { or: [b] }] })).toEqual([a, b]);
    expect(joinedBy("and", { and: a })).toEqual([{ and: a }]);
    expect(joinedBy("and", null)).toEqual([null]);
    expect(joinedBy("and", {})).toEqual([{}]);
  });
});

describe("the signals that a rule names", () => {
  const named = (rule: JsonValue) =>
    referencesIn(rule, STANDARD_OPERATIONS).map(({ path, at, as }) => `${at} ${path} ${as}`);

  it.each<[string, JsonValue, readonly string[]]>([
    ["now", { "<": [LAG, 5] }, ["/</0/var forward.lagSeconds current"]],
    ["of a minute", { all: [MINUTES, { "<": [LAG, 5] }] }, ["/all/1/</0/var forward.lagSeconds minute"]],
    [
      "of a minute of a sum",
      { reduce: [MINUTES, { var: "current.lb.requests" }, 0] },
      ["/reduce/1/var lb.requests minute"],
    ],
    ["where it cannot be read", { reduce: [MINUTES, LAG, 0] }, ["/reduce/1/var forward.lagSeconds out-of-reach"]],
    ["by an operation", { "<": [{ rate: ["a", "b", "3m"] }, 5] }, ["/</0/rate/0 a series", "/</0/rate/1 b series"]],
    ["by one of two forms", { coverage: ["a", "3m"] }, ["/coverage/0 a row-signal"]],
    [
      "of which some may be missing",
      { missing_some: [1, ["a", "b"]] },
      ["/missing_some a current", "/missing_some b current"],
    ],
    ["of which one may be missing", { missing: ["a"] }, ["/missing a current"]],
  ])("are found %s", (_, rule, references) => {
    expect(named(rule)).toEqual(references);
  });

  it.each<[string, JsonValue]>([
    ["the whole minute", { all: [MINUTES, { var: "" }] }],
    ["the element", { all: [[1], { var: "x" }] }],
    ["the element's own", { all: [[1], { var: "current.forward.lagSeconds" }] }],
    ["the accumulator", { reduce: [MINUTES, { var: "accumulator" }, 0] }],
    ["windows", { coverage: ["3m"] }],
    ["an operation of another form", { rate: ["a"] }],
    ["what is inherited", { toString: ["a"] }],
  ])("are none: %s", (_, rule) => {
    expect(named(rule)).toEqual([]);
  });
});

describe("a rule that is told of within a policy", () => {
  it("is told of where it stands in it", () => {
    const rule: JsonObject = { and: [{ "<": [LAG, 5] }, { "<": [{ var: "forward.lag" }, 5] }] };

    expect(lintOf(withGate(rule))).toEqual([
      expect.stringMatching(/^error unknown-signal \/gates\/lag\/rule\/and\/1\/<\/0\/var the catalogue/),
    ]);
  });
});
