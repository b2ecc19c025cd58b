import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { misused } from "./exit.ts";

/** What a search is for. */
export interface Wanted {
  /** What the files are read for: "checked", "tested". */
  readonly to: string;
  /** Whether a file found in a folder is one of those meant; by its path. A file that is named itself always is. */
  readonly belongs: (path: string) => boolean;
}

/**
 * The files that paths mean, each once: files themselves, and whatever belongs in folders and theirs. Hidden folders,
 * `node_modules` and folders that lead back into themselves are passed over.
 * @throws {CommandFailure} a path is not there, or a folder cannot be read.
 */
export const findFiles = (paths: readonly string[], wanted: Wanted): readonly string[] => {
  for (const path of paths)
    if (!existsSync(path))
      throw misused(`There is no file or folder ${path}.`, `It was given to be ${wanted.to}.`, "Correct the path.");
  const found = paths.flatMap((path) => (isFolder(path) ? filesIn(path, wanted, []) : [path]));
  // By where they are, not by what they lead to: a policy linked into two folders is meant for the cutovers of both.
  const places = new Set<string>();
  return found.filter((path) => places.size < places.add(resolve(path)).size);
};

/** A pipe or a device is no folder; nor is what a link leads to that is broken, or that leads to itself. */
const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

const filesIn = (folder: string, wanted: Wanted, above: readonly string[]): readonly string[] => {
  const real = realpathSync(folder);
  if (above.includes(real)) return [];
  return namesIn(folder, wanted)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name);
      if (isFolder(path)) return isPassedOver(name) ? [] : filesIn(path, wanted, [...above, real]);
      return wanted.belongs(path) ? [path] : [];
    });
};

/** What stands in a folder that nobody may read is not passed over in silence. */
const namesIn = (folder: string, { to }: Wanted): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw misused(
      `The folder ${folder} cannot be read.`,
      `What is in it was to be ${to}: ${why}`,
      "Give its rights, or name the files.",
    );
  }
};

const isPassedOver = (folder: string): boolean => folder.startsWith(".") || folder === "node_modules";
