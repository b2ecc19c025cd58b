import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { LARGEST_VALUE } from "../../../src/policy/logic/bulk.ts";
import { answerRequest, DEEPEST_TEXT, readPlainJson, writableStock } from "../../../src/policy/plain-answer.ts";

const LIMITS = { minCoverage: 0.9, newestMinute: "required" } as const;
const answer = (request: JsonValue) => answerRequest(JSON.stringify(request), LIMITS);

describe("JSON that somebody hands in", () => {
  it("is read, with or without a byte order mark", () => {
    expect(readPlainJson('{"a": [1, null]}')).toEqual({ ok: true, value: { a: [1, null] } });
    expect(readPlainJson("\uFEFF7")).toEqual({ ok: true, value: 7 });
  });

  it.each([
    ["", "not JSON: nothing is in it. Write a value, or leave it out"],
    [" \n\t", "not JSON: nothing is in it. Write a value, or leave it out"],
    ['{"a": 1, "a": 2}', 'the key "a" stands twice; only the last would count, at character 10. Correct that'],
    ["[".repeat(DEEPEST_TEXT + 1), "nested deeper than 200 levels, at character 201. Correct that"],
  ])("is refused with what to do: %j", (text, says) => {
    expect(readPlainJson(text)).toEqual({ ok: false, failure: says });
  });

  it("is refused with where it breaks, and what to do", () => {
    expect(readPlainJson('{"a": 1,}')).toEqual({
      ok: false,
      failure: expect.stringMatching(/^not JSON: .+ Correct the text$/),
    });
  });

  it("is refused in few words, however many it holds", () => {
    const read = readPlainJson(`{"${"a".repeat(5000)}": 1, "${"a".repeat(5000)}": 2}`);

    expect(read.ok ? "" : read.failure.length).toBeLessThan(300);
  });
});

describe("the answer to a request", () => {
  it("is the value, or why there is none, and what json-logic-js says of it", () => {
    expect(answer({ rule: { "<": [{ var: "a" }, 3] }, data: { a: 2 } })).toEqual({
      ok: true,
      value: { value: true, known: true, reasons: [], stock: true },
    });
    expect(answer({ rule: { "<": [{ var: "a" }, { var: "b" }] }, data: {} })).toEqual({
      ok: true,
      value: { value: null, known: false, reasons: ["a: no value", "b: no value"], stock: false },
    });
    expect(answer({ rule: null })).toEqual({
      ok: true,
      value: { value: null, known: true, reasons: [], stock: null },
    });
  });

  it("repeats no reason at the length of a rule's own words", () => {
    const answered = answer({ rule: { var: "a".repeat(5000) }, data: {} });

    expect(answered.ok && answered.value.reasons[0]?.length).toBeLessThan(300);
    expect(answered.ok && answered.value.reasons[0]).toContain("no value");
  });

  const how = 'Write {"rule": …, "data": …} or {"rule": …, "window": [{"at": …, …}, …], "now": …}';
  it.each<[JsonValue, string]>([
    [[1], `no object. ${how}`],
    ["rule", `no object. ${how}`],
    [{ data: {} }, `it has no "rule". ${how}`],
    [{ rule: { and: Array.from({ length: 2000 }, () => 1) } }, "the rule is more than 2000 parts; split it into gates"],
    [
      { rule: 1, window: 2, now: "2026-01-05T12:00:00Z" },
      '"window" is no list. Give its minutes: [{"at": …, "green": {…}}, …]',
    ],
  ])("is none where it cannot be evaluated, and it says how to ask", (request, says) => {
    expect(answer(request)).toEqual({ ok: false, failure: says });
  });

  it("is none where it is no JSON", () => {
    expect(answerRequest("rule", LIMITS)).toEqual({ ok: false, failure: expect.stringMatching(/^not JSON: /) });
  });
});

describe("what json-logic-js says, as it can be written down", () => {
  it.each<[unknown, JsonValue]>([
    [true, true],
    [
      [1, undefined, { a: Number.NaN }],
      [1, null, { a: null }],
    ],
    [undefined, null],
    [() => 1, null],
    [Number.POSITIVE_INFINITY, null],
  ])("is %s as %j", (value, comes) => {
    expect(writableStock({ value })).toEqual(comes);
  });

  it("is that it threw, or was stopped, or was not asked", () => {
    expect(writableStock({ threw: "no such operator" })).toEqual({ threw: "no such operator" });
    expect(writableStock({ skipped: "it would take too long" })).toEqual({ skipped: "it would take too long" });
    expect(writableStock(null)).toBeNull();
    expect(JSON.stringify(writableStock({ threw: "x".repeat(5000) })).length).toBeLessThan(300);
  });

  it("is nothing where that is too large", () => {
    const most = ["x".repeat(LARGEST_VALUE - 2)];
    expect(writableStock({ value: most })).toEqual(most);
    expect(writableStock({ value: ["x".repeat(LARGEST_VALUE - 1)] })).toEqual({
      skipped: "the value is too large, or nested too deep, to be written",
    });
  });
});
