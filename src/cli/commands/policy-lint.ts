import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type PolicyProblem, sayProblem } from "../../policy/checks/problem.ts";
import { lintPolicy } from "../../policy/lint.ts";
import { lintCutover, loadCutover } from "../../policy/load-cutover.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT, misused } from "../exit.ts";

export interface LintDocument {
  readonly files: readonly string[];
  readonly problems: readonly PolicyProblem[];
}

/** Checks policy and cutover files, given by themselves or in folders. Reads files and nothing else. */
export const policyLintCommand = (paths: readonly string[]): CommandResult<LintDocument> => {
  const files = [...new Set(paths.flatMap(filesAt))];
  if (files.length === 0)
    throw misused(
      `There is nothing to check in ${paths.join(", ")}.`,
      "Neither a cutover.json nor a policy was found there.",
      "Name files, or a folder that holds a cutover's folder.",
    );
  const problems = files.flatMap(lintFile);
  const errors = problems.filter(({ level }) => level === "error").length;
  const counted = `${count(files.length, "file")}, ${count(errors, "error")}, ${count(problems.length - errors, "warning")}`;
  return {
    document: { files, problems },
    lines: [...problems.map(sayProblem), counted],
    exitCode: errors > 0 ? EXIT.refused : EXIT.done,
  };
};

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

const filesAt = (path: string): readonly string[] => {
  if (!existsSync(path))
    throw misused(`There is no file or folder ${path}.`, "It was given to be checked.", "Correct the path.");
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() || isOurs(entry.name) ? filesAt(join(path, entry.name)) : []));
};

/** In a folder: schemas and policy fixtures are JSON too, and neither is a policy. */
const isOurs = (name: string): boolean => name.endsWith(".json") && !/\.(schema|test)\.json$/.test(name);

const lintFile = (file: string): readonly PolicyProblem[] => {
  const text = readFileSync(file, "utf8");
  return basename(file) === "cutover.json" ? lintCutover(text, file) : lintPolicy(text, file, cutoversBeside(file));
};

/** What a policy is meant for: the cutover in its own folder, where that can be read. */
const cutoversBeside = (file: string): readonly CutoverBindings[] => {
  const beside = join(dirname(file), "cutover.json");
  if (!existsSync(beside)) return [];
  const loaded = loadCutover(readFileSync(beside, "utf8"), beside);
  return loaded.ok ? [loaded.value] : [];
};
