import { describe, expect, it } from "vitest";
import { fromIso } from "../../../src/kernel/instant.ts";
import { type EpochMs, epochMs } from "../../../src/kernel/units.ts";
import { freezeBegins, frozenAt, holdsAllOf, parseWeekly } from "../../../src/policy/freeze.ts";

const at = (text: string): EpochMs => fromIso(text) ?? epochMs(0);

const HOURS = 60;
const DAYS = 24 * HOURS;

describe("a part of the week", () => {
  it.each([
    ["Mon 00:00 - Tue 00:00", 0, DAYS],
    ["Fri 16:30 - Mon 06:00", 4 * DAYS + 16 * HOURS + 30, 6 * HOURS],
    ["Sun 23:59-Wed 09:05", 6 * DAYS + 23 * HOURS + 59, 2 * DAYS + 9 * HOURS + 5],
    ["Thu 20:00 – Sat 19:45", 3 * DAYS + 20 * HOURS, 5 * DAYS + 19 * HOURS + 45],
  ])("%s is read as minutes from Monday's beginning", (text, from, to) => {
    expect(parseWeekly(text)).toEqual({ from, to });
  });

  it.each([
    "",
    "Fri 16:00",
    "from Fri 16:00 - Mon 06:00",
    "Fri 16:00 - Mon 06:00 or so",
    "Fri 16:00 to Mon 06:00",
    "Fri 24:00 - Mon 06:00",
    "Fri 16:60 - Mon 06:00",
    "Fri 6:00 - Mon 16:00",
    "Fri, 16:00 - Mon 06:00",
  ])('"%s" is none', (text) => {
    expect(parseWeekly(text)).toBeNull();
  });
});

describe("what an operator is told of a freeze", () => {
  const night = { weekly: "Wed 20:00 - Thu 06:00", why: "nobody is awake" };
  const audit = { from: "2026-12-02T12:00:00Z", to: "2026-12-03T12:00:00Z", why: "the audit" };

  it("is the why of the first that holds, and not of one that holds at another time", () => {
    expect(frozenAt({ freeze: [night, audit] }, at("2026-12-02T13:00:00Z"))?.why).toBe("the audit");
    expect(frozenAt({ freeze: [night, audit] }, at("2026-12-02T21:00:00Z"))?.why).toBe("nobody is awake");
  });

  it("is the end of the longest of those that hold at once", () => {
    expect(frozenAt({ freeze: [night, audit] }, at("2026-12-02T21:00:00Z"))?.until).toBe(at("2026-12-03T12:00:00Z"));
    expect(frozenAt({ freeze: [audit, night] }, at("2026-12-02T21:00:00Z"))?.until).toBe(at("2026-12-03T12:00:00Z"));
  });

  it("is an end to the minute, however deep in a second it is asked", () => {
    expect(frozenAt({ freeze: [night] }, epochMs(at("2026-12-02T21:00:00Z") + 12_345))?.until).toBe(
      at("2026-12-03T06:00:00Z"),
    );
  });

  it("is nothing outside of a part of the week that does not go over its end", () => {
    const days = { freeze: [{ weekly: "Tue 08:00 - Thu 18:00", why: "the fair" }] };
    expect(frozenAt(days, at("2026-12-02T12:00:00Z"))?.until).toBe(at("2026-12-03T18:00:00Z"));
    expect([frozenAt(days, at("2026-12-04T12:00:00Z")), frozenAt(days, at("2026-11-30T12:00:00Z"))]).toEqual([
      null,
      null,
    ]);
  });

  it("is no end where a part of the week ends as it begins: that may be all of it", () => {
    expect(
      frozenAt({ freeze: [{ weekly: "Wed 08:00 - Wed 08:00", why: "a slip" }] }, at("2026-12-02T12:00:00Z")),
    ).toEqual({
      why: "a slip",
      until: null,
    });
  });

  it("is no end that is more than 53 weeks away", () => {
    const year = { freeze: [{ from: "2026-01-01T00:00:00Z", to: "2027-12-01T00:00:00Z", why: "the merger" }] };
    expect(frozenAt(year, at("2026-11-25T00:00:00Z"))?.until).toBe(at("2027-12-01T00:00:00Z"));
    expect(frozenAt(year, at("2026-11-24T23:59:00Z"))?.until).toBeNull();
  });

  it("is no end where windows follow each other all week long", () => {
    const day = { weekly: "Thu 06:00 - Wed 20:00", why: "the other hours" };
    expect(frozenAt({ freeze: [day, night] }, at("2026-12-02T21:00:00Z"))).toEqual({
      why: "nobody is awake",
      until: null,
    });
  });

  it("is the end of a long one that ends, for all that it lasts years", () => {
    const years = { from: "2026-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z", why: "the merger" };
    expect(frozenAt({ freeze: [years] }, at("2029-12-30T00:00:00Z"))).toEqual({
      why: "the merger",
      until: at("2030-01-01T00:00:00Z"),
    });
  });

  it("is its own why, and no end, where another one beside it cannot be read", () => {
    const odd = { weekly: "weekends", why: "a slip" };
    expect(frozenAt({ freeze: [audit, odd] }, at("2026-12-02T13:00:00Z"))).toEqual({ why: "the audit", until: null });
  });

  it.each([[{ from: "2026-12-02T12:00:00Z", why: "half" }], [{ to: "2026-12-03T12:00:00Z", why: "half" }]])(
    "is that it holds for ever where only half of it is there: %j",
    (half) => {
      expect(frozenAt({ freeze: [half] }, at("2026-11-30T00:00:00Z"))).toEqual({ why: "half", until: null });
    },
  );
});

describe("when the next freeze begins", () => {
  const now = at("2026-11-27T15:59:00Z");
  const dated = { from: "2026-11-28T08:00:30Z", to: "2026-12-01T00:00:00Z", why: "month end" };
  const friday = { weekly: "Fri 16:00 - Mon 06:00", why: "week end" };

  it.each([
    ["a date", [dated], "2026-11-28T08:00:30Z"],
    ["a part of this week", [friday], "2026-11-27T16:00:00Z"],
    ["the sooner of two", [dated, friday], "2026-11-27T16:00:00Z"],
    [
      "a part of the week that began before, next week",
      [{ weekly: "Fri 12:00 - Fri 13:00", why: "x" }],
      "2026-12-04T12:00:00Z",
    ],
  ])("is told of %s", (_what, freeze, begins) => {
    expect(freezeBegins({ freeze }, now)).toBe(at(begins));
  });

  it("is never, where none begins any more or none can be read", () => {
    const over = { ...dated, from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z" };
    expect(freezeBegins({ freeze: [] }, now)).toBeNull();
    expect(freezeBegins({ freeze: [over, { weekly: "soon", why: "x" }] }, now)).toBeNull();
  });
});

describe("whether some freezes hold all of another one", () => {
  const weekly = (text: string) => ({ weekly: text, why: "w" });
  const thursday = weekly("Thu 00:00 - Fri 00:00");
  const within = { from: "2026-12-10T06:00:00Z", to: "2026-12-10T18:00:00Z", why: "w" };

  it("is said of what lies within them, to the minute, and of nothing beyond", () => {
    expect(holdsAllOf([thursday], within)).toBe(true);
    expect(holdsAllOf([thursday], { ...within, to: "2026-12-11T00:00:00Z" })).toBe(true);
    expect(holdsAllOf([thursday], { ...within, to: "2026-12-11T00:01:00Z" })).toBe(false);
    expect(holdsAllOf([], within)).toBe(false);
  });

  it("is said of a part of every week by such parts alone", () => {
    expect(holdsAllOf([thursday], weekly("Thu 06:00 - Thu 18:00"))).toBe(true);
    const dated = { from: "1970-01-01T00:00:00Z", to: "1970-12-01T00:00:00Z", why: "w" };
    expect(holdsAllOf([dated], weekly("Thu 06:00 - Thu 18:00"))).toBe(false);
    expect(holdsAllOf([dated], { ...dated, from: "1970-03-01T00:00:00Z" })).toBe(true);
  });

  it.each([
    ["begins nobody knows when", [thursday], { ...within, from: "soon", to: "1970-01-01T12:00:00Z" }],
    ["ends nobody knows when", [thursday], { ...within, to: "later" }],
    ["is no part of a week", [thursday], weekly("Thursdays")],
    ["is looked for in one that cannot be read", [weekly("Thursdays")], within],
  ] as const)("is never said where one %s", (_, freeze, one) => {
    expect(holdsAllOf(freeze, one)).toBe(false);
  });
});
