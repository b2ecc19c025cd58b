import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, requiredGates } from "../../src/decision/decide.ts";
import type { DecideInput, Decision } from "../../src/decision/decision.ts";
import { decideInput, POLICY } from "./arbitraries.ts";

const RUNS = { numRuns: 600 };
const boldness = ({ kind }: Decision): number => ({ rollback: 0, hold: 1, soak: 1, advance: 2, decommission: 2 })[kind];

type Worsen = (input: DecideInput) => DecideInput;

const withGates = (input: DecideInput, verdict: "fail" | "unknown", index: number): DecideInput => ({
  ...input,
  judgement: {
    ...input.judgement,
    gates: input.judgement.gates.map((gate, at) =>
      at === index && gate.verdict !== "fail" ? { ...gate, verdict } : gate,
    ),
  },
});

/** Each makes one thing worse and leaves the rest. */
const worsenings: readonly Worsen[] = [
  (input) => withGates(input, "unknown", 0),
  (input) => withGates(input, "fail", 1),
  (input) => ({
    ...input,
    judgement: {
      ...input.judgement,
      rollback: input.judgement.rollback.map((rule) => ({ ...rule, verdict: "fired" as const })),
    },
  }),
  (input) => ({ ...input, judgement: { ...input.judgement, blind: [{ signal: "x.y", reason: "gone" }] } }),
  (input) => ({ ...input, judgement: { ...input.judgement, disagreements: ["gate a"] } }),
  (input) => ({ ...input, facts: { ...input.facts, firing: [{ arn: "alarm", severity: "hard-down" }] } }),
  (input) => ({
    ...input,
    facts: { ...input.facts, trouble: [{ what: "snapshot", value: "v", threshold: "t", clears: "c" }] },
  }),
  (input) => ({ ...input, facts: { ...input.facts, traffic: { ...input.facts.traffic, drift: "foreign-shape" } } }),
  (input) => ({ ...input, state: { ...input.state, pause: { by: "o", reason: "r", at: input.tick } } }),
];

describe("decide", () => {
  it("never skips a step, and never goes further than the next one listed", () => {
    fc.assert(
      fc.property(decideInput, (input) => {
        const decision = decide(input);
        if (decision.kind !== "advance") return;
        expect(decision.step).toBe(input.state.step + 1);
        expect(decision.to).toBe(POLICY.steps[input.state.step + 1]?.weight);
        expect(decision.to).toBeGreaterThan(input.state.weightPercent);
      }),
      RUNS,
    );
  });

  it("never gets bolder on worse news", () => {
    fc.assert(
      fc.property(decideInput, fc.constantFrom(...worsenings), (input, worsen) => {
        // A drift seen for the second time is somebody's rollback; making it another drift is other news, not worse.
        fc.pre(["in-sync", "more-green", "unreadable", "foreign-shape"].includes(input.facts.traffic.drift));
        expect(boldness(decide(worsen(input)))).toBeLessThanOrEqual(boldness(decide(input)));
      }),
      RUNS,
    );
  });

  it("goes on only when every gate it asks for passed and nothing at all stands in the way", () => {
    fc.assert(
      fc.property(decideInput, (input) => {
        const decision = decide(input);
        if (decision.kind !== "advance" && decision.kind !== "decommission") return;
        const passed = input.judgement.gates.filter(({ verdict }) => verdict === "pass").map(({ gate }) => gate);
        expect(passed).toEqual(expect.arrayContaining([...requiredGates(input.state, POLICY)]));
        expect(input.state.pause).toBeUndefined();
        expect(input.state.intent).toBeUndefined();
        expect(input.facts.traffic.drift).toBe("in-sync");
        expect(decision.blocking).toEqual([]);
      }),
      RUNS,
    );
  });

  it("never rolls back because of what is merely unknown", () => {
    fc.assert(
      fc.property(decideInput, (input) => {
        const calm: DecideInput = {
          ...input,
          state: { ...input.state, verifiedAt: input.tick, blindSince: input.tick },
          judgement: {
            ...input.judgement,
            rollback: input.judgement.rollback.map((rule) => ({ ...rule, verdict: "unknown" as const })),
            gates: input.judgement.gates.map((gate) => ({ ...gate, verdict: "unknown" as const })),
          },
          facts: { ...input.facts, firing: [], traffic: { ...input.facts.traffic, drift: "unreadable" } },
        };
        expect(decide(calm).kind).not.toBe("rollback");
        expect(decide(calm).kind).not.toBe("advance");
      }),
      RUNS,
    );
  });

  it("rolls back on a firing alarm wherever the way back is open, and never past the point of no return", () => {
    fc.assert(
      fc.property(decideInput, (input) => {
        const firing: DecideInput = {
          ...input,
          facts: { ...input.facts, firing: [{ arn: "a", severity: "degraded" }] },
        };
        expect(decide(firing).kind === "rollback").toBe(input.state.wayBack === "open");
      }),
      RUNS,
    );
  });

  it("says what blocks whenever it does not go on", () => {
    fc.assert(
      fc.property(decideInput, (input) => {
        const decision = decide(input);
        if (decision.kind !== "hold" && decision.kind !== "soak") return;
        expect(decision.blocking.length).toBeGreaterThan(0);
        for (const block of decision.blocking) expect(block.clears).not.toBe("");
      }),
      RUNS,
    );
  });

  it("is the same decision again, and after a trip through JSON", () => {
    fc.assert(
      fc.property(decideInput, (input) => {
        const decision = decide(input);
        expect(decide(input)).toEqual(decision);
        expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
        expect(decide(JSON.parse(JSON.stringify(input)) as DecideInput)).toEqual(decision);
      }),
      RUNS,
    );
  });

  it("rolls back in a freeze as it would without one, and never goes on in it", () => {
    fc.assert(
      fc.property(decideInput, (input) => {
        const thawed = decide(input);
        const frozen = decide({ ...input, policy: { ...input.policy, freeze: [FREEZE] } });
        expect(frozen.kind === "rollback").toBe(thawed.kind === "rollback");
        if (thawed.kind === "rollback" || input.state.wayBack !== "open") {
          expect(frozen).toEqual(thawed);
          return;
        }
        expect(["hold", "soak"]).toContain(frozen.kind);
        expect(frozen.blocking.map(({ what }) => what)).toContain("freeze");
        // The soak clock is the evidence's affair: the freeze hands on what it was given.
        if (frozen.kind === "soak") expect(frozen.soak).toEqual(input.facts.soak);
      }),
      RUNS,
    );
  });

  it("never gets bolder without a waiver, and with one changes nothing but the way to the next step", () => {
    fc.assert(
      fc.property(decideInput, fc.constantFrom("a", "b"), (input, gate) => {
        const plain = decide(input);
        const waived = decide({ ...input, policy: { ...input.policy, ...waivable, waivers: [waiverOf(gate)] } });
        expect(boldness(plain)).toBeLessThanOrEqual(boldness(waived));
        expect(waived.kind === "rollback").toBe(plain.kind === "rollback");
        if (plain.kind !== waived.kind) expect(waived.kind).toBe("advance");
        const stepping = input.state.phase === "shifting";
        const named = waived.reasons.some((reason) => reason.startsWith("waived until"));
        expect(named).toBe(stepping);
      }),
      RUNS,
    );
  });
});

const FREEZE = { from: "2020-01-01T00:00:00Z", to: "2099-01-01T00:00:00Z", why: "always" };
const slow = { why: "fast", rule: { "<=": [{ var: "green.p99Ms" }, 400] } };
const waivable = { gates: { a: slow, b: slow } };
const waiverOf = (gate: string) => ({ gate, why: "w", by: "ada", expires: "2099-01-01T00:00:00Z" });
