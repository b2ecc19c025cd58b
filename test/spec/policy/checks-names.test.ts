import { describe, expect, it } from "vitest";
import { didYouMean } from "../../../src/policy/checks/did-you-mean.ts";
import { lintOf, withGate } from "../../support/lint.ts";

describe("what was meant by a word", () => {
  it.each<[string, readonly string[], string]>([
    ["LAG", ["lag"], "lag"],
    ["lag", ["LAG"], "LAG"],
    // A letter changed, added, left out, or swapped with its neighbour.
    ["lug", ["lag"], "lag"],
    ["laag", ["lag"], "lag"],
    ["la", ["lag"], "lag"],
    ["lga", ["lag"], "lag"],
    ["forward.lagRceords", ["forward.lagSeconds", "forward.lagRecords"], "forward.lagRecords"],
    // The nearest of several, wherever it stands; of two that are as near, the first.
    ["errors", ["erors", "error", "errors-new"], "erors"],
    ["error", ["errors-new", "erors", "errors"], "errors"],
    // Of a word of four to six letters two may be others, of a longer one a third.
    ["abcd", ["abxy"], "abxy"],
    ["abcdef", ["abcdxy"], "abcdxy"],
    ["abcdefghi", ["abcdefxyz"], "abcdefxyz"],
    ["a".repeat(100), ["a".repeat(90)], "a".repeat(90)],
  ])("%s among %j is %s", (word, candidates, meant) => {
    expect(didYouMean(word, candidates)).toBe(` Did you mean "${meant}"?`);
  });

  it.each<[string, string, readonly string[]]>([
    ["nothing is there", "lag", []],
    ["it is spelt as it should be, and something else is wrong", "lag", ["lag", "lags"]],
    ["two letters of three are others", "abc", ["axy"]],
    ["three letters of four are others", "abcd", ["axyz"]],
    ["three letters of eight are others", "abcdefgh", ["abcdexyz"]],
    ["four letters of nine are others", "abcdefghi", ["abcdewxyz"]],
    ["swapped letters are no neighbours", "abc", ["cba"]],
    ["one of two letters moved up", "ab", ["xa"]],
    ["one of two letters moved down", "ab", ["bx"]],
    ["letters are swapped beside another that is wrong", "xba", ["yab"]],
    ["two letters are swapped, and another is between them by then", "ca", ["abc"]],
    ["the word is longer than any name", "a".repeat(101), ["a".repeat(101)]],
    ["a name of signs that are two letters each to a machine", "errors", ["😀😀😀"]],
  ])("is not said where %s", (_, word, candidates) => {
    expect(didYouMean(word, candidates)).toBe("");
  });

  it("is looked for among a thousand names", () => {
    const others = (count: number) => Array.from({ length: count }, (_, index) => `other-${index}`);

    expect(didYouMean("lagg", [...others(999), "lag"])).toBe(' Did you mean "lag"?');
    expect(didYouMean("lagg", [...others(1_000), "lag"])).toBe("");
  });

  it("is no parameter but the one that is near", () => {
    const rule = { "<": [{ var: "forward.lagSeconds" }, { var: "params.lagg" }] };

    expect(lintOf({ ...withGate(rule), params: { "😀": 1, lag: 5 } }).join("\n")).toContain(
      'there is no parameter "params.lagg"; a missing one would compare as 0. Did you mean "params.lag"?',
    );
  });
});
