import { describe, expect, it } from "vitest";
import { evidenceUse, isAccumulated } from "../../../../src/policy/operations/evidence/uses.ts";

const GREEN = ["green.errors5xx", "green.requests"] as const;
const BLUE = ["blue.errors5xx", "blue.requests"] as const;

describe("a use of evidence", () => {
  it.each(["evidence_below", "evidence_above"])(
    "%s reads two signals, tempered as blue's same errors clump",
    (name) => {
      expect(evidenceUse(name, [...GREEN, 0.01, "step"])).toMatchObject({
        key: `${name} green.errors5xx green.requests 0.01 step`,
        test: { alternatives: 4 },
        paths: GREEN,
        burstSignal: "blue.errors5xx",
        lookBack: "step",
      });
    },
  );

  it("evidence_worse reads four, tempered as blue's errors clump", () => {
    const other = ["green.unanswered", "green.requests", ...BLUE] as const;
    expect(evidenceUse("evidence_worse", [...other, 2, "15m"])).toMatchObject({
      key: "evidence_worse green.unanswered green.requests blue.errors5xx blue.requests 2 15m",
      test: { alternatives: 4 },
      paths: other,
      burstSignal: "blue.errors5xx",
      lookBack: "15m",
    });
  });

  it("is none of any other operation, whatever its name", () => {
    expect(evidenceUse("stat", [...GREEN, 0.01, "step"])).toBeNull();
    expect(evidenceUse("toString", [])).toBeNull();
  });
});

describe("what is accumulated", () => {
  it.each([
    ["step", true],
    ["soak", true],
    ["15m", false],
    ["", false],
  ])("over %s: %s", (lookBack, is) => {
    expect(isAccumulated(lookBack)).toBe(is);
  });
});
