import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { lintPolicy } from "../../../src/policy/lint.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const LAG: JsonValue = { var: "forward.lagSeconds" };
const RATE: JsonValue = { rate: ["green.errors5xx", "green.requests", "3m"] };

/** What lint says of the small policy with another gate, without its place in the text. */
const ofGate = (rule: JsonValue, changes: JsonObject = {}): readonly string[] => {
  const gates = { ...(smallPolicy()["gates"] as JsonObject), lag: { why: "x", rule } };
  return found(smallPolicy({ gates, ...changes }));
};
const ofRollback = (when: JsonValue): readonly string[] =>
  found(smallPolicy({ rollback: [{ id: "x", why: "x", when }] }));
const found = (policy: JsonObject): readonly string[] =>
  lintPolicy(JSON.stringify(policy, null, 2), "policy.json").map(({ rule, pointer }) => `${rule} ${pointer}`);

describe("a gate with a planted mistake", () => {
  it.each<[string, JsonValue, string]>([
    ["a reversed sign", { ">": [LAG, 5] }, "gate-backwards /gates/lag/rule/>"],
    ["a reversed sign below a negation", { "!": [{ "<": [LAG, 5] }] }, "gate-backwards /gates/lag/rule/!/0/<"],
    [
      "limits that exclude each other",
      { and: [{ "<": [LAG, 5] }, { ">": [LAG, 10] }] },
      "never-passes /gates/lag/rule/and",
    ],
    ["a limit that everything keeps", { ">=": [LAG, 0] }, "never-fails /gates/lag/rule/>="],
    [
      "an or that leaves nothing out",
      { or: [{ "<": [LAG, 10] }, { ">=": [LAG, 10] }] },
      "never-fails /gates/lag/rule/or",
    ],
    ["percent for a share", { ">=": [{ coverage: ["green.requests", "3m"] }, 95] }, "out-of-range /gates/lag/rule/>="],
    ["an inverted alarm", { ">": [{ var: "alarms.firing" }, 0] }, "gate-backwards /gates/lag/rule/>"],
    ["an inverted alarm, by equality", { "===": [{ var: "alarms.firing" }, 1] }, "gate-backwards /gates/lag/rule/==="],
    ["a typo", { "<": [{ var: "forward.lagSecond" }, 5] }, "unknown-signal /gates/lag/rule/</0/var"],
    ["an unknown operator", { "=<": [LAG, 5] }, "unknown-operator /gates/lag/rule/=<"],
    ["a second key", { "<": [LAG, 5], comment: "quick" }, "not-one-operator /gates/lag/rule"],
    ["an inverted flag", { "===": [{ var: "forward.stalled" }, true] }, "gate-backwards /gates/lag/rule/==="],
    ["an inverted state", { "!==": [{ var: "forward.state" }, "RUNNING"] }, "gate-backwards /gates/lag/rule/!=="],
    [
      "a state that only looks well",
      { "===": [{ var: "forward.state" }, "PAUSED"] },
      "gate-backwards /gates/lag/rule/===",
    ],
    [
      "silence that opens",
      { or: [{ "!": [{ known: ["forward.lagSeconds"] }] }, { "<": [LAG, 5] }] },
      "gate-backwards /gates/lag/rule/or/0/!/0/known",
    ],
    [
      "a proof that opens while it is missing",
      { "<": [{ evidence_below: ["lb.errors5xx", "lb.requests", 0.01, "step"] }, 20] },
      "gate-backwards /gates/lag/rule/<",
    ],
    [
      "a reversed sign in every minute",
      { all: [{ window: ["3m"] }, { ">": [{ var: "forward.lagSeconds" }, 5] }] },
      "gate-backwards /gates/lag/rule/all",
    ],
    [
      "a reversed slope",
      { ">=": [{ stat: ["forward.lagSeconds", "slope", "15m"] }, 0.2] },
      "gate-backwards /gates/lag/rule/>=",
    ],
    ["a rule that comes to a number", { "-": [LAG, 5] }, "not-a-condition /gates/lag/rule"],
    ["a number in the place of an answer", { and: [{ "<": [LAG, 5] }, LAG] }, "not-a-condition /gates/lag/rule/and/1"],
    ["text to compute with", { "<": [{ "+": [{ var: "forward.state" }, 1] }, 5] }, "wrong-type /gates/lag/rule/</0/+"],
    [
      "a state nobody has, in a list",
      { in: [{ var: "forward.state" }, ["RUNING"]] },
      "unknown-state /gates/lag/rule/in",
    ],
    ["seconds against milliseconds", { "<": [LAG, { var: "green.p99Ms" }] }, "mixed-units /gates/lag/rule/<"],
    ["a share for percent", { ">=": [{ var: "blue.readyPercent" }, 0.95] }, "mixed-units /gates/lag/rule/>="],
    ["a negative limit", { "<": [LAG, -1] }, "out-of-range /gates/lag/rule/<"],
    [
      "an impossible condition in it",
      { and: [{ "<": [LAG, 5] }, { "<": [{ var: "conflicts.new" }, 0] }] },
      "never-passes /gates/lag/rule/and/1/<",
    ],
  ])("%s is found", (_, rule, expected) => {
    expect(ofGate(rule)).toContain(expected);
  });

  it("whose parameter is in another unit is found by its name", () => {
    const rule = { "<": [LAG, { var: "params.lagMs" }] };

    expect(ofGate(rule, { params: { lagMs: 5000 } })).toContain("mixed-units /gates/lag/rule/<");
    expect(ofGate({ "<": [{ "*": [1000, LAG] }, { var: "params.lagMs" }] }, { params: { lagMs: 5000 } })).toEqual([]);
  });
});

describe("a signal that nothing measures", () => {
  const MISMATCHES: JsonValue = { var: "diff.mismatches" };

  it("is warned of where a gate reads it, also beside others and inside an operation", () => {
    expect(ofGate({ "===": [MISMATCHES, 0] })).toEqual(["unmeasured-signal /gates/lag/rule/===/0/var"]);
    expect(ofGate({ and: [{ "<": [LAG, 5] }, { ">=": [{ var: "green.readyPercent" }, 75] }] })).toEqual([
      "unmeasured-signal /gates/lag/rule/and/1/>=/0/var",
    ]);
    expect(ofGate({ "<": [{ age: ["diff.coverage"] }, 60] })).toEqual(["unmeasured-signal /gates/lag/rule/</0/age/0"]);
  });

  it("is warned of in a rollback rule, and where being blind to it counts", () => {
    const watch = { after: "10m", watch: ["green.requests", "diff.ageSeconds"], action: "rollback" };

    expect(ofRollback({ ">": [MISMATCHES, 0] })).toEqual(["unmeasured-signal /rollback/0/when/>/0/var"]);
    expect(found(smallPolicy({ blind: watch }))).toEqual(["unmeasured-signal /blind/watch/1"]);
  });

  it("says what comes of it and what there is instead, and refuses nothing", () => {
    const gates = { ...(smallPolicy()["gates"] as JsonObject), lag: { why: "x", rule: { "===": [MISMATCHES, 0] } } };

    expect(lintPolicy(JSON.stringify(smallPolicy({ gates })), "policy.json")).toMatchObject([
      {
        level: "warning",
        message:
          'nothing in this release measures "diff.mismatches"; a gate that needs it never opens. Take it out. ' +
          "Both databases are compared by pawl cdc apply, and by decommission before it takes anything apart",
      },
    ]);
  });
});

describe("a rollback rule with a planted mistake", () => {
  it.each<[string, JsonValue, string]>([
    [
      "a reversed sign",
      { "<": [{ stat: ["forward.lagSeconds", "min", "5m"] }, 120] },
      "rollback-backwards /rollback/0/when/<",
    ],
    ["a limit beyond reach", { ">": [RATE, 95] }, "out-of-range /rollback/0/when/>"],
    ["a limit that is always passed", { ">=": [LAG, 0] }, "always-fires /rollback/0/when/>="],
    [
      "limits that exclude each other",
      { and: [{ ">": [RATE, 0.1] }, { "<": [RATE, 0.05] }] },
      "never-fires /rollback/0/when/and",
    ],
    [
      "a recovery that stops it",
      { "===": [{ var: "forward.state" }, "RUNNING"] },
      "rollback-backwards /rollback/0/when/===",
    ],
    ["too few minutes seen", { "<": [{ coverage: ["3m"] }, 0.9] }, "blind-rollback /rollback/0/when/<"],
    ["alarms that are not known", { ">": [{ var: "alarms.unknown" }, 0] }, "blind-rollback /rollback/0/when/>"],
    [
      "partitions whose lag is not known",
      { ">": [{ stat: ["reverse.unknownPartitions", "min", "3m"] }, 0] },
      "blind-rollback /rollback/0/when/>",
    ],
    ["no value", { "!": { known: ["green.requests"] } }, "blind-rollback /rollback/0/when/!"],
    ["a missing value", { "!!": [{ missing: ["green.requests"] }] }, "blind-rollback /rollback/0/when/!!"],
    ["an old value", { ">": [{ age: ["forward.lagSeconds"] }, 60] }, "blind-rollback /rollback/0/when/>"],
    [
      "no value of one thing beside traffic",
      {
        and: [{ ">": [{ stat: ["lb.requests", "sum", "3m"] }, 100] }, { "!": { known: ["reverse.lagSeconds"] } }],
      },
      "blind-rollback /rollback/0/when/and",
    ],
  ])("%s is found", (_, when, expected) => {
    expect(ofRollback(when)).toContain(expected);
  });

  it.each<[string, JsonValue]>([
    ["all alarms in sight first", { and: [{ "===": [{ var: "alarms.unknown" }, 0] }, { ">": [RATE, 0.1] }] }],
    ["sight first", { and: [{ ">=": [{ coverage: ["3m"] }, 0.9] }, { ">": [RATE, 0.1] }] }],
    ["what is bad, where nothing else is seen", { and: [{ ">": [RATE, 0.1] }, { "!": { known: ["blue.requests"] } }] }],
  ])("that asks for %s is none", (_, when) => {
    expect(ofRollback(when).join()).not.toContain("blind-rollback");
  });
});

describe("gates and rollback rules together", () => {
  /** The errors alone: rules as near to the gates as these are likely to fire by chance too, which is a warning. */
  const policyWith = (gate: JsonValue, when: JsonValue, changes: JsonObject = {}): readonly string[] =>
    found(
      smallPolicy({
        gates: { ...(smallPolicy()["gates"] as JsonObject), lag: { why: "x", rule: gate } },
        rollback: [{ id: "x", why: "x", when }],
        ...changes,
      }),
    ).filter((each) => !each.startsWith("false-rollback"));
  const minLag: JsonValue = { stat: ["forward.lagSeconds", "min", "5m"] };
  const worse: JsonValue = {
    evidence_worse: ["green.errors5xx", "green.requests", "blue.errors5xx", "blue.requests", 1.25, "step"],
  };

  it("may not both hold on the same evidence", () => {
    expect(policyWith({ "<": [LAG, 120] }, { ">": [minLag, 60] })).toEqual(["promote-and-rollback /rollback/0/when"]);
    expect(policyWith({ "<": [LAG, 30] }, { ">": [LAG, 20] })).toEqual(["promote-and-rollback /rollback/0/when"]);
  });

  it("need a gap between them", () => {
    expect(policyWith({ "<": [LAG, 60] }, { ">": [minLag, 60] })).toEqual(["no-hysteresis /rollback/0/when"]);
    expect(policyWith({ "<=": [LAG, 60] }, { ">=": [minLag, 61] })).toEqual([]);
    expect(policyWith({ "<": [LAG, 5] }, { ">": [minLag, 120] })).toEqual([]);
  });

  it("are compared by rate, at the traffic of each step", () => {
    expect(policyWith({ "<": [LAG, 5] }, { ">=": [RATE, 0.005] })).toEqual(["promote-and-rollback /rollback/0/when"]);
    expect(policyWith({ "<": [LAG, 5] }, { ">": [RATE, 0.01] })).toEqual(["no-hysteresis /rollback/0/when"]);
    expect(policyWith({ "<": [LAG, 5] }, { ">=": [RATE, 0.02] })).toEqual([]);
  });

  it("are compared by e-value where both look at one", () => {
    const steps = (smallPolicy()["steps"] as JsonObject[]).map((step) => ({
      ...step,
      promoteWhen: step["weight"] === 100 ? ["running", "errors"] : ["running", "lag", "errors"],
    }));
    const start = { require: ["running"] };
    const at = (least: number, most: number) =>
      policyWith({ "<": [worse, most] }, { ">=": [worse, least] }, { steps, start });

    expect(at(200, 3)).toEqual([]);
    expect(at(200, 200)).toEqual(["no-hysteresis /rollback/0/when"]);
    expect(at(200, 300)).toEqual(["promote-and-rollback /rollback/0/when"]);
  });

  it("have to be able to pass in one step", () => {
    const gates = {
      ...(smallPolicy()["gates"] as JsonObject),
      busy: { why: "x", rule: { ">": [{ stat: ["lb.requests", "sum", "3m"] }, 1000] } },
      idle: { why: "x", rule: { "<": [{ stat: ["lb.requests", "sum", "3m"] }, 900] } },
    };
    const steps = (smallPolicy()["steps"] as JsonObject[]).map((step, index) =>
      index === 1 ? { ...step, promoteWhen: ["running", "lag", "errors", "busy", "idle"] } : step,
    );

    expect(found(smallPolicy({ gates, steps }))).toContain("gates-exclude-each-other /steps/1/promoteWhen");
  });
});

describe("a gate of the soak", () => {
  const soaked = (rule: JsonValue) => {
    const gates = { ...(smallPolicy()["gates"] as JsonObject), proven: { why: "x", rule } };
    const steps = (smallPolicy()["steps"] as JsonObject[]).map((step) => ({
      ...step,
      promoteWhen: ["running", "lag", "errors", ...(step["weight"] === 100 ? ["proven"] : [])],
    }));
    return found(smallPolicy({ gates, steps }));
  };
  const proof = (lookBack: string): JsonValue => ({
    ">=": [{ evidence_below: ["green.errors5xx", "green.requests", 0.01, lookBack] }, 20],
  });

  it("is asked of single minutes, of which a sum over the step or the soak knows nothing", () => {
    expect(soaked(proof("step"))).toEqual(["no-single-minute /steps/2/promoteWhen/3"]);
    expect(soaked(proof("soak"))).toEqual(["no-single-minute /steps/2/promoteWhen/3"]);
    expect(soaked(proof("30m"))).toEqual([]);
  });

  it("may not compare with blue, in whatever way", () => {
    const worse = ["green.errors5xx", "green.requests", "blue.errors5xx", "blue.requests", 1.25, "30m"];

    expect(soaked({ "<": [{ evidence_worse: worse }, 3] })).toEqual(["blue-at-full /steps/2/promoteWhen/3"]);
  });
});

describe("what is right is left alone", () => {
  it.each<[string, JsonValue]>([
    ["a negated limit", { "!": [{ ">": [LAG, 5] }] }],
    ["a plain limit", { "<": [LAG, 5] }],
    ["a limit on the right", { ">": [5, LAG] }],
    ["every minute of a window", { all: [{ window: ["3m"] }, { "<": [{ var: "forward.lagSeconds" }, 5] }] }],
    ["none of the bad minutes", { none: [{ window: ["3m"] }, { ">": [{ var: "forward.lagSeconds" }, 5] }] }],
    ["exactly the hosts that were planned", { "===": [{ var: "green.healthyHosts" }, 4] }],
    ["tasks against each other", { "===": [{ var: "forward.tasksRunning" }, { var: "forward.tasksExpected" }] }],
    [
      "a fifth worse than blue",
      { "<=": [{ var: "green.unhealthyHosts" }, { "*": [1.2, { var: "blue.unhealthyHosts" }] }] },
    ],
    ["a case", { if: [{ "===": [{ var: "forward.stalled" }, true] }, false, { "<": [LAG, 5] }] }],
    ["a slope", { "<=": [{ stat: ["forward.lagSeconds", "slope", "15m"] }, 0.2] }],
    ["states in a list", { in: [{ var: "forward.state" }, ["RUNNING"]] }],
    ["a proof", { ">=": [{ evidence_below: ["lb.errors5xx", "lb.requests", 0.01, "30m"] }, 20] }],
    ["a cap by max where min was meant", { "<": [LAG, { max: [5, 9] }] }],
    ["nothing missing", { "===": [{ "!": [{ missing: ["forward.lagSeconds"] }] }, true] }],
  ])("%s", (_, rule) => {
    expect(ofGate(rule)).toEqual([]);
  });

  it.each<[string, JsonValue]>([
    [
      "many errors and a high rate",
      { and: [{ ">=": [{ stat: ["green.errors5xx", "sum", "3m"] }, 10] }, { ">=": [RATE, 0.1] }] },
    ],
    ["enough evidence first", { and: [{ ">=": [{ coverage: ["green.requests", "3m"] }, 0.9] }, { ">": [RATE, 0.1] }] }],
    ["no host left", { "===": [{ stat: ["green.healthyHosts", "max", "3m"] }, 0] }],
    ["a stream that has failed", { "===": [{ var: "forward.state" }, "FAILED"] }],
  ])("%s", (_, when) => {
    expect(ofRollback(when)).toEqual([]);
  });
});

describe("a rule that asks whether a signal has a value, and for its value", () => {
  const KNOWN: JsonValue = { known: ["forward.lagSeconds"] };
  const NONE_MISSING: JsonValue = { "!": [{ missing: ["forward.lagSeconds"] }] };

  it.each<[string, JsonValue]>([
    ["known", KNOWN],
    ["not missing", NONE_MISSING],
  ])("can never fail where either is enough: %s, or below a limit", (_, seen) => {
    expect(ofGate({ or: [seen, { "<": [LAG, 5] }] })).toEqual(["never-fails /gates/lag/rule/or"]);
    expect(ofGate({ or: [{ "<": [LAG, 5] }, seen] })).toEqual(["never-fails /gates/lag/rule/or"]);
    expect(ofRollback({ or: [seen, { ">": [LAG, 120] }] })).toEqual(["always-fires /rollback/0/when/or"]);
  });

  it.each<[string, JsonValue]>([
    ["both", { and: [KNOWN, { "<": [LAG, 5] }] }],
    ["both, by missing", { and: [NONE_MISSING, { "<": [LAG, 5] }] }],
    ["its value where it has one, and else nothing", { if: [KNOWN, { "<": [LAG, 5] }, false] }],
    ["another's value", { or: [{ "<": [{ var: "reverse.lagSeconds" }, 5] }, KNOWN] }],
    [
      "values of which none is missing",
      { and: [{ "!": [{ missing: ["forward.lagSeconds", "forward.lagRecords"] }] }, { "<": [LAG, 5] }] },
    ],
  ])("is right where it asks for %s", (_, rule) => {
    expect(ofGate(rule)).toEqual([]);
  });

  it("is right as a rollback rule that wants sight first", () => {
    expect(ofRollback({ and: [KNOWN, { ">": [LAG, 120] }] })).toEqual([]);
    expect(ofRollback({ if: [NONE_MISSING, { ">": [LAG, 120] }, false] })).toEqual([]);
  });
});

describe("a rollback rule over blue's hosts", () => {
  const NO_HOST: JsonValue = { "===": [{ stat: ["blue.healthyHosts", "max", "3m"] }, 0] };
  const FEW: JsonValue = { "<": [{ var: "blue.readyPercent" }, 50] };
  const GONE: JsonValue = { "===": [{ stat: ["green.healthyHosts", "max", "3m"] }, 0] };

  it.each<[string, JsonValue, string]>([
    ["none healthy", NO_HOST, "/==="],
    ["few ready", FEW, "/<"],
    ["some unhealthy", { ">": [{ var: "blue.unhealthyHosts" }, 1] }, "/>"],
    ["not enough", { "!": [{ ">=": [{ var: "blue.readyPercent" }, 50] }] }, "/!"],
    ["both", { and: [NO_HOST, FEW] }, "/and"],
    ["one way to fire among others", { or: [GONE, FEW] }, "/or/1/<"],
  ])("sends everything onto hosts that are going: %s", (_, when, at) => {
    expect(ofRollback(when)).toEqual([`onto-dead-blue /rollback/0/when${at}`]);
  });

  it.each<[string, JsonValue]>([
    ["green's are gone and blue's are there", { and: [GONE, { ">=": [{ var: "blue.healthyHosts" }, 2] }] }],
    ["green has fewer than blue", { "<": [{ var: "green.healthyHosts" }, { var: "blue.healthyHosts" }] }],
    ["green's alone", GONE],
  ])("may ask whether %s", (_, when) => {
    expect(ofRollback(when)).toEqual([]);
  });

  it("is right as a gate", () => {
    expect(ofGate({ ">=": [{ var: "blue.readyPercent" }, 50] })).toEqual([]);
  });
});

describe("a gate on what cannot be seen", () => {
  it("is right where it wants none of it, and refused where it opens by it", () => {
    expect(ofGate({ "===": [{ var: "alarms.unknown" }, 0] })).toEqual([]);
    expect(ofGate({ "<=": [{ stat: ["forward.unknownPartitions", "max", "3m"] }, 0] })).toEqual([]);
    expect(ofGate({ ">": [{ var: "alarms.unknown" }, 0] })).toEqual(["gate-backwards /gates/lag/rule/>"]);
  });
});

describe("a gate on a stream's state", () => {
  const STATE: JsonValue = { var: "reverse.state" };
  const not = (state: string): JsonValue => ({ "!==": [STATE, state] });

  it.each<[string, JsonValue, string]>([
    ["any but FAILED, which ABSENT is", not("FAILED"), "/!=="],
    ["any but PAUSED, which STOPPED is", not("PAUSED"), "/!=="],
    ["neither FAILED nor PAUSED", { "!": [{ in: [STATE, ["FAILED", "PAUSED"]] }] }, "/!/0/in"],
    ["RUNNING or ABSENT", { in: [STATE, ["RUNNING", "ABSENT"]] }, "/in"],
    ["one by one, all but STOPPED", { and: ["PAUSED", "FAILED", "ABSENT"].map(not) }, "/and"],
    ["beside a lag", { and: [{ "<": [LAG, 5] }, not("FAILED")] }, "/and/1/!=="],
  ])("that opens at a worse one than it is shut at is refused: %s", (_, rule, at) => {
    expect(ofGate(rule)).toEqual([`gate-backwards /gates/lag/rule${at}`]);
  });

  it.each<[string, JsonValue]>([
    ["running", { "===": [STATE, "RUNNING"] }],
    ["running, or about to", { in: [STATE, ["RUNNING", "RESTARTING"]] }],
    ["the same, one by one", { or: [{ "===": [STATE, "RUNNING"] }, { "===": [STATE, "RESTARTING"] }] }],
    ["none of the bad ones", { "!": [{ in: [STATE, ["UNASSIGNED", "PAUSED", "STOPPED", "FAILED", "ABSENT"]] }] }],
    ["the same, one by one", { and: ["PAUSED", "STOPPED", "FAILED", "ABSENT", "UNASSIGNED"].map(not) }],
    [
      "restarting, while it is close behind",
      { or: [{ "===": [STATE, "RUNNING"] }, { and: [{ "===": [STATE, "RESTARTING"] }, { "<": [LAG, 5] }] }] },
    ],
  ])("is right where it asks for %s", (_, rule) => {
    expect(ofGate(rule)).toEqual([]);
  });

  it.each<[string, JsonValue]>([
    ["a state it is meant for", { in: [STATE, ["PAUSED", "FAILED"]] }],
    ["any but the healthy one", not("RUNNING")],
    ["one or another", { or: [{ "===": [STATE, "FAILED"] }, { "===": [STATE, "PAUSED"] }] }],
  ])("is not what a rollback rule is, which may pick %s", (_, when) => {
    expect(ofRollback(when)).toEqual([]);
  });
});

describe("a rule that comes to a list", () => {
  const LONG: JsonValue = { filter: [{ window: ["5m"] }, { ">": [LAG, 120] }] };
  const STALLED: JsonValue = { "===": [{ var: "forward.stalled" }, true] };

  it.each<[string, JsonValue, string]>([
    ["by itself", LONG, ""],
    ["at the end of an and", { and: [STALLED, LONG] }, "/and/1"],
    ["in an or", { or: [LONG, STALLED] }, "/or/0"],
    ["in a branch", { if: [STALLED, LONG, false] }, "/if/1"],
    ["the window itself", { window: ["5m"] }, ""],
    ["made anew", { map: [{ window: ["5m"] }, { ">": [LAG, 120] }] }, ""],
    ["put together", { merge: [LONG, LONG] }, ""],
    ["what is missing", { missing: ["forward.lagSeconds"] }, ""],
  ])("never fires and never opens: %s", (_, rule, at) => {
    expect(ofRollback(rule)).toEqual([`not-a-condition /rollback/0/when${at}`]);
    expect(ofGate(rule)).toEqual([`not-a-condition /gates/lag/rule${at}`]);
  });

  it("is told what to ask of it", () => {
    const [problem] = lintPolicy(
      JSON.stringify(smallPolicy({ rollback: [{ id: "x", why: "x", when: LONG }] })),
      "policy.json",
    );

    expect(problem?.level).toBe("error");
    expect(problem?.message).toContain('ask "some", "all" or "none" of it');
  });

  it("or, by reduce, to a number has no verdict at any value", () => {
    const sum = {
      reduce: [{ window: ["5m"] }, { "+": [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0],
    };

    expect(ofRollback(sum)).toEqual(["never-known /rollback/0/when/reduce"]);
    expect(ofGate({ and: [STALLED, sum] })).toEqual(["never-passes /gates/lag/rule/and"]);
    expect(ofRollback({ ">": [sum, 600] })).toEqual([]);
  });

  it.each<[string, JsonValue]>([
    ["whether anything is in it", { "!!": [LONG] }],
    ["whether some of it is bad", { some: [LONG, { ">": [{ var: "forward.lagRecords" }, 100] }] }],
    [
      "a truth carried through it",
      {
        reduce: [
          { window: ["5m"] },
          { or: [{ var: "accumulator" }, { ">": [{ var: "current.forward.lagSeconds" }, 120] }] },
          false,
        ],
      },
    ],
    ["its truth in a choice", { if: [LONG, true, false] }],
  ])("is none where asked for %s", (_, when) => {
    expect(ofRollback(when)).toEqual([]);
  });
});

describe("an if", () => {
  const STALLED: JsonValue = { "===": [{ var: "forward.stalled" }, true] };

  it.each<[string, JsonValue, string]>([
    ["always", { if: [{ ">=": [LAG, 0] }, { "<": [LAG, 5] }, false] }, "/if/0/>="],
    ["never", { if: [STALLED, false, { "<": [LAG, 0] }, false, { "<": [LAG, 5] }] }, "/if/2/<"],
    [
      "by its parts together",
      { if: [{ and: [{ ">": [LAG, 9] }, { "<": [LAG, 2] }] }, false, { "<": [LAG, 5] }] },
      "/if/0/and",
    ],
    [
      "deeper",
      { and: [{ "===": [{ "?:": [{ ">=": [LAG, 0] }, LAG, 9] }, 1] }, { "<": [LAG, 5] }] },
      "/and/0/===/0/?:/0/>=",
    ],
  ])("whose condition is decided %s is told of", (_, rule, at) => {
    expect(ofGate(rule)).toContain(`idle-part /gates/lag/rule${at}`);
  });

  it.each<[string, JsonValue]>([
    ["of two limits", { if: [{ ">": [{ var: "lb.requests" }, 1000] }, { "<": [LAG, 5] }, { "<": [LAG, 2] }] }],
    ["of a state", { if: [STALLED, false, { "<": [LAG, 5] }] }],
    ["by sight", { if: [{ known: ["forward.lagSeconds"] }, { "<": [LAG, 5] }, false] }],
    ["by what is missing", { if: [{ missing: ["forward.lagSeconds"] }, false, { "<": [LAG, 5] }] }],
  ])("that chooses %s is none", (_, rule) => {
    expect(ofGate(rule).join()).not.toContain("idle-part");
  });
});

describe("a warning", () => {
  it("is what a part is worth that changes nothing", () => {
    expect(ofGate({ and: [{ ">=": [LAG, 0] }, { "<": [LAG, 10] }] })).toEqual(["idle-part /gates/lag/rule/and/0/>="]);
  });

  it("hides no error, neither of its rule nor of what rules do together", () => {
    const idle: JsonValue = { ">=": [LAG, 0] };

    expect(ofGate({ and: [idle, { ">": [LAG, 5] }] })).toEqual([
      "idle-part /gates/lag/rule/and/0/>=",
      "gate-backwards /gates/lag/rule/and/1/>",
    ]);
    const rollback = [{ id: "x", why: "x", when: { ">": [LAG, 20] } }];
    expect(ofGate({ and: [idle, { "<": [LAG, 30] }] }, { rollback })).toEqual([
      "idle-part /gates/lag/rule/and/0/>=",
      "promote-and-rollback /rollback/0/when",
    ]);
  });

  it("is what a number is worth that is asked whether it is true", () => {
    expect(ofGate({ "!": [{ var: "conflicts.new" }] })).toEqual(["truth-of-value /gates/lag/rule/!/0"]);
  });
});
