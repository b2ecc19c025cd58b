import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { refused } from "./exit.ts";

/** Before the work whose outcome goes there, and not after it. @throws {CommandFailure} no file can stand there. */
export const demandPlace = (file: string): void => {
  const isFolder = existsSync(file) && statSync(file).isDirectory();
  if (existsSync(dirname(file)) && !isFolder) return;
  throw refused(
    `${file} cannot be written.`,
    isFolder ? "It is a folder." : `There is no folder ${dirname(file)}.`,
    "Name a file in a folder that exists.",
  );
};
