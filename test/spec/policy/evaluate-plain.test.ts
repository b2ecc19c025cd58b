import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import { evaluatePlain, NOTHING_OBSERVED, type Subject } from "../../../src/policy/evaluate-plain.ts";
import { LARGEST_VALUE } from "../../../src/policy/logic/bulk.ts";
import { unknownBecause } from "../../../src/policy/logic/judged.ts";
import type { Readings } from "../../../src/snapshot/snapshot.ts";

const LIMITS = { minCoverage: 0.5, newestMinute: "required" } as const;
const over = (rule: JsonValue, subject: Partial<Subject> = {}) =>
  evaluatePlain(rule, { ...NOTHING_OBSERVED, ...subject }, LIMITS);

const minute = (index: number, values: Readings["values"]) => ({
  at: epochMs(index * MINUTE_MS),
  readings: { values, absent: {} },
});
const WINDOW: Pick<Subject, "minutes" | "now"> = {
  minutes: [minute(1, { green: { requests: 3 } }), minute(2, { green: { requests: 4 } })],
  now: epochMs(3 * MINUTE_MS),
};

describe("a rule over minutes", () => {
  it("reads those of the newest that has ended, with or without an operation", () => {
    expect(over({ var: "green.requests" }, WINDOW).result).toEqual({ kind: "known", value: 4 });
    expect(over({ "+": [{ var: "green.requests" }, { stat: ["green.requests", "sum", "2m"] }] }, WINDOW)).toMatchObject(
      {
        result: { kind: "known", value: 11 },
        data: { green: { requests: 4 }, facts: { 0: 7 } },
      },
    );
  });

  it("says how old the newest value of a signal is, whatever came without one since", () => {
    const ageOf = (path: string, minutes: Subject["minutes"]) => over({ age: [path] }, { ...WINDOW, minutes }).result;
    const since = [...WINDOW.minutes.slice(0, 1), minute(2, { blue: { requests: 1 } })];

    expect(ageOf("blue.requests", since)).toEqual({ kind: "known", value: 0 });
    expect(ageOf("green.requests", [...since, minute(3, { green: { requests: 9 } })])).toEqual({
      kind: "known",
      value: 60,
    });
    const later = [...since.slice(0, 1), minute(2, { green: { requests: 5 } })];
    expect(ageOf("green.requests", later)).toEqual({ kind: "known", value: 0 });
  });
});

describe("what an operation came to stands in the data", () => {
  const pathIn = (rule: JsonValue, data: JsonValue) => {
    const { residual } = over({ and: [{ known: ["a"] }, rule] }, { data });
    return JSON.stringify(residual);
  };

  it.each<[string, JsonValue, JsonValue, string]>([
    ["facts", true, {}, "facts.0"],
    [
      "facts, whatever else is called alike",
      true,
      { factsheet: 1, myfacts: 1, artefacts_: 1, longer_than_facts: 1 },
      "facts.0",
    ],
    ["one underscore more than the data have", true, { facts: 1 }, "facts_.0"],
    ["one more than any of them has", true, { facts: 1, facts__: 1 }, "facts___.0"],
    ["one more than the rule spells", { var: "facts_.1" }, {}, "facts__.0"],
  ])("under %s", (_, rule, data, path) => {
    expect(pathIn(rule, data)).toContain(`{"and":[{"var":"${path}"},`);
  });
});

describe("what is too large", () => {
  it("is not handed on, though both keys know it", () => {
    const largest = "x".repeat(LARGEST_VALUE - 1);

    expect(over(largest).result).toEqual({ kind: "known", value: largest });
    expect(over(`${largest}x`)).toMatchObject({
      result: unknownBecause("the value is too large, or nested too deep, to be written"),
      residual: `${largest}x`,
      disagreement: null,
    });
  });

  it("is not compared by json-logic-js, were the rule as short as can be: the data may be hostile", () => {
    expect(over({ "!!": [{ var: "a" }] }, { data: { a: "x".repeat(LARGEST_VALUE + 100) } }).result).toEqual(
      unknownBecause("json-logic-js was stopped: it would take too long or grow too large"),
    );
  });
});

describe("a rule that cannot be evaluated", () => {
  it("says where that is, and has nothing to explain", () => {
    const evaluation = over({ "!": [{ age: [1, 2, 3] }] });

    expect(evaluation).toMatchObject({
      result: unknownBecause(expect.stringMatching(/^\/!\/0\/age: "age" is written /)),
      data: {},
      stock: null,
    });
    expect(evaluation.explain()).toEqual({ blockers: [], distances: [] });
  });
});
