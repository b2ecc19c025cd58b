import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { unitFindings } from "../../../src/policy/checks/units.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";

const found = (rule: JsonValue, params: Readonly<Record<string, number>> = {}): readonly string[] =>
  unitFindings(rule, params, STANDARD_OPERATIONS).map(
    ({ level, rule: id, pointer, message }) => `${level} ${id} ${pointer} ${message}`,
  );
const param = (name: string): JsonValue => ({ var: `params.${name}` });

const LAG: JsonValue = { var: "forward.lagSeconds" };
const P99: JsonValue = { var: "green.p99Ms" };
const READY: JsonValue = { var: "blue.readyPercent" };
const ROOM: JsonValue = { var: "sequences.headroomSeconds" };
const WAL: JsonValue = { var: "forward.slotRetainedBytes" };
const REQUESTS: JsonValue = { var: "green.requests" };
const ERRORS: JsonValue = { var: "green.errors5xx" };
const RATE: JsonValue = { rate: ["green.errors5xx", "green.requests", "3m"] };

const mixed = (at: string, one: string, other: string, what = "are compared") =>
  `error mixed-units ${at} ${one} and ${other} ${what} here; convert one, or correct the name`;

describe("the unit of a parameter", () => {
  it.each([
    ["lagMs", "milliseconds"],
    ["lagMillis", "milliseconds"],
    ["lagMilliseconds", "milliseconds"],
    ["lagSec", "seconds"],
    ["lagSecs", "seconds"],
    ["lagSeconds", "seconds"],
    ["lagMinutes", "minutes"],
    ["readyPercent", "percent"],
    ["errorRatio", "ratio"],
    ["errorShare", "ratio"],
    ["errorRate", "ratio"],
    ["slotBytes", "bytes"],
    ["lagRecords", "count"],
    ["leastRequests", "count"],
    ["mostErrors", "count"],
    ["expectedHosts", "count"],
    ["strayRows", "count"],
    ["alarmCount", "count"],
  ])("%s is told by the end of its name: %s", (name, unit) => {
    const all: readonly (readonly [JsonValue, string])[] = [
      [P99, "milliseconds"],
      [LAG, "seconds"],
      [READY, "percent"],
      [RATE, "ratio"],
      [WAL, "bytes"],
      [REQUESTS, "count"],
    ];

    for (const [measured, of] of all)
      expect(found({ "<": [measured, param(name)] })).toEqual(of === unit ? [] : [mixed("/<", of, unit)]);
  });

  it.each(["lag", "msOfLag", "secondsOfLag", "Minutely", "ratioOf", "params"])("%s is not told", (name) => {
    expect(found({ "<": [LAG, param(name)] })).toEqual([]);
    expect(found({ "<": [RATE, param(name)] })).toEqual([]);
  });
});

describe("two units", () => {
  it.each<[string, JsonValue, readonly string[]]>([
    ["compared", { ">=": [LAG, P99] }, [mixed("/>=", "seconds", "milliseconds")]],
    ["found equal", { "===": [ERRORS, RATE] }, [mixed("/===", "count", "ratio")]],
    ["added", { "<": [{ "+": [LAG, P99] }, 5] }, [mixed("/</0/+", "seconds", "milliseconds", "are mixed")]],
    [
      "added, of which nobody can tell more",
      { "<": [{ "+": [LAG, P99] }, param("lagMs")] },
      [mixed("/</0/+", "seconds", "milliseconds", "are mixed")],
    ],
    ["subtracted", { "<": [{ "-": [WAL, REQUESTS] }, 5] }, [mixed("/</0/-", "bytes", "count", "are mixed")]],
    [
      "of which the less is taken",
      { "<": [{ min: [READY, RATE] }, 1] },
      [mixed("/</0/min", "percent", "ratio", "are mixed")],
    ],
    [
      "of which the more is taken",
      { "<": [{ max: [LAG, P99] }, 1] },
      [mixed("/</0/max", "seconds", "milliseconds", "are mixed")],
    ],
    ["compared after all", { "<": [{ max: [LAG, 5] }, { min: [P99, 5] }] }, [mixed("/<", "seconds", "milliseconds")]],
    [
      "of a statistic and a signal",
      { "<": [{ stat: ["green.p99Ms", "max", "3m"] }, LAG] },
      [mixed("/<", "milliseconds", "seconds")],
    ],
    [
      "of a minute and a parameter",
      { all: [{ window: ["3m"] }, { "<": [LAG, param("lagMs")] }] },
      [mixed("/all/1/<", "seconds", "milliseconds")],
    ],
    [
      "of a sum of minutes and a parameter",
      { reduce: [{ window: ["3m"] }, { max: [{ var: "current.forward.lagSeconds" }, param("lagMs")] }, 0] },
      [mixed("/reduce/1/max", "seconds", "milliseconds", "are mixed")],
    ],
    [
      "of an age and milliseconds",
      { "<": [{ age: ["green.requests"] }, param("oldMs")] },
      [mixed("/<", "seconds", "milliseconds")],
    ],
    [
      "of a share of minutes and percent",
      { ">=": [{ coverage: ["3m"] }, param("seenPercent")] },
      [mixed("/>=", "ratio", "percent")],
    ],
  ])("are not %s", (_, rule, says) => {
    expect(found(rule)).toEqual(says);
  });

  it.each<[string, JsonValue]>([
    ["a multiple keeps its unit", { "<": [{ "*": [1.2, LAG] }, param("lagMs")] }],
    ["a multiple keeps its unit, whichever comes first", { "<": [{ "*": [LAG, 20] }, param("lagMs")] }],
    ["a part keeps its unit", { "<": [{ "/": [LAG, 2] }, param("lagMs")] }],
    ["a small part keeps its unit", { "<": [{ "*": [0.05, LAG] }, param("lagMs")] }],
    ["so does a multiple of a multiple", { "<": [{ "*": [2, LAG, 3] }, param("lagMs")] }],
  ])("are compared though %s", (_, rule) => {
    expect(found(rule)).toEqual([mixed("/<", "seconds", "milliseconds")]);
  });

  it.each<[string, JsonValue]>([
    ["a thousand times as much", { "<": [{ "*": [1000, LAG] }, param("lagMs")] }],
    ["a thousand times as much of twice", { "<": [{ "*": [2, LAG, 1000] }, param("lagMs")] }],
    ["more than twenty times as much", { "<": [{ "*": [21, LAG] }, param("lagMs")] }],
    ["a thousandth", { "<": [{ "/": [P99, 1000] }, param("lagSeconds")] }],
    ["less than a twentieth", { "<": [{ "*": [0.04, LAG] }, param("lagMs")] }],
    ["so many for each second", { "<": [{ "/": [10, LAG] }, param("lagMs")] }],
    ["so many errors of the requests", { "<": [{ "/": [10, REQUESTS] }, param("errorRatio")] }],
    ["as often as another parameter says", { "<": [{ "*": [param("factor"), LAG] }, param("lagMs")] }],
    ["one unit times another", { "<": [{ "*": [LAG, P99] }, param("lagMs")] }],
    ["two of them times each other", { "<": [{ "*": [LAG, LAG] }, param("lagMs")] }],
    ["one unit for each of another", { "<": [{ "/": [WAL, LAG] }, param("lagMs")] }],
    ["a remainder", { "<": [{ "%": [LAG, 60] }, param("lagMs")] }],
    ["gained a minute", { "<": [{ stat: ["forward.lagSeconds", "slope", "15m"] }, param("lagMs")] }],
    ["one of several", { "<": [{ if: [{ "<": [P99, 5] }, LAG, P99] }, param("lagMs")] }],
    ["two that do not agree by themselves", { "<": [{ "*": [2, { "*": [LAG, P99] }] }, param("lagMs")] }],
  ])("are converted, or nobody can tell: %s", (_, rule) => {
    expect(found(rule)).toEqual([]);
  });

  it("are none where one is the share of the other in its own unit", () => {
    const share = { "/": [ERRORS, REQUESTS] };

    expect(found({ "<": [share, param("errorRatio")] })).toEqual([]);
    expect(found({ "<": [share, param("mostErrors")] })).toEqual([mixed("/<", "ratio", "count")]);
  });

  it("are none of states and of yes and no, and are not looked for in connectives", () => {
    expect(found({ "===": [{ var: "forward.state" }, { var: "reverse.state" }] })).toEqual([]);
    expect(found({ "===": [{ known: ["green.requests"] }, { var: "forward.stalled" }] })).toEqual([]);
    for (const path of ["forward.state", "forward.stalled"])
      expect(found({ "===": [{ var: path }, param("mostErrors")] })).toEqual([]);
    expect(found({ and: [LAG, P99] })).toEqual([]);
  });
});

describe("a threshold that no value reaches", () => {
  const never = (at: string, threshold: number, range: string, hint = "") =>
    `error out-of-range ${at} ${threshold} is never reached: the values run from ${range}.${hint}`;

  it.each<[string, JsonValue, readonly string[]]>([
    ["below all", { "<": [LAG, -1] }, [never("/<", -1, "0 to anything")]],
    ["on the left", { ">": [-0.5, LAG] }, [never("/>", -0.5, "0 to anything")]],
    ["above all", { ">": [{ var: "traffic.greenPercent" }, 100.5] }, [never("/>", 100.5, "0 to 100")]],
    ["percent of a share", { ">": [RATE, 5] }, [never("/>", 5, "0 to 1", " Did you mean 0.05?")]],
    [
      "all percent of a share",
      { ">=": [{ coverage: ["3m"] }, 100] },
      [never("/>=", 100, "0 to 1", " Did you mean 1?")],
    ],
    ["more than percent of a share", { ">": [RATE, 101] }, [never("/>", 101, "0 to 1")]],
    ["less than none of a share", { "<": [RATE, -1] }, [never("/<", -1, "0 to 1")]],
    [
      "of either end",
      { "<": [-1, RATE, 2] },
      [never("/<", -1, "0 to 1"), never("/<", 2, "0 to 1", " Did you mean 0.02?")],
    ],
    [
      "in a list of minutes",
      { all: [{ window: ["3m"] }, { "<": [LAG, -1] }] },
      [never("/all/1/<", -1, "0 to anything")],
    ],
    [
      "of a sum of minutes",
      { reduce: [{ window: ["3m"] }, { ">": [{ var: "current.forward.lagSeconds" }, -1] }, 0] },
      [never("/reduce/1/>", -1, "0 to anything")],
    ],
  ])("is told with what they are: %s", (_, rule, says) => {
    expect(found(rule)).toEqual(says);
  });

  it("may be a parameter", () => {
    expect(found({ ">": [RATE, param("limit")] }, { limit: 5 })).toEqual([
      never("/>", 5, "0 to 1", " Did you mean 0.05?"),
    ]);
    expect(found({ ">": [RATE, param("limit")] }, { other: 5 })).toEqual([]);
    expect(found({ ">": [RATE, param("toString")] }, {})).toEqual([]);
  });

  it.each<[string, JsonValue]>([
    ["the least of all", { ">=": [LAG, 0] }],
    ["the most of all", { "<=": [RATE, 1] }],
    ["of what is gained a minute, which may be lost", { "<=": [{ stat: ["forward.lagSeconds", "slope", "5m"] }, -10] }],
    ["of a sum over minutes", { "<=": [{ stat: ["traffic.greenPercent", "sum", "3m"] }, 300] }],
    ["of an e-value", { ">=": [{ evidence_below: ["green.errors5xx", "green.requests", 0.01, "step"] }, 20] }],
    ["of what arithmetic makes of it", { "<": [{ "-": [LAG, 9] }, -5] }],
    ["of text", { "===": [{ var: "forward.state" }, "RUNNING"] }],
    ["of what is compared with itself", { "<": [LAG, { var: "reverse.lagSeconds" }] }],
    ["of a signal there is not", { "<": [{ var: "forward.lag" }, -5] }],
  ])("is none: %s", (_, rule) => {
    expect(found(rule)).toEqual([]);
  });
});

describe("a threshold in another unit", () => {
  it.each<[string, JsonValue, readonly string[]]>([
    [
      "a share for percent",
      { ">=": [READY, 0.95] },
      ["error mixed-units />= 0.95 is hardly a percent; percentages run from 0 to 100"],
    ],
    [
      "one for all percent",
      { ">=": [READY, 1] },
      ["error mixed-units />= 1 is hardly a percent; percentages run from 0 to 100"],
    ],
    [
      "a share of the traffic",
      { "<": [{ var: "traffic.greenPercent" }, 0.5] },
      ["error mixed-units /< 0.5 is hardly a percent; percentages run from 0 to 100"],
    ],
    [
      "seconds for milliseconds",
      { "<": [P99, 0.4] },
      ["error mixed-units /< 0.4 is less than a millisecond; are these seconds?"],
    ],
    [
      "milliseconds for seconds",
      { "<": [LAG, 1_000] },
      ["warning implausible-threshold /< 1000 seconds are 17 minutes; are these milliseconds?"],
    ],
    [
      "milliseconds of age",
      { "<": [{ age: ["lb.requests"] }, 90_000] },
      ["warning implausible-threshold /< 90000 seconds are 1500 minutes; are these milliseconds?"],
    ],
    [
      "milliseconds of room",
      { ">": [ROOM, 31_622_400] },
      ["warning implausible-threshold /> 31622400 seconds are 366 days; are these milliseconds?"],
    ],
  ])("is told of: %s", (_, rule, says) => {
    expect(found(rule)).toEqual(says);
  });

  it.each<[string, JsonValue]>([
    ["one percent", { ">": [{ var: "traffic.greenPercent" }, 1] }],
    ["two percent of blue", { ">=": [READY, 2] }],
    ["no percent", { ">": [{ var: "traffic.greenPercent" }, 0] }],
    ["a millisecond", { "<": [P99, 1] }],
    ["no milliseconds", { ">": [P99, 0] }],
    ["a quarter of an hour of lag", { "<": [LAG, 999] }],
    ["a year of room", { ">": [ROOM, 31_622_399] }],
    ["many records", { "<": [{ var: "forward.lagRecords" }, 1_000_000] }],
    ["much of a share", { "<": [RATE, 0.5] }],
  ])("is none: %s", (_, rule) => {
    expect(found(rule)).toEqual([]);
  });

  it("is not looked for where the units are mixed up already", () => {
    expect(found({ "<": [LAG, param("lagMs")] }, { lagMs: 5_000 })).toEqual([mixed("/<", "seconds", "milliseconds")]);
  });
});
