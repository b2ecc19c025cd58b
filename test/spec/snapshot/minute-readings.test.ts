import { describe, expect, it } from "vitest";
import { judgeRollback } from "../../../src/policy/judge.ts";
import { known } from "../../../src/signals/observation.ts";
import type { MetricReadings } from "../../../src/signals/ports.ts";
import { rollbackEvidence } from "../../../src/snapshot/evidence.ts";
import { minuteReadings } from "../../../src/snapshot/minute-readings.ts";
import type { MinuteReadings, Snapshot } from "../../../src/snapshot/snapshot.ts";
import { at, metrics, series, T } from "../../support/readings.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const COMPLETE = metrics([
  series("green", "requests", { 25: 100, 26: 100 }),
  series("green", "errors5xx", { 26: 3 }),
  series("green", "connectionErrors", { 25: 2 }),
  series("green", "answered", { 25: 90 }),
  series("lb", "requests", { 25: 100 }),
  series("lb", "errors5xx", {}),
  series("blue", "requests", {}),
]);

const minute = (number: number, readings: MetricReadings = COMPLETE): MinuteReadings => {
  const row = minuteReadings(readings, T).find((one) => one.at === at(number));
  if (row === undefined) throw new RangeError(`no row of minute ${number}`);
  return row;
};

describe("the minutes of a snapshot", () => {
  it("are the ten that ended before the tick, oldest first, whether anything is known of them or not", () => {
    const tenMinutes = [20, 21, 22, 23, 24, 25, 26, 27, 28, 29].map((number) => at(number));
    expect(minuteReadings(metrics([]), T).map((row) => row.at)).toEqual(tenMinutes);
    expect(minuteReadings(COMPLETE, T).map((row) => row.at)).toEqual(tenMinutes);
  });

  it("take nothing from before them, from the minute that has just begun, or from between two minutes", () => {
    const requests = series("lb", "requests", { 19: 1, 20: 2, 29: 3, 30: 4 });
    const between = { ...requests, minutes: [...requests.minutes, { at: at(24, 30), value: 5 }] };
    const rows = minuteReadings(metrics([between]), T);
    expect(rows.map(({ values }) => values["lb.requests"])).toEqual([
      2,
      ...Array.from({ length: 8 }, () => undefined),
      3,
    ]);
    expect(rows.every(({ values }) => Object.values(values).every((value) => [2, 3, 0].includes(value)))).toBe(true);
  });
});

describe("absence", () => {
  it("of errors is zero beside a request count, and unknown without one", () => {
    expect(minute(25).values).toMatchObject({ "green.errors5xx": 0, "lb.errors5xx": 0, "green.connectionErrors": 2 });
    expect(minute(26).values).toMatchObject({ "green.errors5xx": 3, "green.connectionErrors": 0 });
    expect(minute(27).values).toEqual({});
    const nothingCounted = "no requests in that minute to count errors among";
    expect(minute(27).absent).toMatchObject({
      "green.errors5xx": nothingCounted,
      "green.connectionErrors": nothingCounted,
      "lb.errors5xx": nothingCounted,
    });
  });

  describe("of an answer", () => {
    const each = (count: number) => Object.fromEntries([22, 23, 24, 25, 26, 27, 28, 29].map((at) => [at, count]));
    const unanswered = (of: { requests: Record<number, number>; answered: Record<number, number> }, number: number) => {
      const readings = metrics([series("green", "requests", of.requests), series("green", "answered", of.answered)]);
      const { values, absent } = minute(number, readings);
      return values["green.unanswered"] ?? absent["green.unanswered"];
    };
    const LATE = "answers of that minute may not be counted yet";

    it("is a request nobody answered, once gates may look at that minute", () => {
      const partly = { requests: each(100), answered: each(90) };
      expect([25, 26, 27].map((number) => unanswered(partly, number))).toEqual([10, 10, 10]);
      expect([28, 29].map((number) => unanswered(partly, number))).toEqual([LATE, LATE]);
    });

    it("of not even one, means that nobody answered only in a final minute: requests may be counted before answers", () => {
      const none = { requests: each(100), answered: {} };
      expect([23, 24].map((number) => unanswered(none, number))).toEqual([100, 100]);
      expect([25, 26, 27, 28, 29].map((number) => unanswered(none, number))).toEqual(Array(5).fill(LATE));
    });

    it("is none where there was no request to answer", () => {
      expect(unanswered({ requests: { 29: 0 }, answered: {} }, 29)).toBe(0);
    });
  });

  it("of answers in the newest minutes is no error that a rollback rule could add up", () => {
    const requests = Object.fromEntries([22, 23, 24, 25, 26, 27, 28, 29].map((number) => [number, 720]));
    const { 29: _late, ...answered } = requests;
    const instants = { "green.healthyHosts": known(4, T) };
    const minutes = minuteReadings(
      metrics([series("green", "requests", requests), series("green", "answered", answered)]),
      T,
    );
    const snapshot: Snapshot = {
      ...{ cutover: "orders", epoch: 1, tick: T, takenAt: T, instants, minutes, p99ForGates: {}, p99ForRollback: {} },
    };
    const policy = loadedPolicy({
      rollback: [
        {
          id: "unanswered",
          why: "nobody answers",
          when: { ">=": [{ rate: ["green.unanswered", "green.requests", "3m"] }, 0.1] },
        },
      ],
    });
    const evidence = rollbackEvidence([snapshot], { armedAt: at(0), verifiedAt: at(1) });
    expect(judgeRollback(policy, evidence).rollback[0]).toMatchObject({ rule: "unanswered", verdict: "clear" });
  });

  it("of requests says which silence it is: none ended in that minute, or nobody asked", () => {
    expect(minute(27).absent).toMatchObject({
      "green.requests": "no datapoint in that minute",
      "green.unanswered": "no requests in that minute",
      "lb.requests": "no datapoint in that minute",
    });
    expect(minute(20).absent["green.requests"]).toBe("no datapoint in that minute");
    const unasked = minute(25, metrics([]));
    expect(unasked.values).toEqual({});
    expect(unasked.absent).toEqual({
      ...Object.fromEntries(
        ["green", "blue"].flatMap((side) => [
          ...["requests", "errors5xx", "connectionErrors"].map((metric) => [
            `${side}.${metric}`,
            `${side}.${metric} was not answered`,
          ]),
          // Without requests there is nothing that could have been left unanswered.
          [`${side}.unanswered`, `${side}.requests was not answered`],
        ]),
      ),
      "lb.requests": "lb.requests was not answered",
      "lb.errors5xx": "lb.errors5xx was not answered",
      "traffic.greenPercent": "requests of a side were not answered",
    });
  });

  it("of a whole series is never zero, whatever else was counted, and has its own reason", () => {
    const missing = [
      { what: "blue.errors5xx", reason: "Throttled" },
      { what: "green.errors5xx", reason: "PartialData" },
      { what: "green.answered", reason: "InternalError" },
    ];
    const { values, absent } = minute(25, metrics([series("green", "requests", { 25: 100 })], missing));
    expect(values).toEqual({ "green.requests": 100 });
    expect(absent).toMatchObject({
      "green.errors5xx": "PartialData",
      "blue.errors5xx": "Throttled",
      "green.connectionErrors": "green.connectionErrors was not answered",
      "green.unanswered": "InternalError",
    });
  });

  it("never makes more answers than requests out of two counts that were read apart", () => {
    const readings = metrics([series("green", "requests", { 25: 80 }), series("green", "answered", { 25: 90 })]);
    expect(minute(25, readings).values["green.unanswered"]).toBe(0);
  });
});

describe("green's share of a minute", () => {
  const share = (green: Record<number, number>, blue: Record<number, number>) => {
    const { values, absent } = minute(
      25,
      metrics([series("green", "requests", green), series("blue", "requests", blue)]),
    );
    return values["traffic.greenPercent"] ?? absent["traffic.greenPercent"];
  };

  it("goes by requests; a side that got none has none", () => {
    expect(share({ 25: 30 }, { 25: 90 })).toBe(25);
    expect(share({ 25: 30 }, {})).toBe(100);
    expect(share({}, { 25: 90 })).toBe(0);
  });

  it("is no number where nobody came at all, or where a side was not read", () => {
    expect(share({}, {})).toBe("no requests in that minute");
    expect(share({ 25: 0 }, { 25: 0 })).toBe("no requests in that minute");
    for (const one of ["green", "blue"] as const)
      expect(minute(25, metrics([series(one, "requests", { 25: 30 })])).absent["traffic.greenPercent"]).toBe(
        "requests of a side were not answered",
      );
  });
});
