import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { lintOf, withRollback } from "../../support/lint.ts";

const found = (when: JsonValue, rule: string): readonly string[] =>
  lintOf(withRollback(when)).filter((each) => each.split(" ")[1] === rule);

const BLUE_GONE: JsonValue = { "<": [{ var: "blue.healthyHosts" }, 2] };
const BLUE_THERE: JsonValue = { ">=": [{ var: "blue.healthyHosts" }, 2] };
const GREEN_GONE: JsonValue = { "<": [{ var: "green.healthyHosts" }, 2] };
const GREEN_THERE: JsonValue = { ">=": [{ var: "green.healthyHosts" }, 2] };
const BAD: JsonValue = { ">": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, 0.1] };

describe("a rollback rule that fires as blue's hosts go", () => {
  const says = (at: string, paths: string) =>
    `error onto-dead-blue /rollback/0/when${at} it looks at ${paths} alone, and all traffic would go to hosts that are going. Make it a gate, or an alarm that somebody looks at`;

  it.each<[string, JsonValue, string, string]>([
    ["by itself", BLUE_GONE, "/<", "blue.healthyHosts"],
    [
      "by two of them",
      { and: [BLUE_GONE, { ">": [{ var: "blue.unhealthyHosts" }, 1] }] },
      "/and",
      "blue.healthyHosts and blue.unhealthyHosts",
    ],
    [
      "by one of them twice",
      { and: [BLUE_GONE, { "<": [{ var: "blue.healthyHosts" }, 3] }] },
      "/and",
      "blue.healthyHosts",
    ],
    ["as one way among others", { or: [GREEN_GONE, { or: [BLUE_GONE, BAD] }] }, "/or/1/or/0/<", "blue.healthyHosts"],
    ["as what is not there", { "!": [BLUE_THERE] }, "/!", "blue.healthyHosts"],
    [
      "as one of what has to be there",
      { "!": [{ and: [GREEN_THERE, BLUE_THERE] }] },
      "/!/0/and/1/>=",
      "blue.healthyHosts",
    ],
    ["as one of what is, in truth", { "!!": [{ or: [GREEN_GONE, BLUE_GONE] }] }, "/!!/0/or/1/<", "blue.healthyHosts"],
    ["negated twice", { "!": [{ "!": [{ or: [GREEN_GONE, BLUE_GONE] }] }] }, "/!/0/!/0/or/1/<", "blue.healthyHosts"],
    ["by how ready they are", { "<": [{ stat: ["blue.readyPercent", "min", "3m"] }, 50] }, "/<", "blue.readyPercent"],
  ])("sends all traffic onto them: %s", (_, when, at, paths) => {
    expect(found(when, "onto-dead-blue")).toEqual([says(at, paths)]);
  });

  it.each<[string, JsonValue]>([
    ["what is wrong with green beside it", { and: [BAD, BLUE_GONE] }],
    ["both of what is gone", { "!": [{ or: [GREEN_THERE, BLUE_THERE] }] }],
    ["both of what is gone, in truth", { "!!": [{ and: [GREEN_GONE, BLUE_GONE] }] }],
    ["that there are no minutes", { or: [{ "!": [{ "!!": [{ window: ["5m"] }] }] }, BAD] }],
    ["green's hosts", GREEN_GONE],
    ["blue's errors", { ">": [{ rate: ["blue.errors5xx", "blue.requests", "3m"] }, 0.5] }],
    ["which side has more", { "<": [{ var: "green.healthyHosts" }, { var: "blue.healthyHosts" }] }],
  ])("is none that asks for %s", (_, when) => {
    expect(found(when, "onto-dead-blue")).toEqual([]);
  });
});

describe("a rollback rule that fires because something is not seen", () => {
  const says = (at: string, names: string) =>
    `error blind-rollback /rollback/0/when${at} by ${names} alone the rule fires where nothing is wrong and something is not seen; metrics are often late. Name what has to stay in sight in "blind"`;

  it.each<[string, JsonValue, string, string]>([
    [
      "too little of it",
      { "<": [{ coverage: ["green.requests", "3m"] }, 0.9] },
      "/<",
      "coverage of green.requests over 3m",
    ],
    ["nothing", { "!": [{ known: ["green.requests"] }] }, "/!", "green.requests is known"],
    ["none now", { "!!": [{ missing: ["green.requests"] }] }, "/!!", "green.requests missing"],
    [
      "none of a minute",
      { some: [{ window: ["3m"] }, { "!!": [{ missing: ["green.requests"] }] }] },
      "/some",
      "green.requests missing",
    ],
    ["old news", { ">": [{ age: ["lb.requests"] }, 120] }, "/>", "age of lb.requests in seconds"],
    ["alarms that say nothing", { ">": [{ var: "alarms.unknown" }, 0] }, "/>", "alarms.unknown"],
    ["one of two", { or: [{ ">": [{ var: "alarms.unknown" }, 0] }, BAD] }, "/or", "alarms.unknown"],
    [
      "either of two",
      { or: [{ ">": [{ var: "alarms.unknown" }, 0] }, { "!": [{ known: ["green.requests"] }] }] },
      "/or",
      "alarms.unknown, green.requests is known",
    ],
    [
      "nothing, while there is traffic",
      { and: [{ ">": [{ var: "lb.requests" }, 100] }, { "!": [{ known: ["green.requests"] }] }] },
      "/and",
      "green.requests is known",
    ],
    [
      "nothing, while there is hardly any",
      { and: [{ "<": [{ var: "lb.requests" }, 100] }, { "!": [{ known: ["green.requests"] }] }] },
      "/and",
      "green.requests is known",
    ],
    [
      "nothing, of a stream that runs",
      { and: [{ "===": [{ var: "forward.state" }, "RUNNING"] }, { "!": [{ known: ["forward.lagSeconds"] }] }] },
      "/and",
      "forward.lagSeconds is known",
    ],
  ])("is refused: %s", (_, when, at, names) => {
    expect(found(when, "blind-rollback")).toEqual([says(at, names)]);
  });

  it.each<[string, JsonValue]>([
    ["enough of it, and what is wrong", { and: [{ ">=": [{ coverage: ["green.requests", "3m"] }, 0.9] }, BAD] }],
    ["what is wrong, where something else is not seen", { and: [BAD, { "!": [{ known: ["blue.requests"] }] }] }],
    [
      "a stream that is not well and says nothing",
      { and: [{ "===": [{ var: "forward.state" }, "FAILED"] }, { "!": [{ known: ["forward.lagSeconds"] }] }] },
    ],
    [
      "a state that is bad and says nothing",
      { and: [{ "===": [{ var: "forward.state" }, "ABSENT"] }, { "!": [{ known: ["forward.lagSeconds"] }] }] },
    ],
    ["what is wrong", BAD],
  ])("is none that asks for %s", (_, when) => {
    expect(found(when, "blind-rollback")).toEqual([]);
  });
});
