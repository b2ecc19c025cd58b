import { writeFileSync } from "node:fs";
import { loadPolicy } from "../../policy/load-policy.ts";
import { junitXml } from "../../rehearsal/fixtures/junit.ts";
import { type PolicyResult, runTests } from "../../rehearsal/fixtures/run-tests.ts";
import { sayResults } from "../../rehearsal/fixtures/say-results.ts";
import {
  allPassed,
  missingDataTotals,
  sayTotals,
  type Totals,
  writtenTotals,
} from "../../rehearsal/fixtures/totals.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT, refused } from "../exit.ts";
import { policyTextAt, problemOf, type Suite, suitesAt } from "../fixture-files.ts";

export interface PolicyTestOptions {
  /** JUnit XML: into this file, or with `true` on standard output in place of the lines. */
  readonly junit: string | true | null;
}

export interface PolicyTestDocument {
  readonly ok: boolean;
  readonly tests: Totals;
  readonly missingData: Totals;
  readonly policies: readonly PolicyResult[];
}

/** Runs fixtures and the tests of missing data. Reads files; writes none but the JUnit report that is asked for. */
export const policyTestCommand = (
  paths: readonly string[],
  { junit }: PolicyTestOptions,
): CommandResult<PolicyTestDocument> => {
  const suites = suitesAt(paths);
  if (suites.length === 0)
    throw refused(
      `There is nothing to test in ${paths.join(", ")}.`,
      "Neither a fixture file (policy.test.json) nor a policy was found there, and zero tests prove nothing.",
      "Write one beside the policy, or name the file.",
    );
  const policies = suites.map(runSuite);
  const ok = allPassed(policies);
  if (typeof junit === "string") writeReport(junit, junitXml(policies));
  return {
    document: { ok, tests: writtenTotals(policies), missingData: missingDataTotals(policies), policies },
    lines: junit === true ? [junitXml(policies)] : [...sayResults(policies), sayTotals(policies)],
    exitCode: ok ? EXIT.done : EXIT.refused,
  };
};

const runSuite = ({ policy: file, fixtures }: Suite): PolicyResult => {
  const refuse = (problems: PolicyResult["problems"]): PolicyResult => ({
    ...{ policy: file, problems, missingData: [] },
    files: fixtures.map((fixture) => ({ file: fixture.file, problems: fixture.problems, tests: [] })),
  });
  const text = policyTextAt(file);
  if (typeof text !== "string") return refuse([text]);
  const loaded = loadPolicy(text, file);
  if (!loaded.ok) return refuse(loaded.failure);
  if (fixtures.length === 0)
    return refuse([problemOf(file, `nobody tests this policy; write ${file.replace(/\.json$/, ".test.json")}`)]);
  return runTests(loaded.value, file, fixtures).result;
};

/** @throws {CommandFailure} it cannot be written there. */
const writeReport = (file: string, xml: string): void => {
  try {
    writeFileSync(file, `${xml}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refused(`${file} could not be written.`, why, "Name a file in a folder that exists.");
  }
};
