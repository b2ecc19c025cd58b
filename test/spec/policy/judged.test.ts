import { describe, expect, it } from "vitest";
import {
  areKnown,
  judgedFromData,
  judgedOf,
  knownAs,
  truthy,
  unknownBecause,
  unknownFrom,
} from "../../../src/policy/logic/judged.ts";

describe("what is known", () => {
  it.each([true, false, 0, "", null, [1]])("is %j itself", (value) => {
    expect(knownAs(value)).toEqual({ kind: "known", value });
    expect(judgedOf(value)).toEqual({ kind: "known", value });
  });

  it("is JSON's truth, but for the empty list", () => {
    expect([true, 1, "0", [0], {}].map(truthy)).toEqual([true, true, true, true, true]);
    expect([false, 0, "", null, []].map(truthy)).toEqual([false, false, false, false, false]);
  });

  it("of several is so where none of them is unknown", () => {
    expect([areKnown([]), areKnown([null, false])]).toEqual([true, true]);
    expect([areKnown([1, unknownBecause("late")]), areKnown([unknownBecause("late"), 1])]).toEqual([false, false]);
  });
});

describe("what is unknown", () => {
  it("is itself where it is the only one, and says so as a verdict does", () => {
    const late = unknownBecause("late", "late");
    expect(unknownFrom([1, late, true])).toBe(late);
    expect(judgedOf(late)).toEqual({ kind: "unknown", reasons: ["late", "late"] });
  });

  it("has no reason where none of them is", () => {
    expect(unknownFrom([1, true]).reasons).toEqual([]);
  });

  it("carries the reasons of all, in order and each once", () => {
    expect(
      unknownFrom([unknownBecause("late", "partial"), 1, unknownBecause("gone"), unknownBecause("late")]).reasons,
    ).toEqual(["late", "partial", "gone"]);
  });

  it("carries no more reasons than anybody reads", () => {
    const many = Array.from({ length: 30 }, (_, index) => unknownBecause(`reason ${index}`));
    expect(unknownFrom(many).reasons).toHaveLength(20);
    expect(unknownFrom(many).reasons.at(-1)).toBe("reason 19");
  });
});

describe("data as a value", () => {
  it.each([0, -1.5, "", "a", true, false])("is known: %j", (value) => {
    expect(judgedFromData(value, "late")).toEqual({ kind: "known", value });
  });

  it.each([[[1]], [{ a: 1 }]])("is known: %j", (value) => {
    expect(judgedFromData(value, "late")).toEqual({ kind: "known", value });
  });

  it.each([
    [null, "late"],
    [undefined, "late"],
    [1n, "late"],
    [Symbol("a"), "late"],
    [() => 1, "late"],
    [Number.NaN, "late (not finite)"],
    [Number.NEGATIVE_INFINITY, "late (not finite)"],
  ])("is unknown where it is none of JSON's: %s", (raw, reason) => {
    expect(judgedFromData(raw, "late")).toEqual({ kind: "unknown", reasons: [reason] });
  });
});
