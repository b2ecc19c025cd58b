import { existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { cutShort } from "../../kernel/cut.ts";
import { type PolicyProblem, sayProblem } from "../../policy/checks/problem.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import type { Policy } from "../../policy/policy-file.ts";
import { loadScenario } from "../../rehearsal/simulate/load-scenario.ts";
import type { ScenarioFile } from "../../rehearsal/simulate/scenario-file.ts";
import { type CommandFailure, misused, refused } from "../exit.ts";
import { readTextFile } from "../text-file.ts";

export interface ReadScenario {
  readonly written: ScenarioFile;
  readonly policy: Policy;
  readonly policyFile: string;
}

/** @throws {CommandFailure} absent, too large or invalid: every problem with its line, and what to do. */
export const readScenario = (file: string): ReadScenario => {
  if (!isFile(file)) throw misused(`There is no file at ${file}.`, "It was given as a scenario.", "Correct the path.");
  const loaded = loadScenario(textOf(file, "scenario"), file);
  if (!loaded.ok)
    throw invalid(file, "scenario", loaded.failure, "Its schema is policies/schema/scenario.schema.json.");
  const written = loaded.value;
  const named = written.policy;
  const policyFile = normalize(isAbsolute(named) ? named : join(dirname(file), named));
  if (!isFile(policyFile))
    throw refused(
      cutShort(`There is no policy at ${policyFile}.`),
      `${file} names "${cutShort(named)}" as its policy${isAbsolute(named) ? "" : ", seen from its own folder"}.`,
      "Correct `policy` in the scenario.",
    );
  const policy = loadPolicy(textOf(policyFile, "policy"), policyFile);
  if (!policy.ok) throw invalid(policyFile, "policy", policy.failure, "Run pawl policy lint.");
  return { written, policy: policy.value, policyFile };
};

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

const textOf = (file: string, what: string): string => {
  const text = readTextFile(file);
  if (!text.ok) throw invalid(file, what, [text.failure], "Its schema tells editors what may stand there.");
  return text.value;
};

const invalid = (file: string, what: string, problems: readonly PolicyProblem[], next: string): CommandFailure =>
  refused(`${file} is not a valid ${what}.`, problems.map(sayProblem).join("\n        "), `Correct the file. ${next}`);
