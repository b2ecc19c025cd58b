import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { alsoAsking, lintOf, withGate, withRollback } from "../../support/lint.ts";

const LAG: JsonValue = { var: "forward.lagSeconds" };
const STALLED: JsonValue = { "===": [{ var: "forward.stalled" }, true] };
const SHORT: JsonValue = { "<": [LAG, 5] };
const TRUE: JsonValue = { ">=": [LAG, 0] };
const FALSE: JsonValue = { "<": [LAG, 0] };
const SUM: JsonValue = {
  reduce: [{ window: ["5m"] }, { "+": [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0],
};

const gate = (rule: JsonValue) => lintOf(withGate(rule)).filter((each) => /never|always|idle/.test(each));
const rollback = (when: JsonValue) => lintOf(withRollback(when)).filter((each) => /never|always|idle/.test(each));

const ALONE = " whatever the signals are";
const TOGETHER = ": its parts together allow nothing else";
const APART: JsonValue = { and: [SHORT, { ">": [LAG, 9] }] };
const EITHER: JsonValue = { or: [SHORT, { ">=": [LAG, 5] }] };

describe("a gate that always comes to the same", () => {
  const fails = (at: string, why: string) => [
    `error never-fails /gates/lag/rule${at} the gate can never fail: this is true${why}. Only silence would hold; for that there is "known"`,
  ];
  const passes = (at: string, why: string) => [
    `error never-passes /gates/lag/rule${at} the gate can never pass: this is false${why}. The step could never be left`,
  ];

  it.each<[string, JsonValue, readonly string[]]>([
    ["true", TRUE, fails("/>=", ALONE)],
    ["false", FALSE, passes("/<", ALONE)],
    ["not true", { "!": [TRUE] }, passes("/!/0/>=", ALONE)],
    ["not false", { "!": [FALSE] }, fails("/!/0/<", ALONE)],
    ["in truth false", { "!!": [FALSE] }, passes("/!!/0/<", ALONE)],
    ["false by a part", { and: [STALLED, { or: [FALSE, FALSE] }] }, passes("/and/1/or/0/<", ALONE)],
    ["true by a part", { or: [STALLED, TRUE] }, fails("/or/1/>=", ALONE)],
    ["false by its parts together", APART, passes("/and", TOGETHER)],
    ["true by its parts together", EITHER, fails("/or", TOGETHER)],
    ["false by a group of its parts", { and: [STALLED, SHORT, { ">": [LAG, 9] }] }, passes("/and", TOGETHER)],
    ["true by parts that are apart, and negated", { "!": [APART] }, fails("/!/0/and", TOGETHER)],
    [
      "false by what is known and is not",
      { and: [{ "!": [{ known: ["forward.lagSeconds"] }] }, SHORT] },
      passes("/and", TOGETHER),
    ],
    [
      "a number",
      SUM,
      ["error never-known /gates/lag/rule/reduce this has no truth at any value; it would hold for ever"],
    ],
    [
      "nothing, for a division by nothing",
      { "<": [{ "/": [LAG, 0] }, 5] },
      ["error never-known /gates/lag/rule/< this has no truth at any value; it would hold for ever"],
    ],
    [
      "a number, beside what is false",
      { or: [FALSE, SUM] },
      ["error never-known /gates/lag/rule/or this has no truth at any value; it would hold for ever"],
    ],
    ["a number where it is true", { and: [STALLED, SUM] }, passes("/and", TOGETHER)],
    ["a number or the truth", { or: [SUM, STALLED] }, []],
    ["a truth that a number is asked for", { and: [{ "!!": [SUM] }, STALLED] }, []],
    ["a truth that a number is asked for first", { and: [SUM, STALLED] }, []],
    ["a truth that a number is asked for between", { and: [STALLED, SUM, SHORT] }, []],
  ])("is refused, and told by what: %s", (_, rule, says) => {
    expect(gate(rule)).toEqual(says);
  });
});

describe("a rollback rule that always comes to the same", () => {
  it.each<[string, JsonValue, string]>([
    ["true", TRUE, `error always-fires /rollback/0/when/>= the rule always fires: this is true${ALONE}`],
    [
      "false",
      FALSE,
      `error never-fires /rollback/0/when/< the rule can never fire: this is false${ALONE}. It protects from nothing`,
    ],
    [
      "true by its parts together",
      EITHER,
      `error always-fires /rollback/0/when/or the rule always fires: this is true${TOGETHER}`,
    ],
    [
      "false by its parts together",
      APART,
      `error never-fires /rollback/0/when/and the rule can never fire: this is false${TOGETHER}. It protects from nothing`,
    ],
  ])("is refused: %s", (_, when, says) => {
    expect(rollback(when)).toEqual([says]);
  });
});

describe("a rule of many parts", () => {
  const FLAGS = ["forward.stalled", "forward.drained", "forward.dataGap", "reverse.stalled", "reverse.drained"].map(
    (flag): JsonValue => ({ "===": [{ var: flag }, true] }),
  );
  const RECORDS = ["forward.lagRecords", "reverse.lagRecords", "forward.deadLetters", "reverse.deadLetters"];
  const COUNTS = RECORDS.map((path): JsonValue => ({ "===": [{ var: path }, 7] }));

  it("is never refused for what it comes to where nobody has looked", () => {
    expect(gate({ and: [{ or: [...COUNTS, ...FLAGS] }, ...COUNTS, ...FLAGS] })).toEqual([]);
  });

  it("is refused for a part that is never true, however much that part reads", () => {
    const seconds = ["forward.lagSeconds", "reverse.lagSeconds", "lb.requests", "green.requests", "blue.requests"];
    const never = [...seconds, ...RECORDS].map((path): JsonValue => ({ "<": [{ var: path }, 0] }));

    expect(gate({ and: [{ or: never }, STALLED] })).toEqual([
      expect.stringMatching(/^error never-passes \/gates\/lag\/rule\/and\/0\/or\/0\/< /),
    ]);
  });
});

describe("a policy of many rules", () => {
  const NAMES = ["forward.lagSeconds", "reverse.lagSeconds", "forward.lagRecords"];
  const each = (operator: string, limit: number): readonly JsonValue[] =>
    NAMES.map((path): JsonValue => ({ [operator]: [{ var: path }, limit] }));
  const large = (limit: number): JsonValue => ({ or: [{ and: [...each("<", limit)] }, { and: [...each("<", 5)] }] });
  const found = (count: number) => {
    const many = Array.from({ length: count }, (_, index) => [`gate${index}`, large(20 + index)] as const);
    return lintOf(alsoAsking(Object.fromEntries(many), "start"));
  };

  it("is not left unexamined without a word", () => {
    expect(found(2)).toEqual([]);
    expect(found(20)).toEqual([
      "warning not-all-examined /gates the rules are too many or too long to be looked at in full; some mistakes may stay unseen. Split the policy, or shorten its rules",
    ]);
  });
});

describe("a part that changes nothing", () => {
  const idle = (at: string, holds: boolean) =>
    `warning idle-part /gates/lag/rule${at} this is always ${holds} and changes nothing; correct it, or remove it`;

  it.each<[string, JsonValue, readonly string[]]>([
    ["of an and", { and: [TRUE, SHORT] }, [idle("/and/0/>=", true)]],
    ["of an or", { or: [SHORT, FALSE] }, [idle("/or/1/<", false)]],
    ["several", { and: [TRUE, { or: [FALSE, SHORT] }] }, [idle("/and/0/>=", true), idle("/and/1/or/0/<", false)]],
    ["of parts together", { or: [APART, { "<": [{ var: "reverse.lagSeconds" }, 5] }] }, [idle("/or/0/and", false)]],
    ["that is asked first in a choice", { if: [TRUE, SHORT, false] }, [idle("/if/0/>=", true)]],
    ["that is asked later in a choice", { if: [STALLED, false, FALSE, true, SHORT] }, [idle("/if/2/<", false)]],
    ["in a short choice", { "?:": [FALSE, true, SHORT] }, [idle("/?:/0/<", false)]],
    ["by a number that is asked for its truth", { if: [{ "+": [LAG, 1] }, SHORT, false] }, [idle("/if/0/+", true)]],
  ])("is warned of: %s", (_, rule, says) => {
    expect(gate(rule)).toEqual(says);
  });

  it.each<[string, JsonValue]>([
    ["a branch", { if: [STALLED, false, SHORT] }],
    [
      "a choice in a minute, which sees no more than that",
      { all: [{ window: ["3m"] }, { if: [{ ">=": [LAG, 0] }, { "<": [LAG, 5] }, false] }] },
    ],
    ["what is decided by whether it is seen", { if: [{ known: ["forward.lagSeconds"] }, SHORT, false] }],
    [
      "a choice of what nobody understands",
      { and: [SHORT, { if: [{ some: [[1], { missing: ["x"] }] }, STALLED, false] }] },
    ],
  ])("is none that is %s", (_, rule) => {
    expect(gate(rule)).toEqual([]);
  });
});

describe("gates that never pass together", () => {
  const LB: JsonValue = { stat: ["lb.requests", "sum", "3m"] };
  const busy: JsonValue = { ">": [LB, 1_000] };
  const idle: JsonValue = { "<": [LB, 900] };
  const says = (at: string, names = "busy and idle") =>
    `error gates-exclude-each-other ${at} ${names} never pass together; correct one of them`;

  it.each<["start" | "canary" | "full" | "decommission", string]>([
    ["start", "/start/require"],
    ["canary", "/steps/0/promoteWhen"],
    ["full", "/steps/2/promoteWhen"],
    ["decommission", "/decommission/require"],
  ])("are told of where they are asked: %s", (where, at) => {
    expect(lintOf(alsoAsking({ busy, idle }, where))).toContain(says(at));
  });

  it("are told of by their names, and not with others", () => {
    const steady: JsonValue = { "<": [{ var: "alarms.firing" }, 5] };
    const found = lintOf(alsoAsking({ busy: { and: [steady, busy] }, steady, idle: { and: [idle] } }, "start"));

    expect(found).toContain(says("/start/require"));
  });

  it("are those of three, where two by two they could", () => {
    const [one, two] = [{ var: "lb.requests" }, { var: "blue.requests" }];
    const gates = { first: { ">": [one, two] }, second: { ">": [two, 50] }, third: { "<": [one, 40] } };

    expect(lintOf(alsoAsking(gates, "start"))).toContain(says("/start/require", "first and second and third"));
  });

  it("are told of in each place that asks for the same", () => {
    const small = alsoAsking({ busy, idle }, "canary");
    const steps = (small["steps"] as readonly { readonly id: string }[]).map((step) =>
      step.id === "half" ? { ...step, promoteWhen: ["running", "lag", "errors", "busy", "idle"] } : step,
    );

    expect(lintOf({ ...small, steps }).filter((each) => each.includes("exclude"))).toEqual([
      says("/steps/0/promoteWhen"),
      says("/steps/1/promoteWhen"),
    ]);
  });

  it("are none that are asked in different places", () => {
    const [start, canary] = [alsoAsking({ busy }, "start"), alsoAsking({ idle }, "canary")];
    const gates = { ...(start["gates"] as object), ...(canary["gates"] as object) };

    expect(lintOf({ ...start, gates, steps: canary["steps"] ?? [] }).join()).not.toContain("exclude");
  });
});
