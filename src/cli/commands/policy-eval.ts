import { cutShort } from "../../kernel/cut.ts";
import type { JsonObject, JsonValue } from "../../kernel/json.ts";
import type { EvaluationLimits } from "../../policy/evaluate.ts";
import { evaluatePlain } from "../../policy/evaluate-plain.ts";
import { bulkOf } from "../../policy/logic/bulk.ts";
import { readPlainJson, writableStock } from "../../policy/plain-answer.ts";
import { sizeProblem } from "../../policy/shape.ts";
import { AN_INSTANT, instantAt, readSubject } from "../../policy/subject.ts";
import { type CommandResult, done } from "../command-result.ts";
import { type EvalDocument, evalLines } from "../eval-lines.ts";
import { type CommandFailure, misused, refused } from "../exit.ts";
import { demandPath } from "../files.ts";
import { readTextFile } from "../text-file.ts";

/** As they were given on the command line. */
export interface EvalRequest {
  readonly rule?: string;
  readonly ruleFile?: string;
  readonly data?: string;
  readonly dataFile?: string;
  readonly window?: string;
  readonly now?: string;
}

const LARGEST_SHOWN = 10_000;
const RULE_NEXT = "Give the rule as an argument, or --rule-file FILE.";

/** Evaluates one rule. Reads files and nothing else. @throws {CommandFailure} what was given cannot be read or used. */
export const policyEvalCommand = (given: EvalRequest, limits: EvaluationLimits): CommandResult<EvalDocument> => {
  const rule = one("the rule", given.rule, { flag: "--rule-file", file: given.ruleFile }, RULE_NEXT);
  if (rule === undefined) throw misused("There is no rule.", "Nothing was given to evaluate.", RULE_NEXT);
  const size = sizeProblem(rule);
  if (size !== null) throw refused(`The rule is ${size.message}.`, "The guard would refuse it too.", "Split it up.");
  const subject = readSubject(requestOf(given));
  if (!subject.ok) throw refused("The evidence cannot be used.", `${subject.failure}.`, "Correct it and run it again.");
  const { result, stock, residual, data, trace, explain } = evaluatePlain(rule, subject.value, limits);
  const { blockers, distances } = explain();
  const document: EvalDocument = {
    value: result.kind === "known" ? result.value : null,
    known: result.kind === "known",
    reasons: result.kind === "known" ? [] : result.reasons.map(cutShort),
    stock: writableStock(stock),
    blockers: blockers.map((blocker) => ({ ...blocker, value: showable(blocker.value) })),
    distances,
    residual: showable(residual),
    data: showable(data),
    trace: trace.map((entry) => ({
      at: entry.at,
      operands: entry.operands.map(showable),
      result: entry.result.kind === "known" ? showable(entry.result.value) : null,
      known: entry.result.kind === "known",
    })),
  };
  return done(document, evalLines(document));
};

const showable = (value: JsonValue): JsonValue =>
  bulkOf(value) <= LARGEST_SHOWN ? value : `… (too large to show: ${Array.isArray(value) ? "a list" : typeof value})`;

const requestOf = ({ data, dataFile, window, now }: EvalRequest): JsonObject => {
  demandInstant(now, window);
  const datum = one("the data", data, { flag: "--data-file", file: dataFile }, "Give --data JSON or --data-file FILE.");
  const minutes = one("the window", undefined, { flag: "--window", file: window }, "Give --window FILE.");
  return {
    ...(datum === undefined ? {} : { data: datum }),
    ...(minutes === undefined ? {} : { window: minutes }),
    ...(now === undefined ? {} : { now }),
  };
};

/** @throws {CommandFailure} of `--now` and `--window` one is missing, or `--now` is no instant. */
const demandInstant = (now: string | undefined, window: string | undefined): void => {
  if (now === undefined && window === undefined) return;
  const why = "It says where a window is looked at from.";
  if (window === undefined) throw misused("--now is given without --window.", why, "Add --window FILE.");
  if (now === undefined) throw misused("--now is missing beside --window.", why, `Give ${AN_INSTANT}.`);
  if (instantAt(now) === null)
    throw misused(`"${now}" is no instant for --now.`, "It takes a day, a time and a zone.", `Give ${AN_INSTANT}.`);
};

/** JSON out of an argument or a file; undefined where neither is given. */
const one = (
  what: string,
  text: string | undefined,
  { flag, file }: { readonly flag: string; readonly file: string | undefined },
  next: string,
): JsonValue | undefined => {
  if (text !== undefined && file !== undefined)
    throw misused(`${what} is given twice.`, "As text, and as a file; nobody knows which is meant.", next);
  if (text !== undefined) return parsed(text, (why) => misused(`${what} is not usable.`, why, next));
  if (file === undefined) return undefined;
  return parsed(contentOf(file, `${what}, by ${flag}`), (why) => refused(`${file} is not usable.`, why, next));
};

const parsed = (text: string, failed: (why: string) => CommandFailure): JsonValue => {
  const json = readPlainJson(text);
  if (json.ok) return json.value;
  throw failed(`${json.failure}.`);
};

const contentOf = (file: string, givenAs: string): string => {
  demandPath(file, givenAs);
  const text = readTextFile(file);
  if (text.ok) return text.value;
  throw refused(`${file} cannot be used.`, `${text.failure.message}.`, "Name a file of JSON text, of at most 1 MiB.");
};
