import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { lintOf } from "../../support/lint.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const NOW = epochMs(Date.parse("2026-11-25T12:00:00Z"));

const frozen = (changes: JsonObject, now: typeof NOW | null = NOW) =>
  lintOf({ freeze: [{ why: "x", ...changes }] }, now);
const stretch = (from: string, to: string, now: typeof NOW | null = NOW) => frozen({ from, to }, now);

describe("a freeze", () => {
  it.each<[string, JsonObject]>([
    ["neither", {}],
    ["half of one", { to: "2026-12-24T00:00:00Z" }],
    ["both, by half of one", { weekly: "Fri 16:00 - Mon 06:00", from: "2026-12-24T00:00:00Z" }],
    ["both, by the other half", { weekly: "Fri 16:00 - Mon 06:00", to: "2026-12-24T00:00:00Z" }],
  ])("is either from one instant to another or weekly, and not %s", (_, changes) => {
    expect(frozen(changes)).toEqual([
      'error bad-freeze /freeze/0 a freeze has either "from" and "to", or "weekly"; say which it is',
    ]);
  });

  it("of every week is some of it, and not the moment at which it begins", () => {
    expect(frozen({ weekly: "Fri 16:00 - Fri 16:00" })).toContain(
      'error bad-freeze /freeze/0/weekly "Fri 16:00 - Fri 16:00" is no time at all or the whole week; give two different moments',
    );
    expect(frozen({ weekly: "Fri 16:00 - Fri 16:01" })).toEqual([]);
  });

  it("is told of by its own number", () => {
    const night = { weekly: "Wed 20:00 - Thu 06:00", why: "x" };

    expect(lintOf({ freeze: [night, { why: "x" }] })).toEqual([
      'error bad-freeze /freeze/1 a freeze has either "from" and "to", or "weekly"; say which it is',
    ]);
  });

  it("begins and ends at instants that there are", () => {
    const odd = (at: string, text: string) =>
      `error bad-freeze /freeze/0/${at} ${text} is no day or time there is. Give one such as 2026-12-24T00:00:00Z`;

    expect(stretch("2026-11-31T00:00:00Z", "2026-12-24T24:00:00Z")).toEqual([
      odd("from", "2026-11-31T00:00:00Z"),
      odd("to", "2026-12-24T24:00:00Z"),
    ]);
    expect(stretch("2026-12-24T00:00Z", "2026-12-25T00:00:00Z")).toEqual([]);
  });

  it.each([
    ["2026-12-24T00:00:00Z", "give a later end"],
    ["2026-12-23T23:59:59Z", "exchange them"],
  ])("ends after it begins: %s does not", (to, remedy) => {
    expect(stretch("2026-12-24T00:00:00Z", to)).toEqual([
      `error bad-freeze /freeze/0/to ${to} does not come after 2026-12-24T00:00:00Z; ${remedy}`,
    ]);
  });

  it("lasts from now on where it has begun, and is told of with the days that are left", () => {
    expect(stretch("2026-01-01T00:00:00Z", "2027-03-05T12:00:00Z")).toEqual([
      "warning long-freeze /freeze/0/to nothing advances for 100 days, up to 2027-03-05T12:00:00Z; correct its year, or do not arm a cutover that has to wait as long",
    ]);
    expect(stretch("2026-12-25T12:00:00Z", "2027-04-04T12:00:00Z").join()).toContain("nothing advances for 100 days,");
    expect(stretch("2026-12-25T12:00:00Z", "2027-03-27T12:00:00Z")).toEqual([]);
  });

  it("is over at the instant at which it ends", () => {
    expect(stretch("2026-11-01T00:00:00Z", "2026-11-25T12:00:00Z")).toEqual([
      "warning expired-freeze /freeze/0/to it was over at 2026-11-25T12:00:00Z and holds nothing; correct its year, or remove it",
    ]);
    expect(stretch("2026-11-01T00:00:00Z", "2026-11-25T12:00:01Z")).toEqual([]);
  });

  it("is as long as it is where nobody says when now is, and never over", () => {
    expect(stretch("2025-01-01T00:00:00Z", "2025-04-03T00:00:00Z", null)).toEqual([]);
    expect(stretch("2025-01-01T00:00:00Z", "2025-04-11T00:00:00Z", null).join()).toContain("for 100 days");
  });
});

describe("weekly freezes", () => {
  const weeks = (...weekly: readonly string[]) =>
    lintOf({ freeze: weekly.map((each) => ({ weekly: each, why: "x" })) });

  it("leave a minute of the week, be it one", () => {
    expect(weeks("Mon 00:00 - Thu 12:00", "Thu 12:00 - Mon 00:00")).toEqual([
      "error bad-freeze /freeze the weekly windows leave no minute of the week: nothing would ever advance",
    ]);
    expect(weeks("Mon 00:00 - Thu 12:00", "Thu 12:01 - Mon 00:00")).toEqual([]);
  });

  it("are looked at by themselves: one freeze between two instants is no week", () => {
    const once = { from: "2026-12-01T00:00:00Z", to: "2026-12-20T00:00:00Z", why: "x" };
    const weekly = { weekly: "Mon 00:00 - Sun 23:59", why: "x" };

    expect(lintOf({ freeze: [once, weekly] })).toEqual([]);
    expect(lintOf({ freeze: [{ ...once, from: "1970-01-01T00:00:00Z" }, weekly] }).join()).not.toContain("bad-freeze");
    expect(lintOf({ freeze: [once] }, epochMs(Date.parse("2026-12-02T00:00:00Z")))).toEqual([]);
  });
});

const waiver = (changes: JsonObject = {}): JsonObject => ({
  gate: "errors",
  why: "a known fault",
  by: "ada",
  expires: "2026-11-27T18:00:00Z",
  ...changes,
});
const quiet = { why: "x", rule: { "<=": [{ var: "green.unhealthyHosts" }, 0] } };
const waived = (waivers: readonly JsonObject[], changes: JsonObject = {}, now: typeof NOW | null = NOW) =>
  lintOf({ waivers, gates: { ...(smallPolicy()["gates"] as JsonObject), quiet }, ...changes }, now).filter(
    (each) => !each.includes("unused-gate"),
  );

describe("a waiver", () => {
  it("is of a gate that may be waived, once", () => {
    expect(waived([waiver({ gate: "running" })])).toEqual([
      'error bad-waiver /waivers/0/gate "running" cannot be waived: it looks at a stream (forward.state)',
    ]);
    expect(waived([waiver(), waiver(), waiver()])).toEqual(
      [1, 2].map((index) => `error bad-waiver /waivers/${index}/gate "errors" is waived twice; keep one of the two`),
    );
  });

  it("expires at an instant that there is", () => {
    expect(waived([waiver({ expires: "2026-11-31T00:00:00Z" })])).toEqual([
      "error bad-waiver /waivers/0/expires 2026-11-31T00:00:00Z is no day or time there is. Give one such as 2026-12-24T00:00:00Z",
    ]);
  });

  it("lasts for two weeks at most, to the second", () => {
    expect(waived([waiver({ expires: "2026-12-09T12:00:00Z" })])).toEqual([]);
    expect(waived([waiver({ expires: "2026-12-09T12:00:01Z" })])).toEqual([
      "error bad-waiver /waivers/0/expires 2026-12-09T12:00:01Z is more than 14 days ahead; a gate that long out of use has to be changed, not waived",
    ]);
  });

  it("that has expired is told of with when it did", () => {
    expect(waived([waiver({ expires: "2026-11-25T12:00:00Z" })])).toEqual([
      'warning expired-waiver /waivers/0/expires the waiver of "errors" expired at 2026-11-25T12:00:00Z and does nothing; remove it',
    ]);
    expect(waived([waiver({ expires: "2026-11-25T12:00:01Z" })])).toEqual([]);
  });

  it("that has no effect is told why", () => {
    const decommission = { decommission: { require: ["errors", "quiet"], approval: "operator" } };
    const idle = (why: string) => [
      `warning idle-waiver /waivers/0/gate the waiver of "quiet" has no effect: ${why}. Correct the gate, or remove it`,
    ];

    expect(waived([waiver({ gate: "quiet" })])).toEqual(idle("neither the start nor a step asks it"));
    expect(waived([waiver({ gate: "quiet" })], decommission)).toEqual(
      idle("decommission alone asks it, and that goes by evidence: nothing there is waived"),
    );
    expect(waived([waiver({ gate: "quiet" })], { start: { require: ["running", "quiet"] } })).toEqual([]);
  });
});

describe("every gate of a place", () => {
  const start = { start: { require: ["quiet"] } };
  const two = {
    steps: [
      { id: "canary", weight: 5, minDwell: "10m", promoteWhen: ["quiet", "errors"] },
      { id: "full", weight: 100, minDwell: "10m", promoteWhen: ["running", "lag", "errors"] },
    ],
  };
  const all = (name: string) =>
    `error bad-waiver /waivers every gate of ${name} is waived: nothing would be asked there; leave one`;

  it("is not waived, at the start or in a step", () => {
    expect(waived([waiver({ gate: "quiet" })], start)).toEqual([all("the start")]);
    expect(waived([waiver({ gate: "quiet" }), waiver()], two)).toEqual([all("step canary")]);
    expect(waived([waiver({ gate: "quiet" })], two)).toEqual([]);
  });

  it("is not where one of the waivers has expired: it does nothing, and is no reason to refuse the other", () => {
    const over = waiver({ gate: "quiet", expires: "2026-11-25T12:00:00Z" });

    expect(waived([over, waiver()], two)).toEqual([expect.stringMatching(/^warning expired-waiver \/waivers\/0/)]);
    expect(waived([over, waiver()], two, null)).toEqual([all("step canary")]);
    expect(waived([waiver({ gate: "quiet", expires: "2026-11-25T12:00:01Z" }), waiver()], two)).toEqual([
      all("step canary"),
    ]);
  });

  it("is not where one of them cannot be waived", () => {
    const mixed = { start: { require: ["running", "quiet"] } };

    expect(waived([waiver({ gate: "running" }), waiver({ gate: "quiet" })], mixed)).toEqual([
      expect.stringMatching(/^error bad-waiver \/waivers\/0\/gate "running" cannot be waived/),
    ]);
  });
});
