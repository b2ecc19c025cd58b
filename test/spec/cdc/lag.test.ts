import { describe, expect, it } from "vitest";
import { behindOf, endsOf, lagOf } from "../../../src/cdc/lag.ts";
import type { PartitionPosition } from "../../../src/cdc/ports.ts";

const at = (topic: string, committed: bigint | null, start: bigint, end: bigint): PartitionPosition => ({
  topic,
  partition: 0,
  committed,
  start,
  end,
});
const token = at("token", 101n, 0n, 102n);

describe("lag in records", () => {
  it("is what lies between committed and end, of the data topics alone", () => {
    const data = [at("orders", 2_300n, 0n, 3_000n), at("events", 2_000n, 0n, 2_000n)];

    expect(lagOf(data, [...data, token])).toEqual({ records: 700, unknown: null, unknownPartitions: 0, gap: null });
  });

  it("is unknown, and not zero, for a group that never committed", () => {
    const data = [at("orders", null, 0n, 40n), at("events", null, 0n, 0n)];

    expect(lagOf(data, [...data, at("token", null, 0n, 5n)])).toMatchObject({ records: null, unknownPartitions: 2 });
  });

  it("is unknown even where all topics are empty, when the group never committed anywhere", () => {
    const data = [at("orders", null, 0n, 0n)];

    expect(lagOf(data, [...data, at("token", null, 0n, 0n)]).records).toBeNull();
  });

  it("counts an empty topic as drained, when the group is known to live", () => {
    const data = [at("orders", null, 0n, 0n)];

    expect(lagOf(data, [...data, token])).toMatchObject({ records: 0, unknownPartitions: 0 });
  });

  it("is unknown where one partition has records and no commit", () => {
    const data = [at("orders", 5n, 0n, 5n), at("events", null, 0n, 3n)];

    expect(lagOf(data, [...data, token])).toMatchObject({ records: null, unknownPartitions: 1 });
  });

  it.each([
    ["records expired unapplied", at("orders", 10n, 25n, 90n)],
    ["the topic was made again", at("orders", 90n, 0n, 12n)],
  ])("is a gap where %s", (words, position) => {
    expect(lagOf([position], [position, token]).gap).toContain(words);
  });

  it("is unknown, and not zero, where a topic that was made again would make up for one that is behind", () => {
    const data = [at("orders", 100n, 0n, 0n), at("events", 0n, 0n, 100n)];

    expect(lagOf(data, [...data, token])).toMatchObject({
      records: null,
      unknown: expect.stringContaining("orders/0: committed 100, beyond the end 0"),
    });
  });

  it("keeps numbers that a double could not", () => {
    const position = at("orders", 9_007_199_254_740_993n, 0n, 9_007_199_254_740_996n);

    expect(lagOf([position], [position]).records).toBe(3);
  });
});

describe("whether every partition has committed past the ends of before", () => {
  const ends = endsOf([at("orders", null, 0n, 10n), at("events", null, 0n, 0n)]);

  it("names the first that has not", () => {
    expect(behindOf([at("orders", 9n, 0n, 30n), at("events", null, 0n, 0n)], ends)).toEqual({
      where: "orders/0",
      committed: 9n,
      end: 10n,
    });
  });

  it("asks nothing of what came later, nor of what was empty", () => {
    expect(behindOf([at("orders", 10n, 0n, 30n), at("events", null, 0n, 4n)], ends)).toBeNull();
  });

  it("is not satisfied by a partition with records and no commit", () => {
    expect(behindOf([at("orders", null, 0n, 10n)], ends)).toMatchObject({ committed: null });
  });
});
