import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../../src/kernel/json.ts";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../../src/kernel/units.ts";
import { evaluateRule } from "../../../../src/policy/evaluate.ts";
import { addedUp } from "../../../../src/policy/operations/evidence/operations.ts";
import { evidenceUse } from "../../../../src/policy/operations/evidence/uses.ts";
import { STANDARD_OPERATIONS } from "../../../../src/policy/operations/standard.ts";
import type { Accumulated, Accumulator } from "../../../../src/snapshot/evidence-state.ts";
import type { Evidence, Readings } from "../../../../src/snapshot/snapshot.ts";
import { NOW } from "../../../support/evidence.ts";
import { type Counts, countsEvidence, minuteCounts } from "../../../support/minute-counts.ts";

const GREEN = ["green.errors5xx", "green.requests"];
const BLUE = ["blue.errors5xx", "blue.requests"];
const GOOD: Counts = [200, 600, 0, 1];
const minute = (index: number): EpochMs => epochMs(NOW + index * MINUTE_MS);
const good = (count: number): readonly Counts[] => Array.from({ length: count }, () => GOOD);

const above = (lookBack: string): JsonValue => ({ evidence_above: [...GREEN, 0.01, lookBack] });
const worse = (lookBack: string): JsonValue => ({ evidence_worse: [...GREEN, ...BLUE, 2, lookBack] });

const judged = (rule: JsonValue, evidence: Evidence, newestMinute: "required" | "optional" = "required") =>
  evaluateRule(rule, evidence, { minCoverage: 0.9, newestMinute }).result;
const reasonsOf = (...asked: Parameters<typeof judged>) => {
  const result = judged(...asked);
  return result.kind === "unknown" ? result.reasons : [];
};
const over = (rows: readonly (Counts | null)[], accumulated?: Accumulated): Evidence => ({
  ...countsEvidence(rows),
  ...(accumulated && { accumulated }),
});

const ABOVE = "evidence green.errors5xx / green.requests above 0.01";

describe("evidence is said", () => {
  it.each([
    ["evidence_below", [...GREEN, 0.01, "15m"], "evidence green.errors5xx / green.requests below 0.01 over 15m"],
    ["evidence_above", [...GREEN, 0.02, "step"], "evidence green.errors5xx / green.requests above 0.02 over the step"],
    [
      "evidence_worse",
      [...GREEN, ...BLUE, 2, "soak"],
      "evidence green.errors5xx / green.requests above 2 times blue.errors5xx / blue.requests over the soak",
    ],
  ])("as %s of what is asked", (name, args, said) => {
    expect(STANDARD_OPERATIONS[name]?.describe(args)).toBe(said);
  });
});

describe("evidence that has nothing to add up", () => {
  const sumOf = (changes: Partial<Accumulator>): Accumulated => {
    const sum = { from: minute(-5), next: minute(-5), observed: 0, spoke: 0, logs: [0, 0, 0, 0], ...changes };
    const keys = ["step", "soak"].map((lookBack) => `evidence_above ${[...GREEN, 0.01, lookBack].join(" ")}`);
    return { burst: {}, sums: Object.fromEntries(keys.map((key) => [key, sum])) };
  };

  it.each<[string, string, Accumulated, string]>([
    ["before the soak", "soak", { burst: {}, sums: {} }, "the soak has not begun"],
    ["before the first tick of a step", "step", { burst: {}, sums: {} }, "nothing is accumulated yet"],
    [
      "where the step begins with the next minute",
      "step",
      sumOf({ from: minute(1), next: minute(1) }),
      "no minute of it is over yet",
    ],
    ["where the step begins now", "step", sumOf({ from: minute(0), next: minute(0) }), "no minute of it is over yet"],
    [
      "where the sum is of a later tick",
      "step",
      sumOf({ next: minute(1), observed: 6 }),
      "the state has accumulated later minutes already",
    ],
  ])("%s says so", (_, lookBack, accumulated, reason) => {
    expect(reasonsOf(above(lookBack), over(good(5), accumulated))).toEqual([
      `${ABOVE} over the ${lookBack}: ${reason}`,
    ]);
  });

  it("is none where the sum reaches up to now", () => {
    const upToNow = sumOf({ next: minute(0), observed: 5, spoke: 5 });
    expect(judged(above("step"), over([], upToNow))).toEqual({ kind: "known", value: 1 });
  });

  it("takes no sum from a prototype", () => {
    const { burst, sums } = sumOf({});
    const inherited: Accumulated = { burst, sums: Object.create(sums) };
    expect(reasonsOf(above("soak"), over(good(5), inherited))).toEqual([
      `${ABOVE} over the soak: the soak has not begun`,
    ]);
    expect(judged(above("soak"), over(good(5), { burst, sums })).kind).toBe("known");
  });
});

describe("what is added up", () => {
  const added = (lookBack: string, evidence: Evidence) => {
    const use = evidenceUse("evidence_above", [...GREEN, 0.01, lookBack]) ?? expect.fail();
    return addedUp(use, evidence);
  };

  it("over a time are its whole minutes", () => {
    expect(added("3m", over(good(5)))).toMatchObject({ from: minute(-3), next: minute(0), observed: 3 });
    const within = { ...over(good(5)), now: epochMs(NOW + 20_000) };
    expect(added("3m", within)).toMatchObject({ from: minute(-2), next: minute(0), observed: 2 });
  });

  it("begin before 1970 where the time does, though no row can", () => {
    const early = { ...over([]), now: minute(0 - NOW / MINUTE_MS + 2) };

    expect(added("5m", early)).toMatchObject({ from: -3 * MINUTE_MS, next: 2 * MINUTE_MS });
    expect(reasonsOf(above("5m"), early)).toEqual([`${ABOVE} over 5m: coverage 0/5 (minute not observed)`]);
  });

  it("over a step are, without a state, all that there are", () => {
    expect(added("step", over(good(7)))).toMatchObject({ from: minute(-7), next: minute(0), observed: 7 });
    expect(added("step", over([]))).toMatchObject({ from: NOW, next: NOW, observed: 0 });
  });
});

describe("evidence over too few minutes", () => {
  it("is unknown below the coverage that is asked for, and known on it", () => {
    expect(judged(above("10m"), over([GOOD, null, ...good(8)])).kind).toBe("known");
    expect(reasonsOf(above("10m"), over([GOOD, null, null, ...good(7)]))).toEqual([
      `${ABOVE} over 10m: coverage 8/10 (minutes before were not observed)`,
    ]);
  });

  it("is unknown without a single one, however little is asked for", () => {
    const nothing = evaluateRule(above("3m"), over([]), { minCoverage: 0, newestMinute: "optional" }).result;
    expect(nothing).toMatchObject({ reasons: [`${ABOVE} over 3m: coverage 0/3 (minute not observed)`] });
  });

  it("is unknown where no minute is over, and does not speak of coverage", () => {
    const within = { ...over(good(5)), now: epochMs(NOW + 20_000) };
    expect(reasonsOf(above("1m"), within)).toEqual([`${ABOVE} over 1m: no minute of it is over yet`]);
  });

  it("may lack its newest minutes where they may be on their way: of counts of errors two", () => {
    const late = (missing: number) => over([...good(10 - missing), ...Array.from({ length: missing }, () => null)]);
    expect(judged(above("10m"), late(2), "required").kind).toBe("unknown");
    expect([1, 2].map((missing) => judged(above("10m"), late(missing), "optional").kind)).toEqual(["known", "known"]);
    expect(judged(above("10m"), late(4), "optional").kind).toBe("unknown");
  });

  it("forgives none before the newest that was seen", () => {
    const early = over([...good(6), null, null, ...good(2)]);
    expect(judged(above("10m"), early, "optional").kind).toBe("unknown");
    const both = over([...good(5), null, ...good(3), null]);
    expect(judged(above("10m"), both, "optional").kind).toBe("unknown");
  });

  const withWhy = (...absents: readonly Readings["absent"][]): Evidence => {
    const rows = minuteCounts(good(5));
    const gaps = absents.map((absent, index) => ({
      at: minute(index - absents.length),
      readings: { values: {}, absent },
    }));
    return { ...over([]), minutes: [...rows.slice(0, 5 - absents.length), ...gaps] };
  };

  it("says why the newest is missing, by the signal that has a reason", () => {
    expect(reasonsOf(above("5m"), withWhy({ "green.requests": "older" }, { "green.requests": "late" }))).toEqual([
      `${ABOVE} over 5m: coverage 3/5 (late)`,
    ]);
    expect(reasonsOf(above("1m"), withWhy({ "green.requests": "late" }))).toEqual([
      `${ABOVE} over 1m: coverage 0/1 (late)`,
    ]);
    expect(reasonsOf(above("5m"), withWhy({ "blue.requests": "of no concern" }))).toEqual([
      `${ABOVE} over 5m: coverage 4/5 (no value)`,
    ]);
  });
});

describe("evidence of minutes without a request", () => {
  it("names whose requests are missing, and no errors", () => {
    expect(
      reasonsOf(
        worse("2m"),
        over([
          [0, 0, 0, 0],
          [0, 5, 0, 0],
        ]),
      ),
    ).toEqual([
      "evidence green.errors5xx / green.requests above 2 times blue.errors5xx / blue.requests over 2m: no minute has requests to weigh (green.requests and blue.requests)",
    ]);
  });

  it("is known by the one minute that has some", () => {
    expect(judged(above("2m"), over([[0, 0, 0, 0], GOOD])).kind).toBe("known");
  });
});
