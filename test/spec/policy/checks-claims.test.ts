import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { answerTo } from "../../support/eval.ts";
import { alsoAsking, lintOf, withGate, withRollback } from "../../support/lint.ts";

const LAG: JsonValue = { var: "forward.lagSeconds" };
const RECORDS: JsonValue = { var: "forward.lagRecords" };
const READY: JsonValue = { var: "blue.readyPercent" };
const FIRING: JsonValue = { var: "alarms.firing" };
const W: JsonValue = { window: ["3m"] };
const some = (body: JsonValue): JsonValue => ({ some: [W, body] });
const all = (body: JsonValue): JsonValue => ({ all: [W, body] });
const none = (body: JsonValue): JsonValue => ({ none: [W, body] });
const above = (limit: number): JsonValue => ({ ">": [LAG, limit] });
const below = (limit: number): JsonValue => ({ "<": [LAG, limit] });

/** How many of the minutes have a lag of more than ten. */
const BAD_MINUTES: JsonValue = {
  reduce: [
    W,
    {
      if: [
        { ">": [{ var: "current.forward.lagSeconds" }, 10] },
        { "+": [{ var: "accumulator" }, 1] },
        { var: "accumulator" },
      ],
    },
    0,
  ],
};

/** What is claimed of a rule: that it always, or never, is true, or never known. */
const claims = (rule: JsonValue): readonly string[] =>
  lintOf(withGate(rule)).flatMap((each) => each.match(/never-\w+|always-\w+|idle-part/)?.[0] ?? []);

/** The last three minutes; the last of them is now. */
const minutes = (...rows: readonly JsonObject[]): readonly JsonObject[] =>
  rows.map((row, index) => ({ at: `2026-01-05T12:0${index}:00Z`, ...row }));
const judged = async (rule: JsonValue, rows: readonly JsonObject[]) =>
  (await answerTo({ rule, window: rows, now: "2026-01-05T12:03:00Z" })).value;
const alike = (row: JsonObject) => minutes(row, row, row);
const lags = (...seconds: readonly number[]) => minutes(...seconds.map((lagSeconds) => ({ forward: { lagSeconds } })));

describe("a rule that evidence makes true, or false, is not said to be never so", () => {
  it.each<[string, JsonValue, readonly JsonObject[], boolean]>([
    ["some minute is high, and another is low", { and: [some(above(10)), some(below(5))] }, lags(1, 20, 7), true],
    ["neither is every minute low nor every one high", { or: [all(below(5)), all(above(10))] }, lags(1, 20, 7), false],
    [
      "not every minute is low, and not none",
      { and: [{ "!": [all(below(5))] }, { "!": [none(below(5))] }] },
      lags(1, 20, 7),
      true,
    ],
    [
      "the same, one of them in a choice",
      { and: [some(above(10)), { or: [some(below(5)), { "===": [LAG, 11] }] }] },
      lags(20, 1, 7),
      true,
    ],
    ["the same, within one condition", { "===": [some(above(10)), some(below(5))] }, lags(7, 7, 7), true],
    ["neither is every minute low nor none of them", { "===": [all(below(5)), none(below(5))] }, lags(1, 20, 7), true],
    [
      "some minute is high, and in either way another is low",
      { and: [some(above(10)), { or: [some(below(5)), some(below(3))] }] },
      lags(20, 1, 7),
      true,
    ],
    [
      "there are minutes that are high, and some is low",
      { and: [{ "!!": [{ filter: [W, above(10)] }] }, some(below(5))] },
      lags(20, 1, 7),
      true,
    ],
    [
      "neither is a chosen minute as it should, nor no other one high",
      { or: [{ some: [{ filter: [W, below(5)] }, { "===": [READY, 10] }] }, none(above(10))] },
      minutes(
        { forward: { lagSeconds: 1 }, blue: { readyPercent: 50 } },
        { forward: { lagSeconds: 20 }, blue: { readyPercent: 50 } },
        { forward: { lagSeconds: 7 }, blue: { readyPercent: 50 } },
      ),
      false,
    ],
    [
      "some minute is low, and in no way all of them are",
      { and: [some(below(5)), { "!": [{ or: [all(below(10)), { "===": [FIRING, 1] }] }] }] },
      minutes(
        { forward: { lagSeconds: 1 } },
        { forward: { lagSeconds: 20 } },
        { forward: { lagSeconds: 7 }, alarms: { firing: 0 } },
      ),
      true,
    ],
    [
      "minutes lie on both sides of two limits",
      { and: [{ or: [all(below(5)), all({ ">=": [LAG, 5] })] }, { or: [all(below(3)), all({ ">=": [LAG, 3] })] }] },
      lags(1, 20, 7),
      false,
    ],
    [
      "some minute is high where that is asked, and another is low",
      { and: [{ if: [{ ">": [FIRING, 0] }, some(above(10)), false] }, some(below(5))] },
      minutes(
        { forward: { lagSeconds: 1 } },
        { forward: { lagSeconds: 20 } },
        { alarms: { firing: 1 }, forward: { lagSeconds: 7 } },
      ),
      true,
    ],
    ["two minutes of three are bad", { "<": [1, BAD_MINUTES, 3] }, lags(20, 1, 20), true],
    ["one minute of three is bad", { "===": [BAD_MINUTES, 1] }, lags(20, 1, 2), true],
    [
      "a part is as large as the whole of it",
      { "===": [{ "/": [READY, 10] }, 10] },
      alike({ blue: { readyPercent: 100 } }),
      true,
    ],
    ["a square is", { "!==": [{ "*": [LAG, LAG] }, 100] }, alike({ forward: { lagSeconds: 10 } }), false],
    [
      "one is half of another",
      { "===": [{ "/": [FIRING, READY] }, 0.5] },
      alike({ alarms: { firing: 5 }, blue: { readyPercent: 10 } }),
      true,
    ],
    [
      "a sum is in a list",
      { in: [{ "+": [FIRING, READY] }, [7]] },
      alike({ alarms: { firing: 3 }, blue: { readyPercent: 4 } }),
      true,
    ],
    [
      "two are equal, and one of them is within limits",
      { and: [{ "===": [FIRING, RECORDS] }, { "<": [3, RECORDS, 10] }] },
      alike({ alarms: { firing: 4 }, forward: { lagRecords: 4 } }),
      true,
    ],
    [
      "three are equal, and one of them is within limits",
      {
        and: [
          { "<": [3, RECORDS, 10] },
          { "===": [FIRING, { var: "green.healthyHosts" }] },
          { "===": [{ var: "green.healthyHosts" }, RECORDS] },
        ],
      },
      alike({ alarms: { firing: 4 }, forward: { lagRecords: 4 }, green: { healthyHosts: 4 } }),
      true,
    ],
    [
      "two are equal, and one of them is what is looked for",
      { or: [{ "!==": [FIRING, RECORDS] }, { "!==": [RECORDS, 2] }] },
      alike({ alarms: { firing: 2 }, forward: { lagRecords: 2 } }),
      false,
    ],
    [
      "neither a sum nor a flag is, of which the sum is a number",
      {
        or: [
          { reduce: [W, { "+": [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0] },
          { "===": [{ var: "forward.stalled" }, true] },
        ],
      },
      alike({ forward: { lagSeconds: 0, stalled: false } }),
      false,
    ],
    ["a minute has a value", some({ "!": [{ missing: ["forward.lagSeconds"] }] }), lags(1, 2, 3), true],
    [
      "no minute lacks one",
      none({ "!!": [{ missing: ["forward.lagSeconds"] }] }),
      minutes({ forward: { lagSeconds: 1 } }, { forward: {} }, {}),
      false,
    ],
    [
      "every minute has one, and it is low",
      all({ if: [{ missing: ["forward.lagSeconds"] }, false, below(5)] }),
      lags(1, 2, 3),
      true,
    ],
    [
      "every minute has one of two",
      all({ "!": [{ missing_some: [1, ["forward.lagSeconds", "forward.lagRecords"]] }] }),
      lags(1, 2, 3),
      true,
    ],
    [
      "every minute of a sum has one",
      { reduce: [W, { and: [{ var: "accumulator" }, { "!": [{ missing: ["current.forward.lagSeconds"] }] }] }, true] },
      lags(1, 2, 3),
      true,
    ],
  ])("where %s", async (_, rule, rows, value) => {
    expect(await judged(rule, rows)).toBe(value);
    expect(claims(rule)).toEqual([]);
  });
});

describe("a rule that no evidence makes true, or false, is said to be so", () => {
  it.each<[string, JsonValue, string]>([
    ["every minute is high and low", { and: [all(above(10)), all(below(5))] }, "never-passes"],
    ["every minute is high, and some is low", { and: [all(above(10)), some(below(5))] }, "never-passes"],
    ["no minute is low, and some is", { and: [none(below(5)), some(below(3))] }, "never-passes"],
    [
      "not any minute is high, and some is higher",
      { and: [{ "!": [some(above(10))] }, some(above(20))] },
      "never-passes",
    ],
    [
      "every minute is high in truth, and some is low",
      { and: [{ "!!": [all(above(10))] }, some(below(5))] },
      "never-passes",
    ],
    [
      "every minute's lag, by itself, is below all",
      { all: [{ map: [W, LAG] }, { "<": [{ var: "" }, 0] }] },
      "never-passes",
    ],
    ["some minute is high, or some is not", { or: [some(above(5)), some({ "<=": [LAG, 5] })] }, "never-fails"],
    ["some minute is high, or not any", { or: [some(above(5)), { "!": [some(above(5))] }] }, "never-fails"],
    ["a part of what cannot be below zero is", { "<": [{ "/": [LAG, 10] }, 0] }, "never-passes"],
    [
      "two are equal, and within limits that are apart",
      { and: [{ "===": [FIRING, RECORDS] }, { "<": [FIRING, 3] }, { ">": [RECORDS, 5] }] },
      "never-passes",
    ],
    [
      "a minute lacks what it is asked for",
      some({ and: [{ "!!": [{ missing: ["forward.lagSeconds"] }] }, below(5)] }),
      "never-passes",
    ],
    [
      "a sum is no condition",
      { and: [above(5), { reduce: [W, { "+": [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0] }] },
      "never-passes",
    ],
  ])("where %s", (_, rule, claim) => {
    expect(claims(rule)).toEqual([claim]);
  });
});

describe("gates of one place", () => {
  const REQUESTS: JsonValue = { var: "lb.requests" };
  const quiet: JsonValue = { "<": [REQUESTS, 5] };
  const busy: JsonValue = { ">": [REQUESTS, 10] };
  const together = (one: JsonValue, other: JsonValue) =>
    lintOf(alsoAsking({ one, other }, "start")).filter((each) => each.includes("gates-exclude-each-other"));

  it("exclude each other where no evidence lets both pass, and not where some does", () => {
    const says = "error gates-exclude-each-other /start/require one and other never pass together; correct one of them";

    expect(together(all(quiet), some(busy))).toEqual([says]);
    expect(together(quiet, busy)).toEqual([says]);
    expect(together(some(quiet), some(busy))).toEqual([]);
    expect(together({ "===": [{ "*": [REQUESTS, REQUESTS] }, 144] }, busy)).toEqual([]);
  });
});

describe("gates that exclude each other", () => {
  const REQUESTS: JsonValue = { var: "lb.requests" };
  const one: JsonValue = { "<": [REQUESTS, 5] };
  const other: JsonValue = { ">": [REQUESTS, 10] };
  const places = (changes: JsonObject) =>
    lintOf(changes).flatMap((each) => each.match(/gates-exclude-each-other (\S+)/)?.[1] ?? []);

  it("are told of at every place that asks them", () => {
    expect(places(alsoAsking({ one, other }, "decommission"))).toEqual(["/decommission/require"]);
    const asking = alsoAsking({ one, other }, "canary");
    const [canary, ...others] = asking["steps"] as readonly JsonObject[];
    const steps = [{ ...canary }, { ...canary, id: "more", weight: 20 }, ...others];

    expect(places({ ...asking, steps })).toEqual(["/steps/0/promoteWhen", "/steps/1/promoteWhen"]);
  });

  it("are told of by their names, whatever these are together", () => {
    const quiet = { a: one, bc: { "<": [REQUESTS, 500] }, ab: one, c: other };
    const asking = alsoAsking(quiet, "start");
    const [canary, ...others] = asking["steps"] as readonly JsonObject[];
    const steps = [{ ...canary, promoteWhen: ["ab", "c"] }, ...others];

    expect(places({ ...asking, start: { require: ["a", "bc"] }, steps })).toEqual(["/steps/0/promoteWhen"]);
  });
});

describe("a rule over what is missing in lists of its own", () => {
  it.each<[string, JsonValue]>([
    ["numbers", { some: [[1, 2], { "!": [{ missing: ["x"] }] }] }],
    ["what a sum carries along", { reduce: [W, { "!": [{ missing: ["accumulator"] }] }, 0] }],
  ])("is not understood, and nothing is said of it: %s", (_, rule) => {
    expect(claims({ or: [rule, below(5)] })).toEqual([]);
    expect(lintOf(withRollback({ or: [rule, above(100)] }))).toEqual([]);
  });
});
