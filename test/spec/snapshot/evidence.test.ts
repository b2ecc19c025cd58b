import { describe, expect, it } from "vitest";
import type { EpochMs } from "../../../src/kernel/units.ts";
import { known, type Observations, unknown } from "../../../src/signals/observation.ts";
import {
  gateEvidence,
  OBSERVED_BY,
  rollbackEvidence,
  soakMinuteEvidence,
  wasObserved,
} from "../../../src/snapshot/evidence.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { at, T } from "../../support/readings.ts";

const MINUTE = 60_000;

const snapshot = (tick: number, of: { minutes?: Record<number, number>; instants?: Observations } = {}): Snapshot => ({
  cutover: "orders",
  epoch: 1,
  tick: at(tick),
  takenAt: at(tick, 3),
  instants: of.instants ?? {},
  minutes: Object.entries(of.minutes ?? {}).map(([number, requests]) => ({
    at: at(Number(number)),
    values: { "green.requests": requests },
    absent: {},
  })),
  p99ForGates: { "green.p99Ms": known(tick, at(tick, 2)) },
  p99ForRollback: { "green.p99Ms": known(tick, at(tick, 2)) },
});

const scope = { armedAt: at(10, 20), verifiedAt: at(20, 4) };
const minutesOf = (evidence: { readonly minutes: readonly { readonly at: EpochMs }[] }) =>
  evidence.minutes.map((row) => (row.at - at(0)) / MINUTE);

describe("evidence for gates", () => {
  const all = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [index + 5, 100]));

  it("holds only minutes of this step; the minute of the change is transition", () => {
    expect(minutesOf(gateEvidence([snapshot(30, { minutes: all })], scope))[0]).toBe(21);
  });

  it("looks at nothing that ended less than two minutes ago", () => {
    const evidence = gateEvidence([snapshot(30, { minutes: { ...all, 27: 7 } })], scope);
    expect(evidence.now).toBe(at(28));
    expect(evidence.current.values["green"]?.["requests"]).toBe(7);
  });

  it("takes a minute as the newest snapshot has it", () => {
    const evidence = gateEvidence(
      [snapshot(29, { minutes: { 27: 40 } }), snapshot(30, { minutes: { 27: 90 } })],
      scope,
    );
    expect(evidence.current.values["green"]?.["requests"]).toBe(90);
  });

  it("lets no older minute speak for one that was not observed", () => {
    const evidence = gateEvidence([snapshot(29, { minutes: { 26: 40 } }), snapshot(30)], scope);
    expect(evidence.current.values["green"]?.["requests"]).toBeUndefined();
  });

  it("calls an instant of more than ninety seconds ago unknown, and says so", () => {
    const instants = { "forward.state": known("RUNNING", at(28, 30)), "forward.drained": known(true, at(29, 30)) };
    const { current } = gateEvidence([snapshot(30, { instants })], scope);
    expect(current.values["forward"]).toEqual({ drained: true });
    expect(current.absent["forward.state"]).toBe("stale: read 93 s ago, at most 90 s");
  });

  it("takes an instant of exactly ninety seconds ago", () => {
    const instants = { "forward.drained": known(true, at(28, 33)) };
    expect(gateEvidence([snapshot(30, { instants })], scope).current.values["forward"]).toEqual({ drained: true });
  });

  it("keeps an instant in the minute in which it was read", () => {
    const instants = { "forward.lagRecords": known(3, at(29, 10)) };
    const evidence = gateEvidence([snapshot(29, { instants }), snapshot(30)], scope);
    expect(evidence.minutes.find((row) => row.at === at(29))?.readings.values["forward"]).toEqual({ lagRecords: 3 });
  });

  it("takes no p99 that reaches back before this step", () => {
    const early = gateEvidence([snapshot(25)], scope);
    expect(early.current.values["green"]).toBeUndefined();
    expect(early.current.absent["green.p99Ms"]).toContain("before this step");
    expect(gateEvidence([snapshot(26)], scope).current.values["green"]?.["p99Ms"]).toBe(26);
  });
});

describe("evidence for rollback rules", () => {
  it("holds everything since it was armed, up to T", () => {
    const minutes = { 8: 1, 9: 1, 10: 1, 20: 1, 29: 5 };
    const evidence = rollbackEvidence([snapshot(30, { minutes })], scope);
    expect(minutesOf(evidence)).toEqual([10, 20, 29]);
    expect(evidence.now).toBe(T);
    expect(evidence.current.values["green"]?.["requests"]).toBe(5);
  });

  it("takes no p99 whose three minutes reach back before it was armed", () => {
    const p99 = (tick: number) => rollbackEvidence([snapshot(tick)], scope).current;
    expect(p99(12).absent["green.p99Ms"]).toBe("its three minutes reach back before this epoch");
    expect(p99(12).values["green"]).toBeUndefined();
    expect(p99(13).values["green"]).toEqual({ p99Ms: 13 });
  });

  it("is none without a snapshot", () => {
    expect(() => rollbackEvidence([] as unknown as [Snapshot], scope)).toThrow("no snapshot to judge");
  });
});

describe("evidence for one minute of the soak", () => {
  const snapshots: [Snapshot, ...Snapshot[]] = [
    snapshot(24, { instants: { "forward.lagRecords": known(9, at(24, 5)) } }),
    snapshot(27, { minutes: { 23: 80, 24: 80, 25: 80 } }),
    snapshot(30, { minutes: { 23: 90, 24: 90, 25: 90 }, instants: { "forward.lagRecords": known(0, at(30, 1)) } }),
  ];

  it("is what is known of it now, judged as if it had just ended", () => {
    const evidence = soakMinuteEvidence([...snapshots, snapshot(31)], scope, at(24));
    expect(evidence.now).toBe(at(25));
    expect(minutesOf(evidence)).toEqual([23, 24]);
    expect(evidence.current.values["forward"]).toEqual({ lagRecords: 9 });
    expect(evidence.current.values["green"]).toMatchObject({ requests: 90, p99Ms: 27 });
  });

  it("knows nothing of a minute of the step before, or of the one in which the step was taken", () => {
    const early = [snapshot(24, { minutes: { 19: 1, 20: 2, 21: 3, 22: 4 } })] as const;
    const evidence = soakMinuteEvidence(early, scope, at(22));
    expect(minutesOf(evidence)).toEqual([21, 22]);
    expect(evidence.accumulated).toEqual({ burst: {}, sums: {} });
  });

  it("that nobody read is empty, not an error", () => {
    const evidence = soakMinuteEvidence([snapshot(31)], scope, at(40));
    expect(evidence.minutes).toEqual([]);
    expect(evidence.current.values).toEqual({});
    expect(evidence.current.ageSeconds).toEqual({});
  });

  it("was observed only where both its traffic and its instants were read", () => {
    const read = (reverse: Observations[string]): Snapshot =>
      snapshot(31, {
        minutes: { 26: 90 },
        instants: {
          "green.healthyHosts": known(4, at(26, 1)),
          "forward.lagRecords": known(0, at(26, 1)),
          "reverse.lagRecords": reverse,
        },
      });
    expect(wasObserved([...snapshots, read(known(0, at(26, 1)))], at(26))).toBe(true);
    expect(wasObserved([...snapshots, read(unknown("down", at(26, 1)))], at(26))).toBe(false);
    const withoutTraffic = snapshot(31, { ...read(known(0, at(26, 1))), minutes: {} });
    expect(wasObserved([withoutTraffic], at(26))).toBe(false);
    const unanswered = { ...read(known(0, at(26, 1))), minutes: [{ at: at(26), values: {}, absent: {} }] };
    expect(wasObserved([unanswered], at(26))).toBe(false);
    expect(wasObserved([snapshot(31)], at(40))).toBe(false);
    expect(wasObserved([...snapshots, snapshot(31)], at(24))).toBe(false);
    expect(wasObserved([...snapshots, snapshot(31)], at(25))).toBe(false);
  });

  it("needs each of the four that whoever misses minutes is told of", () => {
    const all: Record<string, number> = Object.fromEntries(OBSERVED_BY.map((path) => [path, 1]));
    const seen = (without: string | null): boolean => {
      const { "green.requests": requests, ...instants } = Object.fromEntries(
        Object.entries(all).filter(([path]) => path !== without),
      );
      const read = Object.entries(instants).map(([path, value]) => [path, known(value, at(26, 1))]);
      const minutes = requests === undefined ? {} : { 26: requests };
      return wasObserved([snapshot(31, { minutes, instants: Object.fromEntries(read) })], at(26));
    };
    expect(seen(null)).toBe(true);
    expect(OBSERVED_BY.map(seen)).toEqual([false, false, false, false]);
  });
});
