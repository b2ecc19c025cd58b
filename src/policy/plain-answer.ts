import { withoutByteOrderMark } from "../kernel/byte-order-mark.ts";
import { cutShort } from "../kernel/cut.ts";
import { isJsonObject, type JsonValue } from "../kernel/json.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { scanJson } from "./checks/json-scan.ts";
import type { EvaluationLimits } from "./evaluate.ts";
import { evaluatePlain } from "./evaluate-plain.ts";
import { bulkOf, LARGEST_VALUE } from "./logic/bulk.ts";
import { sizeProblem } from "./shape.ts";
import type { StockAnswer } from "./stock.ts";
import { readSubject } from "./subject.ts";

/** One line of a batch's answers. */
export interface PlainAnswer {
  /** null where it is unknown. */
  readonly value: JsonValue;
  readonly known: boolean;
  readonly reasons: readonly string[];
  /** What json-logic-js says; what is no JSON in it is null. `{"threw": …}`, `{"skipped": …}`: it came to no value. */
  readonly stock: JsonValue;
}

/** Deeper nesting than anybody's data needs, and less than what any code that recurses over it could not bear. */
export const DEEPEST_TEXT = 200;

const REQUEST = '{"rule": …, "data": …} or {"rule": …, "window": [{"at": …, …}, …], "now": …}';

/** Strict JSON that is safe to walk. The failure says what is wrong and what to do. */
export const readPlainJson = (written: string): Result<JsonValue, string> => {
  // Of files that were put together each may bring its own, and so may an argument that a shell read from a file.
  const text = withoutByteOrderMark(written);
  if (text.trim() === "") return fail("not JSON: nothing is in it. Write a value, or leave it out");
  const problem = scanJson(text, DEEPEST_TEXT);
  if (problem !== null) return fail(`${cutShort(problem.message)}, at character ${problem.offset + 1}. Correct that`);
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return fail(`not JSON: ${error instanceof Error ? error.message : String(error)}. Correct the text`);
  }
};

/** Answers one request, as text. Its failure is that of a request that cannot be evaluated at all. Never throws. */
export const answerRequest = (text: string, limits: EvaluationLimits): Result<PlainAnswer, string> => {
  const request = readPlainJson(text);
  if (!request.ok) return request;
  if (!isJsonObject(request.value)) return fail(`no object. Write ${REQUEST}`);
  if (!Object.hasOwn(request.value, "rule")) return fail(`it has no "rule". Write ${REQUEST}`);
  const rule = request.value["rule"] ?? null;
  const size = sizeProblem(rule);
  if (size !== null) return fail(`the rule is ${size.message}`);
  const subject = readSubject(request.value);
  if (!subject.ok) return subject;
  const { result, stock } = evaluatePlain(rule, subject.value, limits);
  return ok({
    value: result.kind === "known" ? result.value : null,
    known: result.kind === "known",
    reasons: result.kind === "known" ? [] : result.reasons.map(cutShort),
    stock: writableStock(stock),
  });
};

/** Stock may answer a function, NaN, or something that nobody could write down. */
export const writableStock = (stock: StockAnswer | null): JsonValue => {
  if (stock !== null && "threw" in stock) return { threw: cutShort(stock.threw) };
  if (stock === null || !("value" in stock)) return stock;
  if (bulkOf(stock.value) > LARGEST_VALUE)
    return { skipped: "the value is too large, or nested too deep, to be written" };
  return JSON.parse(JSON.stringify(stock.value) ?? "null");
};
