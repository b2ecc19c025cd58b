import { describe, expect, it } from "vitest";
import { fromIso, toIso } from "../../../src/kernel/instant.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { type EpochMs, epochMs } from "../../../src/kernel/units.ts";
import { frozenAt } from "../../../src/policy/freeze.ts";
import { lintPolicy } from "../../../src/policy/lint.ts";
import type { Freeze } from "../../../src/policy/policy-file.ts";
import { waiversInForce } from "../../../src/policy/waivers.ts";
import { loadedPolicy, smallPolicy } from "../../support/small-policy.ts";

const at = (text: string): EpochMs => fromIso(text) ?? epochMs(0);

/** Until when it is frozen; "no" where it is not. */
const until = (freeze: readonly Freeze[], when: string): string => {
  const frozen = frozenAt({ freeze }, at(when));
  if (frozen === null) return "no";
  return frozen.until === null ? "no end" : toIso(frozen.until).replace(":00.000Z", "Z");
};

const WEEKEND: Freeze = { weekly: "Fri 16:00 - Mon 06:00", why: "nobody is here" };
const HOLIDAYS: Freeze = { from: "2026-12-24T00:00:00Z", to: "2027-01-02T00:00:00Z", why: "holidays" };

describe("a freeze", () => {
  it.each([
    ["2026-12-23T23:59:59Z", "no"],
    ["2026-12-24T00:00:00Z", "2027-01-02T00:00Z"],
    ["2027-01-01T23:59:59Z", "2027-01-02T00:00Z"],
    ["2027-01-02T00:00:00Z", "no"],
  ])("between two instants holds from the first up to the second: %s", (when, ends) => {
    expect(until([HOLIDAYS], when)).toBe(ends);
  });

  it.each([
    ["a Friday before it", "2026-11-27T15:59:59Z", "no"],
    ["its first second", "2026-11-27T16:00:00Z", "2026-11-30T06:00Z"],
    ["over the week's end", "2026-11-29T23:59:00Z", "2026-11-30T06:00Z"],
    ["Monday morning", "2026-11-30T05:59:59Z", "2026-11-30T06:00Z"],
    ["its end", "2026-11-30T06:00:00Z", "no"],
    ["a Wednesday", "2026-12-02T12:00:00Z", "no"],
    ["the week before 1970's first Monday", "1970-01-02T17:00:00Z", "1970-01-05T06:00Z"],
  ])("of every week: %s", (_, when, ends) => {
    expect(until([WEEKEND], when)).toBe(ends);
  });

  it("ends where the last window ends that begins before the one before it is over", () => {
    // The holidays end on a Saturday: the weekend goes on.
    expect(until([HOLIDAYS, WEEKEND], "2026-12-30T12:00:00Z")).toBe("2027-01-04T06:00Z");
  });

  it("holds without an end where it cannot be read: not knowing never advances", () => {
    expect(until([{ weekly: "weekends", why: "x" }], "2026-12-02T12:00:00Z")).toBe("no end");
    expect(until([{ from: "soon", to: "later", why: "x" }], "2026-12-02T12:00:00Z")).toBe("no end");
  });
});

const NOW = at("2026-11-25T12:00:00Z");
const waiver = (changes: JsonObject = {}) => ({
  gate: "errors",
  why: "a known fault of the reports",
  by: "ada",
  expires: "2026-11-27T18:00:00Z",
  ...changes,
});

const problems = (changes: JsonObject): readonly string[] =>
  lintPolicy(JSON.stringify(smallPolicy(changes)), "policy.json", [], NOW).map(
    ({ level, pointer, message }) => `${level} ${pointer} ${message}`,
  );

describe("lint of freezes and waivers", () => {
  it("has nothing to say of the examples", () => {
    expect(problems({ freeze: [{ ...WEEKEND }, { ...HOLIDAYS }], waivers: [waiver()] })).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    [
      "half a window",
      { from: "2026-12-24T00:00:00Z", why: "x" },
      'error /freeze/0 a freeze has either "from" and "to"',
    ],
    ["both forms", { ...WEEKEND, ...HOLIDAYS }, "error /freeze/0 a freeze has either"],
    ["an end before its beginning", { ...HOLIDAYS, to: "2026-12-23T00:00:00Z" }, "error /freeze/0/to"],
    [
      "a day there is not",
      { ...HOLIDAYS, from: "2026-02-31T00:00:00Z" },
      "error /freeze/0/from 2026-02-31T00:00:00Z is no",
    ],
    ["an instant of another zone", { ...HOLIDAYS, from: "2026-12-24T00:00:00+01:00" }, "error /freeze/0/from"],
    ["a weekday of another language", { weekly: "Fr 16:00 - Mo 06:00", why: "x" }, "error /freeze/0/weekly"],
    ["no time at all", { weekly: "Fri 16:00 - Fri 16:00", why: "x" }, "error /freeze/0/weekly"],
    ["no why", { weekly: "Fri 16:00 - Mon 06:00" }, 'error /freeze/0 "why" is missing'],
  ])("refuses %s", (_, freeze, says) => {
    expect(problems({ freeze: [freeze] }).join("\n")).toContain(says);
  });

  it("warns of one that is over, whose year may be a wrong one, and not of one that lasts", () => {
    const over = { ...HOLIDAYS, from: "2025-12-24T00:00:00Z", to: "2026-01-02T00:00:00Z" };
    expect(problems({ freeze: [over] })).toEqual([
      "warning /freeze/0/to it was over at 2026-01-02T00:00:00Z and holds nothing; correct its year, or remove it",
    ]);
    expect(problems({ freeze: [{ ...over, to: HOLIDAYS.to ?? "" }] })).toEqual([]);
    expect(problems({ freeze: [{ ...over, to: toIso(NOW) }] })).toHaveLength(1);
  });

  it("refuses weekly windows that leave no minute of the week", () => {
    const other = { weekly: "Mon 06:00 - Fri 16:00", why: "working days" };
    expect(problems({ freeze: [{ ...WEEKEND }, other] }).join("\n")).toContain("nothing would ever advance");
  });

  it.each<[string, JsonObject, string]>([
    ["of a gate there is not", waiver({ gate: "erors" }), 'there is no gate "erors"'],
    ["of a stream", waiver({ gate: "running" }), "it looks at a stream (forward.state)"],
    ["that lasts too long", waiver({ expires: "2026-12-10T00:00:00Z" }), "more than 14 days ahead"],
    ["that never expires", { gate: "errors", why: "x", by: "ada" }, '"expires" is missing'],
    ["by nobody", waiver({ by: "" }), "error /waivers/0/by"],
  ])("refuses a waiver %s", (_, given, says) => {
    expect(problems({ waivers: [given] }).join("\n")).toContain(says);
  });

  it.each([
    ["the way back", { ">=": [{ var: "blue.readyPercent" }, 100] }],
    ["the alarms", { "===": [{ var: "alarms.firing" }, 0] }],
    ["the rules", { "===": [{ var: "traffic.ruleInSync" }, true] }],
    ["whether both sides hold the same", { and: [{ "===": [{ var: "conflicts.new" }, 0] }] }],
  ])("refuses a waiver of a gate on %s", (_, rule) => {
    const policy = smallPolicy();
    const gates = { ...(policy["gates"] as JsonObject), never: { why: "x", rule } };
    expect(problems({ gates, waivers: [waiver({ gate: "never" })] }).join("\n")).toContain("cannot be waived");
  });

  it("refuses to waive every gate of a step", () => {
    const steps = [
      { id: "canary", weight: 5, minDwell: "10m", promoteWhen: ["errors"] },
      { id: "full", weight: 100, minDwell: "10m", promoteWhen: ["running", "lag", "errors"] },
    ];
    expect(problems({ steps, waivers: [waiver()] }).join("\n")).toContain("every gate of step canary is waived");
  });

  it.each([
    ["no step", {}, "neither the start nor a step asks it"],
    [
      "decommission alone",
      { decommission: { require: ["quiet"], approval: "operator" } },
      "decommission alone asks it",
    ],
  ])("warns of a waiver without effect, of a gate that %s asks", (_, changes, says) => {
    const quiet = { why: "x", rule: { "<=": [{ var: "green.unhealthyHosts" }, 0] } };
    const gates = { ...(smallPolicy()["gates"] as JsonObject), quiet };

    const found = problems({ gates, waivers: [waiver({ gate: "quiet" })], ...changes });

    expect(found).toContainEqual(expect.stringMatching(/^warning \/waivers\/0\/gate .*has no effect/));
    expect(found.join("\n")).toContain(says);
  });

  it("only warns of one that has expired, and says nothing of time where none is given", () => {
    const expired = { waivers: [waiver({ expires: "2026-11-25T12:00:00Z" })] };
    expect(problems(expired)).toEqual([expect.stringMatching(/^warning \/waivers\/0\/expires .*expired/)]);
    expect(lintPolicy(JSON.stringify(smallPolicy(expired)), "policy.json")).toEqual([]);
  });
});

describe("a waiver in force", () => {
  const policy = loadedPolicy({ waivers: [waiver()] });

  it("holds until it expires, for the gates that are asked", () => {
    expect(waiversInForce(policy, ["lag", "errors"], NOW)).toHaveLength(1);
    expect(waiversInForce(policy, ["lag"], NOW)).toEqual([]);
    expect(waiversInForce(policy, ["lag", "errors"], at("2026-11-27T18:00:00Z"))).toEqual([]);
  });

  it("holds nothing that lint would have refused, however the policy reached the table", () => {
    expect(waiversInForce(policy, ["errors"], NOW)).toEqual([]);
    const never = { ...policy, waivers: [{ ...waiver(), gate: "lag" }] };
    expect(waiversInForce(never, ["lag", "errors"], NOW)).toEqual([]);
    const unreadable = { ...policy, waivers: [{ ...waiver(), expires: "friday" }] };
    expect(waiversInForce(unreadable, ["lag", "errors"], NOW)).toEqual([]);
  });
});
