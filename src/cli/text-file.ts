import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Result } from "../kernel/result.ts";
import { fail, ok } from "../kernel/result.ts";
import { LARGEST_FILE } from "../policy/checks/json-text.ts";
import type { LintRuleId } from "../policy/checks/lint-rules.ts";
import { fileProblem, type PolicyProblem } from "../policy/checks/problem.ts";

/**
 * The text of a file that operators wrote, of whatever kind, or why it is none: absent, a folder, a pipe or device
 * (which might never end), larger than 1 MiB, or not UTF-8. A byte order mark at its beginning is no part of it. Never
 * throws and never waits.
 */
export const readTextFile = (file: string): Result<string, PolicyProblem> => {
  const refuse = (rule: LintRuleId, message: string) => fail(fileProblem(rule, file, message));
  let open: number;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    open = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return refuse("unreadable-file", `it cannot be opened: ${reasonOf(error)}. Correct the path or its permissions`);
  }
  try {
    const about = fstatSync(open);
    if (!about.isFile())
      return refuse("unreadable-file", `it is ${about.isDirectory() ? "a folder" : "a pipe or device"}; name a file`);
    const bytes = about.size > LARGEST_FILE ? null : readBytes(open);
    if (bytes === null)
      return refuse("too-large", `it is larger than ${LARGEST_FILE} bytes; no policy, cutover or fixture needs that`);
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return refuse("not-text", "it is not UTF-8 text; save it as UTF-8");
    return refuse("unreadable-file", `it cannot be read: ${reasonOf(error)}`);
  } finally {
    closeSync(open);
  }
};

/** Some files say they are empty and are not (those of /proc): the limit is kept while reading. null: there is more. */
const readBytes = (open: number): Uint8Array | null => {
  const buffer = new Uint8Array(LARGEST_FILE + 1);
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(open, buffer, length, buffer.length - length, null);
    if (read === 0) return buffer.subarray(0, length);
    length += read;
  }
  return null;
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
