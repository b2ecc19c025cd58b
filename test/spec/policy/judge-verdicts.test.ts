import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { explainGate, judge, judgePolicy, judgeRollback } from "../../../src/policy/judge.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import type { Evidence } from "../../../src/snapshot/snapshot.ts";
import { evidenceOf } from "../../support/evidence.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const policyWith = (rule: JsonValue): Policy => ({
  ...loadedPolicy(),
  gates: { asked: { why: "because", rule }, lag: { why: "close", rule: { "<": [{ var: "forward.lagSeconds" }, 5] } } },
  rollback: [{ id: "asked", why: "because", when: rule }],
});
const STALLED: JsonValue = { var: "forward.stalled" };
const SUM: JsonValue = { ">=": [{ stat: ["green.errors5xx", "sum", "3m"] }, 10] };

/** The newest minute is not reported yet. */
const LATE = evidenceOf({ "green.errors5xx": [6, 6, null], "green.requests": [50, 50, null] });

describe("the newest minute", () => {
  it("has to be there for a gate, and not for a rollback rule", () => {
    const { judgement } = judgePolicy(policyWith(SUM), {
      gates: ["asked"],
      gateEvidence: LATE,
      rollbackEvidence: LATE,
    });

    expect(judgement.gates[0]?.verdict).toBe("unknown");
    expect(judgement.rollback[0]?.verdict).toBe("fired");
  });

  it("has to be there for a gate, by whatever it is asked, unless it is asked as a rollback rule", () => {
    expect(judge(policyWith(SUM), ["asked"], "gates", LATE)[0]?.verdict).toBe("unknown");
    expect(judge(policyWith(SUM), ["asked"], "rollback", LATE)[0]?.verdict).toBe("pass");
    expect(explainGate(policyWith(SUM), "asked", LATE)?.result.kind).toBe("unknown");
  });
});

describe("a gate that the policy does not have", () => {
  const evidence = evidenceOf({ "forward.stalled": true });
  const policy = policyWith(STALLED);

  it.each(["askd", "constructor"])("is unknown, and cannot be explained: %s", (gate) => {
    expect(judge(policy, [gate], "gates", evidence)).toEqual([
      { gate, why: "", verdict: "unknown", reasons: ["the policy has no gate of this name"], comparisons: [] },
    ]);
    expect(explainGate(policy, gate, evidence)).toBeNull();
  });

  it("leaves no working, and no disagreement", () => {
    const { judgement, workings } = judgePolicy(policy, {
      gates: ["askd", "lag"],
      gateEvidence: evidence,
      rollbackEvidence: evidence,
    });

    expect(Object.keys(workings.gates)).toEqual(["lag"]);
    expect(judgement.gates.map(({ gate }) => gate)).toEqual(["askd", "lag"]);
    expect(judgement.disagreements).toEqual([]);
  });
});

describe("how it came to a verdict", () => {
  it("is kept by the name of each gate and each rollback rule, the floor's among them", () => {
    const evidence = evidenceOf({ "forward.stalled": true, "forward.lagSeconds": 3 });
    const asked = { gates: ["lag", "asked"], gateEvidence: evidence, rollbackEvidence: evidence };

    const { workings } = judgePolicy(policyWith(STALLED), asked);

    expect(Object.keys(workings.gates)).toEqual(["lag", "asked"]);
    expect(workings.gates["lag"]).toMatchObject({ residual: { "<": [{ var: "forward.lagSeconds" }, 5] } });
    expect(Object.keys(workings.rollback)).toEqual(["asked", "floor"]);
    expect(workings.rollback["asked"]).toMatchObject({ residual: STALLED, result: { kind: "known", value: true } });
    expect(judgeRollback(policyWith(STALLED), evidence).workings).toEqual(workings.rollback);
  });
});

describe("what an operator reads", () => {
  const read = (rule: JsonValue, signals: Parameters<typeof evidenceOf>[0]) => {
    const evidence = evidenceOf(signals);
    const [gate] = judge(policyWith(rule), ["asked"], "gates", evidence);
    const [rollback] = judgeRollback(policyWith(rule), evidence).rollback;
    return { gate: gate?.reasons, rollback: rollback?.reasons };
  };

  it("of a rule that compares nothing is what the rule comes to", () => {
    expect(read(STALLED, { "forward.stalled": true })).toEqual({ gate: [], rollback: ["the rule is true"] });
    expect(read(STALLED, { "forward.stalled": false })).toEqual({ gate: ["the rule is false"], rollback: [] });
  });

  it("of a number is as many digits as anybody reads, and of a text is the text", () => {
    const rule: JsonValue = {
      and: [
        { "<": [{ "/": [{ var: "green.errors5xx" }, { var: "green.requests" }] }, 0.01] },
        { "===": [{ var: "forward.state" }, "RUNNING"] },
      ],
    };

    expect(read(rule, { "green.errors5xx": 1, "green.requests": 3, "forward.state": "PAUSED" }).gate).toEqual([
      "green.errors5xx / green.requests is 0.333333, must be < 0.01",
      'forward.state is "PAUSED", must be === "RUNNING"',
    ]);
  });
});

describe("a watched signal", () => {
  const blindOf = (watch: readonly string[], evidence: Evidence) =>
    judgeRollback({ ...policyWith(STALLED), blind: { after: "10m", watch, action: "hold" } }, evidence).blind;
  const seen = evidenceOf({ "green.requests": 5, "green.healthyHosts": 4 });

  it("that nobody says anything of is out of sight, and that is all there is to say", () => {
    expect(blindOf(["forward.lagSeconds", "toString"], seen)).toEqual([
      { signal: "forward.lagSeconds", reason: "no value" },
      { signal: "toString", reason: "no value" },
    ]);
  });

  it("that the catalogue does not have gets no grace for the minutes it was in", () => {
    expect(
      blindOf(["green.odd"], evidenceOf({ "green.requests": 5, "green.healthyHosts": 4, "green.odd": [1, null] })),
    ).toEqual([{ signal: "green.odd", reason: "not reported" }]);
  });
});
