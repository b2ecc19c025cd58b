import { type FileHandle, open } from "node:fs/promises";
import { refused } from "./exit.ts";

/**
 * Runs `fill` with a new file that its owner alone may read. What was written before a failure stays there: it may be all
 * that can be had.
 * @throws {CommandFailure} it is there already and may not be replaced, or cannot be written.
 */
export const intoPrivateFile = async <Value>(
  file: string,
  replace: boolean,
  fill: (write: (text: string) => Promise<void>) => Promise<Value>,
): Promise<Value> => {
  const handle = await opened(file, replace);
  try {
    // An older file keeps the mode it had unless it is told.
    await handle.chmod(0o600);
    return await fill(async (text) => {
      await handle.write(text).catch((error: Error) => {
        throw refused(`${file} cannot be written.`, `${error.message}.`, "Make room, or name another file.");
      });
    });
  } finally {
    await handle.close();
  }
};

const opened = async (file: string, replace: boolean): Promise<FileHandle> => {
  try {
    return await open(file, replace ? "w" : "wx", 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST")
      throw refused(
        `${file} is there already.`,
        "It may be the only copy of a recording.",
        "Name another file, or give --force.",
      );
    throw refused(`${file} cannot be written.`, `${message}.`, "Name a file in a folder that exists.");
  }
};
