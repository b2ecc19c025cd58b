import { describe, expect, it } from "vitest";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../../src/kernel/units.ts";
import {
  addMinute,
  consumeMinutes,
  countsIn,
  emptyAccumulator,
  expectedMinutes,
} from "../../../../src/policy/operations/evidence/accumulate.ts";
import { aboveLimit, belowLimit, type EvidenceTest } from "../../../../src/policy/operations/evidence/evidence-test.ts";
import type { Accumulator } from "../../../../src/snapshot/evidence-state.ts";
import { NOW } from "../../../support/evidence.ts";
import { type Counts, minuteCounts } from "../../../support/minute-counts.ts";

const minute = (index: number): EpochMs => epochMs(NOW + index * MINUTE_MS);
const PATHS = ["green.errors5xx", "green.requests"];

/** Minutes 0, 1, 2 … */
const rows = (...counts: readonly (Counts | null)[]) => minuteCounts(counts, minute(counts.length));

describe("a minute's counts", () => {
  it("are in the order in which they are asked for", () => {
    expect(countsIn(rows([7, 8, 1, 2])[0]?.readings ?? null, ["blue.errors5xx", "green.requests"])).toEqual([2, 7]);
  });

  it.each<[string, Counts | null]>([
    ["nobody saw it", null],
    ["one is less than none", [7, 8, -1, 2]],
    ["one is beyond what can be counted", [2 ** 60, 8, 1, 2]],
    ["one is no number", [Number.NaN, 8, 1, 2]],
  ])("are none at all where %s", (_, counts) => {
    expect(countsIn(rows(counts)[0]?.readings ?? null, PATHS)).toBeNull();
  });
});

describe("one more minute", () => {
  const start = (test: EvidenceTest, ...logs: readonly number[]) => ({
    ...emptyAccumulator(test, NOW),
    logs,
  });

  it("is observed, and speaks where it says something, each logarithm by its own weight", () => {
    const proof = belowLimit(0.01);
    expect(addMinute(proof, start(proof, 1, 2, -3, 4), [1, -1, 2, 0], 1)).toMatchObject({
      observed: 1,
      spoke: 1,
      logs: [2, 1, -1, 4],
    });
    expect(addMinute(proof, start(proof, 1, 2, -3, 4), null, 1)).toMatchObject({
      observed: 1,
      spoke: 0,
      logs: [1, 2, -3, 4],
    });
  });

  it("starts from 0 where a detector had gone below, and weighs as much less as errors clump", () => {
    const detector = aboveLimit(0.01);
    expect(addMinute(detector, start(detector, -5, 5, 0, -1), [4, 4, -4, -4], 2).logs).toEqual([2, 7, -2, -2]);
  });
});

describe("the minutes up to an instant", () => {
  const GOOD: Counts = [100, 0, 0, 0];
  const empty = (): Accumulator => emptyAccumulator(belowLimit(0.01), minute(1));
  const consume = (sum: Accumulator, until: EpochMs, ...counts: readonly (Counts | null)[]) =>
    consumeMinutes(belowLimit(0.01), sum, rows(...counts), { paths: PATHS, until, burst: 1 });

  it("are each counted once, from the sum's own first one on, and the last one where it is over", () => {
    const once = consume(empty(), minute(3), GOOD, GOOD, GOOD, GOOD);
    expect(once).toMatchObject({ from: minute(1), next: minute(3), observed: 2, spoke: 2 });
    expect(consume(once, minute(4), GOOD, GOOD, GOOD, GOOD)).toEqual(
      consume(empty(), epochMs(minute(4) + 59_000), GOOD, GOOD, GOOD, GOOD, GOOD),
    );
  });

  it("change nothing where all of them were counted before", () => {
    const once = consume(empty(), minute(3), GOOD, GOOD, GOOD);
    expect(consume(once, minute(3), GOOD, GOOD, GOOD)).toBe(once);
    expect(consume(once, minute(2), GOOD, GOOD, GOOD)).toBe(once);
  });

  it("are passed over where nobody saw them, or where they are no counts", () => {
    expect(consume(empty(), minute(4), null, null, [100, 0, -1, 0], GOOD)).toMatchObject({
      next: minute(4),
      observed: 1,
    });
  });

  it("are expected to be as many as have passed", () => {
    expect(expectedMinutes(empty())).toBe(0);
    expect(expectedMinutes(consume(empty(), minute(5)))).toBe(4);
  });
});
