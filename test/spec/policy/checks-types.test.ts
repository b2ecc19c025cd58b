import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { truthFindings, typeFindings } from "../../../src/policy/checks/types.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";

type Check = typeof typeFindings;
const told = (check: Check, rule: JsonValue): readonly string[] =>
  check(rule, STANDARD_OPERATIONS).map(
    ({ level, rule: id, pointer, message }) => `${level} ${id} ${pointer} ${message}`,
  );
const types = (rule: JsonValue) => told(typeFindings, rule);
const truths = (rule: JsonValue) => told(truthFindings, rule);

const LAG: JsonValue = { var: "forward.lagSeconds" };
const STATE: JsonValue = { var: "forward.state" };
const STALLED: JsonValue = { var: "forward.stalled" };
const RATE: JsonValue = { rate: ["green.errors5xx", "green.requests", "3m"] };
const SHORT: JsonValue = { "<": [LAG, 5] };
const MINUTES: JsonValue = { window: ["5m"] };

describe("what is compared or computed with", () => {
  it.each([">", ">=", "<", "<="])("by %s is a number", (operator) => {
    const says = (is: string) => [
      `error wrong-type /${operator} "${operator}" compares numbers, here is ${is}; it would never be known`,
    ];

    expect(types({ [operator]: [STATE, 5] })).toEqual(says("text"));
    expect(types({ [operator]: [5, "5"] })).toEqual(says("text"));
    expect(types({ [operator]: [STALLED, 1] })).toEqual(says("boolean"));
    expect(types({ [operator]: [LAG, MINUTES] })).toEqual(says("list"));
    expect(types({ [operator]: [RATE, LAG] })).toEqual([]);
    expect(types({ [operator]: [{ if: [STALLED, 1, 2] }, 1] })).toEqual([]);
  });

  it.each(["+", "-", "*", "/", "%", "min", "max"])("by %s is a number", (operator) => {
    const says = (is: string) => [
      `error wrong-type /${operator.replace("/", "~1")} "${operator}" computes with numbers, here is ${is}; it would never be known`,
    ];

    expect(types({ [operator]: [LAG, STATE] })).toEqual(says("text"));
    expect(types({ [operator]: [true, 5] })).toEqual(says("boolean"));
    expect(types({ [operator]: [{ known: ["green.requests"] }, 5] })).toEqual(says("boolean"));
    expect(types({ [operator]: [RATE, 5] })).toEqual([]);
  });

  it.each<[string, JsonValue, string]>([
    ["a negation", { "!": [STALLED] }, "boolean"],
    ["a truth", { "!!": [STALLED] }, "boolean"],
    ["a comparison", SHORT, "boolean"],
    ["an equality", { "===": [STATE, "RUNNING"] }, "boolean"],
    ["all", { all: [MINUTES, SHORT] }, "boolean"],
    ["some", { some: [MINUTES, SHORT] }, "boolean"],
    ["none", { none: [MINUTES, SHORT] }, "boolean"],
    ["in", { in: [STATE, ["RUNNING"]] }, "boolean"],
    ["a filter", { filter: [MINUTES, SHORT] }, "list"],
    ["a map", { map: [MINUTES, LAG] }, "list"],
    ["a merge", { merge: [MINUTES, MINUTES] }, "list"],
    ["what is missing", { missing: ["forward.lagSeconds"] }, "list"],
    ["what is missing of several", { missing_some: [1, ["forward.lagSeconds", "green.requests"]] }, "list"],
  ])("is not what %s comes to", (_, operand, is) => {
    expect(types({ "+": [1, operand] })).toContain(
      `error wrong-type /+ "+" computes with numbers, here is ${is}; it would never be known`,
    );
  });

  it.each<JsonValue>([
    { reduce: [MINUTES, { "+": [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0] },
    { if: [STALLED, 1, "2"] },
    { and: [STALLED, 1] },
    { or: [STALLED, 1] },
  ])("may be what comes to one thing or another: %j", (operand) => {
    expect(types({ "+": [1, operand] }).filter((each) => each.includes("wrong-type"))).toEqual([]);
  });
});

describe("what is found equal", () => {
  it.each(["==", "===", "!=", "!=="])("by %s is of one type", (operator) => {
    const says = (left: string, right: string) => [
      `error wrong-type /${operator} ${left} is never equal to ${right}; compare like with like`,
    ];

    expect(types({ [operator]: [LAG, "5"] })).toEqual(says("number", "text"));
    expect(types({ [operator]: [true, STATE] })).toEqual(says("boolean", "text"));
    expect(types({ [operator]: [MINUTES, RATE] })).toEqual(says("list", "number"));
    expect(types({ [operator]: [LAG, 5] })).toEqual([]);
    expect(types({ [operator]: [{ if: [STALLED, 1, 2] }, "5"] })).toEqual([]);
    expect(types({ [operator]: ["5", { if: [STALLED, 1, 2] }] })).toEqual([]);
  });

  const known = "is no value of forward.state (RUNNING, RESTARTING, UNASSIGNED, PAUSED, STOPPED, FAILED, ABSENT).";

  it.each<[string, JsonValue, string, string]>([
    ["on the right", { "===": [STATE, "RUNING"] }, "/===", `"RUNING" ${known} Did you mean "RUNNING"?`],
    ["on the left", { "!=": ["paused", STATE] }, "/!=", `"paused" ${known} Did you mean "PAUSED"?`],
    ["in a list", { in: [STATE, ["RUNNING", "OK"]] }, "/in", `"OK" ${known}`],
    [
      "of a sum of minutes",
      { reduce: [MINUTES, { "===": [{ var: "current.forward.state" }, "OK"] }, true] },
      "/reduce/1/===",
      `"OK" ${known}`,
    ],
  ])("is a state that there is: %s", (_, rule, at, says) => {
    expect(types(rule)).toEqual([`error unknown-state ${at} ${says}`]);
  });

  it.each<JsonValue>([
    { "===": [STATE, "ABSENT"] },
    { "===": [STATE, { var: "reverse.state" }] },
    { in: [STATE, ["RUNNING", "RESTARTING"]] },
    { in: [LAG, [1, 2]] },
    { in: [{ if: [STALLED, "A", "B"] }, ["C"]] },
    { "===": [{ if: [STALLED, "A", "B"] }, "C"] },
    { and: [{ "!": [STATE] }, "OK"] },
  ])("is nothing to object to: %j", (rule) => {
    expect(types(rule).filter((each) => !each.includes("constant-operand"))).toEqual([]);
  });

  it("are all told of that are none", () => {
    expect(types({ in: [STATE, ["UP", "DOWN"]] })).toEqual([
      `error unknown-state /in "UP" ${known}`,
      `error unknown-state /in "DOWN" ${known}`,
    ]);
  });
});

describe("an operand that is decided beforehand", () => {
  it.each<[string, JsonValue, string, string]>([
    ["of an and", { and: [true, SHORT] }, "and", "true"],
    ["at its end", { and: [SHORT, false] }, "and", "false"],
    ["of an or", { or: [SHORT, "x"] }, "or", '"x"'],
    ["of a negation", { "!": [0] }, "!", "0"],
    ["of a truth", { "!!": [""] }, "!!", '""'],
    ["of a choice", { if: [true, SHORT, STALLED] }, "if", "true"],
    ["of a second choice", { if: [STALLED, 1, false, 2, 3] }, "if", "false"],
    ["of a short choice", { "?:": [1, SHORT, STALLED] }, "?:", "1"],
  ])("is refused: %s", (_, rule, operator, constant) => {
    expect(types(rule)).toEqual([
      `error constant-operand /${operator} ${constant} is decided beforehand; an operand of "${operator}" has to look at something`,
    ]);
  });

  it.each<JsonValue>([
    { if: [STALLED, false, SHORT] },
    { if: [STALLED, SHORT, true] },
    { "?:": [STALLED, 1, 2] },
    { all: [MINUTES, true] },
    { "<": [LAG, 5] },
    { "+": [1, 2] },
  ])("is none: %j", (rule) => {
    expect(types(rule)).toEqual([]);
  });
});

describe("what is asked whether it is true", () => {
  const asked = (at: string, what: string) =>
    `warning truth-of-value ${at} JSON-logic calls ${what} true; say what to compare it with`;
  const NUMBER = "every number but 0";
  const TEXT = "every text that is not empty";

  it.each<[string, JsonValue, readonly string[]]>([
    ["a negation", { "!": [LAG] }, [asked("/!/0", NUMBER)]],
    ["a negation without a list", { "!": LAG }, [asked("/!", NUMBER)]],
    ["a truth", { "!!": [STATE] }, [asked("/!!/0", TEXT)]],
    ["one of an and", { and: [STALLED, LAG, SHORT] }, [asked("/and/1", NUMBER)]],
    ["a choice", { if: [LAG, STALLED, RATE, SHORT, STALLED] }, [asked("/if/0", NUMBER), asked("/if/2", NUMBER)]],
    ["a short choice", { "?:": [STATE, SHORT, STALLED] }, [asked("/?:/0", TEXT)]],
    ["every minute", { all: [MINUTES, LAG] }, [asked("/all/1", NUMBER)]],
    ["some minute", { some: [MINUTES, LAG] }, [asked("/some/1", NUMBER)]],
    ["no minute", { none: [MINUTES, STATE] }, [asked("/none/1", TEXT)]],
    ["those of many", { "!!": [{ filter: [MINUTES, LAG] }] }, [asked("/!!/0/filter/1", NUMBER)]],
  ])("is warned of by a number or a text: %s", (_, rule, says) => {
    expect(truths(rule).filter((each) => !each.includes("not-a-condition"))).toEqual(says);
  });

  it.each<JsonValue>([
    { "!": [STALLED] },
    { "!": [{ missing: ["forward.lagSeconds"] }] },
    { and: [STALLED, SHORT] },
    { all: [MINUTES, STALLED] },
    { if: [STALLED, SHORT, STALLED] },
    { "===": [{ map: [MINUTES, LAG] }, { merge: [LAG] }] },
    { all: [{ map: [MINUTES, LAG] }, { "<": [{ var: "" }, 5] }] },
  ])("is nothing to object to: %j", (rule) => {
    expect(truths(rule)).toEqual([]);
  });
});

describe("what a rule comes to", () => {
  const comes = (at: string, to: string, instead = "compare it") =>
    `error not-a-condition ${at} the rule comes to ${to} here, and only exactly true counts; ${instead}`;
  const OF_LIST = 'ask "some", "all" or "none" of it, or "!!" whether anything is in it';

  it.each<[string, JsonValue, readonly string[]]>([
    ["a number", LAG, [comes("", "number")]],
    ["what is computed", { "-": [LAG, 5] }, [comes("", "number")]],
    ["what an operation makes", RATE, [comes("", "number")]],
    ["a text", STATE, [comes("", "text")]],
    ["a list", MINUTES, [comes("", "list", OF_LIST)]],
    ["a branch", { if: [STALLED, "x", STALLED, SHORT, 5] }, [comes("/if/1", "text"), comes("/if/4", "number")]],
    ["a short branch", { "?:": [STALLED, SHORT, 5] }, [comes("/?:/2", "number")]],
    ["one of several", { or: [MINUTES, SHORT] }, [comes("/or/0", "list", OF_LIST)]],
    [
      "deeper",
      { or: [SHORT, { and: [STALLED, { if: [STALLED, MINUTES, SHORT] }] }] },
      [comes("/or/1/and/1/if/1", "list", OF_LIST)],
    ],
  ])("is no condition where it is %s", (_, rule, says) => {
    expect(truths(rule).filter((each) => !each.includes("truth-of-value"))).toEqual(says);
  });

  it.each(["if", "?:"])("is not what %s asks for its truth", (operator) => {
    const rule = { [operator]: [LAG, SHORT, STALLED] };

    expect(truths(rule).join()).not.toContain("not-a-condition");
  });

  it("is told of what is decided beforehand by that alone", () => {
    expect(truths({ "!": [5] })).toEqual([]);
  });

  it.each<JsonValue>([
    SHORT,
    STALLED,
    { known: ["green.requests"] },
    { if: [{ missing: ["green.requests"] }, false, SHORT] },
    { "!!": [MINUTES] },
    { or: [SHORT, { all: [MINUTES, SHORT] }] },
    { reduce: [MINUTES, { or: [{ var: "accumulator" }, SHORT] }, false] },
  ])("is one: %j", (rule) => {
    expect(truths(rule)).toEqual([]);
  });
});
