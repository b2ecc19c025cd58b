import { createReadStream, statSync } from "node:fs";
import { cutShort } from "../kernel/cut.ts";
import type { RecordingReader } from "../rehearsal/recording/read-recording.ts";
import type { RecordingItem } from "../rehearsal/recording/recorded-tick.ts";
import { RecordingProblem } from "../rehearsal/recording/recorded-tick.ts";
import { type CommandFailure, refused } from "./exit.ts";
import { demandPath } from "./files.ts";
import { linesOf } from "./lines.ts";

/** No tick needs a longer line; of one that is longer nothing is held. */
const LONGEST_LINE = 1024 * 1024;
const CHUNK = 64 * 1024;

/**
 * Hands on what a recording holds, item by item, whatever its size.
 * @throws {CommandFailure} it is no recording, or its first broken line.
 */
export const readRecording = async (
  file: string,
  reader: RecordingReader,
  take: (item: RecordingItem) => void,
): Promise<void> => {
  demandFile(file);
  try {
    for await (const line of linesOf(createReadStream(file, { highWaterMark: CHUNK }), LONGEST_LINE)) {
      if ("problem" in line) throw new RecordingProblem(line.number, `it is ${line.problem}`);
      for (const item of reader.take(line.text, line.number)) take(item);
    }
    for (const item of reader.end()) take(item);
  } catch (error) {
    if (error instanceof RecordingProblem) throw broken(file, error);
    throw isSystemError(error) ? unreadable(file, error.message) : error;
  }
};

const broken = (file: string, { line, message }: RecordingProblem): CommandFailure =>
  refused(
    `${file}:${line}: this line is no part of a recording.`,
    cutShort(/[.?]$/.test(message) ? message : `${message}.`),
    "Export it again with pawl ledger export, or correct the line; pawl policy replay --help says what a line holds.",
  );

const demandFile = (file: string): void => {
  demandPath(file, "a recording");
  let about: ReturnType<typeof statSync>;
  try {
    about = statSync(file);
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  if (!about.isFile()) throw unreadable(file, `it is ${about.isDirectory() ? "a folder" : "a pipe or device"}`);
};

const unreadable = (file: string, why: string): CommandFailure =>
  refused(`${file} cannot be read.`, `${why}.`, "Name a file that pawl ledger export wrote, or one of minutes.");

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && "syscall" in error;
