import { isJsonObject, type JsonValue } from "../../kernel/json.ts";
import { SIGNALS, signalAt } from "../../signals/catalogue.ts";
import { pointerPart } from "../logic/scope.ts";
import type { Operations } from "../operations/operation.ts";
import { OPERATOR_FORMS } from "../operator-forms.ts";
import { substituteParams } from "../params.ts";
import type { Rule } from "../policy-file.ts";
import { type ShapeProblem, shapeProblems } from "../shape.ts";
import { didYouMean, proposal } from "./did-you-mean.ts";
import { expressionsOf, type Reference, referencesIn } from "./expressions.ts";
import { type Finding, finding } from "./problem.ts";
import { typeFindings } from "./types.ts";

export interface PlacedRule {
  readonly rule: Rule;
  /** JSON pointer into the file. */
  readonly at: string;
}

/** The rules of a policy file, whatever else is wrong with it: one mistake should not hide the others. */
export const rulesIn = (policy: JsonValue): readonly PlacedRule[] => {
  if (!isJsonObject(policy)) return [];
  const { gates, rollback } = policy;
  const placed = [
    ...Object.entries(isJsonObject(gates) ? gates : {}).map(([name, gate]) => ({
      rule: isJsonObject(gate) ? gate["rule"] : undefined,
      at: `/gates/${pointerPart(name)}/rule`,
    })),
    ...(Array.isArray(rollback) ? rollback : []).map((each: JsonValue, index) => ({
      rule: isJsonObject(each) ? each["when"] : undefined,
      at: `/rollback/${index}/when`,
    })),
  ];
  return placed.flatMap(({ rule, at }) => (rule === undefined ? [] : [{ rule, at }]));
};

/** The parameters that are numbers. */
export const paramsIn = (policy: JsonValue): Readonly<Record<string, number>> => {
  const params = isJsonObject(policy) && isJsonObject(policy["params"]) ? policy["params"] : {};
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
};

/** Everything that can be said against one rule without looking at data. `at` points at the rule in its file. */
export const ruleFindings = (
  { rule: written, at }: PlacedRule,
  params: Readonly<Record<string, number>>,
  operations: Operations,
): readonly Finding[] => {
  const rule = substituteParams(written, params);
  const shape = shapeProblems(rule, operations);
  if (shape.length > 0) return shape.map((problem) => shapeFinding(problem, at, operations));
  const references = referencesIn(rule, operations);
  const findings = [
    ...references.flatMap((reference) => nameFindings(reference, params)),
    ...typeFindings(rule, operations),
    ...wholeMinutes(rule),
  ];
  if (references.length === 0 && !readsWindow(rule)) {
    findings.push(
      finding("reads-nothing", "", "the rule reads no signal and always says the same; name what it is about"),
    );
  }
  return findings.map((found) => ({ ...found, pointer: `${at}${found.pointer}` }));
};

/** An object is true whatever is in it, and equal to nothing. */
const wholeMinutes = (rule: Rule): readonly Finding[] =>
  expressionsOf(rule).flatMap(({ operator, operands, scope, at }) =>
    operator === "var" && scope === "minute" && operands[0] === ""
      ? [
          finding(
            "whole-minute",
            at,
            "this is the whole minute, which is no value and always true; name a signal of it",
          ),
        ]
      : [],
  );

const shapeFinding = (problem: ShapeProblem, at: string, operations: Operations): Finding => {
  const written = problem.at.split("/").at(-1)?.replaceAll("~1", "/").replaceAll("~0", "~") ?? "";
  const found = finding(problem.kind, `${at}${problem.at}`, () => {
    const hint = problem.kind === "unknown-operator" ? operatorMeant(written, operations) : "";
    return `${problem.message}${hint && `.${hint}`}`;
  });
  return problem.kind === "unknown-operator" ? { ...found, ofName: true } : found;
};

/** What operators are called elsewhere. Counting letters would turn `!===` into its opposite. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["=<", "<="],
  ["=>", ">="],
  ["<==", "<="],
  [">==", ">="],
  ["!===", "!=="],
  ["<>", "!=="],
  ["=", "==="],
  ["&&", "and"],
  ["||", "or"],
  ["not", "!"],
]);

const operatorMeant = (written: string, operations: Operations): string => {
  const meant = ELSEWHERE.get(written);
  if (meant !== undefined) return proposal(meant);
  return didYouMean(written, [...OPERATOR_FORMS.keys(), ...Object.keys(operations)]);
};

const readsWindow = (rule: Rule): boolean =>
  expressionsOf(rule).some(({ operator }) => operator === "window" || operator === "coverage");

const nameFindings = ({ path, at, as }: Reference, params: Readonly<Record<string, number>>): readonly Finding[] => {
  if (path.startsWith("params.")) {
    // What `var` reads of a parameter has been put in by now; whoever else names one asks about a number of the file.
    if (Object.hasOwn(params, path.slice("params.".length)))
      return [finding("wrong-operands", at, `"${path}" is a number of this file, always known; only var reads it`)];
    return [
      finding("unknown-parameter", at, () => {
        const names = Object.keys(params).map((name) => `params.${name}`);
        return `there is no parameter "${path}"; a missing one would compare as 0.${didYouMean(path, names)}`;
      }),
    ];
  }
  const signal = signalAt(path);
  if (signal === null) {
    return [
      finding("unknown-signal", at, () => {
        const hint = didYouMean(path, Object.keys(SIGNALS));
        return `the catalogue has no signal "${path}"; JSON-logic would read nothing and call it 0.${hint}`;
      }),
    ];
  }
  if (as === "out-of-reach") {
    return [
      finding(
        "out-of-reach",
        at,
        `"${path}" cannot be read in here, where only the list's element is; compare outside`,
      ),
    ];
  }
  if (signal.kind === "span" && as !== "current" && as !== "signal") {
    return [
      finding(
        "not-by-minute",
        at,
        `"${path}" is one figure over three minutes and cannot be merged from minutes; read it by var`,
      ),
    ];
  }
  if (as === "series" && signal.type !== "number")
    return [finding("wrong-type", at, `"${path}" is ${signal.type}, not a number`)];
  return [];
};
