import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { alsoAsking, lintOf, withGate, withRollback } from "../../support/lint.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const LAG: JsonValue = { var: "forward.lagSeconds" };
const STATE: JsonValue = { var: "reverse.state" };
const RECORDS: JsonValue = { var: "forward.lagRecords" };
const READY: JsonValue = { var: "blue.readyPercent" };
const GREEN = ["green.errors5xx", "green.requests"];
const RATE: JsonValue = { rate: [...GREEN, "3m"] };
const minLag = (window: string): JsonValue => ({ stat: ["forward.lagSeconds", "min", window] });

/** What is said of a gate, asked at the start and in every step, and of a rollback rule, both on the same evidence. */
const together = (gate: JsonValue, when: JsonValue, changes: JsonObject = {}): readonly string[] =>
  lintOf({ ...withGate(gate), ...withRollback(when), ...changes }).filter((each) =>
    /promote-and-rollback|no-hysteresis/.test(each),
  );
const both = (values: string, way = 'step "canary"') => [
  `error promote-and-rollback /rollback/0/when with ${values} the gates of ${way} pass and this rule fires; draw the gates in`,
];
const noGap = (values: string, way = 'step "canary"') => [
  `error no-hysteresis /rollback/0/when with ${values} the gates of ${way} pass, and with hardly more this rule fires; leave a gap`,
];

describe("gates that pass where a rollback rule fires", () => {
  it.each<[string, JsonValue, JsonValue, readonly string[]]>([
    ["on the same signal", { "<": [LAG, 30] }, { ">": [LAG, 20] }, both("forward.lagSeconds 29.97")],
    ["on a statistic of it", { "<": [LAG, 120] }, { ">": [minLag("5m"), 60] }, both("forward.lagSeconds 119.9")],
    [
      "on a window of it",
      { "<": [LAG, 120] },
      { all: [{ window: ["5m"] }, { ">": [LAG, 60] }] },
      both("forward.lagSeconds 119.9"),
    ],
    [
      "on a sum of it",
      { "<": [LAG, 120] },
      { ">=": [{ stat: ["forward.lagSeconds", "sum", "10m"] }, 600] },
      both("forward.lagSeconds 119.9"),
    ],
    [
      "on a state",
      { in: [STATE, ["RUNNING", "RESTARTING"]] },
      { in: [STATE, ["RESTARTING", "FAILED"]] },
      both("reverse.state RESTARTING"),
    ],
    ["on a flag", { "!==": [{ var: "forward.stalled" }, true] }, { ">=": [LAG, 0.001] }, []],
  ])("are told of with values: %s", (_, gate, when, says) => {
    const found = together(gate, when);

    if (says.length === 0) expect(found).toEqual([]);
    else
      expect(found.map((each) => each.replace(/\d[\d.]*/g, "N"))).toEqual(
        says.map((each) => each.replace(/\d[\d.]*/g, "N")),
      );
  });

  it("are so in truth: the values are such that both hold", () => {
    const [found = ""] = together({ "<": [LAG, 30] }, { ">": [LAG, 20] });
    const lag = Number(/forward\.lagSeconds ([\d.]+)/.exec(found)?.[1]);

    expect(lag).toBeGreaterThan(20);
    expect(lag).toBeLessThan(30);
  });

  it("are told of in numbers that somebody can read", () => {
    expect(together({ "<": [LAG, 33.333333] }, { ">": [LAG, 33.3] }).join()).toMatch(
      /with forward\.lagSeconds 33\.3\d? the/,
    );
  });

  it("are told of by rate, in errors of the step's requests", () => {
    const [found = ""] = together({ "<": [LAG, 5] }, { ">=": [RATE, 0.005] });
    const errors = Number(/green\.errors5xx ([\d.]+)/.exec(found)?.[1]);

    expect(errors / 30).toBeGreaterThanOrEqual(0.005);
    expect(errors / 30).toBeLessThanOrEqual(0.01);
  });

  it("are told of by way of what both are compared with", () => {
    const [firing, tasks] = [{ var: "alarms.firing" }, { var: "reverse.tasksExpected" }];
    const gate = { and: [{ "<": [firing, tasks] }, { "<": [tasks, 100] }] };

    expect(together(gate, { ">": [firing, 50] }).join()).toContain("promote-and-rollback");
    expect(together({ and: gate.and.toReversed() }, { ">": [firing, 50] }).join()).toContain("promote-and-rollback");
    for (const parts of [gate.and, gate.and.toReversed()])
      expect(together({ and: parts }, { ">": [firing, 150] })).toEqual([]);
  });

  it("are told of at the step at which they are, where the traffic makes it so", () => {
    const when = {
      and: [{ ">=": [{ var: "forward.lagSeconds" }, 3] }, { ">=": [{ stat: ["green.requests", "sum", "3m"] }, 1_000] }],
    };

    expect(together({ "<": [LAG, 5] }, when).join()).toContain('the gates of step "full" pass');
    expect(together({ "<": [LAG, 5] }, when).join()).toContain("full");
    expect(together({ "<": [LAG, 5] }, when, { traffic: { requestsPerMinute: 60 } })).toEqual([]);
  });
});

describe("a rollback rule over traffic alone", () => {
  const least = (path: string, requests: number): JsonValue => ({ "<": [{ stat: [path, "sum", "3m"] }, requests] });

  it("fires at a step as it is meant to be, and is told of with its traffic", () => {
    expect(together({ "<": [LAG, 5] }, least("green.requests", 1_000))).toEqual(both("green.requests 30"));
    expect(together({ "<": [LAG, 5] }, { ">": [{ stat: ["green.requests", "sum", "3m"] }, 1_000] })).toEqual(
      both("green.requests 600", 'step "full"'),
    );
    expect(together({ "<": [LAG, 5] }, { ">": [{ stat: ["lb.requests", "sum", "3m"] }, 1] })).toEqual(
      both("lb.requests 600"),
    );
    expect(together({ "<": [LAG, 5] }, { ">=": [{ stat: ["traffic.greenPercent", "min", "3m"] }, 5] })).toEqual(
      both("traffic.greenPercent 5"),
    );
  });

  it("is none where it asks as well that something is not seen", () => {
    const unseen: JsonValue = { "!": [{ known: ["reverse.lagSeconds"] }] };
    const some: JsonValue = { "<": [10, { stat: ["green.requests", "sum", "3m"] }, 1_000] };

    expect(together({ "<": [LAG, 5] }, { and: [some, unseen] })).toEqual([]);
    expect(together({ "<": [LAG, 5] }, some)).toEqual(both("green.requests 30"));
  });

  it("is none where no step comes near it", () => {
    expect(together({ "<": [LAG, 5] }, least("green.requests", 90))).toEqual([]);
    expect(together({ "<": [LAG, 5] }, least("lb.requests", 10))).toEqual([]);
  });
});

describe("gates of the start that pass where a rollback rule fires", () => {
  const atStart = (gate: JsonValue, when: JsonValue): readonly string[] =>
    lintOf({ ...alsoAsking({ early: gate }, "start"), ...withRollback(when) }).filter((each) =>
      /promote-and-rollback|no-hysteresis/.test(each),
    );
  const stray: JsonValue = { var: "reverse.strayRows" };

  it("are told of, as the first step would go back at once", () => {
    expect(atStart({ "<=": [stray, 100] }, { ">": [stray, 50] })).toEqual(both("reverse.strayRows 51", "start"));
    expect(atStart({ "<": [stray, 100] }, { ">": [stray, 100] })).toEqual(noGap("reverse.strayRows 99", "start"));
  });

  it("are in order with a gap", () => {
    expect(atStart({ "<=": [stray, 100] }, { ">": [stray, 500] })).toEqual([]);
  });

  it("are in order beside a rule of green's traffic, of which they cannot ask", () => {
    const lost = { or: [{ ">": [RATE, 0.1] }, { ">": [LAG, 120] }] };
    expect(atStart({ "<": [LAG, 60] }, lost)).toEqual([]);
    expect(atStart({ "<=": [stray, 100] }, { "<": [{ stat: ["green.requests", "sum", "3m"] }, 1] })).toEqual([]);
  });
});

describe("a gap between gates and a rollback rule", () => {
  it.each<[string, JsonValue, JsonValue, string]>([
    ["none, above", { "<": [LAG, 60] }, { ">=": [minLag("5m"), 60] }, "forward.lagSeconds"],
    [
      "none, and neither holds at the limit itself",
      { "<": [LAG, 60] },
      { ">": [minLag("5m"), 60] },
      "forward.lagSeconds",
    ],
    [
      "none, below",
      { ">=": [READY, 50] },
      {
        and: [
          { "<": [READY, 50] },
          { ">=": [{ var: "forward.lagSeconds" }, 0] },
          { ">": [{ var: "alarms.firing" }, 0] },
        ],
      },
      "blue.readyPercent",
    ],
  ])("is missed where there is %s", (_, gate, when, path) => {
    expect(together(gate, when).join()).toContain(`with ${path}`);
    expect(together(gate, when).join()).toContain("no-hysteresis");
  });

  it.each<[string, string, string]>([
    ["just below", ">=", "<"],
    ["on the other side of the limit", ">", "<"],
    ["at the limit, from below", "<", "==="],
    ["at the limit, from above", ">", "==="],
  ])("is missed where a count that is neither good nor bad lies %s", (_, passes, fires) => {
    const tasks: JsonValue = { var: "reverse.tasksExpected" };

    expect(together({ [passes]: [tasks, 1000] }, { [fires]: [tasks, 1000] }).join()).toMatch(
      /^error no-hysteresis .* with reverse\.tasksExpected \d+ the gates/,
    );
  });

  it.each<[string, JsonValue, JsonValue]>([
    ["at the limit", { "<=": [RECORDS, 100] }, { ">": [RECORDS, 100] }],
    ["just below it", { "<": [RECORDS, 100] }, { ">=": [RECORDS, 100] }],
    ["on the other side of it", { "<": [RECORDS, 100] }, { ">": [RECORDS, 100] }],
    ["over minutes", { "<=": [RECORDS, 100] }, { ">": [{ stat: ["forward.lagRecords", "min", "5m"] }, 100] }],
    ["at ten", { "<": [{ var: "forward.deadLetters" }, 10] }, { ">=": [{ var: "forward.deadLetters" }, 10] }],
  ])("is missed where a count of some size lies %s", (_, gate, when) => {
    expect(together(gate, when).join()).toMatch(/^error no-hysteresis .* with forward\.\w+ \d+ the gates/);
  });

  it("is told of as it is said", () => {
    expect(together({ "<": [LAG, 60] }, { ">=": [minLag("5m"), 60] })).toEqual(noGap("forward.lagSeconds 59.94"));
  });

  it.each<[string, JsonValue, JsonValue]>([
    ["a hundredth", { "<": [LAG, 60] }, { ">=": [minLag("5m"), 60.6] }],
    ["two of a hundred whole numbers", { "<=": [RECORDS, 100] }, { ">=": [RECORDS, 102] }],
    ["one of a few whole numbers", { "<=": [RECORDS, 8] }, { ">": [RECORDS, 8] }],
    ["one of whole numbers", { "<": [{ var: "alarms.firing" }, 1] }, { ">": [{ var: "alarms.firing" }, 0] }],
    ["a state", { "===": [STATE, "RUNNING"] }, { "===": [STATE, "RESTARTING"] }],
    ["much", { "<": [LAG, 5] }, { ">": [minLag("5m"), 120] }],
    ["another signal", { "<": [LAG, 5] }, { ">": [{ var: "reverse.lagSeconds" }, 4] }],
  ])("is enough where there is %s", (_, gate, when) => {
    expect(together(gate, when)).toEqual([]);
  });
});

describe("one e-value that gates and a rollback rule look at", () => {
  const worse = (lookBack: string): JsonValue => ({
    evidence_worse: [...GREEN, "blue.errors5xx", "blue.requests", 1.25, lookBack],
  });
  /** The gate is asked in every step below 100. */
  const at = (gate: JsonValue, when: JsonValue): readonly string[] => {
    const steps = (smallPolicy()["steps"] as readonly JsonObject[]).map((step) =>
      step["weight"] === 100 ? { ...step, promoteWhen: ["running", "errors"] } : step,
    );
    return together(gate, when, { steps, start: { require: ["running"] } });
  };

  it("is told of where both hold at one value of it, of whatever stretch", () => {
    const found = at({ "<": [worse("step"), 300] }, { ">=": [worse("30m"), 200] });

    expect(found).toHaveLength(1);
    expect(found.join()).toMatch(
      /^error promote-and-rollback \/rollback\/0\/when with .* 200 the gates of step "canary" pass and/,
    );
  });

  it("is told of where nothing lies between", () => {
    const found = at({ "<": [worse("step"), 200] }, { ">=": [worse("step"), 200] });

    expect(found).toHaveLength(1);
    expect(found.join()).toMatch(/^error no-hysteresis \/rollback\/0\/when with .* 199\.8 the gates/);
  });

  it("is in order with a gap, and of another ratio told of by the signals", () => {
    expect(at({ "<": [worse("step"), 3] }, { ">=": [worse("step"), 200] })).toEqual([]);
    const other = { evidence_worse: [...GREEN, "blue.errors5xx", "blue.requests", 2, "step"] };
    expect(at({ "<": [other, 300] }, { ">=": [worse("step"), 200] }).join()).toMatch(
      / with green\.errors5xx [\d.]+, blue\.errors5xx [\d.]+ the gates/,
    );
  });

  it("is in order where one of two gates leaves a gap", () => {
    const gates = { and: [{ "<": [worse("step"), 300] }, { "<": [worse("30m"), 150] }] };

    expect(at(gates, { ">=": [worse("step"), 200] })).toEqual([]);
  });

  it("is not all that is looked at where a rule asks for more", () => {
    const when = { and: [{ ">=": [worse("step"), 200] }, { ">": [LAG, 100] }] };

    expect(at({ "<": [worse("step"), 300] }, when)).toEqual([]);
  });
});

describe("several rollback rules", () => {
  it("are said to be too many where not all of them were looked at beside the gates", () => {
    const all = (operator: string, limit: number): JsonValue => ({
      and: ["forward.lagSeconds", "reverse.lagSeconds", "forward.lagRecords"].map(
        (path): JsonValue => ({ [operator]: [{ var: path }, limit] }),
      ),
    });
    const found = (count: number) => {
      const rollback = Array.from({ length: count }, (_, index) => ({
        id: `x${index}`,
        why: "x",
        when: all(">", 100 + index),
      }));
      return lintOf({ ...withGate(all("<", 5)), rollback }).map((each) => each.split(" ")[1]);
    };

    expect(found(1)).toEqual([]);
    expect(found(20)).toEqual(["not-all-examined"]);
  });

  it("are each told of, at the first step at which they clash", () => {
    const small = smallPolicy();
    const rollback = [
      { id: "a", why: "x", when: { ">": [LAG, 4] } },
      { id: "b", why: "x", when: { ">": [LAG, 100] } },
      { id: "c", why: "x", when: { ">": [LAG, 3] } },
    ];
    const found = lintOf({ rollback }).map((each) => each.replace(/ with .*/, ""));

    expect(found).toEqual([
      "error promote-and-rollback /rollback/0/when",
      "error promote-and-rollback /rollback/2/when",
    ]);
    expect(small["rollback"]).toHaveLength(1);
  });
});
