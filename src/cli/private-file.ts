import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type CommandFailure, refused } from "./exit.ts";

/**
 * Runs `fill` with a file that its owner alone may read. It is opened by the first text that is written, so that nothing
 * is lost to a run that cannot begin; what was written before a failure stays there, for it may be all that can be had.
 * @throws {CommandFailure} it is there already and may not be replaced, or cannot be written.
 */
export const intoPrivateFile = async <Value>(
  file: string,
  replace: boolean,
  fill: (write: (text: string) => Promise<void>) => Promise<Value>,
): Promise<Value> => {
  // Said at once, and not after an hour of reading.
  if (!replace && existsSync(file)) throw there(file);
  let handle: FileHandle | undefined;
  try {
    return await fill(async (text) => {
      handle ??= await opened(file, replace);
      // Not `write`, which may take a part of it and be content: on a disk that is nearly full, for one.
      await handle.appendFile(text).catch((error: Error) => {
        throw refused(`${file} cannot be written.`, `${error.message}.`, "Make room, or name another file.");
      });
    });
  } finally {
    await handle?.close();
  }
};

const opened = async (file: string, replace: boolean): Promise<FileHandle> => {
  try {
    const handle = await open(file, replace ? "w" : "wx", 0o600);
    // An older file keeps the mode it had unless it is told.
    await handle.chmod(0o600);
    return handle;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw there(file);
    throw refused(`${file} cannot be written.`, `${message}.`, "Name a file in a folder that exists.");
  }
};

const there = (file: string): CommandFailure =>
  refused(
    `${file} is there already.`,
    "It may be the only copy of a recording.",
    "Name another file, or give --force.",
  );
