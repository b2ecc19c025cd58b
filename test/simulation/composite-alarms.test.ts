import { describe, expect, it } from "vitest";
import { MINUTE_MS } from "../../src/kernel/units.ts";
import { type Composite, isReplaced, metricAlarms } from "./composites.ts";
import type { Faults, Spell } from "./faults/faults.ts";
import type { AlarmEvent, Alarms } from "./world/alarms.ts";
import { withComposites } from "./world/composite-alarms.ts";

const CHILDREN = ["a", "b"].map((arn) => ({ arn, severity: "degraded" as const }));

const COMPOSITE: Composite = { arn: "ab", severity: "degraded", of: "any", children: CHILDREN, stands: "beside" };

const scene = (over: Partial<Composite> = {}) => {
  const composite: Composite = { ...COMPOSITE, ...over };
  const states: Record<string, string> = { a: "OK", b: "OK" };
  const changed: AlarmEvent[] = [];
  const metric = {
    readings: (arns: readonly string[]) =>
      arns.flatMap((arn) => (states[arn] === undefined ? [] : [{ arn, state: states[arn] }])),
    evaluate: () => changed.splice(0),
    lastFiringAt: (arns: readonly string[]) => (arns.some((arn) => states[arn] === "ALARM") ? now : null),
    isFiring: () => false,
  } as unknown as Alarms;
  const suppressed: { spell: Spell | null } = { spell: null };
  const faults = { spell: (kind: string) => (kind === "alarm-suppressed" ? suppressed.spell : null), count: () => {} };
  let now = 0;
  const time = { now: () => now };
  const alarms = withComposites(metric, { composites: [composite], time, faults: faults as unknown as Faults });
  const minute = () => {
    now += MINUTE_MS;
    return alarms.evaluate(now);
  };
  const says = () => alarms.readings(["ab"])[0]?.state;
  return { alarms, states, changed, suppressed, minute, says };
};

describe("an alarm over other alarms", () => {
  it("rings as soon as one of them does, or only when all do", () => {
    const { states, minute, says } = scene();
    states["a"] = "ALARM";
    expect(minute()).toEqual([{ arn: "ab", at: MINUTE_MS }]);
    expect(says()).toBe("ALARM");
    const both = scene({ of: "all" });
    both.states["a"] = "ALARM";
    expect(both.minute()).toEqual([]);
    expect(both.says()).toBe("OK");
  });

  it("stays as somebody has set it until one of them changes", () => {
    const { alarms, states, minute, says } = scene();
    minute();
    expect(alarms.set("ab", "ALARM")).toEqual({ rang: false, events: [{ arn: "ab", at: MINUTE_MS }] });
    minute();
    expect(says()).toBe("ALARM");
    states["b"] = "INSUFFICIENT_DATA";
    minute();
    expect(says()).toBe("OK");
  });

  it("says ALARM while it is kept from acting, and acts from ALARM to ALARM afterwards", () => {
    const { states, suppressed, minute, says } = scene();
    states["a"] = "ALARM";
    suppressed.spell = { from: 0, to: 10 };
    expect(minute()).toEqual([]);
    expect(says()).toBe("ALARM");
    suppressed.spell = null;
    expect(minute()).toEqual([{ arn: "ab", at: 2 * MINUTE_MS, was: "ALARM" }]);
  });

  it("that somebody has set, and that a child makes ring in earnest, rings by nobody's hand", () => {
    const { alarms, states, minute } = scene();
    minute();
    alarms.set("ab", "ALARM");
    states["a"] = "ALARM";
    minute();
    expect(alarms.set("ab", "OK").rang).toBe(true);
  });

  it("may stand in the place of its children, which are evaluated all the same", () => {
    const composites: readonly Composite[] = [{ ...COMPOSITE, stands: "instead" }];
    expect(isReplaced("a", composites)).toBe(true);
    const cutover = { alarms: [{ arn: "c", severity: "hard-down" }, COMPOSITE] } as never;
    expect(metricAlarms(cutover, composites).map(({ arn }) => arn)).toEqual(["c", "a", "b"]);
  });

  it.each([
    ["beside", ["a", "ab"]],
    ["instead", ["ab"]],
  ] as const)("calls %s its children, whose actions are off where it stands for them", (stands, called) => {
    const { states, changed, minute } = scene({ stands });
    states["a"] = "ALARM";
    changed.push({ arn: "a", at: MINUTE_MS });
    expect(minute().map(({ arn }) => arn)).toEqual(called);
  });

  it("was last in ALARM as long as it is, and none is asked for that is not named", () => {
    const { alarms, states, minute } = scene({ of: "all" });
    states["a"] = "ALARM";
    minute();
    expect(alarms.lastFiringAt(["ab"])).toBeNull();
    expect(alarms.lastFiringAt(["ab", "a"])).toBe(MINUTE_MS);
    states["b"] = "ALARM";
    minute();
    minute();
    expect(alarms.lastFiringAt(["ab"])).toBe(3 * MINUTE_MS);
  });
});
