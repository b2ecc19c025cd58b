import { describe, expect, it } from "vitest";
import { epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import { standingIn, standingStored } from "../../../src/policy/explain/standing.ts";
import type { EvidenceUse } from "../../../src/policy/operations/evidence/uses.ts";
import type { Accumulator } from "../../../src/snapshot/evidence-state.ts";
import type { Evidence } from "../../../src/snapshot/snapshot.ts";
import { evidenceOf, NOW } from "../../support/evidence.ts";

/** Its one logarithm is the requests without an error, less ten for each error. */
const use = (lookBack: string): EvidenceUse => ({
  key: `proof ${lookBack}`,
  test: {
    alternatives: 1,
    restarts: false,
    weigh: ([errors = 0, requests = 0]) => (requests === 0 ? null : [requests - 10 * errors]),
  },
  paths: ["green.errors", "green.requests"],
  burstSignal: "blue.errors",
  lookBack,
});

const at = (minutesAgo: number) => epochMs(NOW - minutesAgo * MINUTE_MS);
const summed = (logs: readonly number[], changes: Partial<Accumulator> = {}): Accumulator => ({
  from: at(60),
  next: at(3),
  observed: 57,
  spoke: 57,
  logs,
  ...changes,
});

describe("where a proof stands by the evidence", () => {
  const minutes = evidenceOf({ "green.errors": [0, 1, 0, 0], "green.requests": [40, 30, 0, 20] }, { minutes: 4 });

  it("over a window is what each of its minutes added, oldest first; one without requests added nothing", () => {
    expect(standingIn(minutes)(use("3m"))).toEqual({ kind: "window", burst: 1, minutes: [[20], [], [20]] });
    expect(standingIn(minutes)(use("4m"))).toEqual({ kind: "window", burst: 1, minutes: [[40], [20], [], [20]] });
  });

  it("leaves the place of a minute that was not observed, and looks at none that is not over", () => {
    const gap = evidenceOf({ "green.errors": 0, "green.requests": [40, 30, 20] }, { minutes: 3, missingRows: [1] });
    const later = { at: NOW, readings: { values: { green: { errors: 0, requests: 9 } }, absent: {} } };

    expect(standingIn({ ...gap, minutes: [...gap.minutes, later] })(use("3m"))).toEqual({
      kind: "window",
      burst: 1,
      minutes: [[40], [], [20]],
    });
  });

  it("counts for less where errors come in clumps", () => {
    const accumulated: Evidence["accumulated"] = { burst: { "blue.errors": 4 }, sums: {} };

    expect(standingIn({ ...minutes, accumulated })(use("4m"))).toEqual({
      kind: "window",
      burst: 4,
      minutes: [[10], [5], [], [5]],
    });
  });

  it("over a step is the sum of the state and of the minutes since", () => {
    const sums = { "proof step": summed([100]) };

    expect(standingIn({ ...minutes, accumulated: { burst: { "blue.errors": 2 }, sums } })(use("step"))).toEqual({
      kind: "sum",
      burst: 2,
      logs: [100 + 10 + 10],
    });
  });

  it("is not known of a step that nothing was added up of", () => {
    expect(standingIn({ ...minutes, accumulated: { burst: {}, sums: {} } })(use("step"))).toBeNull();
  });
});

describe("where a proof stood by what is stored of a tick", () => {
  it("over a step is the sum of the gates, those minutes in it that may still change", () => {
    const recent = [{ at: at(4), seen: [[1, 40]] }];

    expect(
      standingStored({ burst: { "blue.errors": 3 }, gates: { "proof step": summed([100], { recent }) } })(use("step")),
    ).toEqual({ kind: "sum", burst: 3, logs: [100 + 30 / 3] });
  });

  it("goes by a burst of 1 where none is stored", () => {
    expect(standingStored({ gates: { "proof step": summed([7]) } })(use("step"))).toEqual({
      kind: "sum",
      burst: 1,
      logs: [7],
    });
    expect(standingStored({ burst: { "green.errors": 3 } })(use("3m"))).toMatchObject({ burst: 1 });
  });

  it.each<[string, Parameters<typeof standingStored>[0]]>([
    ["no gates", {}],
    ["another gate's alone", { gates: { "proof soak": summed([7]) } }],
    ["the rollback rules' alone", { rollback: { "proof step": summed([7]) } }],
  ])("is not known over a step where the stored sums are %s", (_, stored) => {
    expect(standingStored(stored)(use("step"))).toBeNull();
  });

  it("over a window is not known by its minutes", () => {
    expect(standingStored({ burst: { "blue.errors": 3 } })(use("3m"))).toEqual({
      kind: "window",
      burst: 3,
      minutes: null,
    });
  });
});
