import { describe, expect, it } from "vitest";
import type { SequenceFacts } from "../../../src/cdc/facts.ts";
import { floorOf, headroomSeconds, isApart, moveApart } from "../../../src/cdc/sequences.ts";

const sequence = (increment: string, next: string, more: Partial<SequenceFacts> = {}): SequenceFacts => ({
  name: "appdb.orders_id_seq",
  increment,
  minimum: "1",
  maximum: "9223372036854775807",
  cycle: false,
  next,
  columnMaximum: null,
  ...more,
});

describe("sequences are apart for life", () => {
  it.each([
    ["blue", "2", "10", true],
    ["blue", "2", "11", false],
    ["green", "2", "11", true],
    ["green", "2", "10", false],
    ["blue", "1", "10", false],
    ["green", "1", "11", false],
  ] as const)("%s, step %s, next %s: %s", (side, increment, next, apart) => {
    expect(isApart(side, sequence(increment, next))).toBe(apart);
  });

  it("moves a side above everything that either side gave", () => {
    const floor = floorOf([sequence("2", "2002"), sequence("1", "1")]);

    expect(floor).toBe(2002n);
    expect(moveApart("green", "appdb.orders_id_seq", floor)).toContain(", 2002) into n");
  });
});

describe("headroom", () => {
  const apart = { blue: [sequence("2", "2002")], green: [sequence("2", "2003")] };

  it("is nothing where a side's numbers are not its own", () => {
    expect(headroomSeconds({ ...apart, green: [sequence("1", "2003")] })).toBe(0);
  });

  it("ends with the column, not with the sequence", () => {
    const integer = { columnMaximum: "2147483647" };

    expect(headroomSeconds({ ...apart, blue: [sequence("2", "2147283648", integer)] })).toBe(99);
  });

  it("is a century where nothing runs out sooner", () => {
    expect(headroomSeconds(apart)).toBe(3_155_760_000);
  });
});
