import { writeFileSync } from "node:fs";
import { readJson } from "../../policy/checks/json-text.ts";
import { error } from "../../policy/checks/problem.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { coverageOf } from "../../rehearsal/fixtures/coverage.ts";
import { junitXml } from "../../rehearsal/fixtures/junit.ts";
import { mutate } from "../../rehearsal/fixtures/mutate.ts";
import { type Asked, refusalsOf } from "../../rehearsal/fixtures/refusals.ts";
import { type PolicyResult, runTests } from "../../rehearsal/fixtures/run-tests.ts";
import { type SayPlace, sayCoverage, sayMutation } from "../../rehearsal/fixtures/say-measures.ts";
import { sayResults } from "../../rehearsal/fixtures/say-results.ts";
import {
  missingDataTotals,
  noneFailed,
  sayTotals,
  type Totals,
  writtenTotals,
} from "../../rehearsal/fixtures/totals.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT, refused } from "../exit.ts";
import { policyTextAt, type Suite, suiteProblem, suitesAt } from "../fixture-files.ts";
import { demandPlace } from "../report-place.ts";
import type { Terminal } from "../terminal.ts";

export interface PolicyTestOptions extends Asked {
  /** JUnit XML: into this file, or with `true` on standard output in place of the lines. */
  readonly junit: string | true | null;
  readonly coverage: boolean;
  readonly mutate: boolean;
}

export interface PolicyTestDocument {
  readonly ok: boolean;
  readonly tests: Totals;
  readonly missingData: Totals;
  /** Why it fails although no test does. */
  readonly refusals: readonly string[];
  readonly policies: readonly PolicyResult[];
}

interface Tested {
  readonly result: PolicyResult;
  readonly place: SayPlace;
}

/** Runs fixtures and the tests of missing data. Reads files; writes none but the JUnit report that is asked for. */
export const policyTestCommand = (
  paths: readonly string[],
  options: PolicyTestOptions,
  terminal: Pick<Terminal, "note">,
): CommandResult<PolicyTestDocument> => {
  const suites = suitesAt(paths);
  if (suites.length === 0)
    throw refused(
      `There is nothing to test in ${paths.join(", ")}.`,
      "Neither a fixture file (policy.test.json) nor a policy was found there, and zero tests prove nothing.",
      "Write one beside the policy, or name the file.",
    );
  const { junit } = options;
  if (typeof junit === "string") demandPlace(junit);
  const tested = suites.map((suite) => runSuite(suite, options, terminal));
  const policies = tested.map(({ result }) => result);
  const unmet = refusalsOf(policies, options);
  const refusals = unmet.map(({ says }) => says);
  const ok = noneFailed(policies) && unmet.length === 0;
  if (typeof junit === "string") writeReport(junit, junitXml(policies, unmet));
  return {
    document: { ok, tests: writtenTotals(policies), missingData: missingDataTotals(policies), refusals, policies },
    lines:
      junit === true ? [junitXml(policies, unmet)] : [...tested.flatMap(linesOf), ...refusals, sayTotals(policies)],
    exitCode: ok ? EXIT.done : EXIT.refused,
  };
};

const runSuite = (
  { policy: file, fixtures }: Suite,
  options: PolicyTestOptions,
  terminal: Pick<Terminal, "note">,
): Tested => {
  const refuse = (problems: PolicyResult["problems"]): Tested => ({
    place: (pointer) => pointer,
    result: {
      ...{ policy: file, problems, missingData: [] },
      files: fixtures.map((fixture) => ({ file: fixture.file, problems: fixture.problems, tests: [] })),
    },
  });
  const text = policyTextAt(file);
  if (typeof text !== "string") return refuse([text]);
  const loaded = loadPolicy(text, file);
  if (!loaded.ok) return refuse(loaded.failure);
  const policy = loaded.value;
  const { result, ran } = runTests(policy, file, fixtures);
  if (fixtures.length === 0) {
    const nobody = `nobody tests this policy; write ${file.replace(/\.json$/, ".test.json")}`;
    return { place: placesIn(text, file), result: { ...result, problems: [suiteProblem(file, nobody)] } };
  }
  return {
    place: placesIn(text, file),
    result: {
      ...result,
      ...(options.coverage ? { coverage: coverageOf(policy, ran) } : {}),
      ...(options.mutate ? { mutation: mutate(policy, ran, sayProgress(file, terminal)) } : {}),
    },
  };
};

/** Mutants take their time; a line for every fifth of them, on standard error. */
const sayProgress =
  (file: string, { note }: Pick<Terminal, "note">) =>
  (done: number, mutants: number): void => {
    const fifths = (count: number): number => Math.floor((5 * count) / mutants);
    if (fifths(done) > fifths(done - 1)) note(`${file}: ${done} of ${mutants} mutants tried`);
  };

const placesIn = (text: string, file: string): SayPlace => {
  const json = readJson(text, file);
  if ("problems" in json) return (pointer) => pointer;
  return (pointer) => {
    const { line, column } = json.locate(error(pointer, ""));
    return `${file}:${line}:${column} ${pointer}`;
  };
};

const linesOf = ({ result, place }: Tested): readonly string[] => [
  ...sayResults([result]),
  ...(result.coverage === undefined ? [] : sayCoverage(result.coverage, place)),
  ...(result.mutation === undefined ? [] : sayMutation(result.mutation, place)),
];

/** @throws {CommandFailure} it cannot be written there. */
const writeReport = (file: string, xml: string): void => {
  try {
    writeFileSync(file, `${xml}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refused(`${file} could not be written.`, why, "Name a file in a folder that exists.");
  }
};
