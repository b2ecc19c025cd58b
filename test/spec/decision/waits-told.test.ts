import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import type { Blocking, CutoverState } from "../../../src/decision/state.ts";
import { durationMs } from "../../../src/kernel/units.ts";
import { POLICY } from "../../property/arbitraries.ts";
import { ago, armed, gateOf, inputOf, NOW, soaking, stateOf } from "../../support/decide-input.ts";

const failing = { gates: [gateOf("a", { verdict: "fail", reasons: ["a is 7, must be < 5"] })] };

const blockedFor = (seconds: number): readonly Blocking[] => [
  { what: "gate:a", value: "a is 7, must be < 5", threshold: "pass", clears: "a", since: ago(seconds) },
];

const without = POLICY.steps.map(({ maxDwell: _, onMaxDwell: __, ...step }) => step);
const within = without.map((step) => ({ ...step, maxDwell: "2h", onMaxDwell: "page" as const }));

const pageAt = (state: CutoverState, steps = without): string | null =>
  decide(inputOf({ state, judgement: failing, policy: { steps, start: { require: ["a"] } }, tick: NOW })).page;

describe("a cutover that waits for its gates, and for nothing that ends", () => {
  it("is told of after an hour before the first step, and in a step without a longest time", () => {
    for (const phase of [armed, stateOf]) {
      expect(pageAt(phase({ blocking: blockedFor(3_540) }))).toBeNull();
      expect(pageAt(phase({ blocking: blockedFor(3_600) }))).toContain("gate:a: ");
      expect(pageAt(phase({ blocking: blockedFor(3_660) }))).toBeNull();
      expect(pageAt(phase({ blocking: blockedFor(4_500) }))).toContain("gate:a");
    }
  });

  it("is not told of where a step has a longest time: that is told when it is over", () => {
    expect(pageAt(stateOf({ blocking: blockedFor(3_600) }), within)).toBeNull();
  });

  it("is told of in a soak whose own longest time will not tell, and until the point of no return", () => {
    const approval = { by: "ada", reason: "soaked", epoch: 3, at: ago(600) };
    const soaked = soaking({ blocking: blockedFor(3_600), approval });
    const over = { ...soaked, soak: { ...soaked.soak, startedAt: ago(90_000), healthyMs: durationMs(90_000_000) } };
    const last = within.map((step) => ({ ...step, promoteWhen: ["a"] }));
    const told = (state: CutoverState, maxDuration?: "72h") => {
      const asks = {
        steps: last,
        soak: { ...POLICY.soak, ...(maxDuration === undefined ? {} : { maxDuration }) },
        decommission: { ...POLICY.decommission, require: ["a"] },
      };
      return decide(inputOf({ state, judgement: failing, policy: asks, tick: NOW })).page;
    };
    expect(told(soaked)).toContain("gate:a");
    expect(told(soaked, "72h")).toBeNull();
    expect(told(over, "72h")).toContain("gate:a");
    const { approval: _, ...unapproved } = over;
    expect(told(unapproved, "72h")).toContain("gate:a");
    expect(told({ ...over, phase: "decommissioning" }, "72h")).toContain("gate:a");
    expect(told({ ...over, phase: "decommissioning", wayBack: "restorable" }, "72h")).toBeNull();
  });

  it("is not told of while somebody has paused it", () => {
    const pause = { by: "ada", reason: "lunch", at: ago(3_700) };
    expect(pageAt(armed({ blocking: blockedFor(3_600), pause }))).toBeNull();
  });
});
