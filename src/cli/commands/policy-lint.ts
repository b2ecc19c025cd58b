import { basename, dirname } from "node:path";
import { epochMs } from "../../kernel/units.ts";
import { sayFalseRollback } from "../../policy/checks/meaning/false-rollback.ts";
import { sayProof } from "../../policy/checks/meaning/proof.ts";
import { type PolicyProblem, sayProblem } from "../../policy/checks/problem.ts";
import { type Forecast, forecastPolicy, readSoundPolicy } from "../../policy/lint.ts";
import { lintCutover } from "../../policy/load-cutover.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT, misused } from "../exit.ts";
import { cutoversBeside } from "../files.ts";
import { findFiles } from "../find-files.ts";
import { sarifLog } from "../sarif.ts";
import { readTextFile } from "../text-file.ts";

export interface LintDocument {
  readonly files: readonly string[];
  readonly problems: readonly PolicyProblem[];
  /** Of every policy without an error. */
  readonly forecasts: readonly (Forecast & { readonly file: string })[];
}

/**
 * Checks policy and cutover files, given by themselves or in folders. Reads files and nothing else. As SARIF it prints the
 * same log to people and programs.
 * @throws {CommandFailure} a path is not there, or nothing is in the folders.
 */
export const policyLintCommand = (
  paths: readonly string[],
  { sarif = false }: { readonly sarif?: boolean } = {},
): CommandResult<LintDocument | object> => {
  const files = findFiles(paths, { to: "checked", belongs: isOurs });
  if (files.length === 0)
    throw misused(
      `There is nothing to check in ${paths.join(", ")}.`,
      "Neither a cutover.json nor a policy was found there.",
      "Name files, or a folder that holds a cutover's folder.",
    );
  const linted = files.map(lintFile);
  const problems = linted.flatMap((each) => each.problems);
  const errors = problems.filter(({ level }) => level === "error").length;
  const exitCode = errors > 0 ? EXIT.refused : EXIT.done;
  if (sarif) {
    const log = sarifLog(problems);
    return { document: log, lines: [JSON.stringify(log, null, 2)], exitCode };
  }
  const counted = `${count(files.length, "file")}, ${count(errors, "error")}, ${count(problems.length - errors, "warning")}`;
  const forecasts = linted.flatMap(({ forecast }) => forecast ?? []);
  const lines = [...problems.map(sayProblem), ...forecasts.flatMap(sayForecast), counted];
  return { document: { files, problems, forecasts }, lines, exitCode };
};

const sayForecast = ({ file, proofs, falseRollbacks }: LintDocument["forecasts"][number]): readonly string[] =>
  [...proofs.map(sayProof), ...falseRollbacks.map(sayFalseRollback)].map((line) => `${file}: ${line}`);

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** In a folder: schemas, fixtures and scenarios are JSON too, and none of them is a policy. */
const isOurs = (path: string): boolean =>
  path.endsWith(".json") &&
  !/\.(schema|test|scenario)\.json$/.test(path) &&
  !["scenarios", "recordings"].includes(basename(dirname(path)));

interface Linted {
  readonly problems: readonly PolicyProblem[];
  readonly forecast?: LintDocument["forecasts"][number];
}

const lintFile = (file: string): Linted => {
  const text = readTextFile(file);
  if (!text.ok) return { problems: [text.failure] };
  if (basename(file) === "cutover.json") return { problems: lintCutover(text.value, file) };
  const { policy, problems } = readSoundPolicy(text.value, file, cutoversBeside(file), epochMs(Date.now()));
  return policy === null ? { problems } : { problems, forecast: { file, ...forecastPolicy(policy) } };
};
