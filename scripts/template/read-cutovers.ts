import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PawlError } from "../../src/kernel/pawl-error.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { sayProblem } from "../../src/policy/checks/problem.ts";
import { loadCutover } from "../../src/policy/load-cutover.ts";
import type { CutoverBindings } from "../../src/signals/bindings.ts";

/**
 * Every `policies/<name>/cutover.json` of the repository at `root`, by name.
 * @throws {PawlError} bindings-refused: all that is wrong with any of them, each with its place.
 */
export const readCutovers = (root: string): readonly CutoverBindings[] => {
  const read = readdirSync(join(root, "policies"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, file: `policies/${name}/cutover.json` }))
    .filter(({ file }) => existsSync(join(root, file)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, file }) => named(name, file, loadCutover(readFileSync(join(root, file), "utf8"), file)));
  const faults = read.flatMap((cutover) => (cutover.ok ? [] : cutover.failure));
  if (faults.length > 0) throw new PawlError("bindings-refused", { faults });
  return read.flatMap((cutover) => (cutover.ok ? [cutover.value] : []));
};

/** Of two with one name an event, an alarm and the state would reach whichever came first. */
const named = (
  folder: string,
  file: string,
  cutover: ReturnType<typeof loadCutover>,
): Result<CutoverBindings, readonly string[]> => {
  if (!cutover.ok) return fail(cutover.failure.map(sayProblem));
  const { name } = cutover.value;
  return name === folder
    ? ok(cutover.value)
    : fail([`${file} describes the cutover "${name}": correct \`name\`, or rename the folder.`]);
};
