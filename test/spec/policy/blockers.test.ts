import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { blockersOf } from "../../../src/policy/explain/blockers.ts";

const blockers = (rule: JsonValue, data: JsonValue, operations: Readonly<Record<string, string>> = {}) =>
  blockersOf(rule, {
    data,
    nameOf: (path) => (path === "" ? "the element" : path),
    whyAbsent: () => "not reported",
    operationOf: (path) => operations[String(path)],
  });
const places = (rule: JsonValue, data: JsonValue) => blockers(rule, data).map(({ at }) => at);

const below = (path: string, threshold: JsonValue): JsonValue => ({ "<": [{ var: path }, threshold] });
const A = below("a", 10);
const B = below("b", 10);

describe("a blocker", () => {
  it("says where it stands, what it asks, what that comes to, and by how much", () => {
    expect(blockers({ and: [A, B] }, { a: 1, b: 12 })).toEqual([
      {
        at: "/and/1/<",
        what: "b < 10",
        value: false,
        reasons: [],
        comparisons: [{ what: "b", value: 12, operator: "<", threshold: 10, holds: false }],
      },
    ]);
  });

  it("of what is unknown has no value, and every reason", () => {
    expect(blockers({ and: [{ "<": [{ var: "a" }, { var: "b" }] }] }, {})).toEqual([
      {
        at: "/and/0/<",
        what: "a < b",
        value: null,
        reasons: ["a: not reported", "b: not reported"],
        comparisons: [{ what: "a", value: null, operator: "<", threshold: null, holds: null }],
      },
    ]);
  });

  it.each<[what: string, rule: JsonValue, data: JsonValue, at: readonly string[]]>([
    ["through two negations", { "!!": [{ and: [A, B] }] }, { a: 99, b: 99 }, ["/!!/0/and/0/<", "/!!/0/and/1/<"]],
    ["through a negation, of an and the nearest", { "!": [{ and: [A, B] }] }, { a: 1, b: 9 }, ["/!/0/and/1/<"]],
    ["of a negation that is not written as a list", { "!": A }, { a: 1 }, ["/!/<"]],
    ["of a negation of what is unknown", { "!": [A] }, {}, ["/!/0/<"]],
    ["that is a text", { "!": ["t"] }, {}, ["/!/0"]],
    ["that is a list", { "!": [[1]] }, {}, ["/!/0"]],
    ["that is null", { and: [null] }, {}, ["/and/0"]],
    ["that is all the data", { and: [{ var: [] }] }, 0, ["/and/0/var"]],
    ["that has no operator", { and: [{}, A] }, { a: 1 }, ["/and/0"]],
    ["that has two operators", { and: [{ "<": [1, 2], "!": [1] }, A] }, { a: 1 }, ["/and/0"]],
    ["that is an and of nothing", { and: [] }, {}, ["/and"]],
    ["that is an or of nothing", { or: [] }, {}, ["/or"]],
  ])("is pointed at: %s", (_, rule, data, at) => {
    expect(places(rule, data)).toEqual(at);
  });

  it("is pointed at by its operation, and a text that is spelt like an operation's path by its own operator", () => {
    const rule: JsonValue = { and: [{ var: "facts.0" }, { "===": ["facts.0", { var: "a" }] }] };

    expect(blockers(rule, { a: 1 }, { "facts.0": "known" }).map(({ at }) => at)).toEqual([
      "/and/0/known",
      "/and/1/===",
    ]);
  });
});

describe("of an or, the nearest", () => {
  const share = (path: string): JsonValue => below(path, 100);

  it.each<[what: string, rule: JsonValue, data: JsonValue, at: readonly string[]]>([
    ["one far condition, before two near ones", { or: [A, { and: [B, B] }] }, { a: 99, b: 11 }, ["/or/0/<"]],
    [
      "a comparison, before a flag that says how far it is from nothing",
      { or: [{ var: "f" }, A] },
      { a: 99, f: 0 },
      ["/or/1/<"],
    ],
    [
      "a number, before one that is compared with what is unknown",
      { or: [{ ">": [{ var: "z" }, { var: "gone" }] }, A] },
      { z: 0, a: 99 },
      ["/or/1/<"],
    ],
    [
      "a number, before one that is compared with a text",
      { or: [{ "===": [{ var: "z" }, "up"] }, A] },
      { z: 0, a: 99 },
      ["/or/1/<"],
    ],
    ["by the size of its threshold", { or: [below("a", 1), share("b")] }, { a: 2, b: 110 }, ["/or/1/<"]],
    ["by the size of a threshold below 0", { or: [{ ">": [{ var: "a" }, -100] }, B] }, { a: -101, b: 15 }, ["/or/0/>"]],
    [
      "a threshold of 0, before what is unknown",
      { or: [below("gone", 1), { "===": [{ var: "a" }, 0] }] },
      { a: 1 },
      ["/or/1/==="],
    ],
    [
      "any other threshold, before one of 0",
      { or: [{ "===": [{ var: "a" }, 0] }, share("b")] },
      { a: 1, b: 9_999 },
      ["/or/1/<"],
    ],
    [
      "of two at once, by the farther of them",
      { or: [{ and: [A, B] }, { and: [share("c"), share("d")] }] },
      { a: 11, b: 99, c: 120, d: 120 },
      ["/or/1/and/0/<", "/or/1/and/1/<"],
    ],
  ])("is %s", (_, rule, data, at) => {
    expect(places(rule, data)).toEqual(at);
  });

  it("is a range that is missed by little, whatever its other end is", () => {
    const range: JsonValue = { "<=": [0, { var: "x" }, 5] };

    expect(places({ or: [A, range] }, { a: 99, x: 6 })).toEqual(["/or/1/<="]);
    expect(places({ or: [A, range] }, { a: 11, x: 60 })).toEqual(["/or/0/<"]);
    const wide: JsonValue = { "<=": [-100, { var: "x" }, 10] };
    expect(places({ or: [A, wide] }, { a: 30, x: 50 })).toEqual(["/or/0/<"]);
  });

  it("is a condition that hangs on two by the farther of them", () => {
    const either: JsonValue = { if: [A, false, B] };

    expect(places({ or: [either, share("c")] }, { a: 11, b: 99, c: 200 })).toEqual(["/or/1/<"]);
    expect(places({ or: [either, share("c")] }, { a: 11, b: 12, c: 200 })).toEqual(["/or/0/if"]);
  });

  it("is, of what would end a truth, a range that is nearly left", () => {
    const range = (path: string): JsonValue => ({ "<=": [0, { var: path }, 100] });

    expect(places({ and: [range("x"), range("y")] }, { x: 50, y: 90 })).toEqual(["/and/1/<="]);
    expect(places({ and: [range("x"), range("y")] }, { x: 90, y: 50 })).toEqual(["/and/0/<="]);
  });
});
