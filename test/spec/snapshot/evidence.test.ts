import { describe, expect, it } from "vitest";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { type EpochMs, epochMs } from "../../../src/kernel/units.ts";
import { known, type Observations, unknown } from "../../../src/signals/observation.ts";
import type { MetricReadings, MetricSeries } from "../../../src/signals/ports.ts";
import { gateEvidence, rollbackEvidence, soakMinuteEvidence, wasObserved } from "../../../src/snapshot/evidence.ts";
import { minuteReadings } from "../../../src/snapshot/minute-readings.ts";
import type { MinuteReadings, Snapshot } from "../../../src/snapshot/snapshot.ts";
import { firingAlarms, takeSnapshot, trafficOf } from "../../../src/snapshot/take-snapshot.ts";
import { ORDERS } from "../../support/fake-world.ts";

const MINUTE = 60_000;
/** Minute 30 is the tick being judged. */
const at = (minute: number, seconds = 0): EpochMs => epochMs(1_795_316_400_000 + minute * MINUTE + seconds * 1_000);
const T = at(30);

const series = (
  of: MetricSeries["of"],
  metric: MetricSeries["metric"],
  values: Record<number, number>,
): MetricSeries => ({
  of,
  metric,
  minutes: Object.entries(values).map(([minute, value]) => ({ at: at(Number(minute)), value })),
});

const metrics = (all: readonly MetricSeries[], missing: MetricReadings["missing"] = []): MetricReadings => ({
  readAt: at(30, 2),
  series: all,
  p99: [],
  missing,
});

const minute = (rows: readonly MinuteReadings[], number: number): MinuteReadings => {
  const row = rows.find((one) => one.at === at(number));
  if (row === undefined) throw new RangeError(`no row of minute ${number}`);
  return row;
};

describe("absence", () => {
  const complete = metrics([
    series("green", "requests", { 25: 100, 26: 100 }),
    series("green", "errors5xx", { 26: 3 }),
    series("green", "connectionErrors", {}),
    series("green", "answered", { 25: 90 }),
    series("lb", "requests", { 25: 100 }),
    series("lb", "errors5xx", {}),
    series("blue", "requests", {}),
  ]);
  const rows = minuteReadings(complete, T);

  it("of errors is zero beside a request count, and unknown without one", () => {
    expect(minute(rows, 25).values["green.errors5xx"]).toBe(0);
    expect(minute(rows, 26).values["green.errors5xx"]).toBe(3);
    expect(minute(rows, 27).values["green.errors5xx"]).toBeUndefined();
    expect(minute(rows, 27).absent["green.errors5xx"]).toContain("no requests");
    expect(minute(rows, 25).values["lb.errors5xx"]).toBe(0);
  });

  it("of an answer is a request nobody answered", () => {
    expect(minute(rows, 25).values["green.unanswered"]).toBe(10);
    expect(minute(rows, 26).values["green.unanswered"]).toBe(100);
    expect(minute(rows, 27).values["green.unanswered"]).toBeUndefined();
  });

  it("of blue's requests at 100 % leaves green's share whole", () => {
    expect(minute(rows, 25).values["traffic.greenPercent"]).toBe(100);
  });

  it("of a whole series is never zero, whatever else was counted", () => {
    const partial = metrics(
      [series("green", "requests", { 25: 100 })],
      [{ what: "green.errors5xx", reason: "PartialData" }],
    );
    expect(minute(minuteReadings(partial, T), 25).absent["green.errors5xx"]).toBe("PartialData");
  });
});

describe("a snapshot", () => {
  const sightings = {
    cutover: ORDERS,
    epoch: 1,
    tick: T,
    takenAt: at(30, 3),
    atArm: { blueHosts: 4, conflicts: 2 },
    metrics: ok(metrics([])),
    hosts: ok([{ side: "blue" as const, targetGroupArn: "b", healthy: 3, unhealthy: 1 }]),
    alarms: ok(
      ORDERS.alarms.slice(1).map(({ arn }, index) => ({
        arn,
        state: index === 0 ? ("ALARM" as const) : ("OK" as const),
        stateChangedAt: T,
        actionsEnabled: true,
        actions: [],
      })),
    ),
    traffic: { readAt: at(30, 2), drift: "more-green" as const, detail: "green has 60 %", greenPercent: 60 },
    streams: { "conflicts.total": known(5, at(29, 5)) },
  };

  it("measures blue's hosts and the conflicts against what they were when armed", () => {
    const { instants } = takeSnapshot(sightings);
    expect(instants["blue.readyPercent"]).toMatchObject({ known: true, value: 75 });
    expect(instants["conflicts.new"]).toMatchObject({ known: true, value: 3, readAt: at(29, 5) });
    expect(instants["green.healthyHosts"]).toMatchObject({ known: false });
  });

  it("counts an alarm that CloudWatch does not know as unknown, not as quiet", () => {
    const snapshot = takeSnapshot(sightings);
    expect(snapshot.instants["alarms.firing"]).toMatchObject({ value: 1 });
    expect(snapshot.instants["alarms.unknown"]).toMatchObject({ value: 1 });
    expect(firingAlarms(snapshot, ORDERS)).toEqual([ORDERS.alarms[1]]);
    const unread = takeSnapshot({ ...sightings, alarms: outsideFailure("throttled", "Rate exceeded") });
    expect(unread.instants["alarms.firing"]).toMatchObject({ known: false, reason: "Rate exceeded" });
    expect(firingAlarms(unread, ORDERS)).toEqual([]);
  });

  it("holds the rules, so that a second run of the tick sees the same", () => {
    expect(trafficOf(JSON.parse(JSON.stringify(takeSnapshot(sightings))) as Snapshot)).toEqual(sightings.traffic);
  });

  it("calls no p99 of fewer than a hundred requests known", () => {
    const readings: MetricReadings = {
      ...metrics([
        series("green", "requests", { 25: 33, 26: 33, 27: 33 }),
        series("blue", "requests", { 25: 50, 26: 50 }),
      ]),
      p99: (["green", "blue"] as const).map((of) => ({ of, use: "gates", from: at(25), to: at(28), p99Ms: 80 })),
    };
    const { p99ForGates } = takeSnapshot({ ...sightings, metrics: ok(readings) });
    expect(p99ForGates["green.p99Ms"]).toMatchObject({ known: false });
    expect(p99ForGates["blue.p99Ms"]).toMatchObject({ known: true, value: 80 });
  });
});

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
    expect(current.absent["forward.state"]).toContain("stale");
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
    expect(wasObserved([...snapshots, snapshot(31)], at(24))).toBe(false);
    expect(wasObserved([...snapshots, snapshot(31)], at(25))).toBe(false);
  });
});
