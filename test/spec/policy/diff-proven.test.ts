import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { diffPolicies } from "../../../src/policy/diff/diff-policies.ts";
import type { Policy, Rule } from "../../../src/policy/policy-file.ts";
import { askingAtStart as asking, loadedPolicy } from "../../support/small-policy.ts";

const SMALL = loadedPolicy();

const said = (before: Policy, after: Policy): readonly string[] =>
  diffPolicies(before, after).map(({ direction, where, what }) => `${direction} | ${where} | ${what}`);
const directions = (before: Policy, after: Policy): readonly string[] =>
  diffPolicies(before, after).map(({ direction }) => direction);
const gate = (before: JsonValue, after: JsonValue) => directions(asking({ x: before }), asking({ x: after }));
const rollback = (before: JsonValue, after: JsonValue): readonly string[] => {
  const on = (when: JsonValue): Policy => ({ ...SMALL, rollback: [{ id: "breaker", why: "w", when }] });
  return directions(on(before), on(after));
};

const sum = (path: string, window = "3m"): Rule => ({ stat: [path, "sum", window] });
const share: Rule = { "/": [sum("green.errors5xx"), sum("green.requests")] };
const timesBlue = (factor: number): Rule => ({ "*": [factor, { var: "blue.p99Ms" }] });
const ofMinutes = (quantifier: string, body: Rule, window = "15m"): Rule => ({
  [quantifier]: [{ window: [window] }, body],
});
const few = (path: string, limit: number): Rule => ({ "<": [{ var: path }, limit] });

describe("a limit that is held against something reckoned", () => {
  it.each<[string, Rule, Rule]>([
    ["a share", { "<=": [share, 0.01] }, { "<=": [share, 0.02] }],
    ["a share, tenfold", { "<=": [share, 0.01] }, { "<=": [share, 0.1] }],
    [
      "a square",
      { "<": [{ "*": [{ var: "green.p99Ms" }, { var: "green.p99Ms" }] }, 250_000] },
      { "<": [{ "*": [{ var: "green.p99Ms" }, { var: "green.p99Ms" }] }, 260_000] },
    ],
    [
      "so many times blue's",
      { "<=": [{ var: "green.p99Ms" }, timesBlue(1.5)] },
      { "<=": [{ var: "green.p99Ms" }, timesBlue(1.6)] },
    ],
    [
      "a share the other way round",
      { "<=": [sum("green.errors5xx"), { "*": [0.01, sum("green.requests")] }] },
      { "<=": [sum("green.errors5xx"), { "*": [0.02, sum("green.requests")] }] },
    ],
  ])("opens earlier when it grows, and later when it shrinks: %s", (_, tight, loose) => {
    expect(gate(tight, loose)).toEqual(["opens earlier"]);
    expect(gate(loose, tight)).toEqual(["opens later"]);
    expect(rollback({ "!": [tight] }, { "!": [loose] })).toEqual(["rolls back later"]);
  });

  it("is met where one that is counted, or that ends, and one that is not can be the same", () => {
    const [lag, hosts] = [{ stat: ["forward.lagSeconds", "p95", "3m"] }, { stat: ["green.healthyHosts", "max", "5m"] }];
    // The floor goes back without a host as well, so that what they are both is above nothing.
    expect(rollback({ "<": [lag, hosts] }, { "<=": [lag, hosts] })).toEqual(["rolls back earlier"]);
    const rate = (side: string): Rule => ({ rate: [`${side}.errors5xx`, `${side}.requests`, "3m"] });
    const worse: readonly Rule[] = [rate("green"), { "*": [1.5, rate("blue")] }];
    const beyondHalf = (compared: Rule): Rule => ({ and: [{ ">": [rate("green"), 0.5] }, compared] });
    expect(gate(beyondHalf({ "<": worse }), beyondHalf({ "<=": worse }))).toEqual(["opens earlier"]);
  });

  it("cannot be told where one part grows as another shrinks, or what is reckoned is something else", () => {
    const both = (limit: number, most: number): Rule => ({
      or: [{ "<=": [share, limit] }, few("forward.deadLetters", most)],
    });
    expect(gate(both(0.01, 5), both(0.1, 4))).toEqual(["cannot tell"]);
    const [green, blue] = [{ var: "green.p99Ms" }, { var: "blue.p99Ms" }];
    expect(
      gate({ "<": [{ "*": [2, { "-": [green, blue] }] }, 50] }, { "<": [{ "-": [{ "*": [2, green] }, blue] }, 50] }),
    ).toEqual(["cannot tell"]);
  });

  it("is not said to differ at any value where it is only reckoned otherwise", () => {
    const lag = { var: "forward.lagSeconds" };
    const changes = said(asking({ x: { "<": [lag, 5] } }), asking({ x: { "<": [{ "*": [2, lag] }, 10] } }));
    expect(changes).toEqual([expect.stringContaining("(what it reckons with is not looked into)")]);
  });
});

describe("what is asked of the minutes of a window", () => {
  const [letters, lag] = [few("forward.deadLetters", 5), few("forward.lagSeconds", 3)];

  it.each<[string, Rule, Rule]>([
    ["some for all", ofMinutes("all", letters), ofMinutes("some", letters)],
    [
      "either in each for each of one",
      { or: [ofMinutes("all", letters), ofMinutes("all", lag)] },
      ofMinutes("all", { or: [letters, lag] }),
    ],
  ])("opens earlier: %s", (_, strict, loose) => {
    expect(gate(strict, loose)).toEqual(["opens earlier"]);
    expect(gate(loose, strict)).toEqual(["opens later"]);
  });

  it("rolls back later where all have to be bad and not some", () => {
    const down = { "<": [{ var: "green.healthyHosts" }, 1] };
    expect(rollback(ofMinutes("some", down, "3m"), ofMinutes("all", down, "3m"))).toEqual(["rolls back later"]);
  });

  it.each<[string, Rule, Rule]>([
    [
      "some of fewer",
      ofMinutes("all", few("forward.deadLetters", 5)),
      ofMinutes("some", few("forward.deadLetters", 4)),
    ],
    [
      "the least for the greatest",
      {
        "<": [
          { reduce: [{ window: ["5m"] }, { max: [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0] },
          5,
        ],
      },
      {
        "<": [
          { reduce: [{ window: ["5m"] }, { min: [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0] },
          5,
        ],
      },
    ],
    [
      "arithmetic with single minutes",
      ofMinutes("all", { "<": [{ "*": [2, { var: "forward.lagSeconds" }] }, 5] }),
      ofMinutes("all", { "<": [{ "*": [3, { var: "forward.lagSeconds" }] }, 5] }),
    ],
  ])("cannot be told, and is not: %s", (_, before, after) => {
    expect(gate(before, after)).toEqual(["cannot tell"]);
  });
});

describe("the length of a window", () => {
  it("is told both ways where the longer one has to be filled first", () => {
    const fires = (window: string): Rule => ({ ">=": [sum("green.errors5xx", window), 10] });
    expect(rollback(fires("3m"), fires("15m"))).toEqual(["rolls back later", "rolls back earlier"]);
    const enough = (window: string): Rule => ({ ">=": [sum("green.requests", window), 150] });
    expect(said(asking({ x: enough("15m") }), asking({ x: enough("3m") }))).toEqual([
      "opens earlier | gate x in start | sum green.requests over 15m >= 150 → sum green.requests over 3m >= 150 (while the longer window is not full)",
      "opens later | gate x in start | sum green.requests over 15m >= 150 → sum green.requests over 3m >= 150",
    ]);
  });

  it("is one line where both effects go the same way", () => {
    const greatest = (window: string): Rule => ({ "<": [{ stat: ["forward.lagSeconds", "max", window] }, 5] });
    expect(gate(greatest("3m"), greatest("15m"))).toEqual(["opens later"]);
  });
});

describe("a gate that is waived", () => {
  const hosts: Rule = { "<=": [{ var: "green.unhealthyHosts" }, 0] };
  const slow = (limit: number): Rule => few("green.p99Ms", limit);

  it("does not ask, while the waiver lasts, for what was moved into it", () => {
    const before = asking({ x: { and: [slow(900), hosts] }, p99: slow(400) }, ["p99"]);
    const after = asking({ x: slow(900), p99: { and: [slow(400), hosts] } }, ["p99"]);
    expect(said(before, after)).toEqual([
      "opens earlier | gate x in start while p99 is waived | no longer asks green.unhealthyHosts <= 0",
    ]);
  });

  it("makes nothing superfluous that stands in another", () => {
    const before = asking({ x: slow(500), p99: slow(400) }, ["p99"]);
    const after = asking({ x: slow(900), p99: slow(400) }, ["p99"]);
    expect(directions(before, after)).toEqual(["opens earlier", "neutral"]);
  });
});
