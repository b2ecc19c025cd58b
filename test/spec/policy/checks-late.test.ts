import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { answerTo } from "../../support/eval.ts";
import { lintOf, withGate, withRollback } from "../../support/lint.ts";

const found = (when: JsonValue, rule: "late-minute" | "never-known"): readonly string[] =>
  lintOf(withRollback(when)).filter((each) => each.split(" ")[1] === rule);

const LATE =
  "which CloudWatch often reports a minute or two late; the rule is unknown until then. Use rate or stat, which bear that";
const sum = (path: string): JsonValue => ({
  reduce: [{ window: ["5m"] }, { "+": [{ var: "accumulator" }, { var: `current.${path}` }] }, 0],
});

describe("a rollback rule that needs the newest minute", () => {
  it.each<[string, JsonValue, string, string]>([
    ["as it is now", { ">": [{ var: "green.errors5xx" }, 50] }, "/>/0/var", "green.errors5xx of the newest minute"],
    ["by its traffic", { "<": [{ var: "lb.requests" }, 50] }, "/</0/var", "lb.requests of the newest minute"],
    [
      "among those of a window",
      { all: [{ window: ["3m"] }, { ">": [{ var: "lb.errors5xx" }, 10] }] },
      "/all/1/>/0/var",
      "lb.errors5xx of every minute of a window",
    ],
    [
      "in a sum of a window",
      { ">": [sum("green.errors5xx"), 50] },
      "/>/0/reduce/1/+/1/var",
      "green.errors5xx of every minute of a window",
    ],
  ])("is told that it comes late: %s", (_, when, at, reads) => {
    expect(found(when, "late-minute")).toEqual([
      `warning late-minute /rollback/0/when${at} it reads ${reads}, ${LATE}`,
    ]);
  });

  it.each<[string, JsonValue]>([
    ["what is read at the tick", { "===": [{ var: "green.healthyHosts" }, 0] }],
    ["the same in a window", { all: [{ window: ["3m"] }, { "===": [{ var: "green.healthyHosts" }, 0] }] }],
    ["a rate", { ">": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, 0.5] }],
    ["whether it has come", { and: [{ known: ["green.errors5xx"] }, { "===": [{ var: "green.healthyHosts" }, 0] }] }],
  ])("is not one that asks for %s", (_, when) => {
    expect(found(when, "late-minute")).toEqual([]);
  });

  it("is not a gate, which does not look at the newest minutes", () => {
    expect(lintOf(withGate({ "<": [{ var: "green.errors5xx" }, 50] })).join()).not.toContain("late-minute");
  });

  it("is unknown while that minute is not reported, by whatever way it looks at it", async () => {
    const minutes = [0, 1, 2, 3, 4].map((minute) => ({
      at: `2026-01-05T12:0${minute}:00Z`,
      green: { requests: 100, ...(minute < 4 ? { errors5xx: 90 } : {}) },
    }));

    for (const rule of [
      { all: [{ window: ["3m"] }, { ">": [{ var: "green.errors5xx" }, 10] }] },
      sum("green.errors5xx"),
    ])
      expect(await answerTo({ rule, window: minutes, now: "2026-01-05T12:05:00Z" })).toMatchObject({ known: false });
  });
});

describe("what is counted two minutes late", () => {
  const PAIR = ["green.unanswered", "green.requests"];
  const MANY: JsonValue = { ">": [{ var: "green.unanswered" }, 5] };
  const over = (window: string, quantifier: string): JsonValue => ({ [quantifier]: [{ window: [window] }, MANY] });
  const says =
    "green.unanswered is known two minutes late, and so never here: what needs it never fires; look back over 3m at least, by an operation such as rate or stat";

  it.each<[string, JsonValue, string]>([
    ["now", MANY, "/>/0/var"],
    ["by a rate", { ">": [{ rate: [...PAIR, "2m"] }, 0.1] }, "/>/0/rate"],
    ["by a bound", { ">": [{ rate_lower: [...PAIR, "2m", 0.95] }, 0.1] }, "/>/0/rate_lower"],
    ["by the other bound", { ">": [{ rate_upper: [...PAIR, "1m", 0.95] }, 0.1] }, "/>/0/rate_upper"],
    ["by a statistic", { ">": [{ stat: ["blue.unanswered", "max", "2m"] }, 5] }, "/>/0/stat"],
    ["by a proof", { ">=": [{ evidence_above: [...PAIR, 0.1, "2m"] }, 200] }, "/>=/0/evidence_above"],
    ["in each of so few minutes", over("2m", "some"), "/some"],
    ["in every minute", over("10m", "all"), "/all"],
    ["in no minute", { none: [{ window: ["10m"] }, { "<": [{ var: "green.unanswered" }, 5] }] }, "/none"],
    ["in not one minute", { "!": [over("10m", "some")] }, "/!/0/some"],
    ["in not each of so few minutes", { "!": [over("2m", "all")] }, "/!/0/all"],
    ["in a sum of minutes", { ">": [sum("green.unanswered"), 50] }, "/>/0/reduce"],
    ["by the minutes that have many", { "!!": [over("10m", "filter")] }, "/!!/0/filter"],
  ])("is never known to a rollback rule that asks %s", (_, when, at) => {
    expect(found(when, "never-known").map((each) => each.replace("blue.", "green."))).toEqual([
      `error never-known /rollback/0/when${at} ${says}`,
    ]);
  });

  it.each<[string, JsonValue]>([
    ["three minutes", { ">": [{ rate: [...PAIR, "3m"] }, 0.1] }],
    ["three minutes, by a bound", { ">": [{ rate_lower: [...PAIR, "3m", 0.95] }, 0.1] }],
    ["the step", { ">=": [{ evidence_above: [...PAIR, 0.1, "step"] }, 200] }],
    ["the soak", { ">=": [{ evidence_above: [...PAIR, 0.1, "soak"] }, 200] }],
    ["some minute of three", over("3m", "some")],
    ["not every minute of three", { "!": [over("3m", "all")] }],
    ["not none of three", { "!": [over("3m", "none")] }],
    ["another signal of two", { ">": [{ rate: ["green.errors5xx", "green.requests", "2m"] }, 0.1] }],
    ["another signal of every minute", { all: [{ window: ["2m"] }, { ">": [{ var: "green.errors5xx" }, 5] }] }],
    [
      "how much of two minutes was seen",
      { and: [{ ">": [{ coverage: ["green.unanswered", "2m"] }, 0] }, { ">": [{ var: "alarms.firing" }, 0] }] },
    ],
    [
      "whether it is missing in some minute",
      { some: [{ window: ["2m"] }, { "!": [{ missing: ["green.unanswered"] }] }] },
    ],
    [
      "minutes that were chosen by something else",
      { all: [{ filter: [{ window: ["10m"] }, { "<": [{ var: "green.requests" }, 5] }] }, MANY] },
    ],
    [
      "a list of numbers",
      { and: [{ all: [[1, 2], { ">": [{ var: "" }, 0] }] }, { ">": [{ var: "alarms.firing" }, 0] }] },
    ],
    [
      "either of two signals in every minute",
      { all: [{ window: ["5m"] }, { or: [MANY, { ">": [{ var: "green.errors5xx" }, 5] }] }] },
    ],
  ])("is known to one that asks of %s", (_, when) => {
    expect(found(when, "never-known")).toEqual([]);
  });

  it("is known to a gate, which looks at no minute that is as new", () => {
    expect(lintOf(withGate({ "<": [{ rate: [...PAIR, "1m"] }, 0.1] })).join()).not.toContain("never-known");
  });

  it.each<[string, JsonValue, boolean]>([
    ["every minute", over("5m", "all"), false],
    ["no minute", { none: [{ window: ["5m"] }, { "<": [{ var: "green.unanswered" }, 5] }] }, false],
    ["some of two", over("2m", "some"), false],
    ["a sum", sum("green.unanswered"), false],
    ["those that have many", { "!!": [over("5m", "filter")] }, false],
    ["some of five", over("5m", "some"), true],
    ["not every minute", { "!": [{ all: [{ window: ["5m"] }, { "<": [{ var: "green.unanswered" }, 5] }] }] }, true],
    ["not none of five", { "!": [over("5m", "none")] }, true],
    ["not one of five", { "!": [{ some: [{ window: ["5m"] }, { "<": [{ var: "green.unanswered" }, 5] }] }] }, false],
  ])("is as lint says when it is judged: %s", async (_, rule, known) => {
    const minutes = [0, 1, 2, 3, 4].map((minute) => ({
      at: `2026-01-05T12:0${minute}:00Z`,
      green: { requests: 100, ...(minute < 3 ? { unanswered: 90 } : {}) },
    }));

    expect(await answerTo({ rule, window: minutes, now: "2026-01-05T12:05:00Z" })).toMatchObject({ known });
  });
});
