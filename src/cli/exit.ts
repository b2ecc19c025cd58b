import { cut } from "../kernel/cut.ts";

/** What a command's end means to the script that called it. */
export const EXIT = { done: 0, refused: 1, usage: 2, outside: 3, bug: 4 } as const;

/** A command that ends early, with what happened, why, and what to do next. Printed as is, or as JSON. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly exitCode: 1 | 2 | 3;
  readonly what: string;
  readonly why: string;
  readonly next: string;

  constructor(exitCode: 1 | 2 | 3, text: { readonly what: string; readonly why: string; readonly next: string }) {
    super(`${text.what}\n  why:  ${text.why}\n  next: ${text.next}`);
    this.exitCode = exitCode;
    this.what = text.what;
    this.why = text.why;
    this.next = text.next;
  }
}

/** A precondition does not hold, a file is invalid, a check or test failed. */
export const refused = (what: string, why: string, next: string): CommandFailure =>
  new CommandFailure(EXIT.refused, { what, why, next });
/** Flags and arguments. */
export const misused = (what: string, why: string, next: string): CommandFailure =>
  new CommandFailure(EXIT.usage, { what, why, next });
/** Something outside did not answer or said no. */
export const outside = (what: string, why: string, next: string): CommandFailure =>
  new CommandFailure(EXIT.outside, { what, why, next });

/** It stands in every record and on every page for as long as it holds, and in an item of the table that takes 400 KB. */
const LONGEST_REASON = 1_000;

/** A reason as it was given, as far as it goes. @throws {CommandFailure} it is empty. */
export const given = (reason: string): string => {
  if (reason.trim() !== "") return cut(reason, LONGEST_REASON);
  throw misused("The reason is empty.", "It is all that the record will say of why.", 'Give --reason "…".');
};
