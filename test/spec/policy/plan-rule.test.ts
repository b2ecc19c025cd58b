import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";
import { compileRule, planRule } from "../../../src/policy/plan-rule.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const RULE: JsonValue = {
  and: [{ "<": [{ stat: ["green.requests", "sum", "3m"] }, 3] }, { known: ["forward.state"] }, { var: "facts.9" }],
};

describe("a plan", () => {
  it("calls operations towards people what they are, a signal by its path, and an element by what it is", () => {
    const { nameOf } = compileRule(RULE, STANDARD_OPERATIONS);

    expect(["facts.0", "facts.1", "facts.9", "green.requests", ""].map(nameOf)).toEqual([
      "sum green.requests over 3m",
      "forward.state is known",
      "facts.9",
      "green.requests",
      "the element",
    ]);
  });

  it("is made once for a rule that is there, and anew for one that is only written alike", () => {
    expect(planRule(RULE, STANDARD_OPERATIONS)).toBe(planRule(RULE, STANDARD_OPERATIONS));
    expect(planRule(structuredClone(RULE), STANDARD_OPERATIONS)).not.toBe(planRule(RULE, STANDARD_OPERATIONS));
  });

  it("is another one with other operations, and the first keeps its own", () => {
    const one = planRule(RULE, STANDARD_OPERATIONS);
    const { known: _, ...fewer } = STANDARD_OPERATIONS;
    const other = planRule(RULE, fewer);

    expect(other).toEqual({
      problem: expect.stringContaining('malformed at /and/1/known: there is no operator "known"'),
    });
    expect([planRule(RULE, STANDARD_OPERATIONS), planRule(RULE, fewer)]).toEqual([one, other]);
    expect(planRule(RULE, STANDARD_OPERATIONS)).toBe(one);
  });

  it.each<[JsonValue, string]>([
    [null, "malformed at its top: null is nothing to compare with"],
    [[true], "malformed at its top: a list stands where one value belongs"],
    [{ "!": [{ and: [null] }] }, "malformed at /!/0/and/0: null is nothing to compare with"],
  ])("there is none of %j, and it says where that is wrong", (rule, says) => {
    expect(planRule(rule, STANDARD_OPERATIONS)).toEqual({ problem: expect.stringContaining(says) });
  });

  it("there is one of a rule that is no expression", () => {
    expect(planRule(true, STANDARD_OPERATIONS)).toMatchObject({ residual: true, facts: [] });
  });
});

describe("a policy's digest", () => {
  const digest = (text: string) => `digest of ${text.length}: ${text}`;

  it("is taken over everything in it, and not over the order in which that stands", () => {
    const policy = loadedPolicy();
    const turned = Object.fromEntries(Object.entries(policy).reverse());

    expect(policyDigest({ ...policy, ...turned }, digest)).toBe(policyDigest(policy, digest));
    expect(policyDigest({ ...policy, params: { lag: 6 } }, digest)).not.toBe(policyDigest(policy, digest));
    expect(policyDigest(policy, digest)).toContain('{"var":"params.lag"}');
  });
});
