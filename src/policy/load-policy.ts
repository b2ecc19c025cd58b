import { fail, ok, type Result } from "../kernel/result.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { PolicyProblem } from "./checks/problem.ts";
import { readPolicy } from "./lint.ts";
import type { Policy } from "./policy-file.ts";

export type { PolicyProblem } from "./checks/problem.ts";

/**
 * Loads a policy file as written: parameters are put in when a rule is judged, so that its digest is that of the file.
 *
 * @returns The policy, or everything wrong with it. Warnings alone do not refuse it; `lintPolicy` tells them.
 */
export const loadPolicy = (
  text: string,
  file: string,
  now: EpochMs | null = null,
): Result<Policy, readonly PolicyProblem[]> => {
  const { policy, problems } = readPolicy(text, file, [], now);
  return policy === null ? fail(problems) : ok(policy);
};
