import { describe, expect, it } from "vitest";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { known, type Observations, unknown } from "../../../src/signals/observation.ts";
import type { AlarmReading, MetricReadings } from "../../../src/signals/ports.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { firingAlarms, type Sightings, takeSnapshot, trafficOf } from "../../../src/snapshot/take-snapshot.ts";
import { ORDERS } from "../../support/fake-world.ts";
import { at, metrics, series, T } from "../../support/readings.ts";

const TAKEN = at(30, 3);
const [degraded, , , , hardDown] = ORDERS.alarms;
if (degraded === undefined || hardDown === undefined) throw new Error("unreachable");

const alarm = (arn: string, state: AlarmReading["state"]): AlarmReading => ({
  ...{ arn, state, stateChangedAt: T, actionsEnabled: true, actions: [] },
});
const hosts = (side: "blue" | "green", healthy: number, unhealthy: number) => ({
  ...{ side, targetGroupArn: `${side}-${healthy}`, healthy, unhealthy },
});

const SIGHTINGS: Sightings = {
  cutover: ORDERS,
  epoch: 7,
  tick: T,
  takenAt: TAKEN,
  atArm: { blueHosts: 4, conflicts: 2 },
  metrics: ok(metrics([])),
  hosts: ok([hosts("blue", 3, 1), hosts("green", 2, 0)]),
  alarms: ok(ORDERS.alarms.map(({ arn }) => alarm(arn, "OK"))),
  traffic: { readAt: at(30, 2), drift: "more-green", detail: "green has 60 %", greenPercent: 60 },
  streams: { "conflicts.total": known(5, at(29, 5)) },
};

const instantsOf = (change: Partial<Sightings> = {}): Observations =>
  takeSnapshot({ ...SIGHTINGS, ...change }).instants;

describe("a snapshot", () => {
  it("says whose it is and holds the ten minutes before its tick, or none where CloudWatch gave no answer", () => {
    const snapshot = takeSnapshot(SIGHTINGS);
    expect(snapshot).toMatchObject({ cutover: "orders", epoch: 7, tick: T, takenAt: TAKEN });
    expect(snapshot.minutes.length).toBe(10);
    expect(takeSnapshot({ ...SIGHTINGS, metrics: outsideFailure("throttled", "Rate exceeded") }).minutes).toEqual([]);
  });

  it("keeps what the streams say as it was read", () => {
    const lag = known(3, at(29, 30));
    expect(instantsOf({ streams: { "forward.lagRecords": lag } })["forward.lagRecords"]).toEqual(lag);
  });
});

describe("the conflicts of a snapshot", () => {
  const news = (streams: Observations) => instantsOf({ streams })["conflicts.new"];

  it("are counted from those that were stored when it was armed, and never below none", () => {
    expect(news({ "conflicts.total": known(5, at(29, 5)) })).toEqual(known(3, at(29, 5)));
    expect(news({ "conflicts.total": known(1, at(29, 5)) })).toEqual(known(0, at(29, 5)));
  });

  it("are as unknown as their total, and not there where nobody looked", () => {
    const down = unknown("blue does not answer", at(29, 5));
    expect(news({ "conflicts.total": down })).toEqual(down);
    const nonsense = known("five", at(29, 5));
    expect(news({ "conflicts.total": nonsense })).toEqual(nonsense);
    expect(instantsOf({ streams: {} })).not.toHaveProperty(["conflicts.new"]);
  });
});

describe("the hosts of a snapshot", () => {
  it("are those of the target group that has the fewest, blue's together against what it had when armed", () => {
    const instants = instantsOf({ hosts: ok([hosts("blue", 2, 2), hosts("blue", 1, 1), hosts("green", 4, 5)]) });
    expect(instants).toMatchObject({
      "blue.healthyHosts": known(1, TAKEN),
      "blue.unhealthyHosts": known(3, TAKEN),
      "blue.readyPercent": known(75, TAKEN),
      "green.healthyHosts": known(4, TAKEN),
      "green.unhealthyHosts": known(5, TAKEN),
    });
    expect(instants).not.toHaveProperty(["green.readyPercent"]);
  });

  it("are none where one group of several has none: the hosts of another route's group are no help to it", () => {
    const web = [hosts("green", 4, 0), hosts("blue", 4, 0)];
    expect(instantsOf({ hosts: ok([...web, hosts("green", 0, 2), hosts("blue", 0, 2)]) })).toMatchObject({
      ...{ "green.healthyHosts": known(0, TAKEN), "green.unhealthyHosts": known(2, TAKEN) },
      ...{ "blue.healthyHosts": known(0, TAKEN), "blue.readyPercent": known(0, TAKEN) },
    });
  });

  it("are unknown, not 0, where a side was not answered", () => {
    const onlyGreen = instantsOf({ hosts: ok([hosts("green", 4, 0)]) });
    const why = unknown("no target group of blue was answered", TAKEN);
    expect(onlyGreen).toMatchObject({
      ...{ "blue.healthyHosts": why, "blue.unhealthyHosts": why, "blue.readyPercent": why },
      "green.healthyHosts": known(4, TAKEN),
    });
    const onlyBlue = instantsOf({ hosts: ok([hosts("blue", 4, 0)]) });
    expect(onlyBlue["green.healthyHosts"]).toEqual(unknown("no target group of green was answered", TAKEN));
    expect(onlyBlue).not.toHaveProperty(["green.readyPercent"]);
  });

  it("are unknown on both sides where nothing was read", () => {
    const why = unknown("Rate exceeded", TAKEN);
    expect(instantsOf({ hosts: outsideFailure("throttled", "Rate exceeded") })).toMatchObject({
      ...{ "green.healthyHosts": why, "green.unhealthyHosts": why },
      ...{ "blue.healthyHosts": why, "blue.unhealthyHosts": why, "blue.readyPercent": why },
    });
  });

  it("of a blue that had none when armed measure nothing", () => {
    const unmeasured = instantsOf({ atArm: { blueHosts: 0, conflicts: 0 } });
    expect(unmeasured["blue.readyPercent"]).toEqual(unknown("blue had no healthy host when armed", TAKEN));
  });
});

describe("the alarms of a snapshot", () => {
  const { arn } = degraded;

  it("count those that fire, and those of which CloudWatch says nothing as unknown, not as quiet", () => {
    const others = ORDERS.alarms.slice(3).map((one) => alarm(one.arn, "OK"));
    const [, second = degraded] = ORDERS.alarms;
    // The third one does not exist.
    const seen = [alarm(arn, "ALARM"), alarm(second.arn, "INSUFFICIENT_DATA"), ...others, alarm("a stranger", "ALARM")];
    expect(instantsOf({ alarms: ok(seen) })).toMatchObject({
      "alarms.firing": known(1, TAKEN),
      "alarms.unknown": known(2, TAKEN),
      "alarms.firingArns": known(arn, TAKEN),
    });
    expect(instantsOf()).toMatchObject({ "alarms.firing": known(0, TAKEN), "alarms.unknown": known(0, TAKEN) });
  });

  it("are not known to be quiet where CloudWatch cannot evaluate them fully: what they say may be old", () => {
    const [first, second, ...others] = ORDERS.alarms.map((one) => alarm(one.arn, "OK"));
    const seen = [
      { ...(first ?? alarm(arn, "OK")), impaired: "EVALUATION_FAILURE" },
      { ...(second ?? alarm(arn, "OK")), state: "ALARM" as const, impaired: "EVALUATION_ERROR" },
      ...others,
    ];
    expect(instantsOf({ alarms: ok(seen) })).toMatchObject({
      "alarms.firing": known(1, TAKEN),
      "alarms.unknown": known(1, TAKEN),
    });
  });

  it("are read back with their severity, the one that ends everything first", () => {
    const firing = (...arns: readonly string[]) => {
      const seen = ORDERS.alarms.map((one) => alarm(one.arn, arns.includes(one.arn) ? "ALARM" : "OK"));
      return firingAlarms(takeSnapshot({ ...SIGHTINGS, alarms: ok(seen) }), ORDERS);
    };
    expect(firing(arn, hardDown.arn)).toEqual([hardDown, degraded]);
    const turned = { ...ORDERS, alarms: [...ORDERS.alarms].reverse() };
    const all = ok(ORDERS.alarms.map((one) => alarm(one.arn, "ALARM")));
    expect(firingAlarms(takeSnapshot({ ...SIGHTINGS, alarms: all }), turned)[0]).toEqual(hardDown);
    expect(firing()).toEqual([]);
    const nonsense = { "alarms.firingArns": known(5, T) };
    expect(firingAlarms({ ...takeSnapshot(SIGHTINGS), instants: nonsense }, ORDERS)).toEqual([]);
  });

  it("may have blanks in their names, and be called like the beginning of another", () => {
    const prefix = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:Orders";
    const alarms = [prefix, `${prefix} 5xx`, `${prefix} p99`].map((own) => ({
      arn: own,
      severity: "degraded" as const,
    }));
    const cutover = { ...ORDERS, alarms };
    const [, ...fires] = alarms;
    const seen = alarms.map((own) => alarm(own.arn, own.arn === prefix ? "OK" : "ALARM"));
    expect(firingAlarms(takeSnapshot({ ...SIGHTINGS, cutover, alarms: ok(seen) }), cutover)).toEqual(fires);
  });

  it("that could not be read are unknown, and none of them is said to fire", () => {
    const why = unknown("Rate exceeded", TAKEN);
    const unread = takeSnapshot({ ...SIGHTINGS, alarms: outsideFailure("throttled", "Rate exceeded") });
    expect(unread.instants).toMatchObject({
      ...{ "alarms.firing": why, "alarms.unknown": why, "alarms.firingArns": why },
    });
    expect(firingAlarms(unread, ORDERS)).toEqual([]);
    const { "alarms.firingArns": _lost, ...instants } = unread.instants;
    expect(firingAlarms({ ...unread, instants }, ORDERS)).toEqual([]);
  });
});

describe("the rules of a snapshot", () => {
  const readBack = (snapshot: Snapshot) => trafficOf(JSON.parse(JSON.stringify(snapshot)) as Snapshot);

  it("are read back as they were, so that a second run of the tick sees the same", () => {
    const inSync = { ...SIGHTINGS.traffic, drift: "in-sync" as const, detail: "" };
    const unread = { readAt: at(30, 2), drift: "unreadable" as const, detail: "Rate exceeded", greenPercent: null };
    for (const traffic of [SIGHTINGS.traffic, inSync, unread])
      expect(readBack(takeSnapshot({ ...SIGHTINGS, traffic }))).toEqual(traffic);
  });

  it("are in sync, out of it, or nobody knows", () => {
    const { traffic } = SIGHTINGS;
    expect(instantsOf()).toMatchObject({
      "traffic.ruleInSync": known(false, at(30, 2)),
      "traffic.ruleGreenPercent": known(60, at(30, 2)),
    });
    expect(instantsOf({ traffic: { ...traffic, drift: "in-sync" } })["traffic.ruleInSync"]).toEqual(
      known(true, at(30, 2)),
    );
    const unread = instantsOf({
      traffic: { ...traffic, drift: "unreadable", detail: "no answer", greenPercent: null },
    });
    const why = unknown("no answer", at(30, 2));
    expect(unread).toMatchObject({ "traffic.ruleInSync": why, "traffic.ruleGreenPercent": why });
  });

  it("that were not put into it, or as something else, are unreadable", () => {
    const nonsense = { "traffic.ruleGreenPercent": known("sixty", T) };
    expect(trafficOf({ ...takeSnapshot(SIGHTINGS), instants: nonsense }).greenPercent).toBeNull();
    const bare = { ...takeSnapshot(SIGHTINGS), instants: {} };
    expect(readBack(bare)).toEqual({ readAt: TAKEN, drift: "unreadable", detail: "", greenPercent: null });
  });
});

describe("the p99 of a snapshot", () => {
  const datum = (of: "blue" | "green", use: "gates" | "rollback", p99Ms: number | null) =>
    use === "gates" ? { of, use, from: at(25), to: at(28), p99Ms } : { of, use, from: at(27), to: at(30), p99Ms };
  const busy = { 25: 50, 26: 50, 27: 50, 28: 50, 29: 50 };
  const taken = (p99: MetricReadings["p99"], green: Record<number, number> = busy) => {
    const all = [series("green", "requests", green), series("blue", "requests", busy)];
    return takeSnapshot({ ...SIGHTINGS, metrics: ok(metrics(all, [], p99)) });
  };
  const READ = at(30, 2);

  it("is each side's own, for gates and for rollback rules apart", () => {
    const all = taken([
      ...[datum("green", "gates", 80), datum("blue", "gates", 70)],
      ...[datum("green", "rollback", 90), datum("blue", "rollback", 60)],
    ]);
    expect(all.p99ForGates).toEqual({ "green.p99Ms": known(80, READ), "blue.p99Ms": known(70, READ) });
    expect(all.p99ForRollback).toEqual({ "green.p99Ms": known(90, READ), "blue.p99Ms": known(60, READ) });
  });

  it("is unknown where it was not answered, where nothing answered, and where CloudWatch did not", () => {
    const { p99ForGates, p99ForRollback } = taken([datum("green", "gates", null), datum("green", "rollback", 9)]);
    expect(p99ForGates).toEqual({
      "green.p99Ms": unknown("no response in those three minutes", READ),
      "blue.p99Ms": unknown("p99 was not answered", READ),
    });
    expect(p99ForRollback["green.p99Ms"]).toEqual(known(9, READ));
    const unread = takeSnapshot({ ...SIGHTINGS, metrics: outsideFailure("throttled", "Rate exceeded") });
    const why = unknown("Rate exceeded", TAKEN);
    expect(unread.p99ForGates).toEqual({ "green.p99Ms": why, "blue.p99Ms": why });
  });

  it("of fewer than a hundred requests in its own three minutes is their maximum, and unknown", () => {
    const gates = (green: Record<number, number>) =>
      taken([datum("green", "gates", 80)], green).p99ForGates["green.p99Ms"];
    expect(gates({ 25: 33, 26: 33, 27: 34 })).toEqual(known(80, READ));
    expect(gates({ 25: 50, 27: 50 })).toEqual(known(80, READ));
    const few = unknown("99 requests in those three minutes, a p99 needs 100", READ);
    expect(gates({ 25: 33, 26: 33, 27: 33 })).toEqual(few);
    // What came before and after does not count.
    expect(gates({ 24: 500, 25: 33, 26: 33, 27: 33, 28: 500 })).toEqual(few);
  });
});
