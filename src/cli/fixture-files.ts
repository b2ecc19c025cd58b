import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { error, type PolicyProblem } from "../policy/checks/problem.ts";
import { type FixtureText, readFixtures } from "../rehearsal/fixtures/load-fixtures.ts";
import { misused } from "./exit.ts";

/** A policy and the fixture files that test it; none where nobody does. */
export interface Suite {
  readonly policy: string;
  readonly fixtures: readonly FixtureText[];
}

const FIXTURES = /\.test\.json$/;
/** More is no policy and no fixture file, and is refused before it is read. */
const LARGEST_FILE = 1_048_576;

/**
 * The suites that files and folders mean: fixture files, and policies by themselves, which bring the fixture file of
 * their name. In folders also the policies that no fixture file tests.
 * @throws {CommandFailure} a path is not there.
 */
export const suitesAt = (paths: readonly string[]): readonly Suite[] => {
  const files = [...new Set(paths.flatMap(filesAt).map((file) => normalize(file)))];
  const fixtures = files
    .filter((file) => FIXTURES.test(file))
    .map((file) => {
      const fixture = fixturesIn(file);
      return { policy: normalize(join(dirname(file), fixture.policy ?? policyBeside(file))), fixture };
    });
  const alone = files.filter((file) => !FIXTURES.test(file));
  const policies = [...new Set([...fixtures.map(({ policy }) => policy), ...alone])];
  return policies.map((policy) => ({
    policy,
    fixtures: fixtures.filter((one) => one.policy === policy).map(({ fixture }) => fixture),
  }));
};

/** The text of a policy, or why it cannot be read. */
export const policyTextAt = (file: string): string | PolicyProblem => {
  if (!existsSync(file)) return problemOf(file, "there is no such policy; correct `policy` in its fixture file");
  return tooLarge(file) ?? readFileSync(file, "utf8");
};

export const problemOf = (file: string, message: string): PolicyProblem => ({
  ...error("", message),
  file,
  line: 1,
  column: 1,
});

const tooLarge = (file: string): PolicyProblem | null =>
  statSync(file).size > LARGEST_FILE ? problemOf(file, `the file is larger than ${LARGEST_FILE} bytes`) : null;

const fixturesIn = (file: string): FixtureText => {
  const problem = tooLarge(file);
  if (problem === null) return readFixtures(readFileSync(file, "utf8"), file);
  return { file, policy: null, problems: [problem], load: () => [] };
};

const policyBeside = (file: string): string => basename(file).replace(FIXTURES, ".json");

const filesAt = (path: string): readonly string[] => {
  if (!existsSync(path))
    throw misused(`There is no file or folder ${path}.`, "It was given to be tested.", "Correct the path.");
  if (!statSync(path).isDirectory()) return fileMeant(path);
  return readdirSync(path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => {
      const inside = join(path, name);
      if (statSync(inside).isDirectory()) return filesAt(inside);
      return FIXTURES.test(name) || isPolicy(inside) ? [inside] : [];
    });
};

const fileMeant = (path: string): readonly string[] => {
  const fixtures = path.replace(/\.json$/, ".test.json");
  return !FIXTURES.test(path) && fixtures !== path && existsSync(fixtures) ? [fixtures] : [path];
};

/** Folders hold cutovers, schemas and scenarios too. A policy is what has gates and steps, whole or broken. */
const isPolicy = (file: string): boolean => {
  if (!file.endsWith(".json") || file.endsWith(".schema.json") || statSync(file).size > LARGEST_FILE) return false;
  const text = readFileSync(file, "utf8");
  return /"gates"\s*:\s*\{/.test(text) && /"steps"\s*:\s*\[/.test(text);
};
