import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import { evolve } from "../../../src/decision/evolve.ts";
import { applyLatch } from "../../../src/decision/latch.ts";
import {
  DRILL_LIFE_MS,
  drillObstacles,
  drillRefusals,
  isHeldBy,
  isOfDrill,
} from "../../../src/decision/rollback-drill.ts";
import type { CutoverState, LatchCause, RollbackDrill } from "../../../src/decision/state.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { type EpochMs, weightPercent } from "../../../src/kernel/units.ts";
import { byOperator } from "../../contract/sample-state.ts";
import { ago, armed, hence, inputOf, NOW, soaking, stateOf, TO_FIFTY } from "../../support/decide-input.ts";

const DRILL: RollbackDrill = { by: "olga", at: ago(60), alarmArn: "arn:green-5xx", notAfter: hence(1_740) };
const drilling = (change: Partial<CutoverState> = {}): CutoverState => armed({ rollbackDrill: DRILL, ...change });

const alarmed = (alarmArn: string): LatchCause => ({
  kind: "alarm",
  alarmArn,
  severity: "degraded",
  alarmAt: ago(1),
});
const BY_ADA: LatchCause = { kind: "operator", by: "ada", reason: "orders fail" };

const latched = (before: CutoverState, cause: LatchCause = alarmed(DRILL.alarmArn), at: EpochMs = NOW): CutoverState =>
  applyLatch(before, { ...byOperator, cause, at }, "w5");

describe("a rehearsal of the rollback under way", () => {
  it("keeps the first step waiting, and says who rehearses, with which alarm, and what ends it", () => {
    expect(drillObstacles(drilling(), NOW)).toEqual([
      {
        what: "rollback-drill",
        value: "by olga, with arn:green-5xx",
        threshold: "none",
        clears: `pawl drill rollback ends, or ${toIso(DRILL.notAfter)} passes`,
      },
    ]);
    expect(decide(inputOf({ state: drilling() })).blocking.map(({ what }) => what)).toContain("rollback-drill");
  });

  it("that was killed stands in nobody's way for longer than half an hour", () => {
    expect(DRILL_LIFE_MS).toBe(30 * 60_000);
    expect(drillObstacles(drilling(), DRILL.notAfter)).toHaveLength(1);
    expect(drillObstacles(drilling(), hence(1_800))).toEqual([]);
    expect(drillObstacles(armed(), NOW)).toEqual([]);
  });
});

describe("a way back is rehearsed", () => {
  const refusals = (change: Partial<CutoverState>) => drillRefusals(armed(change), NOW);

  it("only while the cutover is armed, served, green without traffic and nothing under way", () => {
    expect(refusals({})).toEqual([]);
    expect(drillRefusals(soaking(), NOW)).toEqual([
      "it is soaking, it must be armed",
      "green has 100 % of the traffic, it must have none",
    ]);
    expect(refusals({ weightPercent: weightPercent(1) })).toEqual(["green has 1 % of the traffic, it must have none"]);
    expect(refusals({ intent: TO_FIFTY })).toEqual(["a change of the load balancer is not settled"]);
  });

  it("not where it was taken in earnest; that is said once, whatever the phase", () => {
    expect(drillRefusals(latched(armed()), NOW)).toEqual(["it is rolled back already"]);
    expect(drillRefusals({ ...latched(armed()), phase: "rolledBack" }, NOW)).toEqual(["it is rolled back already"]);
  });

  it("by one at a time, until the first one's time is over", () => {
    expect(refusals({ rollbackDrill: DRILL })).toEqual([`olga is rehearsing it since ${toIso(DRILL.at)}`]);
    expect(refusals({ rollbackDrill: { ...DRILL, notAfter: NOW } })).toHaveLength(1);
    expect(refusals({ rollbackDrill: { ...DRILL, notAfter: ago(1) } })).toEqual([]);
  });

  it("not where no tick has come for two minutes and a half: the rollback would never settle", () => {
    expect(refusals({ lastTick: ago(150) })).toEqual([]);
    expect(refusals({ lastTick: ago(151) })).toEqual([`no tick has judged it since ${toIso(ago(151))}`]);
    expect(refusals({ lastTick: null, armedAt: ago(150) })).toEqual([]);
    expect(refusals({ lastTick: null, armedAt: ago(151) })).toEqual([`no tick has judged it since ${toIso(ago(151))}`]);
  });

  it("not once it is complete, and nobody is sent after ticks that are over for good", () => {
    expect(drillRefusals(armed({ phase: "complete", lastTick: ago(86_400) }), NOW)).toEqual([
      "it is complete, it must be armed",
    ]);
  });

  it("never begins in a state that refuses it", () => {
    expect(evolve(armed(), { kind: "drillBegan", drill: DRILL })).toEqual(armed({ rollbackDrill: DRILL }));
    for (const state of [stateOf(), latched(armed()), drilling()])
      expect(() => evolve(state, { kind: "drillBegan", drill: DRILL })).toThrow();
  });
});

describe("a latch is the rehearsal's", () => {
  it("where the alarm that it set latched in time, with no traffic on green", () => {
    expect(isOfDrill(latched(drilling()))).toBe(true);
    expect(isOfDrill(latched(drilling(), undefined, DRILL.notAfter))).toBe(true);
  });

  it.each<readonly [string, CutoverState]>([
    ["before there is a latch", drilling()],
    ["where nobody rehearses", latched(armed())],
    ["where its time was over", latched(drilling(), undefined, hence(1_741))],
    ["where green had traffic", latched(drilling({ weightPercent: weightPercent(5) }))],
    ["where another alarm fired", latched(drilling(), alarmed("arn:green-p99"))],
    ["where an operator asked for it", latched(drilling(), BY_ADA)],
  ])("and never %s", (_what, state) => {
    expect(isOfDrill(state)).toBe(false);
  });

  it("and becomes one in earnest, with the new cause, where somebody says so", () => {
    const earnest = evolve(latched(drilling()), { kind: "rolledBackInEarnest", cause: BY_ADA });
    expect(earnest.latch?.cause).toEqual(BY_ADA);
    expect(earnest).not.toHaveProperty("rollbackDrill");
    expect(() => evolve(latched(armed()), { kind: "rolledBackInEarnest", cause: BY_ADA })).toThrow();
  });
});

describe("the end of a rehearsal", () => {
  it("without a latch makes the alarm that it set one of before: its event, should it still come, sends nothing back", () => {
    expect(evolve(drilling(), { kind: "drillEnded", at: NOW })).toEqual(armed({ armedAt: NOW }));
  });

  it("is written only while the cutover is armed under this very rehearsal", () => {
    const drill = drilling().rollbackDrill ?? expect.fail();
    expect(isHeldBy(drilling(), drill)).toBe(true);
    expect(isHeldBy(drilling(), { at: NOW })).toBe(false);
    const later = [
      latched(drilling()),
      { ...drilling(), intent: { ...TO_FIFTY, to: weightPercent(10) } },
      stateOf({ rollbackDrill: drill }),
      armed(),
    ];
    for (const state of later) expect(isHeldBy(state, drill)).toBe(false);
    for (const state of later.slice(1))
      expect(() => evolve(state, { kind: "drillEnded", at: NOW })).toThrow(RangeError);
  });

  it("after a latch leaves the arming as it was: only the next one begins anew", () => {
    const { rollbackDrill: _over, ...rest } = latched(drilling());
    expect(evolve(latched(drilling()), { kind: "drillEnded", at: NOW })).toEqual(rest);
  });
});
