/** Something wrong with a file that operators wrote: where it stands, and what, why and what to do in one text. */
export interface PolicyProblem {
  /** An `error` refuses the file. A `warning` does not. */
  readonly level: "error" | "warning";
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** JSON pointer; empty where the text is no JSON at all. */
  readonly pointer: string;
  readonly message: string;
}

/** A problem before its place in the text is looked up. */
export interface Finding {
  readonly level: PolicyProblem["level"];
  readonly pointer: string;
  readonly message: string;
}

export const error = (pointer: string, message: string): Finding => ({ level: "error", pointer, message });
export const warning = (pointer: string, message: string): Finding => ({ level: "warning", pointer, message });

/** `policies/orders/policy.json:12:7 error /gates/lag/rule: …`, as compilers say it and editors jump to it. */
export const sayProblem = ({ file, line, column, level, pointer, message }: PolicyProblem): string =>
  `${file}:${line}:${column} ${level} ${pointer === "" ? "" : `${pointer}: `}${message}`;

/** As they come in the text. */
export const inOrder = (problems: readonly PolicyProblem[]): readonly PolicyProblem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
