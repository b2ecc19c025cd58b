import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { compare, type Joined, type Relation, type Sides, whileFilling } from "../../../src/policy/diff/compare.ts";
import { openRule } from "../../../src/policy/diff/quantities.ts";

const sides = (
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  company: readonly JsonValue[] = [],
): Sides => ({
  before: before.map(openRule),
  after: after.map(openRule),
  company: company.map(openRule),
});

const lag = (limit: number): JsonValue => ({ "<": [{ var: "forward.lagSeconds" }, limit] });
const records = (limit: number): JsonValue => ({ "<": [{ var: "forward.lagRecords" }, limit] });
const high = (window: string): JsonValue => ({ ">=": [{ stat: ["forward.lagSeconds", "max", window] }, 5] });
/** Points do not stand for what asks for names themselves. */
const OPAQUE: JsonValue = { "!": [{ missing: ["green.requests"] }] };

describe("two conditions", () => {
  it.each<[string, readonly JsonValue[], readonly JsonValue[], Joined, Relation]>([
    ["a wider limit, where all have to hold", [lag(5)], [lag(10)], "all", "more"],
    ["a wider limit, where one has to hold", [lag(5)], [lag(10)], "any", "more"],
    ["a wider limit, where one has to fail", [lag(5)], [lag(10)], "any-fails", "fewer"],
    ["a narrower limit", [lag(10)], [lag(5)], "all", "fewer"],
    ["the same in other words", [lag(5)], [{ ">": [5, { var: "forward.lagSeconds" }] }], "all", "same"],
    ["another signal", [lag(5)], [records(5)], "all", "neither"],
    ["one more, where all have to hold", [lag(5)], [lag(5), records(5)], "all", "fewer"],
    ["one more, where one has to hold", [lag(5)], [lag(5), records(5)], "any", "more"],
    ["one more, where one has to fail", [lag(5)], [lag(5), records(5)], "any-fails", "more"],
    ["one less, where one has to fail", [lag(5), records(5)], [records(5)], "any-fails", "fewer"],
  ])("lie to each other as they hold: %s", (_, before, after, joined, relation) => {
    expect(compare(sides(before, after), joined)).toBe(relation);
  });

  it("come to the same where their company holds in neither", () => {
    expect(compare(sides([lag(5)], [lag(10)], [lag(3)]), "all")).toBe("same");
    expect(compare(sides([lag(5)], [lag(10)], [lag(30)]), "all")).toBe("more");
  });
});

describe("conditions that points do not stand for", () => {
  it.each<[string, readonly JsonValue[], readonly JsonValue[]]>([
    ["the old one", [OPAQUE], [lag(5)]],
    ["the new one", [lag(5)], [OPAQUE]],
    ["both", [OPAQUE], [{ "!": [OPAQUE] }]],
  ])("are unseen where they changed: %s", (_, before, after) => {
    for (const joined of ["all", "any", "any-fails"] as const)
      expect(compare(sides(before, after), joined)).toBe("unseen");
  });

  it.each<[Joined, Relation, Relation]>([
    ["all", "fewer", "more"],
    ["any", "more", "fewer"],
    ["any-fails", "more", "fewer"],
  ])("only add to what is asked, or take from it, where they stand alone: %s", (joined, added, taken) => {
    expect(compare(sides([], [OPAQUE]), joined)).toBe(added);
    expect(compare(sides([OPAQUE], []), joined)).toBe(taken);
  });

  it("do not hide a change beside which they stand", () => {
    expect(compare(sides([lag(5)], [lag(10)], [OPAQUE]), "all")).toBe("more");
  });
});

describe("while a longer window is not full", () => {
  const filling = (before: readonly JsonValue[], after: readonly JsonValue[], joined: Joined): Relation | null => {
    const both = sides(before, after);
    return whileFilling(both, joined, compare(both, joined));
  };
  const either = (...windows: readonly string[]): JsonValue => ({ or: windows.map(high) });

  it("the shorter one fires already", () => {
    expect(filling([high("15m")], [high("3m")], "any")).toBe("more");
    expect(filling([high("3m")], [high("15m")], "any")).toBe("fewer");
  });

  it("a shorter one beside it fires, that makes no difference later", () => {
    expect(filling([high("15m")], [either("15m", "3m")], "any")).toBe("more");
    expect(filling([either("15m", "3m")], [high("15m")], "any")).toBe("fewer");
  });

  it("either may be the first where both have a shorter one beside it", () => {
    expect(filling([either("15m", "3m")], [either("15m", "5m")], "any")).toBe("neither");
  });

  it("nothing more comes of what is the same, has no window, or is asked anew", () => {
    expect(filling([high("15m")], [high("15m")], "any")).toBeNull();
    expect(filling([lag(5)], [lag(10)], "all")).toBeNull();
    expect(filling([], [high("15m")], "any")).toBeNull();
    expect(filling([high("15m")], [records(5)], "any")).toBeNull();
    expect(filling([high("15m")], [OPAQUE], "any")).toBeNull();
  });

  it("nothing more comes of another limit over the same window", () => {
    const higher = { ">=": [{ stat: ["forward.lagSeconds", "max", "15m"] }, 9] };
    expect(filling([high("15m")], [higher], "any")).toBeNull();
  });
});
