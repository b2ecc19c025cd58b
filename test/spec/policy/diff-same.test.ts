import { describe, expect, it } from "vitest";
import { diffPolicies } from "../../../src/policy/diff/diff-policies.ts";
import type { Rule } from "../../../src/policy/policy-file.ts";
import { askingAtStart } from "../../support/small-policy.ts";

const asking = (rules: readonly Rule[]) => askingAtStart({ x: { and: rules } });

const rate = (side: string): Rule => ({ rate: [`${side}.errors5xx`, `${side}.requests`, "5m"] });
const p99 = (side: string): Rule => ({ var: `${side}.p99Ms` });
const stat = (statistic: string, window: string): Rule => ({ stat: ["forward.lagRecords", statistic, window] });

/** What is asked beside the rest, on the one side or on the other. */
describe("a condition more is never said to come to the same", () => {
  it.each<[string, readonly Rule[], Rule]>([
    [
      "where two shares may lie between 0 and the limit that they have in common",
      [{ "<": [rate("green"), 0.01] }, { "<": [rate("blue"), 0.01] }],
      { ">=": [rate("green"), rate("blue")] },
    ],
    [
      "where a multiple is one of the greater of two",
      [{ "<": [{ "*": [2, { max: [p99("green"), 5] }] }, 1_000] }, { "<": [{ "*": [3, p99("green")] }, 1_000] }],
      { "<=": [{ "*": [2, { max: [p99("green"), 5] }] }, { "*": [3, p99("green")] }] },
    ],
    [
      "where three are compared in a row",
      [
        { ">": [{ var: "green.p99Ms" }, 2] },
        { "<": [{ var: "green.p99Ms" }, { var: "blue.p99Ms" }] },
        { "<": [{ var: "blue.p99Ms" }, 10] },
        { ">": [{ var: "forward.lagSeconds" }, 2] },
        { "<": [{ var: "forward.lagSeconds" }, 10] },
      ],
      { or: [{ ">=": [{ var: "blue.p99Ms" }, { var: "forward.lagSeconds" }] }, { "<=": [{ var: "green.p99Ms" }, 2] }] },
    ],
  ])("%s", (_, rest, more) => {
    const directions = (before: readonly Rule[], after: readonly Rule[]) =>
      diffPolicies(asking(before), asking(after)).map(({ direction }) => direction);
    expect(directions(rest, [...rest, more])).toEqual(["opens later"]);
    expect(directions([...rest, more], rest)).toEqual(["opens earlier"]);
  });

  it("while a longer window fills, although a shorter one that stays says the same later", () => {
    const stays: Rule = { or: [{ "<": [stat("p95", "3m"), 5] }, { "<": [stat("min", "15m"), 3] }] };
    const goes: Rule = { "<": [stat("min", "15m"), 6] };
    const [before, after] = [asking([stays, goes]), asking([stays])];
    expect(diffPolicies(before, after).map(({ direction }) => direction)).toContain("opens earlier");
    expect(diffPolicies(after, before).map(({ direction }) => direction)).toContain("opens later");
  });
});

describe("what is written otherwise, and is the same thing that is looked at", () => {
  const lag: Rule = { var: "forward.lagSeconds" };
  const over = (window: string): Rule => ({ rate: ["green.errors5xx", "green.requests", window] });
  const proof = (window: string): Rule => ({ evidence_below: ["green.errors5xx", "green.requests", 0.01, window] });

  it.each<[string, Rule, Rule]>([
    ["the minutes of a mean", { "<": [stat("avg", "60m"), 5] }, { "<": [stat("avg", "1h"), 5] }],
    ["of a rate", { "<": [over("60m"), 0.01] }, { "<": [over("1h"), 0.01] }],
    ["of a proof", { ">=": [proof("60m"), 20] }, { ">=": [proof("3600s"), 20] }],
    [
      "of what is covered",
      { ">=": [{ coverage: ["green.requests", "60m"] }, 0.9] },
      { ">=": [{ coverage: ["green.requests", "1h"] }, 0.9] },
    ],
    [
      "of each minute",
      { all: [{ window: ["5m"] }, { "<": [lag, 5] }] },
      { all: [{ window: ["300s"] }, { "<": [lag, 5] }] },
    ],
    ["of what is reckoned with", { "<": [{ "-": [over("60m"), 0.01] }, 0] }, { "<": [{ "-": [over("1h"), 0.01] }, 0] }],
    ["the factors of a product", { "<": [{ "*": [100, over("3m")] }, 1] }, { "<": [{ "*": [over("3m"), 100] }, 1] }],
  ])("is told to come to the same: %s", (_, before, after) => {
    expect(diffPolicies(asking([before]), asking([after]))).toMatchObject([
      { direction: "neutral", wordsOnly: true, what: expect.stringContaining("it comes to the same") },
    ]);
  });

  it("keeps its direction beside what did change", () => {
    expect(diffPolicies(asking([{ "<": [over("60m"), 0.01] }]), asking([{ "<": [over("1h"), 0.02] }]))).toMatchObject([
      { direction: "opens earlier", what: expect.stringMatching(/over 60m < 0.01 → .* over 1h < 0.02$/) },
    ]);
  });
});

describe("what another release knew and this one does not", () => {
  it.each<[string, Rule]>([
    ["a window", { "<": [{ stat: ["forward.lagRecords", "max", "1w"] }, 5] }],
    ["a window's minutes", { all: [{ window: ["1w"] }, { "<": [{ var: "forward.lagSeconds" }, 5] }] }],
    ["an operation", { sudden_rise: ["green.p99Ms", "3m"] }],
  ])("is told as asked no more, or as asked besides: %s", (_, rule) => {
    const known: Rule = { "<": [{ var: "forward.lagSeconds" }, 5] };
    const told = (before: Rule, after: Rule) =>
      diffPolicies(asking([before]), asking([after])).map(({ direction }) => direction);
    expect(told(rule, known)).toEqual(["opens earlier", "opens later"]);
    expect(told(known, rule)).toEqual(["opens earlier", "opens later"]);
  });
});

describe("arithmetic within arithmetic", () => {
  it("keeps its parentheses, so that two rules that differ read otherwise", () => {
    const [green, blue] = [p99("green"), p99("blue")];
    const limits = (rule: Rule) => asking([{ "<": [rule, 5] }]);
    const [{ what } = { what: "" }] = diffPolicies(
      limits({ "*": [2, { "-": [green, blue] }] }),
      limits({ "-": [{ "*": [2, green] }, blue] }),
    );
    expect(what).toContain("2 * (green.p99Ms - blue.p99Ms) < 5");
    expect(what).toContain("(2 * green.p99Ms) - blue.p99Ms < 5");
  });
});
