import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../src/kernel/json.ts";
import { evaluatePlain } from "../../src/policy/evaluate-plain.ts";
import type { Evaluation } from "../../src/policy/evaluation.ts";
import { RandomLogic } from "../support/random-logic.ts";

const LIMITS = { minCoverage: 0.5, newestMinute: "required" } as const;
const SEEDS = [1, 2, 3, 4, 5, 6];
const CASES = 50_000;
/** They take some seconds each; a busy machine may take its time. */
const PATIENCE_MS = 180_000;

interface Tally {
  known: number;
  unknown: number;
  /** Unknown to us, and true to stock: what would have been promoted. */
  opened: number;
}

const judgeAll = (seed: number, count: number): Tally => {
  const random = new RandomLogic(seed);
  const tally: Tally = { known: 0, unknown: 0, opened: 0 };
  for (let index = 0; index < count; index += 1) {
    const rule = random.rule() as JsonValue;
    const subject = random.subject();
    const evaluation = evaluatePlain(rule, subject, LIMITS);
    const wrong = whatIsWrong(evaluation);
    // Compared by hand: an expectation for each of a third of a million cases would take longer than the cases.
    if (wrong !== null)
      throw new Error(`seed ${seed}, case ${index}: ${wrong}\n${JSON.stringify(rule)}\n${JSON.stringify(subject)}`);
    tally[evaluation.result.kind] += 1;
    if (opens(evaluation)) tally.opened += 1;
  }
  return tally;
};

/** Contradicted by a value of stock, or failed; null where it is neither. */
const whatIsWrong = ({ result, disagreement, stock }: Evaluation<JsonValue>): string | null => {
  if (disagreement !== null && stock !== null && "value" in stock) return disagreement;
  const reasons = result.kind === "unknown" ? result.reasons : [];
  return reasons.find((reason) => reason.startsWith("the judge failed")) ?? null;
};

const opens = ({ result, stock }: Evaluation<JsonValue>): boolean =>
  result.kind === "unknown" && stock !== null && "value" in stock && Boolean(stock.value);

describe("300,000 random rules over random data, windows, NaN and prototype names", () => {
  it.each(SEEDS)(
    "seed %i: no exception, and no definite answer that stock contradicts",
    (seed) => {
      const { known, unknown, opened } = judgeAll(seed, CASES);

      expect(known + unknown).toBe(CASES);
      expect(known, "the law is not vacuous").toBeGreaterThan(CASES / 5);
      expect(opened, "stock would have called them true").toBeGreaterThan(CASES / 10);
    },
    PATIENCE_MS,
  );
});
