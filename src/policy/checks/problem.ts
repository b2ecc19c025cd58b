import { cutShort } from "../../kernel/cut.ts";
import { LINT_RULES, type LintRuleId } from "./lint-rules.ts";

/** Something wrong with a file that operators wrote: where it stands, and what, why and what to do in one text. */
export interface PolicyProblem extends Omit<Finding, "ofName" | "message"> {
  readonly message: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

/** A problem before its place in the text is looked up. */
export interface Finding {
  /** Stable: docs/lint.md explains it, and tools may be told to look for it. */
  readonly rule: LintRuleId;
  /** An `error` refuses the file. A `warning` does not. */
  readonly level: "error" | "warning";
  /** JSON pointer; empty for the file as a whole, and where the text is no JSON at all. */
  readonly pointer: string;
  readonly message: Wording;
  /** It is of the name that the pointer ends with, and not of what stands under it. */
  readonly ofName?: true;
}

/**
 * What a finding says. Where words cost something (what was meant, what stands there) they are made only for what is listed:
 * a file can have as many findings as it has values, and of these a hundred are.
 */
export type Wording = string | (() => string);

export const finding = (rule: LintRuleId, pointer: string, message: Wording): Finding => ({
  rule,
  level: LINT_RULES[rule].level,
  pointer,
  message,
});

/** Something wrong with a fixture file. */
export const error = (pointer: string, message: Wording): Finding => finding("invalid-fixture", pointer, message);

/** What is wrong with a file that cannot even be read as text. */
export const fileProblem = (rule: LintRuleId, file: string, message: string): PolicyProblem => ({
  ...finding(rule, "", message),
  message: cutShort(message),
  file,
  line: 1,
  column: 1,
});

/**
 * `policies/orders/policy.json:12:7 error /steps/0: … [unknown-gate]`, as compilers say it and editors jump to it. A pointer
 * is whole for tools; nobody reads one that goes on for pages.
 */
export const sayProblem = ({ file, line, column, level, rule, pointer, message }: PolicyProblem): string =>
  `${file}:${line}:${column} ${level} ${pointer === "" ? "" : `${cutShort(pointer)}: `}${message} [${rule}]`;

/** As they come in the text. */
export const inOrder = (problems: readonly PolicyProblem[]): readonly PolicyProblem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
