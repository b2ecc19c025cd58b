import { describe, expect, it } from "vitest";
import { unknownBecause } from "../../../src/policy/logic/judged.ts";
import { literalArguments, lowerRule, resolveFacts } from "../../../src/policy/lower.ts";
import type { Operation, OperationContext } from "../../../src/policy/operations/operation.ts";
import type { Judged } from "../../../src/policy/verdict.ts";
import { evidenceOf } from "../../support/evidence.ts";

const answering = (answer: Judged): Operation => ({ forms: [[]], resolve: () => answer, describe: () => "asked" });
const CONTEXT: OperationContext = { evidence: evidenceOf({}), minCoverage: 0.9, newestMinute: "required" };

const resolved = (...answers: readonly Judged[]) =>
  resolveFacts(
    answers.map((answer, index) => ({ name: "asked", operation: answering(answer), args: [], path: `facts.${index}` })),
    CONTEXT,
  );

describe("lowering", () => {
  const asked = answering({ kind: "known", value: 1 });

  it("puts a var of the group in the place of each operation, in order, and leaves the rest as it is", () => {
    const rule = { and: [{ "<": [{ asked: ["a", 1] }, 2] }, { asked: true }, [{ "!": [null] }], { other: "asked" }] };
    const { residual, group, facts } = lowerRule(rule, { asked }, "group");
    expect(residual).toEqual({
      and: [{ "<": [{ var: "group.0" }, 2] }, { var: "group.1" }, [{ "!": [null] }], { other: "asked" }],
    });
    expect(group).toBe("group");
    expect(facts).toEqual([
      { name: "asked", operation: asked, args: ["a", 1], path: "group.0" },
      { name: "asked", operation: asked, args: [true], path: "group.1" },
    ]);
  });

  it("leaves an object of two keys, or of none, as it is: it is no call", () => {
    expect(lowerRule({ asked: [], "!": [{ asked: [] }] }, { asked }, "facts")).toMatchObject({
      residual: { asked: [], "!": [{ asked: [] }] },
      facts: [],
    });
    expect(lowerRule({}, { asked }, "facts").residual).toEqual({});
  });

  it("takes no operation from a prototype", () => {
    expect(lowerRule({ toString: [] }, { asked }, "facts").facts).toEqual([]);
  });
});

describe("literal arguments", () => {
  it("are what is literal, in a list or alone", () => {
    expect(literalArguments(["a", { b: 1 }, 2, [3], null, false])).toEqual(["a", 2, false]);
    expect(literalArguments("a")).toEqual(["a"]);
  });
});

describe("what operations come to", () => {
  it("is known by number, or absent by path with every reason", () => {
    expect(
      resolved({ kind: "known", value: 5 }, unknownBecause("late", "partial"), { kind: "known", value: [1] }),
    ).toEqual({
      known: { 0: 5, 2: [1] },
      absent: { "facts.1": "late; partial" },
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, null])("is never the value %s", (value) => {
    const { known, absent } = resolved({ kind: "known", value });
    expect(known).toEqual({});
    expect(absent["facts.0"]).toMatch(/^no value/);
  });
});
