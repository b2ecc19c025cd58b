import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import { fileProblem, type PolicyProblem } from "../policy/checks/problem.ts";
import { type FixtureText, readFixtures } from "../rehearsal/fixtures/load-fixtures.ts";
import { findFiles } from "./find-files.ts";
import { readTextFile } from "./text-file.ts";

/** A policy and the fixture files that test it; none where nobody does. */
export interface Suite {
  readonly policy: string;
  readonly fixtures: readonly FixtureText[];
}

const FIXTURES = /\.test\.json$/;

/**
 * The suites that files and folders mean: fixture files, and policies by themselves, which bring the fixture file of
 * their name. In folders also the policies that no fixture file tests.
 * @throws {CommandFailure} a path is not there.
 */
export const suitesAt = (paths: readonly string[]): readonly Suite[] => {
  const found = findFiles(paths, { to: "tested", belongs: (path) => FIXTURES.test(path) || isPolicy(path) });
  const files = [...new Set(found.map(withItsFixtures).map((file) => normalize(file)))];
  const fixtures = files
    .filter((file) => FIXTURES.test(file))
    .map((file) => {
      const fixture = fixturesIn(file);
      const named = fixture.policy ?? basename(file).replace(FIXTURES, ".json");
      return { policy: normalize(isAbsolute(named) ? named : join(dirname(file), named)), fixture };
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
  if (!existsSync(file)) return suiteProblem(file, "there is no such policy; correct `policy` in its fixture file");
  const text = readTextFile(file);
  return text.ok ? text.value : text.failure;
};

/** What keeps a whole suite from being run. */
export const suiteProblem = (file: string, message: string): PolicyProblem =>
  fileProblem("invalid-fixture", file, message);

const fixturesIn = (file: string): FixtureText => {
  const text = readTextFile(file);
  return text.ok ? readFixtures(text.value, file) : { file, policy: null, problems: [text.failure], load: () => [] };
};

const withItsFixtures = (path: string): string => {
  const fixtures = path.replace(/\.json$/, ".test.json");
  return !FIXTURES.test(path) && fixtures !== path && existsSync(fixtures) ? fixtures : path;
};

/** Folders hold cutovers, schemas and scenarios too. A policy is what has gates and steps, whole or broken. */
const isPolicy = (file: string): boolean => {
  if (!file.endsWith(".json") || file.endsWith(".schema.json")) return false;
  const text = readTextFile(file);
  return text.ok && /"gates"\s*:\s*\{/.test(text.value) && /"steps"\s*:\s*\[/.test(text.value);
};
