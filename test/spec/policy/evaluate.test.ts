import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { evaluateRule, whyAbsentIn } from "../../../src/policy/evaluate.ts";
import { evaluatePlain, NOTHING_OBSERVED } from "../../../src/policy/evaluate-plain.ts";
import { unevaluated } from "../../../src/policy/evaluation.ts";
import { unknownBecause } from "../../../src/policy/logic/judged.ts";
import type { Operations } from "../../../src/policy/operations/operation.ts";
import { evidenceOf } from "../../support/evidence.ts";

const LIMITS = { minCoverage: 0.9, newestMinute: "required" } as const;
const LAG: JsonValue = { "<": [{ var: "forward.lagSeconds" }, 5] };
const EVIDENCE = evidenceOf({ "forward.lagSeconds": 3, "forward.state": [null] });

const NOTHING = { disagreement: null, stock: null, residual: null, data: {}, trace: [], comparisons: [] };

const throwing = (thrown: unknown): Operations => ({
  broken: {
    forms: [[]],
    resolve: () => {
      throw thrown;
    },
    describe: () => "broken",
  },
});

describe("an evaluation", () => {
  it("keeps everything that anybody needs to do it again", () => {
    expect(evaluateRule({ and: [LAG, { known: ["forward.state"] }] }, EVIDENCE, LIMITS)).toEqual({
      result: { kind: "known", value: false },
      disagreement: null,
      stock: { value: false },
      residual: { and: [LAG, { var: "facts.0" }] },
      data: { forward: { lagSeconds: 3 }, facts: { 0: false } },
      trace: [
        { at: "/and", operands: [true, false], result: { kind: "known", value: false } },
        { at: "/and/0/<", operands: [3, 5], result: { kind: "known", value: true } },
      ],
      comparisons: [{ what: "forward.lagSeconds", value: 3, operator: "<", threshold: 5, holds: true }],
    });
  });

  it("asks json-logic-js only of what is known", () => {
    expect(evaluateRule({ "===": [{ var: "forward.state" }, "RUNNING"] }, EVIDENCE, LIMITS)).toMatchObject({
      result: unknownBecause("forward.state: not reported"),
      stock: null,
    });
  });

  it("that could not take place says why, and holds nothing else", () => {
    expect(unevaluated("late")).toEqual({ result: unknownBecause("late"), ...NOTHING });
    expect(evaluateRule({ "!": null }, EVIDENCE, LIMITS)).toEqual({
      result: unknownBecause(expect.stringContaining("malformed at /!: null is nothing to compare with")),
      ...NOTHING,
    });
  });

  it.each([
    ["an error", new Error("out of memory"), "the judge failed: out of memory"],
    ["anything else", "out of luck", "the judge failed: out of luck"],
  ])("that fails with %s is unknown, and takes no other rule with it", (_, thrown, why) => {
    const operations = throwing(thrown);
    const plain = evaluatePlain({ broken: [] }, NOTHING_OBSERVED, LIMITS, operations);

    expect(evaluateRule({ broken: [] }, EVIDENCE, LIMITS, operations)).toEqual({
      result: unknownBecause(why),
      ...NOTHING,
    });
    expect(plain).toMatchObject({ result: unknownBecause(why), ...NOTHING });
    expect(plain.explain()).toEqual({ blockers: [], distances: [] });
  });

  it("costs no more than it may", () => {
    const walk = { maxSteps: 2, maxSize: 10 };

    expect(evaluateRule(LAG, EVIDENCE, { ...LIMITS, walk }).result).toEqual({ kind: "known", value: true });
    expect(evaluateRule({ "!": [LAG] }, EVIDENCE, { ...LIMITS, walk }).result).toEqual(
      unknownBecause("more than 2 steps"),
    );
  });

  it("over the very same values is the one before", () => {
    const rule = { "!": [LAG] };

    expect(evaluateRule(rule, structuredClone(EVIDENCE), LIMITS).trace).toBe(
      evaluateRule(rule, structuredClone(EVIDENCE), LIMITS).trace,
    );
  });

  it("that was made within other limits is not taken for this one", () => {
    const rule = { "!": [LAG] };
    const tight = { ...LIMITS, walk: { maxSteps: 2, maxSize: 10 } };

    expect(evaluateRule(rule, EVIDENCE, LIMITS).result.kind).toBe("known");
    expect(evaluateRule(rule, EVIDENCE, tight).result.kind).toBe("unknown");
    expect(evaluateRule(rule, EVIDENCE, LIMITS).result.kind).toBe("known");
  });

  it("goes by how strict the limits are with the evidence", () => {
    const late = evidenceOf({ "green.requests": [5, 5, null] });
    const rule: JsonValue = { ">": [{ stat: ["green.requests", "sum", "3m"] }, 0] };
    const kind = (limits: Parameters<typeof evaluateRule>[2]) => evaluateRule(rule, late, limits).result.kind;

    expect(kind(LIMITS)).toBe("unknown");
    expect(kind({ ...LIMITS, newestMinute: "optional" })).toBe("known");
    expect(kind({ ...LIMITS, minCoverage: 0.5 })).toBe("known");
  });
});

describe("why a path has no value", () => {
  const why = whyAbsentIn({ "facts.0": "coverage 2/3" }, evidenceOf({ "forward.state": [null] }));

  it("is what its operation says, else what the evidence says, else that there is none", () => {
    expect(["facts.0", "forward.state", "forward.lag", "toString"].map(why)).toEqual([
      "coverage 2/3",
      "not reported",
      "no value",
      "no value",
    ]);
  });
});
