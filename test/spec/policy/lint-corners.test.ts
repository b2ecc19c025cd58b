import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { lintPolicy } from "../../../src/policy/lint.ts";
import { answerTo } from "../../support/eval.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const NOW = epochMs(Date.parse("2026-11-25T12:00:00Z"));

const problems = (changes: JsonObject): readonly string[] =>
  lintPolicy(JSON.stringify(smallPolicy(changes)), "policy.json", [], NOW).map(
    ({ level, pointer, rule, message }) => `${level} ${pointer} ${message} [${rule}]`,
  );
const gate = (name: "running" | "lag", changed: JsonObject): JsonObject => {
  const gates = smallPolicy()["gates"] as JsonObject;
  return { gates: { ...gates, [name]: { ...(gates[name] as JsonObject), ...changed } } };
};

describe("a freeze", () => {
  const until = (to: string) => problems({ freeze: [{ from: "2026-11-01T00:00:00Z", to, why: "x" }] });

  it.each(["9999-12-31T00:00:00Z", "2062-01-02T00:00:00Z", "2027-02-25T12:00:01Z"])("until %s is warned of", (to) => {
    expect(until(to)).toEqual([expect.stringMatching(/^warning \/freeze\/0\/to nothing advances for \d+ days/)]);
  });

  it("of which a quarter is left is not", () => {
    expect(until("2027-02-25T12:00:00Z")).toEqual([]);
  });
});

describe("a limit that arithmetic stands before", () => {
  const lag = { var: "forward.lagSeconds" };

  it("is looked at where the value meets it, and not said never to be met", () => {
    const found = problems(gate("lag", { rule: { "<": [{ "/": [1, lag] }, 5] } }));
    expect(found).toEqual([expect.stringContaining("forward.lagSeconds: 0.2 is better than 0.2002")]);
    expect(problems(gate("lag", { rule: { ">": [{ "/": [1, lag] }, 0.2] } }))).toEqual([]);
  });
});

describe("a wait", () => {
  const steps = smallPolicy()["steps"] as readonly JsonObject[];

  it.each<[string, JsonObject, string]>([
    ["before the first step", { start: { require: ["running"], minDwell: "1000h" } }, "/start/minDwell"],
    ["in a step", { steps: steps.map((step) => ({ ...step, minDwell: "9999999h" })) }, "/steps/0/minDwell"],
    ["in the soak", { soak: { duration: "673h", onBreak: "restart-clock" } }, "/soak/duration"],
    ["after a rollback", { afterRollback: { cooldown: "1000h" } }, "/afterRollback/cooldown"],
  ])("of more than four weeks is warned of: %s", (_, changes, pointer) => {
    expect(problems(changes).join("\n")).toMatch(new RegExp(`^warning ${pointer} \\d+h are \\d+ days`, "m"));
  });

  it("of four weeks is not", () => {
    expect(problems({ soak: { duration: "672h", onBreak: "restart-clock" } })).toEqual([]);
  });
});

describe("a why that says nothing", () => {
  const { rollback } = smallPolicy();
  const [breaker] = rollback as readonly JsonObject[];

  it.each<[string, JsonObject, string]>([
    ["a gate", gate("lag", { why: "  " }), "/gates/lag/why"],
    ["a rollback rule", { rollback: [{ ...breaker, why: "\n\t" }] }, "/rollback/0/why"],
    ["a freeze", { freeze: [{ weekly: "Fri 16:00 - Mon 06:00", why: "\u00a0" }] }, "/freeze/0/why"],
    [
      "a waiver",
      { waivers: [{ gate: "errors", why: " ", by: "ada", expires: "2026-11-27T18:00:00Z" }] },
      "/waivers/0/why",
    ],
  ])("is refused of %s", (_, changes, pointer) => {
    expect(problems(changes).join("\n")).toContain(`error ${pointer} `);
    expect(problems(changes).join("\n")).toContain("says nothing; write it.");
  });
});

describe("a minute of a window as a whole", () => {
  it.each<[string, JsonValue]>([
    ["by itself", { all: [{ window: ["5m"] }, { var: "" }] }],
    [
      "beside a condition",
      { all: [{ window: ["5m"] }, { and: [{ var: "" }, { "<": [{ var: "forward.lagSeconds" }, 5] }] }] },
    ],
    ["of those that were chosen", { all: [{ filter: [{ window: ["5m"] }, { var: "forward.drained" }] }, { var: "" }] }],
  ])("is no value: %s", (_, rule) => {
    expect(problems(gate("lag", { rule })).join("\n")).toContain("[whole-minute]");
  });

  it("that was made a number is one", () => {
    const lags = { map: [{ window: ["5m"] }, { var: "forward.lagSeconds" }] };
    expect(problems(gate("lag", { rule: { all: [lags, { "<": [{ var: "" }, 5] }] } }))).toEqual([]);
  });

  it.each<JsonValue>([
    { all: [{ window: ["5m"] }, { var: "" }] },
    { some: [{ window: ["5m"] }, { var: "" }] },
    { map: [{ window: ["5m"] }, { var: "" }] },
  ])("is unknown where nobody observed it: %j", async (rule) => {
    const now = "2026-01-05T12:05:00Z";
    expect(await answerTo({ rule, window: [], now })).toMatchObject({ value: null, known: false });
  });
});

describe("a gate on a stream's state", () => {
  const state = { var: "forward.state" };

  it.each<[string, JsonValue, string]>([
    ["shut at the worst", { "!": [{ in: [state, ["FAILED", "ABSENT"]] }] }, "UNASSIGNED, PAUSED, STOPPED"],
    ["shut at the very worst", { "!==": [state, "ABSENT"] }, "UNASSIGNED, PAUSED, STOPPED, FAILED"],
    ["open at some by name", { in: [state, ["RUNNING", "RESTARTING", "UNASSIGNED", "PAUSED"]] }, "UNASSIGNED, PAUSED"],
    [
      "of every minute",
      { all: [{ window: ["3m"] }, { "!": [{ in: [state, ["FAILED", "ABSENT"]] }] }] },
      "UNASSIGNED, PAUSED, STOPPED",
    ],
  ])("is warned of where it opens at a standstill: %s", (_, rule, states) => {
    expect(problems(gate("running", { rule }))).toEqual([
      expect.stringMatching(new RegExp(`^warning .*opens at ${states} as well.*\\[opens-at-standstill\\]$`)),
    ]);
  });

  it.each<[string, JsonValue]>([
    ["asks for RUNNING", { "===": [state, "RUNNING"] }],
    ["bears a restart", { in: [state, ["RUNNING", "RESTARTING"]] }],
    ["asks for it beside something weaker", { and: [{ "!==": [state, "ABSENT"] }, { "===": [state, "RUNNING"] }] }],
  ])("is in order where it %s", (_, rule) => {
    expect(problems(gate("running", { rule }))).toEqual([]);
  });

  it("is nothing to a rollback rule, which picks the states it is meant for", () => {
    const when = { in: [state, ["PAUSED", "STOPPED", "FAILED", "ABSENT"]] };
    const rollback = [...(smallPolicy()["rollback"] as readonly JsonObject[]), { id: "stopped", why: "x", when }];
    expect(problems({ rollback }).join("\n")).not.toContain("standstill");
  });
});

describe("a line", () => {
  it.each<[string, string]>([
    ["a line feed", "\n"],
    ["both", "\r\n"],
    ["a carriage return", "\r"],
  ])("ends with %s", (_, end) => {
    const text = JSON.stringify(smallPolicy(), null, 2).replace('"small"', "5").replaceAll("\n", end);
    expect(lintPolicy(text, "policy.json")).toMatchObject([{ line: 3, column: 11, pointer: "/name" }]);
  });
});

describe("what is wrong with a name", () => {
  const place = (text: string): string => {
    const [problem] = lintPolicy(text, "policy.json");
    return `${problem?.line}:${problem?.column} ${problem?.rule}`;
  };
  const whole = JSON.stringify(smallPolicy());

  it("is told of where the name stands, and not where its value does", () => {
    expect(place(`{"long-name-of-a-field":\n 1,${whole.slice(1)}`)).toBe("1:2 unknown-field");
    expect(place(`{"name":\n "small",\n${whole.slice(1)}`)).toMatch(/^3:\d+ duplicate-key$/);
    const lag = '"rule":{"<":[{"var":"forward.lagSeconds"}';
    expect(whole).toContain(lag);
    const broken = whole.replace(lag, '"rule":{\n"=<":\n[{"var":"forward.lagSeconds"}');
    expect(place(broken)).toBe("2:1 unknown-operator");
  });
});
