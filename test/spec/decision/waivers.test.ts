import { describe, expect, it } from "vitest";
import { waived } from "../../../src/decision/exceptions.ts";
import { gateOf } from "../../support/decide-input.ts";

const waiver = { gate: "a", by: "ada", why: "a slow report runs on green", expires: "2026-11-27T18:00:00Z" };

describe("a waiver", () => {
  it("lets its own gate pass, and says what the gate is without it", () => {
    for (const verdict of ["fail", "unknown"] as const)
      expect(waived([gateOf("a", { verdict })], [waiver])).toEqual([
        gateOf("a", { verdict: "pass", why: `only by waiver; it is ${verdict}` }),
      ]);
  });

  it("lets no other gate pass, and says nothing of one that passes anyway", () => {
    const verdicts = [gateOf("b", { verdict: "fail" }), gateOf("a")];
    expect(waived(verdicts, [waiver])).toEqual(verdicts);
  });
});
