import { EXIT } from "./exit.ts";

/** What a command has to say. It writes nothing itself: whoever called it shows the lines, or the document, or neither. */
export interface CommandResult<Document> {
  /** What `--json` prints. */
  readonly document: Document;
  readonly lines: readonly string[];
  readonly exitCode: (typeof EXIT)[keyof typeof EXIT];
}

export const done = <Document>(document: Document, lines: readonly string[]): CommandResult<Document> => ({
  document,
  lines,
  exitCode: EXIT.done,
});
