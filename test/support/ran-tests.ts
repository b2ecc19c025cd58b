import type { JsonObject } from "../../src/kernel/json.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import type { RanTest } from "../../src/rehearsal/fixtures/judge-test.ts";
import { readFixtures } from "../../src/rehearsal/fixtures/load-fixtures.ts";
import { runTests } from "../../src/rehearsal/fixtures/run-tests.ts";

/** Runs tests as a fixture file would hold them. @throws {Error} one cannot be run. */
export const ranTests = (policy: Policy, ...tests: readonly JsonObject[]): readonly RanTest[] => {
  const named = tests.map((test, index) => ({ name: `test ${index}`, step: "canary", ...test }));
  const fixtures = readFixtures(JSON.stringify({ tests: named }), "policy.test.json");
  const { result, ran } = runTests(policy, "policy.json", [fixtures]);
  if (ran.length < tests.length) throw new Error(JSON.stringify(result.files));
  return ran;
};
