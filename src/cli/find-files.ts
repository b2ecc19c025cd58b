import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { misused } from "./exit.ts";

/** What a search is for. */
export interface Wanted {
  /** What the files are read for: "checked", "tested". */
  readonly to: string;
  /** Whether a file found in a folder is one of those meant; by its path. A file that is named itself always is. */
  readonly belongs: (path: string) => boolean;
}

/** Nobody keeps policies in that many; whoever names the root of a disk, or links to it, waits for nothing. */
const MOST_FOLDERS = 10_000;

/**
 * The files that paths mean, each once: files themselves, and whatever belongs in folders and theirs. Hidden folders and
 * `node_modules` are passed over, and so is a folder that was looked into already: links may lead back, or crosswise.
 * @throws {CommandFailure} a path is not there, a folder cannot be read, or there are more folders than anybody means.
 */
export const findFiles = (paths: readonly string[], wanted: Wanted): readonly string[] => {
  for (const path of paths) demandSomething(path, wanted);
  const found = paths.flatMap((path) => (isFolder(path) ? filesUnder(path, wanted) : [path]));
  // By where they are, not by what they lead to: a policy linked into two folders is meant for the cutovers of both.
  const places = new Set<string>();
  return found.filter((path) => places.size < places.add(resolve(path)).size);
};

/** @throws {CommandFailure} nothing is there, or a link that leads to nothing. */
const demandSomething = (path: string, { to }: Wanted): void => {
  try {
    statSync(path);
  } catch (error) {
    if (!isLink(path))
      throw misused(`There is no file or folder ${path || '""'}.`, `It was given to be ${to}.`, "Correct the path.");
    const code = error instanceof Error && "code" in error ? error.code : "";
    const leads = code === "ELOOP" ? "back to itself" : "to nothing that can be looked at";
    throw misused(`${path} is a link that leads ${leads}.`, `It was given to be ${to}.`, "Correct the link.");
  }
};

const isLink = (path: string): boolean => {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
};

/** A pipe or a device is no folder; nor is what a link leads to that is broken, or that leads to itself. */
const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/** What stands in folders by itself comes before what links lead to, so that it goes by its own name. */
const filesUnder = (folder: string, wanted: Wanted): readonly string[] => {
  const search: Search = { wanted, seen: new Set(), links: [folder], found: [] };
  for (let next = search.links.shift(); next !== undefined; next = search.links.shift()) lookInto(next, search);
  return search.found;
};

interface Search {
  readonly wanted: Wanted;
  /** Folders that were looked into, by where they really are. */
  readonly seen: Set<string>;
  /** Links to folders that are still to be followed. */
  readonly links: string[];
  readonly found: string[];
}

const lookInto = (folder: string, search: Search): void => {
  const { wanted, seen, links, found } = search;
  const real = realpathSync(folder);
  if (seen.has(real)) return;
  if (seen.add(real).size > MOST_FOLDERS) throw tooMany(folder, wanted);
  for (const name of namesIn(folder, wanted).toSorted()) {
    const path = join(folder, name);
    if (!isFolder(path)) {
      if (wanted.belongs(path)) found.push(path);
    } else if (!isPassedOver(name)) {
      if (isLink(path)) links.push(path);
      else lookInto(path, search);
    }
  }
};

const tooMany = (folder: string, { to }: Wanted) =>
  misused(
    `There are more than ${MOST_FOLDERS} folders to look into.`,
    `Their files were to be ${to}; the last of them is ${folder}. A link may lead out of what was meant.`,
    "Name the folders of the cutovers, or files.",
  );

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
