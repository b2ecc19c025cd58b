import jsonLogic from "json-logic-js";
import { afterEach, describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { evaluateRule } from "../../../src/policy/evaluate.ts";
import { explainGate, judge, judgePolicy, judgeRollback } from "../../../src/policy/judge.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import type { Evidence } from "../../../src/snapshot/snapshot.ts";
import { evidenceOf, type Series } from "../../support/evidence.ts";
import { committedPolicy } from "../../support/orders-policies.ts";

const policyWith = (rule: JsonValue, params: Readonly<Record<string, number>> = {}): Policy => ({
  ...committedPolicy("drill"),
  params,
  gates: { asked: { why: "because", rule } },
  rollback: [{ id: "asked", why: "because", when: rule }],
});

const gateOver = (rule: JsonValue, signals: Readonly<Record<string, Series>>, params = {}) =>
  judge(policyWith(rule, params), ["asked"], "gates", evidenceOf(signals))[0];

const LAG: JsonValue = { "<=": [{ var: "forward.lagRecords" }, { var: "params.most" }] };

describe("a gate", () => {
  it("passes where the rule is exactly true", () => {
    expect(gateOver(LAG, { "forward.lagRecords": 100 }, { most: 100 })).toEqual({
      gate: "asked",
      why: "because",
      verdict: "pass",
      reasons: [],
      comparisons: [{ what: "forward.lagRecords", value: 100, operator: "<=", threshold: 100, holds: true }],
    });
  });

  it("fails where it is exactly false, and says by how much", () => {
    expect(gateOver(LAG, { "forward.lagRecords": 101 }, { most: 100 })).toMatchObject({
      verdict: "fail",
      reasons: ["forward.lagRecords is 101, must be <= 100"],
    });
  });

  it("is unknown where the signal has no value, and says why it has none", () => {
    expect(gateOver(LAG, { "forward.lagRecords": [null] }, { most: 100 })).toMatchObject({
      verdict: "unknown",
      reasons: ["forward.lagRecords: not reported"],
      comparisons: [{ what: "forward.lagRecords", value: null, threshold: 100, holds: null }],
    });
  });

  it.each<[string, JsonValue]>([
    ["1", { var: "forward.lagRecords" }],
    ['"RUNNING"', { if: [{ "===": [{ var: "forward.lagRecords" }, 1] }, "RUNNING", false] }],
  ])("is unknown where the rule comes to %s, however true JSON-logic finds that", (shown, rule) => {
    expect(gateOver(rule, { "forward.lagRecords": 1 })).toMatchObject({
      verdict: "unknown",
      reasons: [`the rule comes to ${shown}, not to true or false`],
    });
  });

  it("tells of a long list only its beginning: every tick's record holds it", () => {
    const minutes = { filter: [{ window: ["5m"] }, { ">=": [{ var: "forward.lagRecords" }, 0] }] };

    const [reason = ""] = gateOver(minutes, { "forward.lagRecords": 1 })?.reasons ?? [];

    expect(reason).toMatch(/^the rule comes to \[\{.*…, not to true or false$/);
    expect(reason.length).toBeLessThan(120);
  });

  it("is unknown where the policy has none of that name, own or inherited", () => {
    const policy = policyWith(LAG, { most: 1 });

    expect(judge(policy, ["laag", "constructor"], "gates", evidenceOf({})).map(({ verdict }) => verdict)).toEqual([
      "unknown",
      "unknown",
    ]);
  });

  it("is unknown where a parameter is missing", () => {
    expect(gateOver(LAG, { "forward.lagRecords": 1 }, {})).toMatchObject({ verdict: "unknown" });
  });

  it("lists every blocker, not just the first", () => {
    const rule: JsonValue = {
      and: [
        { "<=": [{ var: "forward.lagRecords" }, 5] },
        { "<=": [{ var: "reverse.lagRecords" }, 5] },
        { "===": [{ var: "alarms.firing" }, 0] },
      ],
    };

    expect(gateOver(rule, { "forward.lagRecords": 9, "alarms.firing": 2 })).toMatchObject({
      verdict: "fail",
      reasons: ["forward.lagRecords is 9, must be <= 5", "alarms.firing is 2, must be === 0"],
    });
  });
});

describe("Kleene's tables", () => {
  const T: JsonValue = { "===": [{ var: "forward.stalled" }, true] };
  const F: JsonValue = { "===": [{ var: "forward.stalled" }, false] };
  const U: JsonValue = { "===": [{ var: "forward.dataGap" }, true] };
  const answerOf = (rule: JsonValue) => {
    const judged = evaluateRule(rule, evidenceOf({ "forward.stalled": true }), {
      minCoverage: 1,
      newestMinute: "required",
    });
    return judged.result.kind === "known" ? judged.result.value : "unknown";
  };

  it.each<[JsonValue, JsonValue]>([
    [{ and: [T, U] }, "unknown"],
    [{ and: [U, F] }, false],
    [{ and: [F, U] }, false],
    [{ or: [U, T] }, true],
    [{ or: [U, F] }, "unknown"],
    [{ "!": U }, "unknown"],
    [{ "!": F }, true],
    [{ if: [U, true, true] }, "unknown"],
  ])("%j is %s", (rule, expected) => {
    expect(answerOf(rule)).toBe(expected);
  });
});

describe("comparisons", () => {
  const of = (rule: JsonValue, signals: Readonly<Record<string, Series>>) => gateOver(rule, signals)?.comparisons;

  it("put what is measured on the left", () => {
    expect(of({ ">": [100, { var: "forward.lagRecords" }] }, { "forward.lagRecords": 3 })).toEqual([
      { what: "forward.lagRecords", value: 3, operator: "<", threshold: 100, holds: true },
    ]);
  });

  it("below a negation say what would help", () => {
    expect(of({ "!": [{ ">": [{ var: "forward.lagRecords" }, 5] }] }, { "forward.lagRecords": 9 })).toEqual([
      { what: "forward.lagRecords", value: 9, operator: "<=", threshold: 5, holds: false },
    ]);
  });

  it("name an operation and a computed threshold", () => {
    const rule: JsonValue = {
      "<=": [{ stat: ["forward.lagRecords", "max", "3m"] }, { max: [4, { "*": [2, { var: "reverse.lagRecords" }] }] }],
    };

    expect(of(rule, { "forward.lagRecords": 3, "reverse.lagRecords": 5 })).toEqual([
      { what: "max forward.lagRecords over 3m", value: 3, operator: "<=", threshold: 10, holds: true },
    ]);
  });

  it("read a range as two", () => {
    expect(of({ "<=": [0, { var: "forward.lagRecords" }, 5] }, { "forward.lagRecords": 9 })).toEqual([
      { what: "forward.lagRecords", value: 9, operator: ">=", threshold: 0, holds: true },
      { what: "forward.lagRecords", value: 9, operator: "<=", threshold: 5, holds: false },
    ]);
  });
});

describe("the two keys", () => {
  const stockOperators = jsonLogic as unknown as { add_operation(name: string, code: unknown): void };
  afterEach(() => stockOperators.add_operation("<=", (a: number, b: number) => a <= b));

  it("hold where another part of the process has replaced an operator of json-logic-js", () => {
    stockOperators.add_operation("<=", () => false);
    const policy = policyWith(LAG, { most: 100 });
    const evidence = evidenceOf({ "forward.lagRecords": 3 });

    const asked = { gates: ["asked"], gateEvidence: evidence, rollbackEvidence: evidence };
    const { judgement } = judgePolicy(policy, asked);

    const said = "our judge says true, json-logic-js says false";
    expect(judgement.gates).toMatchObject([{ verdict: "unknown", reasons: [`the two keys disagree: ${said}`] }]);
    expect(judgement.rollback[0]).toMatchObject({ verdict: "unknown" });
    expect(judgement.disagreements).toEqual([`gate asked: ${said}`, `rollback rule asked: ${said}`]);
  });

  it("hold where json-logic-js throws", () => {
    stockOperators.add_operation("<=", () => {
      throw new Error("broken");
    });

    expect(gateOver(LAG, { "forward.lagRecords": 3 }, { most: 100 })).toMatchObject({ verdict: "unknown" });
  });

  it("leave a record from which anyone can judge again", () => {
    const rule: JsonValue = { "<=": [{ stat: ["forward.lagRecords", "max", "3m"] }, 100] };
    const evaluation = explainGate(policyWith(rule), "asked", evidenceOf({ "forward.lagRecords": [7, 3, 5] }));

    expect(evaluation).toMatchObject({
      residual: { "<=": [{ var: "facts.0" }, 100] },
      data: { facts: { 0: 7 } },
      trace: [{ at: "/<=", operands: [7, 100], result: { kind: "known", value: true } }],
    });
    expect(jsonLogic.apply(evaluation?.residual, evaluation?.data)).toBe(true);
  });
});

describe("the trace", () => {
  it("names every node by a pointer, with what it was given and why it is unknown", () => {
    const rule: JsonValue = {
      and: [
        { "===": [{ var: "forward.state" }, "RUNNING"] },
        { "<=": [{ "/": [{ var: "green.errors5xx" }, { var: "green.requests" }] }, 0.01] },
      ],
    };
    const signals = { "forward.state": "RUNNING", "green.errors5xx": 0, "green.requests": 0 };

    expect(explainGate(policyWith(rule), "asked", evidenceOf(signals))?.trace).toEqual([
      { at: "/and", operands: [true, null], result: { kind: "unknown", reasons: ["/: result is not finite"] } },
      { at: "/and/0/===", operands: ["RUNNING", "RUNNING"], result: { kind: "known", value: true } },
      { at: "/and/1/<=", operands: [null, 0.01], result: { kind: "unknown", reasons: ["/: result is not finite"] } },
      { at: "/and/1/<=/0/~1", operands: [0, 0], result: { kind: "unknown", reasons: ["/: result is not finite"] } },
    ]);
  });
});

describe("a rollback rule", () => {
  const rule: JsonValue = { ">=": [{ stat: ["green.errors5xx", "sum", "3m"] }, 10] };
  const verdictOver = (signals: Readonly<Record<string, Series>>) =>
    judgeRollback(policyWith(rule), evidenceOf(signals)).rollback[0];

  it("fires on exactly true alone, and says on what", () => {
    expect(verdictOver({ "green.errors5xx": [3, 3, 4] })).toMatchObject({
      verdict: "fired",
      reasons: ["sum green.errors5xx over 3m is 10, which is >= 10"],
    });
  });

  it("is clear below its threshold", () => {
    expect(verdictOver({ "green.errors5xx": [3, 3, 3] })).toMatchObject({ verdict: "clear", reasons: [] });
  });

  it("does not fire on what nobody saw", () => {
    expect(verdictOver({})).toMatchObject({ verdict: "unknown" });
  });
});

describe("the floor", () => {
  const WELL = { "green.errors5xx": 9, "green.connectionErrors": 9, "green.requests": 20, "green.healthyHosts": 1 };
  const floorOver = (changes: Readonly<Record<string, Series>>) =>
    judgeRollback(
      policyWith({ "===": [{ var: "alarms.firing" }, 99] }),
      evidenceOf({ ...WELL, ...changes }),
    ).rollback.find(({ rule }) => rule === "floor");

  it.each<readonly [string, Readonly<Record<string, Series>>, "fired" | "clear" | "unknown"]>([
    ["nothing gross", {}, "clear"],
    ["half of all answers being errors", { "green.errors5xx": 10 }, "fired"],
    [
      "half of all connections failing, which no target answers with an error",
      { "green.connectionErrors": 10 },
      "fired",
    ],
    [
      "too few failures to call it half of anything",
      { "green.errors5xx": 2, "green.connectionErrors": 2, "green.requests": 4 },
      "clear",
    ],
    ["no healthy host for five minutes", { "green.healthyHosts": 0 }, "fired"],
    ["a healthy host within them", { "green.healthyHosts": [1, 0, 0, 0, 0] }, "clear"],
    ["hosts that nobody saw", { "green.healthyHosts": [null] }, "unknown"],
    [
      "hosts that nobody saw, while every answer is an error",
      { "green.healthyHosts": [null], "green.errors5xx": 20 },
      "fired",
    ],
  ])("is judged under every policy: of %s", (_, changes, verdict) => {
    expect(floorOver(changes)).toMatchObject({ verdict });
  });
});

describe("blindness", () => {
  const blindOver = (signals: Readonly<Record<string, Series>>, evidence: Evidence = evidenceOf(signals)) =>
    judgeRollback(
      { ...policyWith(LAG), blind: { after: "10m", watch: ["green.requests", "green.healthyHosts"], action: "hold" } },
      evidence,
    ).blind;

  it("is empty while every watched signal has a value", () => {
    expect(blindOver({ "green.requests": 5, "green.healthyHosts": 4 })).toEqual([]);
  });

  it("names what is out of sight and why", () => {
    expect(blindOver({ "green.requests": 5, "green.healthyHosts": [null] })).toEqual([
      { signal: "green.healthyHosts", reason: "not reported" },
    ]);
  });

  it("does not begin because the newest minutes of a metric are still on their way", () => {
    expect(blindOver({ "green.requests": [5, null, null], "green.healthyHosts": 4 })).toEqual([]);
  });

  it("begins when a metric has had no value for as long as values may be old", () => {
    expect(blindOver({ "green.requests": [5, null, null, null], "green.healthyHosts": 4 })).toEqual([
      { signal: "green.requests", reason: "not reported" },
    ]);
  });

  it("gives no grace to what is read at once", () => {
    expect(blindOver({ "green.requests": 5, "green.healthyHosts": [4, null] })).toHaveLength(1);
  });
});
