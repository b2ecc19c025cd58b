import { describe, expect, it } from "vitest";
import { HistoryReader } from "../../../lab/receipts/history.ts";
import type { RecordLine } from "../../../lab/receipts/record.ts";
import { type Traffic, TrafficReader, vacuousBecause } from "../../../lab/receipts/traffic.ts";
import { acked, historyOf, intent, read, refused, unknown } from "../../support/receipts.ts";

const inserted = { op: "insert", opId: "a", from: 0, delta: "10.00", value: "a" } as const;
const updated = { op: "update", opId: "b", from: 1, delta: "2.50", value: "b" } as const;
const deleted = { op: "delete", opId: "c", from: 2 } as const;

const trafficOf = (instants: readonly number[], ...lines: readonly (readonly RecordLine[])[]): Traffic => {
  const history = new HistoryReader();
  const traffic = new TrafficReader(instants);
  for (const line of lines.flat()) {
    history.follow(line);
    traffic.follow(line, history.orders);
  }
  return traffic.traffic();
};

describe("stale reads", () => {
  it("are reads older than the user's last acked write, told by side and second", () => {
    const { staleReads } = historyOf(acked(inserted), acked(updated), read(1), read(null), read(1, "blue"));
    expect(staleReads).toEqual([
      { side: "green", second: 1, reads: 2 },
      { side: "blue", second: 1, reads: 1 },
    ]);
  });

  it("are not reads of the version acked, of a newer one, or after a write of unknown end", () => {
    expect(historyOf(acked(inserted), read(1)).staleReads).toEqual([]);
    expect(historyOf(acked(inserted), unknown(updated), read(2), read(1)).staleReads).toEqual([]);
  });

  it("are reads that still show a deleted order", () => {
    const record = [acked(inserted), acked(updated), acked(deleted)];
    expect(historyOf(...record, read(2)).staleReads).toEqual([{ side: "green", second: 1, reads: 1 }]);
    expect(historyOf(...record, read(null)).staleReads).toEqual([]);
  });
});

describe("traffic", () => {
  it("counts writes by the side that acked them, and those to orders born on the other", () => {
    const traffic = trafficOf([], acked(inserted), acked(updated, "green"), refused(deleted), unknown(deleted));
    expect(traffic).toMatchObject({ ackedWrites: 2, ackedOnGreen: 1, writesAcrossSides: 1, refused: 1, unknown: 1 });
    expect(traffic.usersWhoChangedSide).toBe(1);
  });

  it("counts requests in flight at an instant, also those that were never answered", () => {
    const record = [acked(inserted), [intent(updated)]];
    expect(trafficOf([999, 1_000, 1_099, 1_100], ...record).inFlightAt).toEqual([0, 2, 2, 1]);
  });
});

describe("vacuity", () => {
  const enough: Traffic = {
    requests: { blue: 1, green: 1, unanswered: 0 },
    ...{ ackedWrites: 200, ackedOnGreen: 100, refused: 0, unknown: 0 },
    ...{
      writesAcrossSides: 20,
      usersWhoChangedSide: 20,
      inFlightAt: [10],
      firstGreen5xxAt: null,
      lastGreenAnswerAt: null,
    },
  };

  it("is not found where there was enough of everything", () => {
    expect(vacuousBecause(enough)).toEqual([]);
  });

  it.each([
    [{ ackedOnGreen: 99 }, "only 99 acked writes on green; at least 100 are needed"],
    [
      { writesAcrossSides: 19 },
      "only 19 acked updates or deletes of rows born on the other side; at least 20 are needed",
    ],
    [{ usersWhoChangedSide: 19 }, "only 19 users who changed side; at least 20 are needed"],
    [{ inFlightAt: [12, 9] }, "only 9 requests in flight at rule change 2 of 2; at least 10 are needed"],
  ])("is found with %o", (little, sentence) => {
    expect(vacuousBecause({ ...enough, ...little })).toEqual([sentence]);
  });
});
