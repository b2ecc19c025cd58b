import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import { isDueAgain } from "../../../src/decision/pages.ts";
import { ago, inputOf, NOW, stateOf } from "../../support/decide-input.ts";

describe("what one run after the other finds", () => {
  const told = (seconds: number) => ({ why: "the pin is not seen", at: ago(seconds) });

  it("is told where nobody was told before, or of something else", () => {
    expect(isDueAgain(undefined, told(0))).toBe(true);
    expect(isDueAgain({ ...told(60), why: "the listener was not read" }, told(0))).toBe(true);
  });

  it("is told again a quarter of an hour later, and no sooner", () => {
    expect([60, 899, 900, 1_800].map((seconds) => isDueAgain(told(seconds), told(0)))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

describe("trouble with the looking itself", () => {
  const pageOf = (what: string, seconds: number): string | null => {
    const trouble = { what, value: "v", threshold: "t", clears: "c" };
    const blocking = [{ ...trouble, since: ago(seconds) }];
    return decide(inputOf({ state: stateOf({ blocking }), facts: { trouble: [trouble] } })).page;
  };

  it.each(["policy", "snapshot", "snapshots", "evidence"])(
    "of the %s wakes people when it has lasted 3 min",
    (what) => {
      expect(pageOf(what, 120)).toBeNull();
      expect(pageOf(what, 180)).toBe(`${what}: v. Clears when: c.`);
      expect(pageOf(what, 240)).toBeNull();
      expect(pageOf(what, 1_080)).toBe(`${what}: v. Clears when: c.`);
    },
  );

  it.each(["ledger", "plain-mode"])("of the %s wakes people at once", (what) => {
    const trouble = { what, value: "v", threshold: "t", clears: "c" };
    expect(decide(inputOf({ facts: { trouble: [trouble] }, tick: NOW })).page).toBe(`${what}: v. Clears when: c.`);
    expect(pageOf(what, 60)).toBeNull();
  });
});
