import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { lintOf, withGate, withRollback } from "../../support/lint.ts";

const gate = (rule: JsonValue): readonly string[] =>
  lintOf(withGate(rule)).flatMap((each) => (each.includes("backwards") || each.includes("standstill") ? [each] : []));
const rollback = (when: JsonValue): readonly string[] =>
  lintOf(withRollback(when)).flatMap((each) =>
    each.includes("backwards") || each.includes("standstill") ? [each] : [],
  );

const opens = (
  at: string,
  name: string,
  better: string | number | boolean,
  worse: string | number | boolean,
  remedy = "turn the comparison round",
) => [
  `error gate-backwards /gates/lag/rule${at} ${name}: ${better} is better than ${worse}, and the gate holds at the first and opens at the second; ${remedy}`,
];
const ends = (at: string, name: string, better: string | number | boolean, worse: string | number | boolean) => [
  `error rollback-backwards /rollback/0/when${at} ${name}: ${better} is better than ${worse}, and the rule fires at the first and not at the second; turn the comparison round`,
];

const LAG: JsonValue = { var: "forward.lagSeconds" };
const HOSTS: JsonValue = { var: "green.healthyHosts" };
const READY: JsonValue = { var: "blue.readyPercent" };
const STALLED: JsonValue = { var: "forward.stalled" };
const STATE: JsonValue = { var: "reverse.state" };
const rate = (side: string): JsonValue => ({ rate: [`${side}.errors5xx`, `${side}.requests`, "3m"] });

describe("a gate that opens as things get worse", () => {
  it.each<[string, JsonValue, readonly string[]]>([
    ["above a limit", { ">": [LAG, 5] }, opens("/>", "forward.lagSeconds", 5, 5.005)],
    ["from a limit on", { ">=": [LAG, 5] }, opens("/>=", "forward.lagSeconds", 4.995, 5)],
    ["below a limit, of what is good", { "<": [HOSTS, 4] }, opens("/<", "green.healthyHosts", 4, 3)],
    ["not below a limit", { "!": [{ "<": [LAG, 5] }] }, opens("/!/0/<", "forward.lagSeconds", 4.995, 5)],
    [
      "negated three times",
      { "!": [{ "!": [{ "!": [{ "<": [LAG, 5] }] }] }] },
      opens("/!/0/!/0/!/0/<", "forward.lagSeconds", 4.995, 5),
    ],
    ["as it is true", { "!!": [{ ">": [LAG, 5] }] }, opens("/!!/0/>", "forward.lagSeconds", 5, 5.005)],
    [
      "beside what is right",
      { and: [{ "<": [LAG, 9] }, { ">": [LAG, 5] }] },
      opens("/and/1/>", "forward.lagSeconds", 5, 5.005),
    ],
    [
      "or from a limit on where something else does not make up for it",
      { or: [{ "<": [LAG, 4] }, { and: [{ ">=": [LAG, 5] }, { "===": [{ var: "alarms.firing" }, 0] }] }] },
      opens("/or/1/and/0/>=", "forward.lagSeconds", 4.995, 5),
    ],
    ["a flag", { "===": [STALLED, true] }, opens("/===", "forward.stalled", false, true)],
    [
      "a flag that is not",
      { "!==": [{ var: "forward.drained" }, true] },
      opens("/!==", "forward.drained", true, false),
    ],
    [
      "by what is not seen",
      { "<": [{ coverage: ["lb.requests", "3m"] }, 0.5] },
      opens("/<", "coverage of lb.requests over 3m", 0.5, 0.4995),
    ],
    [
      "by a proof that is missing",
      { "<": [{ evidence_below: ["green.errors5xx", "green.requests", 0.01, "15m"] }, 20] },
      opens("/<", "evidence green.errors5xx / green.requests below 0.01 over 15m", 20, 19.98),
    ],
    ["worse than blue", { ">": [rate("green"), rate("blue")] }, []],
    [
      "blue's, of blue alone",
      { ">": [rate("blue"), 0.1] },
      opens("/>", "blue.errors5xx / blue.requests over 3m", 0.1, 0.1001),
    ],
    ["anything but the best", { "!==": [READY, 100] }, opens("/!==", "blue.readyPercent", 100, 99.9)],
    ["exactly the worst", { "===": [READY, 0] }, opens("/===", "blue.readyPercent", "1e-9", 0)],
    ["the worst among others", { in: [HOSTS, [4, 0]] }, opens("/in", "green.healthyHosts", 5, 4)],
    ["any other number", { "!=": [HOSTS, 4] }, opens("/!=", "green.healthyHosts", 4, 3)],
    ["none of some", { "!": [{ in: [HOSTS, [4, 5]] }] }, opens("/!/0/in", "green.healthyHosts", 4, 3)],
    ["an even number", { "===": [{ "%": [HOSTS, 2] }, 0] }, opens("/===", "green.healthyHosts", 5, 4)],
    [
      "a number of hosts in every minute, or any other than twice as many",
      { all: [{ window: ["3m"] }, { or: [{ "===": [HOSTS, 4] }, { "!==": [HOSTS, 8] }] }] },
      opens("/all", "green.healthyHosts", 8, 7),
    ],
    ["a number that has a best", { "===": [{ var: "alarms.firing" }, 1] }, opens("/===", "alarms.firing", 0, 1)],
  ])("is refused with where it does: %s", (_, rule, says) => {
    if (says.length > 0) expect(gate(rule)).toEqual(says);
    else expect(gate(rule).join()).toContain("gate-backwards");
  });

  it.each<[string, JsonValue]>([
    [
      "a limit, or from it on something else",
      { or: [{ "<": [LAG, 5] }, { and: [{ ">=": [LAG, 5] }, { "===": [{ var: "alarms.firing" }, 0] }] }] },
    ],
    ["a limit", { "<": [LAG, 5] }],
    ["no more than one", { "!": [{ ">": [LAG, 5] }] }],
    ["requests, which are neither good nor bad", { ">": [{ var: "lb.requests" }, 5] }],
    ["requests, or fewer of them", { "<": [{ var: "lb.requests" }, 5] }],
    ["exactly so many hosts", { "===": [HOSTS, 4] }],
    ["so many hosts", { "==": [HOSTS, 4] }],
    [
      "so many hosts in every minute, and no other number",
      { all: [{ window: ["3m"] }, { "!": [{ "!=": [HOSTS, 4] }] }] },
    ],
    ["so many hosts in every minute", { all: [{ window: ["3m"] }, { "===": [HOSTS, 4] }] }],
    ["no rise and no fall", { "===": [{ stat: ["forward.lagSeconds", "slope", "3m"] }, 0] }],
    ["one of some numbers of hosts", { in: [HOSTS, [4, 5]] }],
    ["not any other number", { "!": [{ "!==": [HOSTS, 4] }] }],
    ["no other number in any minute", { none: [{ window: ["3m"] }, { "!==": [HOSTS, 4] }] }],
    ["so many hosts as blue has", { ">=": [HOSTS, { var: "blue.healthyHosts" }] }],
    ["fewer errors than blue has", { "<=": [rate("green"), rate("blue")] }],
  ])("is none that asks for %s", (_, rule) => {
    expect(gate(rule)).toEqual([]);
  });
});

describe("what another condition makes up for", () => {
  const QUIET: JsonValue = { "===": [{ var: "alarms.firing" }, 0] };
  const every = (relation: string): JsonValue => ({ all: [{ window: ["3m"] }, { [relation]: [LAG, 5] }] });

  it("is not told of, and what nothing makes up for beside it is", () => {
    const madeUpFor = { or: [{ "<": [LAG, 5] }, { and: [{ ">=": [LAG, 5] }, QUIET] }] };

    expect(gate({ and: [madeUpFor, { ">": [{ var: "reverse.lagSeconds" }, 9] }] })).toEqual(
      opens("/and/1/>", "reverse.lagSeconds", 9, 9.009),
    );
  });

  it("is told of where minutes of a window need not be alike", () => {
    expect(gate({ or: [every("<"), { and: [every(">="), QUIET] }] }).join()).toContain("gate-backwards");
  });

  it("is told of where an equality of what arithmetic makes may lie anywhere", () => {
    const odd = { "===": [{ "%": [LAG, 2] }, 1] };

    expect(
      gate({ or: [{ "<": [LAG, 5] }, { and: [{ ">=": [LAG, 5] }, QUIET] }, { and: [odd, { "<": [LAG, 4] }] }] }).join(),
    ).toContain("gate-backwards");
  });
});

describe("a rollback rule that stops as things get worse", () => {
  it.each<[string, JsonValue, readonly string[]]>([
    [
      "below a limit",
      { "<": [{ stat: ["forward.lagSeconds", "min", "5m"] }, 120] },
      ends("/<", "min forward.lagSeconds over 5m", 119.88, 120),
    ],
    ["up to a limit", { "<=": [LAG, 120] }, ends("/<=", "forward.lagSeconds", 120, 120.12)],
    ["with many hosts", { ">": [HOSTS, 4] }, ends("/>", "green.healthyHosts", 5, 4)],
    ["not above a limit", { "!": [{ ">": [LAG, 120] }] }, ends("/!/0/>", "forward.lagSeconds", 120, 120.12)],
    ["while it is well", { "===": [STALLED, false] }, ends("/===", "forward.stalled", false, true)],
    ["exactly at a number of hosts", { "===": [HOSTS, 4] }, ends("/===", "green.healthyHosts", 4, 3)],
    [
      "one of two ways",
      { or: [{ ">": [LAG, 120] }, { "<": [LAG, 60] }] },
      ends("/or/1/<", "forward.lagSeconds", 59.94, 60),
    ],
  ])("is refused with where it does: %s", (_, when, says) => {
    expect(rollback(when)).toEqual(says);
  });

  it.each<[string, JsonValue]>([
    ["more than a limit", { ">": [LAG, 120] }],
    [
      "a limit, or up to it something else",
      { or: [{ ">": [LAG, 120] }, { and: [{ "<=": [LAG, 120] }, { ">": [{ var: "alarms.firing" }, 0] }] }] },
    ],
    ["any other number of hosts", { "!==": [HOSTS, 4] }],
    ["any number but one", { "!=": [HOSTS, 4] }],
    ["not exactly so many hosts", { "!": [{ "===": [HOSTS, 4] }] }],
    ["not so many hosts in some minute", { some: [{ window: ["3m"] }, { "!": [{ "==": [HOSTS, 4] }] }] }],
    ["sight first", { and: [{ ">=": [{ coverage: ["lb.requests", "3m"] }, 0.9] }, { ">": [LAG, 120] }] }],
    ["all alarms in sight first", { and: [{ "===": [{ var: "alarms.unknown" }, 0] }, { ">": [LAG, 120] }] }],
    ["blue's hosts to be there", { and: [{ ">=": [{ var: "blue.healthyHosts" }, 2] }, { ">": [LAG, 120] }] }],
    ["more errors than blue has", { ">": [rate("green"), { "*": [2, rate("blue")] }] }],
    ["errors of green, and few of blue", { and: [{ ">": [rate("green"), 0.1] }, { "<": [rate("blue"), 0.05] }] }],
    ["the same, negated", { "!": [{ or: [{ "<=": [rate("green"), 0.1] }, { ">=": [rate("blue"), 0.05] }] }] }],
    [
      "errors of green, and blue to be well in any way",
      {
        and: [
          { ">": [rate("green"), 0.1] },
          { or: [{ "<": [rate("blue"), 0.05] }, { "<": [{ var: "blue.p99Ms" }, 900] }] },
        ],
      },
    ],
  ])("is none that asks for %s", (_, when) => {
    expect(rollback(when)).toEqual([]);
  });

  it("is told of blue's errors where nothing of green is asked", () => {
    expect(rollback({ "<": [rate("blue"), 0.1] })).toEqual(
      ends("/<", "blue.errors5xx / blue.requests over 3m", 0.0999, 0.1),
    );
  });

  it.each<[string, JsonValue, string]>([
    ["it is enough by itself", { or: [{ ">": [rate("green"), 0.1] }, { "<": [rate("blue"), 0.05] }] }, "/or/1/<"],
    [
      "it is enough by itself, negated",
      { "!": [{ and: [{ "<=": [rate("green"), 0.1] }, { ">=": [rate("blue"), 0.05] }] }] },
      "/!/0/and/1/>=",
    ],
    ["a stream is asked", { and: [{ ">": [LAG, 120] }, { "<": [rate("blue"), 0.05] }] }, "/and/1/<"],
    [
      "green is asked for its traffic alone",
      { and: [{ ">": [{ stat: ["green.requests", "sum", "3m"] }, 10] }, { "<": [rate("blue"), 0.05] }] },
      "/and/1/<",
    ],
    [
      "green is asked for being seen alone",
      { and: [{ ">=": [{ coverage: ["green.errors5xx", "3m"] }, 0.9] }, { "<": [rate("blue"), 0.05] }] },
      "/and/1/<",
    ],
  ])("is told of blue's errors where %s", (_, when, at) => {
    expect(rollback(when).join()).toContain(`rollback-backwards /rollback/0/when${at} blue.errors5xx`);
  });
});

describe("a state", () => {
  const opensAt = (at: string, better: string, worse: string) =>
    opens(at, "reverse.state", better, worse, 'ask for "RUNNING"');
  const standing = (at: string, states: string) => [
    `warning opens-at-standstill /gates/lag/rule${at} the gate opens at ${states} as well, where reverse carries nothing over and has no lag; ask for "RUNNING"`,
  ];

  it.each<[string, JsonValue, readonly string[]]>([
    ["any but one", { "!==": [STATE, "FAILED"] }, opensAt("/!==", "FAILED", "ABSENT")],
    ["some that leave one out", { in: [STATE, ["RUNNING", "PAUSED"]] }, opensAt("/in", "RESTARTING", "PAUSED")],
    ["any but the best", { "!==": [STATE, "RUNNING"] }, opensAt("/!==", "RUNNING", "RESTARTING")],
    ["not one of some", { "!": [{ in: [STATE, ["FAILED", "PAUSED"]] }] }, opensAt("/!/0/in", "PAUSED", "STOPPED")],
    [
      "not one of some, in truth",
      { "!!": [{ "!": [{ "===": [STATE, "FAILED"] }] }] },
      opensAt("/!!/0/!/0/===", "FAILED", "ABSENT"),
    ],
    [
      "one by one",
      { and: [{ "!==": [STATE, "PAUSED"] }, { "<": [LAG, 5] }, { "!==": [STATE, "FAILED"] }] },
      opensAt("/and", "PAUSED", "STOPPED"),
    ],
    [
      "beside something else",
      { and: [{ "<": [LAG, 5] }, { "!==": [STATE, "FAILED"] }] },
      opensAt("/and/1/!==", "FAILED", "ABSENT"),
    ],
    [
      "beside a choice of something else",
      { and: [{ "!==": [STATE, "FAILED"] }, { or: [{ "<": [LAG, 5] }, { ">": [HOSTS, 2] }] }] },
      opensAt("/and/0/!==", "FAILED", "ABSENT"),
    ],
    [
      "or where something else is enough",
      { or: [{ "!==": [STATE, "FAILED"] }, { "<": [LAG, 5] }] },
      opensAt("/or/0/!==", "FAILED", "ABSENT"),
    ],
    [
      "while nothing stands still",
      { if: [{ "===": [STALLED, true] }, false, { "!==": [STATE, "FAILED"] }] },
      opensAt("/if", "FAILED", "ABSENT"),
    ],
    ["all but the worst", { "!==": [STATE, "ABSENT"] }, standing("/!==", "UNASSIGNED, PAUSED, STOPPED, FAILED")],
    [
      "none of the worst two",
      { "!": [{ in: [STATE, ["FAILED", "ABSENT"]] }] },
      standing("/!/0/in", "UNASSIGNED, PAUSED, STOPPED"),
    ],
    ["the best of three", { in: [STATE, ["RUNNING", "RESTARTING", "UNASSIGNED"]] }, standing("/in", "UNASSIGNED")],
    [
      "while something else is well",
      { if: [{ "<": [LAG, 5] }, { "!==": [STATE, "ABSENT"] }, false] },
      standing("/if", "UNASSIGNED, PAUSED, STOPPED, FAILED"),
    ],
  ])("opens a gate at a worse one, or where nothing is carried over: %s", (_, rule, says) => {
    expect(gate(rule)).toEqual(says);
  });

  it.each<[string, JsonValue]>([
    ["the best", { "===": [STATE, "RUNNING"] }],
    ["the best two", { in: [STATE, ["RUNNING", "RESTARTING"]] }],
    [
      "all but the best two, of which none is",
      { "!": [{ in: [STATE, ["UNASSIGNED", "PAUSED", "STOPPED", "FAILED", "ABSENT"]] }] },
    ],
    [
      "one like the other's, which is asked beside something else",
      {
        and: [
          { "===": [STATE, { var: "forward.state" }] },
          { if: [{ "===": [STALLED, true] }, false, { "===": [{ var: "forward.state" }, "RUNNING"] }] },
        ],
      },
    ],
    ["one like the other's", { and: [{ "===": [STATE, { var: "forward.state" }] }, { "===": [STATE, "RUNNING"] }] }],
  ])("is right in a gate that asks for %s", (_, rule) => {
    expect(gate(rule)).toEqual([]);
  });

  it("fires no rollback rule at the best, and not at a worse one", () => {
    expect(rollback({ "===": [STATE, "RUNNING"] })).toEqual(ends("/===", "reverse.state", "RUNNING", "RESTARTING"));
    expect(rollback({ "!==": [STATE, "PAUSED"] })).toEqual(ends("/!==", "reverse.state", "RUNNING", "PAUSED"));
    expect(rollback({ "!": [{ in: [STATE, ["PAUSED"]] }] })).toEqual(
      ends("/!/0/in", "reverse.state", "RUNNING", "PAUSED"),
    );
    for (const when of [
      { "!==": [STATE, "RUNNING"] },
      { "===": [STATE, "PAUSED"] },
      { in: [STATE, ["STOPPED", "ABSENT"]] },
    ])
      expect(rollback(when)).toEqual([]);
  });
});
