import { cut, cutShort } from "../kernel/cut.ts";
import type { JsonValue } from "../kernel/json.ts";
import type { Explanation } from "../policy/explain/explain.ts";
import { bulkOf } from "../policy/logic/bulk.ts";
import type { PlainAnswer } from "../policy/plain-answer.ts";
import type { TraceEntry } from "../policy/verdict.ts";
import { sayBlocker, sayDistance } from "./say-explanation.ts";

/** One evaluation with everything it rests on. */
export interface EvalDocument extends PlainAnswer, Explanation {
  /** The rule with its operations computed: what anybody can evaluate again over `data`. */
  readonly residual: JsonValue;
  readonly data: JsonValue;
  readonly trace: readonly (Omit<TraceEntry, "result"> & { readonly result: JsonValue; readonly known: boolean })[];
}

/** More than this of one value is no explanation. */
const LONGEST = 100;

const short = (value: JsonValue): string => {
  if (bulkOf(value) > 10_000) return Array.isArray(value) ? "[…]" : typeof value === "string" ? '"…"' : "{…}";
  return cut(JSON.stringify(value), LONGEST);
};

/** An evaluation for people: what it comes to, what stock says, why it is unknown, and every expression. */
export const evalLines = ({ value, known, reasons, stock, trace, ...explained }: EvalDocument): readonly string[] => [
  `value    ${known ? short(value) : "unknown"}`,
  ...under("because", reasons),
  `stock    ${short(stock)}`,
  ...under("blockers", explained.blockers.map(sayBlocker).map(cutShort)),
  ...under("distance", explained.distances.map(sayDistance).map(cutShort)),
  ...traceLines(trace),
];

const under = (heading: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => (index === 0 ? heading : "").padEnd(9) + line);

const traceLines = (trace: EvalDocument["trace"]): readonly string[] => {
  const width = Math.min(40, Math.max(0, ...trace.map(({ at }) => at.length)));
  return trace.map(
    ({ at, operands, result, known }, index) =>
      `${index === 0 ? "trace" : ""}`.padEnd(9) +
      `${cutShort(at).padEnd(width)}  ${operands.map((each) => (each === null ? "unknown" : short(each))).join(", ")}` +
      ` -> ${known ? short(result) : "unknown"}`,
  );
};
