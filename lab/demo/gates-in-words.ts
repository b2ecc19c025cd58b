import type { Comparison, Judgement } from "../../src/policy/verdict.ts";

/** The gates an operator would look at before going on; the rest are counted. */
const SHOWN = ["errors", "errors-proven", "p99", "lag", "hosts", "enough-traffic"];

const short = (value: Comparison["value"]): string =>
  typeof value === "number" ? shortNumber(value) : JSON.stringify(value);

const shortNumber = (value: number): string =>
  value >= 1e6 ? value.toPrecision(2) : String(Math.round(value * 10_000) / 10_000);

/** What opened a step: a line a gate with value against threshold, and how many more passed. */
export const gatesInWords = (judgement: Judgement): readonly string[] => {
  const passed = judgement.gates.filter(({ verdict }) => verdict === "pass");
  const shown = passed.filter(({ gate }) => SHOWN.includes(gate));
  const lines = shown.map(
    ({ gate, comparisons }) =>
      `${gate.padEnd(16)} ${comparisons.map((one) => `${one.what} ${short(one.value)} ${one.operator} ${short(one.threshold)}`).join(", ")}`,
  );
  const others = passed.filter(({ gate }) => !SHOWN.includes(gate)).map(({ gate }) => gate);
  return others.length === 0 ? lines : [...lines, `${"and".padEnd(16)} ${others.join(", ")}`];
};
