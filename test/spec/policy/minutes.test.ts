import { describe, expect, it } from "vitest";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import {
  isCount,
  mayBeLate,
  minutesOf,
  numberIn,
  observe,
  whyMissing,
} from "../../../src/policy/operations/minutes.ts";
import type { OperationContext } from "../../../src/policy/operations/operation.ts";
import type { Readings } from "../../../src/snapshot/snapshot.ts";
import { evidenceOf, NOW, type Series } from "../../support/evidence.ts";

const minute = (index: number, from: EpochMs = NOW): EpochMs => epochMs(from + index * MINUTE_MS);
const requests = (count: number): Readings => ({ values: { green: { requests: count } }, absent: {} });

const contextOf = (
  rows: OperationContext["evidence"]["minutes"],
  now: EpochMs = NOW,
  newestMinute: OperationContext["newestMinute"] = "required",
): OperationContext => ({
  evidence: { now, current: requests(0), minutes: rows },
  minCoverage: 0.9,
  newestMinute,
});

describe("the minutes of a window", () => {
  const row = (index: number, from = NOW) => ({ at: minute(index, from), readings: requests(index) });

  it("are those that begin and end in it, oldest first, with what was observed of each", () => {
    const rows = [row(-6), row(-5), row(-4), row(-2), row(-1), row(0)];
    expect(minutesOf(contextOf(rows), "4m")).toEqual([
      { at: minute(-4), readings: requests(-4) },
      { at: minute(-3), readings: null },
      { at: minute(-2), readings: requests(-2) },
      { at: minute(-1), readings: requests(-1) },
    ]);
  });

  it("are whole minutes, where now is within one", () => {
    const rows = [row(-3), row(-2), row(-1), row(0)];
    const within = epochMs(NOW + MINUTE_MS / 2);
    expect(minutesOf(contextOf(rows, within), "3m").map(({ at }) => at)).toEqual([minute(-2), minute(-1)]);
  });

  it("are as many where they begin before 1970, which no row can", () => {
    const rows = [row(0, epochMs(0)), row(1, epochMs(0))];
    const seen = minutesOf(contextOf(rows, epochMs(2 * MINUTE_MS)), "5m");

    expect(seen.map(({ readings }) => readings)).toEqual([null, null, null, requests(0), requests(1)]);
    expect(seen[0]?.at).toBe(-3 * MINUTE_MS);
  });

  it("take no row that begins elsewhere for theirs, nor let it hide the next one", () => {
    const askew = { at: epochMs(minute(-2) - 1_000), readings: requests(7) };
    expect(minutesOf(contextOf([row(-3), askew, row(-2)]), "3m").map(({ readings }) => readings)).toEqual([
      requests(-3),
      requests(-2),
      null,
    ]);
    expect(minutesOf(contextOf([row(-3), askew]), "3m").map(({ readings }) => readings)).toEqual([
      requests(-3),
      null,
      null,
    ]);
  });
});

describe("a number of a minute", () => {
  it.each<[string, Readings | null]>([
    ["was not observed", null],
    ["lacks it", { values: {}, absent: {} }],
    ["has a text in its place", { values: { green: { requests: "12" } }, absent: {} }],
    ["has no finite one", { values: { green: { requests: Number.NaN } }, absent: {} }],
  ])("is null where the minute %s", (_, readings) => {
    expect(numberIn(readings, "green.requests")).toBeNull();
  });

  it("is there, be it 0", () => {
    expect(numberIn(requests(0), "green.requests")).toBe(0);
  });
});

describe("a count", () => {
  it.each([
    [-1, false],
    [0, true],
    [2.5, true],
    [2 ** 53 - 1, true],
    [2 ** 53, false],
  ])("may be %f: %s", (value, may) => {
    expect(isCount(value)).toBe(may);
  });
});

describe("why a minute has no value", () => {
  const missing = (absent: Readings["absent"] | null) =>
    whyMissing({ at: NOW, readings: absent && { values: {}, absent } }, "green.requests");

  it("is what the readings say of it, and of no other", () => {
    expect(missing({ "green.requests": "stale", "green.errors5xx": "late" })).toBe("stale");
    expect(missing({ "green.errors5xx": "late" })).toBe("no value");
    expect(whyMissing({ at: NOW, readings: requests(0) }, "toString")).toBe("no value");
  });

  it("is that nobody saw it, where there are none", () => {
    expect(missing(null)).toBe("minute not observed");
  });
});

describe("what a window shows", () => {
  const PATHS = ["green.errors5xx", "green.requests"] as const;
  const BY_REQUESTS = ["green.requests", "green.errors5xx"] as const;
  const over = (
    signals: Readonly<Record<string, Series>>,
    window: string,
    context: Partial<OperationContext> = {},
    paths: typeof PATHS | typeof BY_REQUESTS = PATHS,
  ) =>
    observe(
      { evidence: evidenceOf(signals, { minutes: 12 }), minCoverage: 0.9, newestMinute: "required", ...context },
      window,
      paths,
      (readings) => (paths.some((path) => numberIn(readings, path) === null) ? null : "seen"),
    );
  const ten = (...missing: readonly number[]): readonly (number | null)[] =>
    Array.from({ length: 10 }, (_, index) => (missing.includes(index) ? null : 1));

  it("is one point for each minute that has all of it, with its time", () => {
    expect(over({ "green.errors5xx": 0, "green.requests": [1, 1] }, "2m")).toEqual({
      kind: "observed",
      points: [
        { at: minute(-2), value: "seen" },
        { at: minute(-1), value: "seen" },
      ],
    });
  });

  it("is enough with exactly the share that is asked for, and thin with one less", () => {
    expect(over({ "green.errors5xx": 0, "green.requests": ten(4) }, "10m").kind).toBe("observed");
    expect(over({ "green.errors5xx": 0, "green.requests": ten(4, 6) }, "10m")).toEqual({
      kind: "thin",
      reason: "coverage 8/10 (not reported)",
    });
  });

  it("is never enough without a single point, however little is asked for", () => {
    expect(over({ "green.errors5xx": 0, "green.requests": [] }, "2m", { minCoverage: 0 }).kind).toBe("thin");
  });

  it("is thin where no minute has ended in it", () => {
    const evidence = { ...evidenceOf({}), now: epochMs(NOW + 30_000) };
    expect(over({}, "1m", { evidence })).toEqual({ kind: "thin", reason: "coverage 0/0 (no minutes)" });
  });

  it("says of the newest missing minute why it is missing, by the path that has a reason", () => {
    const [oldest, middle, newest] = [{ "green.requests": "late" }, { "green.requests": "down" }, {}];
    const rows = [oldest, middle, newest].map((absent, index) => ({
      at: minute(index - 3),
      readings: { values: { green: index === 2 ? { errors5xx: 0, requests: 1 } : { errors5xx: 0 } }, absent },
    }));
    expect(over({}, "3m", contextOf(rows))).toEqual({ kind: "thin", reason: "coverage 1/3 (down)" });
    expect(over({}, "4m", contextOf(rows.slice(2)))).toEqual({
      kind: "thin",
      reason: "coverage 1/4 (minute not observed)",
    });
    const untold = rows.map((row) => ({ ...row, readings: { ...row.readings, absent: {} } }));
    expect(over({}, "3m", contextOf(untold))).toEqual({ kind: "thin", reason: "coverage 1/3 (no value)" });
  });

  it("may lack its newest minutes where they may be on their way, and no others", () => {
    const late = { newestMinute: "optional", minCoverage: 1 } as const;
    const lacking = (missing: readonly number[], paths?: typeof BY_REQUESTS) =>
      over({ "green.errors5xx": ten(...missing), "green.requests": 1 }, "10m", late, paths).kind;
    expect(lacking([9])).toBe("observed");
    expect(lacking([8, 9])).toBe("observed");
    expect(lacking([7, 8, 9])).toBe("thin");
    expect(lacking([7, 8])).toBe("thin");
    expect(lacking([7, 9])).toBe("thin");
    expect(lacking([8, 9], BY_REQUESTS)).toBe("thin");
    expect(lacking([9], BY_REQUESTS)).toBe("observed");
  });
});

describe("how many of the newest minutes may be late", () => {
  it.each([
    ["required", "green.errors5xx", 0],
    ["optional", "green.errors5xx", 2],
    ["optional", "green.requests", 1],
    ["optional", "green.p99Ms", 1],
    ["optional", "forward.lagSeconds", 1],
    ["optional", "no.such", 1],
  ] as const)("where the newest is %s, of %s is %i", (newestMinute, path, late) => {
    expect(mayBeLate(contextOf([], NOW, newestMinute), path)).toBe(late);
  });
});
