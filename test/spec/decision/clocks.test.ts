import { describe, expect, it } from "vitest";
import { pageLines, pagesDue } from "../../../src/decision/pages.ts";
import {
  beginSoak,
  consumeSoak,
  type MinuteVerdict,
  NO_SOAK,
  restartSoak,
  soakMinutes,
} from "../../../src/decision/soak.ts";
import type { Soak } from "../../../src/decision/state.ts";
import { durationMs, type EpochMs } from "../../../src/kernel/units.ts";
import { ago, NOW } from "../../support/decide-input.ts";

const MINUTE = 60;
const soakOf = (change: Partial<Soak> = {}): Soak => ({
  ...{ startedAt: ago(60 * MINUTE), healthyMs: durationMs(0), lastMinute: null, restarts: 0 },
  ...change,
});
const minutesAgo = (...list: number[]) => list.map((minutes) => ago(minutes * MINUTE));

describe("the minutes of a soak", () => {
  it("are none before it began", () => {
    expect(soakMinutes(NO_SOAK, NOW)).toEqual({ fresh: [], consumed: [] });
    expect(beginSoak(NOW)).toEqual({ startedAt: NOW, healthyMs: 0, lastMinute: null, restarts: 0 });
  });

  it("are final five minutes after their end, and no older than the snapshot", () => {
    expect(soakMinutes(soakOf(), NOW)).toEqual({ fresh: minutesAgo(10, 9, 8, 7, 6), consumed: [] });
  });

  it("begin with the first whole minute of it", () => {
    expect(soakMinutes(soakOf({ startedAt: ago(9 * MINUTE) }), NOW).fresh).toEqual(minutesAgo(8, 7, 6));
    expect(soakMinutes(soakOf({ startedAt: ago(9 * MINUTE - 1) }), NOW).fresh).toEqual(minutesAgo(8, 7, 6));
  });

  it("are consumed once, and looked at again while the snapshot still shows them", () => {
    expect(soakMinutes(soakOf({ lastMinute: ago(8 * MINUTE) }), NOW)).toEqual({
      fresh: minutesAgo(7, 6),
      consumed: minutesAgo(10, 9, 8),
    });
  });
});

describe("the soak clock after a tick", () => {
  const consume = (
    soak: Soak,
    verdicts: Readonly<Record<number, MinuteVerdict>>,
    gates: "pass" | "fail" | "unknown" = "pass",
  ) =>
    consumeSoak(soak, {
      tick: NOW,
      gates,
      verdict: (minute: EpochMs) => verdicts[(NOW - minute) / 60_000] ?? "healthy",
    });
  const counted = soakOf({ lastMinute: ago(8 * MINUTE), healthyMs: durationMs(60_000), restarts: 1 });
  const restarted = { startedAt: NOW, healthyMs: 0, lastMinute: ago(MINUTE), restarts: 2 };

  it("has counted each healthy minute, and left out what is unproven", () => {
    expect(consume(counted, {})).toEqual({ ...counted, healthyMs: 180_000, lastMinute: ago(6 * MINUTE) });
    expect(consume(counted, { 7: "unproven" })).toMatchObject({ healthyMs: 120_000, lastMinute: ago(6 * MINUTE) });
  });

  it("counts nothing while the gates do not pass now, and consumes all the same", () => {
    expect(consume(counted, {}, "unknown")).toEqual({ ...counted, lastMinute: ago(6 * MINUTE) });
  });

  it("begins again by a failing gate, and by a minute, counted or not, that turns out bad", () => {
    expect(consume(counted, {}, "fail")).toEqual(restarted);
    expect(consume(counted, { 7: "bad" })).toEqual(restarted);
    expect(consume(counted, { 9: "bad" })).toEqual(restarted);
    expect(consume(counted, { 5: "bad" }).restarts).toBe(1);
  });

  it("stands where no minute has become final", () => {
    const done = { ...counted, lastMinute: ago(6 * MINUTE) };
    expect(consume(done, {})).toEqual(done);
  });

  it("takes no minute before a break for healthy time", () => {
    expect(restartSoak(counted, ago(-30))).toEqual({ ...restarted, startedAt: ago(-30) });
  });
});

describe("a page", () => {
  const one = { what: "blind", value: "x.y: gone", threshold: "t", clears: "it can be read" };
  const due = (
    seconds: number,
    last: number | null = seconds - 60,
    after: Readonly<Record<string, number>> = { blind: 180_000 },
  ) =>
    pagesDue([{ ...one, since: ago(seconds) }], after, {
      last: last === null ? null : ago(seconds - last),
      now: NOW,
    }).length === 1;

  it("goes out when its time is over, and every quarter of an hour after", () => {
    const minutes = Array.from({ length: 40 }, (_, minute) => minute).filter((minute) => due(minute * 60));
    expect(minutes).toEqual([3, 18, 33]);
  });

  it("is not swallowed by a tick that was missed", () => {
    expect([due(240, 120), due(1_500, 240), due(240, 180)]).toEqual([true, true, false]);
  });

  it("goes out at the very first tick, if it is time", () => {
    expect([due(180, null), due(179, null)]).toEqual([true, false]);
    expect(due(0, null, { blind: 0 })).toBe(true);
  });

  it("is not for what wakes nobody", () => {
    expect(due(180, null, {})).toBe(false);
  });

  it("says what, its value and what clears it", () => {
    const listed = [
      { ...one, since: NOW },
      { ...one, what: "policy", since: NOW },
    ];
    expect(pageLines(listed)).toBe(
      "blind: x.y: gone. Clears when: it can be read.\npolicy: x.y: gone. Clears when: it can be read.",
    );
  });
});
