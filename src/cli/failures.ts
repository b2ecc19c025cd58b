import { PawlError } from "../kernel/pawl-error.ts";
import type { OutsideFailure } from "../kernel/result.ts";
import { CommandFailure, EXIT, outside } from "./exit.ts";

/** How a command ended that did not come to its end. */
export interface Failure {
  readonly exitCode: 1 | 2 | 3 | 4;
  readonly what: string;
  readonly why: string;
  readonly next: string;
  /** Of a bug only: where it is. */
  readonly stack?: string;
}

/** Whatever was thrown, as something to tell: expected trouble as it is, anything else as a bug of pawl. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof CommandFailure) {
    const { exitCode, what, why, next } = error;
    return { exitCode, what, why, next };
  }
  // A setting that is missing or malformed is a precondition that does not hold.
  if (error instanceof PawlError) return { exitCode: EXIT.refused, ...error.telling };
  const said = error instanceof Error ? error : new Error(String(error));
  return {
    exitCode: EXIT.bug,
    what: `This is a bug in pawl: ${said.message}`,
    why: "Something happened that pawl did not expect; what it was doing may be half done.",
    next: "Look with pawl status, and report it with what stands above.",
    stack: said.stack ?? said.message,
  };
};

export const failureLines = ({ what, why, next, stack }: Failure): readonly string[] => [
  ...(stack === undefined ? [] : [stack, ""]),
  what,
  `  why:  ${why}`,
  `  next: ${next}`,
];

const NEXT: Readonly<Record<OutsideFailure["kind"], string>> = {
  "signed-out": "Sign in again, or give credentials that are valid (AWS_PROFILE, or the access key's variables).",
  refused: "Give the role you act as the right that is named, or act as another one.",
  throttled: "Wait a minute and run it again.",
  "timed-out": "Find out whether it runs and can be reached from here, and run it again.",
  unreachable: "Find out whether it runs and can be reached from here, and run it again.",
  "not-found": "Check that the names and ARNs given to this command are those of the deployed stack.",
  malformed: "Find out who answers there, or who has written that: it is not what pawl expects.",
};

/** What to do about something outside that failed, by the way in which it did. */
export const nextAfter = ({ kind }: OutsideFailure): string => NEXT[kind];

/**
 * Whether it is the caller who may not ask, or asks for what is not there: then it says nothing of pawl's functions, which
 * have rights and settings of their own.
 */
export const isOwnLack = ({ kind }: OutsideFailure): boolean =>
  kind === "signed-out" || kind === "refused" || kind === "not-found";

/** Something outside that a command cannot go on without. */
export const unanswered = (what: string, failure: OutsideFailure): CommandFailure =>
  outside(what, failure.message, nextAfter(failure));
