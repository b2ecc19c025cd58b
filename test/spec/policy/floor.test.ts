import { describe, expect, it } from "vitest";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import { blindAfterMs, FLOOR_POLICY, maxAgeMs, watchedSignals } from "../../../src/policy/floor.ts";
import { judgeRollback } from "../../../src/policy/judge.ts";
import { evidenceOf } from "../../support/evidence.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const minutes = (count: number): number => count * MINUTE_MS;

describe("what no policy goes beyond", () => {
  it.each([
    ["1m", 1],
    ["5m", 5],
    ["300s", 5],
    ["2h", 5],
  ])("is an age of five minutes: of %s it is %i", (maxAge, comes) => {
    expect(maxAgeMs({ data: { cadence: "1m", maxAge, minCoverage: 0.9 } })).toBe(minutes(comes));
  });

  it.each([
    ["10m", 10],
    ["30m", 30],
    ["2h", 30],
  ])("is half an hour of being blind: of %s it is %i", (after, comes) => {
    const { blind } = loadedPolicy();

    expect(blindAfterMs({ blind: { ...blind, after } })).toBe(minutes(comes));
  });

  it("are green's requests and healthy hosts out of sight: they are watched, each once, after what the policy watches", () => {
    expect(watchedSignals(loadedPolicy())).toEqual(["forward.lagSeconds", "green.requests", "green.healthyHosts"]);
  });
});

describe("the floor where no policy can be read", () => {
  const floor = (signals: Parameters<typeof evidenceOf>[0]) =>
    judgeRollback(FLOOR_POLICY, evidenceOf(signals)).rollback;

  it("fires at gross failure, and says what no policy may call acceptable", () => {
    expect(floor({ "green.errors5xx": 10, "green.requests": 20 })).toEqual([
      {
        rule: "floor",
        why: expect.stringMatching(
          /^half of what green answers is an error, or half of its connections fail, or no host/,
        ),
        verdict: "fired",
        reasons: [
          "sum green.errors5xx over 3m is 30, which is >= 10",
          "green.errors5xx / green.requests over 3m is 0.5, which is >= 0.5",
        ],
        comparisons: expect.any(Array),
      },
    ]);
  });

  it("is no judgement over minutes that were not all seen", () => {
    expect(floor({ "green.errors5xx": [10, null, 10], "green.requests": 20 })[0]?.verdict).toBe("unknown");
  });

  it("goes by an age of three minutes, and holds where it is blind", () => {
    expect(FLOOR_POLICY).toMatchObject({ rollback: [], blind: { after: "30m", action: "hold" } });
    const seen = (requests: readonly (number | null)[]) =>
      judgeRollback(FLOOR_POLICY, evidenceOf({ "green.requests": requests, "green.healthyHosts": 4 })).blind;
    expect(seen([5, null, null])).toEqual([]);
    expect(seen([5, null, null, null])).toEqual([{ signal: "green.requests", reason: "not reported" }]);
  });
});
