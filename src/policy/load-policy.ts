import { fail, ok, type Result } from "../kernel/result.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import type { PolicyProblem } from "./checks/problem.ts";
import { type LintedPolicy, readPolicy, readSoundPolicy } from "./lint.ts";
import type { Policy } from "./policy-file.ts";

export type { PolicyProblem } from "./checks/problem.ts";

/**
 * Loads a policy whose form is right, whatever it means: that is for tests and trials. It is loaded as written: parameters
 * are put in when a rule is judged, so that its digest is that of the file.
 *
 * @returns The policy, or everything wrong with it. Warnings alone do not refuse it; `lintPolicy` tells them.
 */
export const loadPolicy = (text: string, file: string, now: EpochMs | null = null): Loaded =>
  loadedFrom(readPolicy(text, file, now));

/** Loads a policy that the linter has nothing against, as one that is armed has to be. */
export const loadSoundPolicy = (
  text: string,
  file: string,
  { cutovers = [], now = null }: { readonly cutovers?: readonly CutoverBindings[]; readonly now?: EpochMs | null } = {},
): Loaded => loadedFrom(readSoundPolicy(text, file, cutovers, now));

type Loaded = Result<Policy, readonly PolicyProblem[]>;

const loadedFrom = ({ policy, problems }: LintedPolicy): Loaded => (policy === null ? fail(problems) : ok(policy));
