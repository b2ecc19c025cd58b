import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { forecastPolicy, lintPolicy } from "../../../src/policy/lint.ts";
import { loadedPolicy, smallPolicy } from "../../support/small-policy.ts";

const found = (policy: JsonObject): readonly string[] =>
  lintPolicy(JSON.stringify(policy, null, 2), "policy.json").map(({ rule, pointer }) => `${rule} ${pointer}`);
const ofGate = (rule: JsonValue): readonly string[] =>
  found(smallPolicy({ gates: { ...(smallPolicy()["gates"] as JsonObject), lag: { why: "x", rule } } }));
const ofRollback = (when: JsonValue): readonly string[] =>
  found(smallPolicy({ rollback: [{ id: "x", why: "x", when }] }));

const GREEN = ["green.errors5xx", "green.requests"];
const BLUE = ["blue.errors5xx", "blue.requests"];

describe("signals in each other's places", () => {
  it.each<[string, JsonValue, string]>([
    ["requests over errors", { "<=": [{ rate: ["green.requests", "green.errors5xx", "3m"] }, 0.01] }, "/<=/0/rate/0"],
    [
      "blue's errors among green's requests",
      { "<=": [{ rate: ["blue.errors5xx", "green.requests", "3m"] }, 0.01] },
      "/<=/0/rate/1",
    ],
    [
      "errors among errors",
      { ">=": [{ evidence_below: ["green.errors5xx", "green.connectionErrors", 0.01, "15m"] }, 20] },
      "/>=/0/evidence_below/1",
    ],
    ["blue before green", { "<": [{ evidence_worse: [...BLUE, ...GREEN, 1.25, "15m"] }, 3] }, "/</0/evidence_worse"],
  ])("are found in a gate: %s", (_, rule, at) => {
    expect(ofGate(rule)).toContain(`wrong-role /gates/lag/rule${at}`);
  });

  it("are found in a rollback rule", () => {
    const swapped = { ">=": [{ evidence_above: ["green.requests", "green.errors5xx", 0.02, "step"] }, 1000] };

    expect(ofRollback(swapped)).toContain("wrong-role /rollback/0/when/>=/0/evidence_above/0");
  });
});

describe("an e-value that is too small to mean anything", () => {
  const proof = (threshold: number): JsonValue => ({ ">=": [{ evidence_below: [...GREEN, 0.01, "15m"] }, threshold] });
  const alarm = (threshold: number): JsonValue => ({ ">=": [{ evidence_above: [...GREEN, 0.02, "step"] }, threshold] });

  it("is refused where it says nothing, such as a p-value", () => {
    expect(ofGate(proof(0.05))).toContain("no-proof /gates/lag/rule/>=");
    expect(ofGate(proof(1))).toContain("no-proof /gates/lag/rule/>=");
    expect(ofRollback(alarm(0.5))).toContain("no-proof /rollback/0/when/>=");
  });

  it("is warned of where chance often comes to it", () => {
    expect(ofGate(proof(5))).toContain("weak-proof /gates/lag/rule/>=");
    expect(ofRollback(alarm(15))).toContain("weak-proof /rollback/0/when/>=");
  });

  it("is none from twenty on", () => {
    expect(ofGate(proof(20)).filter((each) => /proof/.test(each))).toEqual([]);
    expect(ofRollback(alarm(200)).filter((each) => /proof/.test(each))).toEqual([]);
  });
});

describe("a bound of a rate", () => {
  const bound = (side: string, confidence = 0.95): JsonValue => ({ [side]: [...GREEN, "15m", confidence] });
  const forgiving = (found: readonly string[]) => found.filter((each) => each.startsWith("forgiving-bound"));

  it("is warned of where few requests satisfy it", () => {
    expect(forgiving(ofGate({ "<=": [bound("rate_lower"), 0.01] }))).toEqual(["forgiving-bound /gates/lag/rule/<="]);
    expect(forgiving(ofGate({ "!": [{ ">": [bound("rate_lower"), 0.01] }] }))).toEqual([
      "forgiving-bound /gates/lag/rule/!/0/>",
    ]);
    expect(forgiving(ofRollback({ ">": [bound("rate_upper"), 0.1] }))).toEqual(["forgiving-bound /rollback/0/when/>"]);
  });

  it("is warned of where the rate is beyond it more often than not", () => {
    expect(forgiving(ofGate({ "<=": [bound("rate_upper", 0.05), 0.01] }))).toEqual([
      "forgiving-bound /gates/lag/rule/<=/0/rate_upper/3",
    ]);
    expect(forgiving(ofRollback({ ">=": [bound("rate_lower", 0.1), 0.1] }))).toEqual([
      "forgiving-bound /rollback/0/when/>=/0/rate_lower/3",
    ]);
  });

  it("is right on the side that wants requests to show it", () => {
    expect(forgiving(ofGate({ "<=": [bound("rate_upper"), 0.01] }))).toEqual([]);
    expect(forgiving(ofGate({ "<=": [bound("rate_upper", 0.5), 0.01] }))).toEqual([]);
    expect(forgiving(ofRollback({ ">=": [bound("rate_lower"), 0.1] }))).toEqual([]);
    expect(forgiving(ofRollback({ "!": [{ "<": [bound("rate_lower", 0.99), 0.1] }] }))).toEqual([]);
  });

  it("is right beside the other one: how far they are apart is how little is known", () => {
    const apart = { "-": [bound("rate_upper"), bound("rate_lower")] };

    expect(forgiving(ofGate({ "<=": [apart, 0.01] }))).toEqual([]);
  });
});

describe("a ratio below one", () => {
  const worse = (ratio: number): JsonValue => ({ evidence_worse: [...GREEN, ...BLUE, ratio, "step"] });

  it.each([0.5, 0.99])(
    "of %d in a rollback rule sends back a green that is as good as blue, and is refused",
    (ratio) => {
      expect(ofRollback({ ">=": [worse(ratio), 200] })).toEqual(["not-worse /rollback/0/when/>=/0/evidence_worse/4"]);
      expect(
        ofRollback({ or: [{ ">=": [worse(ratio), 200] }, { "===": [{ var: "forward.dataGap" }, true] }] }),
      ).toEqual(["not-worse /rollback/0/when/or/0/>=/0/evidence_worse/4"]);
    },
  );

  it("comes with no figure of how seldom it fires", () => {
    const policy = loadedPolicy({ rollback: [{ id: "x", why: "x", when: { ">=": [worse(0.5), 200] } }] });

    expect(forecastPolicy(policy).falseRollbacks).toMatchObject([{ rule: "x", chance: null }]);
  });

  it.each([1, 1.25, 3])("is not %d", (ratio) => {
    expect(ofRollback({ ">=": [worse(ratio), 200] }).join()).not.toContain("not-worse");
  });

  it("is strict in a gate, and no mistake", () => {
    expect(ofGate({ "<": [worse(0.8), 3] }).join()).not.toContain("not-worse");
  });
});

describe("a rollback rule over the newest minute", () => {
  it.each<[string, JsonValue, string]>([
    ["read as it is", { ">": [{ var: "green.errors5xx" }, 50] }, "/>/0/var"],
    ["as one of a window", { all: [{ window: ["3m"] }, { ">": [{ var: "green.errors5xx" }, 10] }] }, "/all/1/>/0/var"],
  ])("%s is warned of: CloudWatch is late", (_, when, at) => {
    expect(ofRollback(when).some((each) => each.startsWith("late-minute /rollback/0/when"))).toBe(true);
    expect(ofRollback(when).join()).toContain(at.split("/")[1] ?? "");
  });

  it("is not where hosts are asked, which are read at the tick", () => {
    expect(ofRollback({ "===": [{ var: "green.healthyHosts" }, 0] }).join()).not.toContain("late-minute");
  });
});

describe("a rollback rule over requests that nobody answered, which are known two minutes late", () => {
  const rate = (window: string): JsonValue => ({
    ">": [{ rate: ["green.unanswered", "green.requests", window] }, 0.1],
  });

  it.each<[string, JsonValue, string]>([
    ["the newest minute", { ">": [{ var: "green.unanswered" }, 50] }, "/>/0/var"],
    ["two minutes", rate("2m"), "/>/0/rate"],
    ["one minute's sum", { ">": [{ stat: ["green.unanswered", "sum", "1m"] }, 50] }, "/>/0/stat"],
  ])("%s, is refused: it would never fire", (_, when, at) => {
    expect(ofRollback(when)).toContain(`never-known /rollback/0/when${at}`);
  });

  it("of three minutes, or of a step, is none; nor is a gate, which looks back no less", () => {
    const step = { ">": [{ evidence_above: ["green.unanswered", "green.requests", 0.1, "step"] }, 200] };
    for (const rule of [rate("3m"), step]) expect(ofRollback(rule).join()).not.toContain("never-known");
    expect(ofGate({ "<": [{ rate: ["green.unanswered", "green.requests", "1m"] }, 0.1] }).join()).not.toContain(
      "never",
    );
  });
});

describe("thresholds in another unit", () => {
  it.each<[string, JsonValue, string]>([
    ["milliseconds of lag", { "<=": [{ var: "forward.lagSeconds" }, 5000] }, "implausible-threshold"],
    ["an age in milliseconds", { "<=": [{ age: ["forward.lagSeconds"] }, 90_000] }, "implausible-threshold"],
    [
      "a day of room in milliseconds",
      { ">=": [{ var: "sequences.headroomSeconds" }, 86_400_000] },
      "implausible-threshold",
    ],
    ["seconds of p99", { "<=": [{ var: "green.p99Ms" }, 0.4] }, "mixed-units"],
    ["one for a hundred percent", { ">=": [{ var: "blue.readyPercent" }, 1] }, "mixed-units"],
  ])("%s", (_, rule, id) => {
    expect(ofGate(rule).join()).toContain(`${id} /gates/lag/rule`);
  });
});

describe("a threshold in seconds that is long and right", () => {
  it.each([1_000, 86_400, 31_536_000])("is none of another unit: %d s until the sequences meet", (seconds) => {
    const rule = { ">=": [{ var: "sequences.headroomSeconds" }, seconds] };

    expect(ofGate(rule).join()).not.toContain("/gates/lag/rule");
  });
});

describe("a policy that calls old news evidence", () => {
  it.each(["6m", "24h", "9999h"])("is refused with %s", (maxAge) => {
    const data = { ...(smallPolicy()["data"] as JsonObject), maxAge };

    expect(found(smallPolicy({ data }))).toContain("max-age-too-long /data/maxAge");
  });
});

describe("a policy that calls no news evidence that is as late as metrics are", () => {
  const aged = (maxAge: string) => found(smallPolicy({ data: { ...(smallPolicy()["data"] as JsonObject), maxAge } }));

  it.each(["10s", "90s", "1m", "2m", "179s"])(
    "is warned of with %s: a healthy green would be out of sight",
    (maxAge) => {
      expect(aged(maxAge)).toEqual(["max-age-too-short /data/maxAge"]);
    },
  );

  it.each(["3m", "180s", "5m"])("is none with %s", (maxAge) => {
    expect(aged(maxAge)).toEqual([]);
  });
});

describe("a policy that goes back for a look or two in vain", () => {
  const blind = (after: string, action = "rollback") =>
    found(smallPolicy({ blind: { ...(smallPolicy()["blind"] as JsonObject), after, action } }));

  it.each(["30s", "1m", "2m"])("is warned of with %s", (after) => {
    expect(blind(after)).toContain("blind-too-short /blind/after");
  });

  it("is none from three minutes on, and where it would only hold", () => {
    expect([...blind("3m"), ...blind("1m", "hold")].join()).not.toContain("blind-too-short");
  });
});
