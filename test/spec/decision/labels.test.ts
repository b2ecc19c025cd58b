import { describe, expect, it } from "vitest";
import { applyLatch, permits } from "../../../src/decision/latch.ts";
import { quietFrom } from "../../../src/decision/plain-mode.ts";
import { rollbackSafety } from "../../../src/decision/rollback-safety.ts";
import { settledLabel } from "../../../src/decision/settle-label.ts";
import type { Latch } from "../../../src/decision/state.ts";
import { epochMs, weightPercent } from "../../../src/kernel/units.ts";
import { known, type Observation, type SignalValue, unknown } from "../../../src/signals/observation.ts";
import { byOperator } from "../../contract/sample-state.ts";
import { ago, hence, NOW, soaking, stateOf, TO_FIFTY } from "../../support/decide-input.ts";

const GOOD: Readonly<Record<string, SignalValue>> = {
  "reverse.state": "RUNNING",
  "reverse.tasksRunning": 2,
  "reverse.tasksExpected": 2,
  "reverse.lagSeconds": 5,
  "reverse.lagRecords": 100,
  "reverse.strayRows": 0,
  "reverse.dataGap": false,
  "reverse.deadLetters": 0,
  "conflicts.new": 0,
  "sequences.headroomSeconds": 1,
};
const seen = (change: Readonly<Record<string, SignalValue>>, at = NOW): Readonly<Record<string, Observation>> =>
  Object.fromEntries(Object.entries({ ...GOOD, ...change }).map(([path, value]) => [path, known(value, at)]));

describe("what going back is expected to be", () => {
  it("is lossless where everything is well, up to a token of 5 s and a reading of 90 s", () => {
    const lossless = { label: "lossless", seconds: 5, reasons: [], at: NOW };
    expect(rollbackSafety(seen({}), NOW)).toEqual(lossless);
    expect(rollbackSafety(seen({}, ago(90)), NOW)).toEqual(lossless);
  });

  it.each([
    [{ "reverse.lagSeconds": 5.1 }, "the reverse token is 5.1 s old"],
    [{ "reverse.lagSeconds": 1, "reverse.lagRecords": 101 }, "101 records of the reverse stream are not on blue yet"],
    [
      { "reverse.lagSeconds": 1, "reverse.lagRecords": 50_001, "reverse.strayRows": 600_000 },
      "50001 records of the reverse stream are not on blue yet",
    ],
    [{ "reverse.state": "PAUSED" }, "the reverse stream is PAUSED"],
    [{ "reverse.tasksRunning": 1 }, "1 of 2 reverse tasks run"],
    [{ "reverse.tasksRunning": 0, "reverse.tasksExpected": 0 }, "0 of 0 reverse tasks run"],
    [{ "conflicts.new": 3 }, "3 rows were written on both sides"],
    [{ "sequences.headroomSeconds": 0 }, "the sequences of both sides have met"],
    [{ "sequences.headroomSeconds": -5 }, "the sequences of both sides have met"],
    [{ "reverse.tasksRunning": 3 }, "3 of 2 reverse tasks run"],
  ])("is bounded by %j", (change, reason) => {
    expect(rollbackSafety(seen(change), NOW)).toMatchObject({ label: "bounded", reasons: [reason] });
  });

  it("takes what a busy green writes in 5 s for records that are under way", () => {
    const busy = { "reverse.lagRecords": 50_000, "reverse.strayRows": 600_000 };
    expect(rollbackSafety(seen(busy), NOW).label).toBe("lossless");
  });

  it("takes one task that is expected and runs for a stream that runs", () => {
    const one = { "reverse.tasksRunning": 1, "reverse.tasksExpected": 1 };
    expect(rollbackSafety(seen(one), NOW).label).toBe("lossless");
  });

  it("is lossy by a gap and by dead letters, with the reasons that are known", () => {
    const lost = { "reverse.dataGap": true, "reverse.deadLetters": 2, "reverse.state": "PAUSED" };
    expect(rollbackSafety(seen(lost), NOW)).toEqual({
      label: "lossy",
      seconds: 5,
      reasons: ["the reverse stream has a gap", "2 records of the reverse stream were put aside"],
      at: NOW,
    });
  });

  it.each([
    ["reverse.lagSeconds", undefined, "reverse.lagSeconds was not read"],
    ["reverse.lagSeconds", known(1, ago(91)), "reverse.lagSeconds is stale"],
    ["reverse.lagSeconds", unknown("no answer", NOW), "reverse.lagSeconds is unknown: no answer"],
    ["reverse.lagRecords", unknown("no answer", NOW), "reverse.lagRecords is unknown: no answer"],
    ["reverse.strayRows", unknown("no answer", NOW), "reverse.strayRows is unknown: no answer"],
    ["reverse.tasksRunning", unknown("no answer", NOW), "reverse.tasksRunning is unknown: no answer"],
    ["reverse.tasksExpected", unknown("no answer", NOW), "reverse.tasksExpected is unknown: no answer"],
    ["conflicts.new", unknown("no answer", NOW), "conflicts.new is unknown: no answer"],
    ["sequences.headroomSeconds", unknown("no answer", NOW), "sequences.headroomSeconds is unknown: no answer"],
    ["reverse.state", unknown("no answer", NOW), "reverse.state is unknown: no answer"],
    ["reverse.dataGap", unknown("no answer", NOW), "reverse.dataGap is unknown: no answer"],
    ["reverse.deadLetters", unknown("no answer", NOW), "reverse.deadLetters is unknown: no answer"],
  ])("is unknown where %s is %j", (path, reading, reason) => {
    const { [path]: _, ...rest } = seen({});
    expect(rollbackSafety(reading === undefined ? rest : { ...rest, [path]: reading }, NOW)).toMatchObject({
      label: "unknown",
      reasons: [reason],
    });
  });

  it.each([
    ["reverse.dataGap", "no"],
    ["reverse.deadLetters", "0"],
    ["reverse.lagSeconds", Number.NaN],
    ["reverse.state", 1],
    ["conflicts.new", true],
  ])("is unknown where %s is of the wrong type: %j", (path, value) => {
    expect(rollbackSafety(seen({ [path]: value }), NOW).label).toBe("unknown");
  });

  it("has no seconds where the token could not be read", () => {
    expect(rollbackSafety({}, NOW)).toMatchObject({ label: "unknown", seconds: null });
  });
});

describe("a latch", () => {
  const measured = (seconds: number) =>
    applyLatch(
      stateOf({ rollbackSafety: { label: "lossless", seconds: 1, reasons: [], at: ago(seconds) } }),
      { ...byOperator, at: NOW },
      "w5",
    );

  it("moves the fence, keeps the intent, and remembers what the item said", () => {
    const state = stateOf({ intent: TO_FIFTY });
    expect(applyLatch(state, byOperator, "w5")).toMatchObject({
      ...{ version: 5, writeId: "w5", epoch: 4, intent: TO_FIFTY },
      latch: { ...byOperator, fromPercent: 10, reassertAfter: hence(90) },
    });
    expect(measured(60).latch).not.toHaveProperty("reassertAfter");
  });

  it("trusts a label for two ticks and a half, and then says how old it is", () => {
    expect(measured(150).latch?.expected).toEqual({ label: "lossless", seconds: 1, reasons: [], at: ago(150) });
    expect(measured(151).latch?.expected).toEqual({
      ...{ label: "unknown", seconds: 1, at: ago(151) },
      reasons: ["last measured 151 s before"],
    });
  });

  it("is put only on the state that whoever asks for it has seen; what they leave out is not asked", () => {
    const state = stateOf({ epoch: 3, armedAt: ago(600), lastTick: ago(60) });
    expect(permits({}, state)).toBe(true);
    expect([2, 3, 4].map((epoch) => permits({ epoch }, state))).toEqual([false, true, false]);
    const armed = (seconds: number) => permits({ armedAtOrBefore: ago(seconds) }, state);
    expect([599, 600, 601].map(armed)).toEqual([true, true, false]);
    const ticked = (seconds: number) => permits({ lastTickAtOrBefore: ago(seconds) }, state);
    expect([59, 60, 61].map(ticked)).toEqual([true, true, false]);
    // Where nothing has been judged, there is no later tick over whose head it could go.
    expect(permits({ lastTickAtOrBefore: ago(61) }, { ...state, lastTick: null })).toBe(true);
  });

  it("is never put on a cutover that is complete: there is nothing to go back to", () => {
    expect(permits({}, soaking({ phase: "complete", wayBack: "closed" }))).toBe(false);
    expect(permits({}, soaking({ phase: "decommissioning", wayBack: "closed" }))).toBe(true);
  });

  it("is not put where only some of what was asked holds", () => {
    const state = stateOf({ epoch: 3, armedAt: ago(600), lastTick: ago(60) });
    const all = { epoch: 3, armedAtOrBefore: ago(600), lastTickAtOrBefore: ago(60) };
    expect(permits(all, state)).toBe(true);
    for (const wrong of [{ epoch: 2 }, { armedAtOrBefore: ago(601) }, { lastTickAtOrBefore: ago(61) }])
      expect(permits({ ...all, ...wrong }, state)).toBe(false);
  });

  it("without a pin is quiet D after the last request that can still leave", () => {
    expect(quietFrom({ at: NOW })).toBe(hence(180));
    expect(quietFrom({ at: NOW, reassertAfter: hence(100) })).toBe(hence(180));
    expect(quietFrom({ at: NOW, reassertAfter: hence(200) })).toBe(hence(230));
  });
});

describe("what going back has turned out to be", () => {
  const verifiedAt = ago(120);
  const latch = { ...byOperator, expected: stateOf().rollbackSafety, fromPercent: weightPercent(10) };
  const settle = (of: {
    change?: Readonly<Record<string, SignalValue>>;
    at?: number;
    latch?: Latch;
    since?: number;
    provenAt?: number;
    waitingFor?: readonly string[];
    drained?: false;
    without?: string;
  }) => {
    const readings = seen(of.change ?? {}, epochMs(of.at ?? NOW));
    const { [of.without ?? ""]: _, ...instants } = readings;
    const drain = { since: epochMs(of.since ?? verifiedAt), provenAt: epochMs(of.provenAt ?? ago(30)) };
    return settledLabel(
      stateOf({ latch: of.latch ?? { ...latch, verifiedAt } }),
      { waitingFor: of.waitingFor ?? [], instants, ...(of.drained === false ? {} : { drain: drain as never }) },
      NOW,
    );
  };
  const waits = (...waitingFor: string[]) => ({ settled: null, waitingFor });

  it("is not said before it is verified", () => {
    expect(settle({ latch })).toEqual(waits("the snap-back is not verified"));
    const { latch: _, ...unlatched } = stateOf();
    expect(settledLabel(unlatched, { waitingFor: [], instants: {} }, NOW)).toEqual(
      waits("the snap-back is not verified"),
    );
  });

  it("is lossless after a drain proof and a look at everything behind it", () => {
    expect(settle({})).toEqual({
      settled: { label: "lossless", at: NOW, reasons: ["everything green accepted is on blue"] },
      waitingFor: [],
    });
  });

  it.each([
    [{ "reverse.dataGap": true }, "lossy", "the reverse stream has a gap"],
    [{ "reverse.deadLetters": 1 }, "lossy", "1 records of the reverse stream were put aside"],
    [{ "conflicts.new": 2 }, "bounded", "2 rows were written on both sides; both images are kept"],
  ])("is, by %j, %s", (change, label, reason) => {
    expect(settle({ change })).toEqual({ settled: { label, at: NOW, reasons: [reason] }, waitingFor: [] });
  });

  it("is lossy by a gap even without a drain proof", () => {
    expect(settle({ change: { "reverse.dataGap": true }, drained: false }).settled?.label).toBe("lossy");
  });

  it("waits for a drain proof of what was written before it was verified", () => {
    expect(settle({ drained: false })).toEqual(waits("a drain proof of reverse"));
    expect(settle({ since: verifiedAt - 1 })).toEqual(waits("a drain proof of reverse"));
    expect(settle({ drained: false, waitingFor: ["a position"] })).toEqual(waits("a position"));
  });

  const unread = waits("gap, dead letters and conflicts read after the snap-back");

  it.each(["reverse.dataGap", "reverse.deadLetters", "conflicts.new"])("waits for %s", (without) => {
    expect(settle({ without })).toEqual(unread);
  });

  it.each([
    ["reverse.dataGap", "no"],
    ["reverse.deadLetters", "7"],
    ["reverse.deadLetters", Number.NaN],
    ["conflicts.new", "3"],
    ["conflicts.new", true],
  ])("waits where %s is of the wrong type: %j", (path, value) => {
    expect(settle({ change: { [path]: value } })).toEqual(unread);
  });

  it("waits for readings behind the verification, and of conflicts behind the proof", () => {
    expect(settle({ at: verifiedAt, provenAt: verifiedAt }).settled?.label).toBe("lossless");
    expect(settle({ at: verifiedAt - 1, provenAt: verifiedAt - 1 })).toEqual(unread);
    expect(settle({ at: ago(30) - 1 })).toEqual(unread);
    expect(settle({ at: ago(30) }).settled?.label).toBe("lossless");
    expect(settle({ change: { "reverse.dataGap": true }, at: verifiedAt - 1, provenAt: verifiedAt - 1 })).toEqual(
      unread,
    );
  });
});
