import type { StormName } from "../faults/storms.ts";

/** One replacement in one source file of the guard. */
export interface Edit {
  /** From the root of the checkout: `src/guard/commit.ts`. */
  readonly file: string;
  /** Occurs exactly once, or the plant has rotted and the test says so. */
  readonly find: string;
  readonly replace: string;
}

export type Promised = "P1" | "P2" | "P3" | "P4" | "P5" | "P6" | "P7" | "P8";

/** A mistake that a tired engineer would make, as a change of the source. */
export interface Fault {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The promise that is broken by it. */
  readonly breaks: Promised;
  /** What it does, in the words of whoever would have to explain it. */
  readonly why: string;
  /**
   * `within`: so many seeds of the simulation, from the first on, show it; `amid`: of those in which this storm is all that
   * goes wrong. `redundant`: none does, because another fence
   * stands behind the one that is gone; which one. `unseen`: none has shown it yet, and why that may be.
   */
  readonly expected:
    | { readonly within: number; readonly amid?: StormName }
    | { readonly redundant: string }
    | { readonly unseen: string };
}

export const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });

/**
 * The source with the edits made.
 * @throws {Error} what an edit looks for is not there exactly once.
 */
export const planted = (source: string, edits: readonly Edit[]): string => {
  let text = source;
  for (const { file, find, replace } of edits) {
    const parts = text.split(find);
    if (parts.length !== 2)
      throw new Error(
        `A planted fault has rotted: ${file} holds ${parts.length - 1} times, and not once, what it replaces: ${find}. ` +
          "Plant it again in what the source has become, or take it out of test/simulation/planted/faults.",
      );
    text = parts.join(replace);
  }
  return text;
};
