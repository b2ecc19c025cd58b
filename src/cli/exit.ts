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

/** A reason as it was given. @throws {CommandFailure} it is empty. */
export const given = (reason: string): string => {
  if (reason.trim() !== "") return reason;
  throw misused("The reason is empty.", "It is all that the record will say of why.", 'Give --reason "…".');
};
