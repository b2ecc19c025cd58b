import { expect, test } from "vitest";
import { minuteQuestions, p99Questions } from "../../../src/adapters/cloudwatch/metric-questions.ts";
import { streamsOver } from "../../../src/cdc/streams.ts";
import { durationMs, epochMs } from "../../../src/kernel/units.ts";
import { SIGNALS } from "../../../src/signals/catalogue.ts";
import type { Observations } from "../../../src/signals/observation.ts";
import type { MetricSeries, P99Datum } from "../../../src/signals/ports.ts";
import { GATE_DELAY_MINUTES } from "../../../src/snapshot/freshness.ts";
import type { MinuteReadings } from "../../../src/snapshot/snapshot.ts";
import { takeSnapshot } from "../../../src/snapshot/take-snapshot.ts";
import { shopCutover } from "../../support/cdc-facts.ts";
import { digest, healthyCdc } from "../../support/fake-cdc.ts";
import { ORDERS } from "../../support/fake-world.ts";
import { at, metrics, series, T } from "../../support/readings.ts";

const MINUTES = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [20 + index, 200]));

/** What CloudWatch would answer to the adapter's own questions, and to no others. */
const answered = () => {
  const asked = minuteQuestions(ORDERS).flatMap(({ of, metric }) => (metric === "p99Ms" ? [] : [{ of, metric }]));
  const sums: readonly MetricSeries[] = asked.map(({ of, metric }) => series(of, metric, MINUTES));
  const p99 = p99Questions(ORDERS).flatMap(({ of }): P99Datum[] =>
    of === "lb"
      ? []
      : [
          { of, use: "gates", from: at(25), to: at(28), p99Ms: 120 },
          { of, use: "rollback", from: at(27), to: T, p99Ms: 120 },
        ],
  );
  return { ok: true, value: metrics(sums, [], p99) } as const;
};

const streams = async (): Promise<Observations> =>
  streamsOver((await healthyCdc()).ports, () => epochMs(T - 30_000), digest).read(shopCutover, durationMs(5_000));

/** Everything that one tick of a healthy cutover measures. */
const measured = async () => {
  const snapshot = takeSnapshot({
    ...{ cutover: ORDERS, epoch: 1, tick: T, takenAt: at(30, 3), atArm: { blueHosts: 4, conflicts: 0 } },
    metrics: answered(),
    hosts: {
      ok: true,
      value: (["blue", "green"] as const).map((side) => ({ side, targetGroupArn: side, healthy: 4, unhealthy: 0 })),
    },
    alarms: { ok: true, value: [] },
    traffic: { readAt: T, drift: "in-sync", detail: "as recorded", greenPercent: 10 },
    streams: await streams(),
  });
  // The newest that gates may look at: what is counted late is known by then.
  const newest = snapshot.minutes.at(-1 - GATE_DELAY_MINUTES) as MinuteReadings;
  const known = (all: Observations) => Object.keys(all).filter((path) => all[path]?.known === true);
  return new Set([...known(snapshot.instants), ...known(snapshot.p99ForGates), ...Object.keys(newest.values)]);
};

test("a healthy cutover has a value of every signal of the catalogue but those that say nothing measures them", async () => {
  const seen = await measured();
  const without = Object.keys(SIGNALS).filter((path) => !seen.has(path));

  expect(without).toEqual(Object.keys(SIGNALS).filter((path) => SIGNALS[path]?.unmeasured !== undefined));
  expect(without).toEqual(["green.readyPercent", "diff.mismatches", "diff.coverage", "diff.ageSeconds"]);
});
