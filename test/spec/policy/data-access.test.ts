import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { ownAt } from "../../../src/policy/logic/data-access.ts";
import { comesTo, comesToWithin, stepsFor } from "../../support/walked.ts";

const DATA: JsonValue = {
  a: { b: 1, off: false, no: null, empty: "", list: [7, { c: 8 }] },
  text: "abc",
  name: "a.list.0",
  1: 9,
};

describe("a path", () => {
  it.each<[string, unknown]>([
    ["a.b", 1],
    ["a.off", false],
    ["a.no", null],
    ["a.list.0", 7],
    ["a.list.1.c", 8],
    ["a.list.length", undefined],
    ["a.list.push", undefined],
    ["a.list.2", undefined],
    ["a.gone.b", undefined],
    ["a.no.b", undefined],
    ["text.0", undefined],
    ["text.length", undefined],
    ["toString", undefined],
    ["", undefined],
  ])("leads through what is there itself, and through nothing else: %s to %j", (path, found) => {
    expect(ownAt(DATA, path)).toEqual(found);
    expect(ownAt(DATA, path)).toEqual(found);
  });

  it("leads to a member called length that is no list's own count", () => {
    expect(ownAt({ length: 3 }, "length")).toBe(3);
  });

  it.each([null, undefined, 1, "text"])("leads nowhere out of %j", (data) => {
    expect(ownAt(data, "a")).toBeUndefined();
  });
});

describe("var", () => {
  it.each<[JsonValue, JsonValue]>([
    ["a.b", 1],
    [["a.off"], false],
    ["a.empty", ""],
    ["a.list", [7, { c: 8 }]],
    [1, 9],
    [[1], 9],
    ["", DATA],
    [[""], DATA],
    [null, DATA],
    [[null], DATA],
    [[], DATA],
    [{ cat: ["a", ".b"] }, 1],
    [[{ cat: ["a", ".b"] }], 1],
    [{ var: "name" }, 7],
    [[{ log: [null] }], DATA],
  ])("of %j comes to %j", (written, comes) => {
    expect(comesTo({ var: written }, DATA)).toEqual(comes);
  });

  it.each<[JsonValue, string]>([
    ["a.gone", "a.gone: no value"],
    ["a.no", "a.no: no value"],
    [{ cat: ["a", ".gone"] }, "a.gone: no value"],
    [{ var: "gone" }, "gone: no value"],
    [true, "var: the path is neither text nor number"],
    [[{ merge: [1] }], "var: the path is neither text nor number"],
    [[["a"], 1], "var: the path is neither text nor number"],
  ])("of %j has none, and says why", (written, why) => {
    expect(comesTo({ var: written }, DATA)).toEqual([why]);
  });

  it("says of a value that is not finite that it is not, and under which name", () => {
    expect(comesTo({ var: "a" }, { a: Number.NaN })).toEqual(["a: no value (not finite)"]);
    expect(comesTo({ var: "" }, null)).toEqual(["the element has no value"]);
    expect(comesTo({ var: "" }, Number.POSITIVE_INFINITY)).toEqual(["the element has no value (not finite)"]);
  });

  it("costs one step, however its path is written, beside what works its path or its default out", () => {
    expect(stepsFor({ var: "a.b" }, DATA)).toBe(1);
    expect(stepsFor({ var: ["a.b", 3] }, DATA)).toBe(1);
    expect(stepsFor({ var: ["a.gone", { "+": [1] }] }, DATA)).toBe(2);
    expect(stepsFor({ var: { if: [true, "a.b"] } }, DATA)).toBe(2);
  });

  it("costs a step more for every thousand characters of its path, which each reason repeats", () => {
    const path = "a.".repeat(2_500);
    expect(stepsFor({ var: path }, DATA)).toBe(1 + 5);
    expect(stepsFor({ var: [path, 3] }, DATA)).toBe(1 + 5);
    expect(stepsFor({ var: { if: [true, path] } }, DATA)).toBe(2 + 5);
  });
});

describe("the default of a var", () => {
  const or5 = (written: JsonValue, data: unknown = DATA): JsonValue => comesTo({ var: [written, 5] }, data);

  it("stands where the path is missing", () => {
    expect([or5("a.gone"), or5("a.gone.b"), or5("a.no.b"), or5(2), or5({ cat: ["a", ".gone"] })]).toEqual([
      5, 5, 5, 5, 5,
    ]);
    expect(or5("a", null)).toBe(5);
    expect(comesTo({ var: ["a.gone", { var: "a.b" }] }, DATA)).toBe(1);
  });

  it("does not stand for a value that is there, be it false or nothing, nor for everything", () => {
    expect([or5("a.b"), or5("a.off"), or5("a.empty"), or5(1)]).toEqual([1, false, "", 9]);
    expect(or5("a.no")).toEqual(["a.no: no value"]);
    expect(or5("")).toEqual(DATA);
  });

  it.each(["text.0", "text.length", "toString", "a.list.length"])(
    "does not stand for %s either, which json-logic-js finds and we do not look at",
    (path) => {
      expect(or5(path)).toEqual([`${path}: no value`]);
    },
  );

  it("is a value and not only its truth", () => {
    const unsure: JsonValue = { and: [{ var: "gone" }, false] };
    expect(comesTo({ if: [{ var: ["gone", unsure] }, 1, 2] })).toEqual(["gone: no value"]);
    expect(comesTo({ if: [{ var: [unsure] }, 1, 2] })).toEqual(["gone: no value"]);
    expect(comesTo({ if: [{ var: [unsure, 1] }, 1, 2] })).toEqual(["gone: no value"]);
  });
});

describe("missing", () => {
  it.each<[JsonValue, JsonValue]>([
    [["a.b", "gone", "a.off"], ["gone"]],
    [
      ["a.no", "a.empty"],
      ["a.no", "a.empty"],
    ],
    [[["a.b", "gone"]], ["gone"]],
    [{ merge: ["gone", "a.b"] }, ["gone"]],
    [[1, 2], [2]],
    ["gone", ["gone"]],
    ["a.b", []],
    [[""], []],
    [[], []],
  ])("of %j are %j", (keys, missing) => {
    expect(comesTo({ missing: keys }, DATA)).toEqual(missing);
  });

  it("of the whole is what is there, and not a key called nothing", () => {
    expect(comesTo({ missing: [""] }, null)).toEqual([""]);
    expect(comesTo({ missing: [""] }, "")).toEqual([""]);
  });

  it.each<[JsonValue, string]>([
    [[true], "missing: operand of the wrong type"],
    [[["a.b", null]], "missing: operand of the wrong type"],
    [["text.0"], 'missing: json-logic-js finds at "text.0" what is no value here'],
    [["toString"], 'missing: json-logic-js finds at "toString" what is no value here'],
    [["gone", { var: "gone" }], "gone: no value"],
    [[{ or: [{ var: "gone" }, "a.b"] }], "gone: no value"],
  ])("of %j is not known, and says why", (keys, why) => {
    expect(comesTo({ missing: keys }, DATA)).toEqual([why]);
  });

  it("is not known of a number that is none, which json-logic-js finds", () => {
    expect(comesTo({ missing: ["a"] }, { a: Number.NaN })).toEqual([
      'missing: json-logic-js finds at "a" what is no value here',
    ]);
    expect(comesTo({ missing: [""] }, Number.NaN)).toEqual([
      'missing: json-logic-js finds at "" what is no value here',
    ]);
  });

  it("counts what it looks up: a thousandth of a step a key, and as much a character", () => {
    const keys = Array.from({ length: 999 }, () => "xxx");
    expect(stepsFor({ missing: [] })).toBe(1);
    expect(stepsFor({ missing: { var: "keys" } }, { keys })).toBe(2 + 4);
    expect(comesToWithin({ maxSteps: 3 }, { missing: { var: "keys" } }, { keys })).toEqual(["more than 3 steps"]);
    expect(stepsFor({ missing_some: [1, { var: "keys" }] }, { keys })).toBe(2 + 4);
  });
});

describe("missing_some", () => {
  const keys: JsonValue = ["a.b", "a.off", "gone"];

  it.each<[number, readonly string[]]>([
    [0, []],
    [1, []],
    [2, []],
    [3, ["gone"]],
    [4, ["gone"]],
  ])("wants %i of three, of which one is gone", (needed, missing) => {
    expect(comesTo({ missing_some: [needed, keys] }, DATA)).toEqual(missing);
  });

  it.each<[JsonValue, string]>([
    [["1", keys], "missing_some: operand of the wrong type"],
    [[1, "a.b"], "missing_some: operand of the wrong type"],
    [[1, [true]], "missing_some: operand of the wrong type"],
    [[0, ["toString"]], 'missing_some: json-logic-js finds at "toString" what is no value here'],
    [[{ var: "gone" }, keys], "gone: no value"],
  ])("of %j is not known, and says why", (operands, why) => {
    expect(comesTo({ missing_some: operands }, DATA)).toEqual([why]);
  });
  it("is as little known of many keys, of which one is nobody's own", () => {
    const many = Array.from({ length: 100 }, () => "a.b");
    expect(comesTo({ missing_some: [1, [...many, "toString"]] }, DATA)).toEqual([
      'missing_some: json-logic-js finds at "toString" what is no value here',
    ]);
  });
});
