import { describe, expect, it } from "vitest";
import { exceptionChanges } from "../../../src/policy/diff/exceptions.ts";
import type { Freeze, Waiver } from "../../../src/policy/policy-file.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const SMALL = loadedPolicy();
const directions = (before: object, after: object): readonly string[] =>
  exceptionChanges({ ...SMALL, ...before }, { ...SMALL, ...after }).map(
    ({ direction, what }) => `${direction} | ${what.slice(0, what.indexOf(":"))}`,
  );

const weekly = (text: string): Freeze => ({ weekly: text, why: "w" });
const dates = (from: number, to: number): Freeze => ({
  ...{ from: `2026-12-${from}T00:00:00Z`, to: `2026-12-${to}T00:00:00Z`, why: "w" },
});
const WEEKEND = weekly("Fri 16:00 - Mon 06:00");

describe("a freeze in another's place", () => {
  it.each<[string, readonly Freeze[], readonly Freeze[], readonly string[], readonly string[]]>([
    [
      "a longer week end",
      [WEEKEND],
      [weekly("Fri 12:00 - Mon 06:00")],
      ["neutral | gone", "opens later | new"],
      ["opens earlier | gone", "neutral | new"],
    ],
    [
      "the same in two that touch",
      [WEEKEND],
      [weekly("Fri 16:00 - Sun 00:00"), weekly("Sun 00:00 - Mon 06:00")],
      ["neutral | gone", "neutral | new", "neutral | new"],
      ["neutral | gone", "neutral | gone", "neutral | new"],
    ],
    [
      "two with a gap",
      [WEEKEND],
      [weekly("Fri 16:00 - Sun 00:00"), weekly("Sun 00:01 - Mon 06:00")],
      ["opens earlier | gone", "neutral | new", "neutral | new"],
      ["neutral | gone", "neutral | gone", "opens later | new"],
    ],
    [
      "more days",
      [dates(10, 12)],
      [dates(10, 13)],
      ["neutral | gone", "opens later | new"],
      ["opens earlier | gone", "neutral | new"],
    ],
    // 2026-12-12 is a Saturday.
    [
      "a day that every week has",
      [dates(12, 13)],
      [WEEKEND],
      ["neutral | gone", "opens later | new"],
      ["opens earlier | gone", "neutral | new"],
    ],
  ])("says which way it goes, once: %s", (_, before, after, there, back) => {
    expect(directions({ freeze: before }, { freeze: after })).toEqual(there);
    expect(directions({ freeze: after }, { freeze: before })).toEqual(back);
  });
});

describe("a waiver in another's place", () => {
  const until = (day: number, gate = "lag", by = "olga"): Waiver => ({
    ...{ gate, by, why: "w", expires: `2026-12-${day}T00:00:00Z` },
  });

  it.each<[string, Waiver, readonly string[]]>([
    ["that lasts longer", until(14), ["opens earlier | new", "neutral | gone"]],
    ["that lasts less long", until(11), ["neutral | new", "opens later | gone"]],
    ["by somebody else's word", until(12, "lag", "ada"), ["neutral | new", "neutral | gone"]],
    ["of another gate", until(12, "errors"), ["opens earlier | new", "opens later | gone"]],
  ])("says which way it goes, once: one %s", (_, after, said) => {
    expect([...directions({ waivers: [until(12)] }, { waivers: [after] })].sort()).toEqual([...said].sort());
  });
});
