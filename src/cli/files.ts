import { existsSync, readdirSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { fail, type Result } from "../kernel/result.ts";
import type { EpochMs } from "../kernel/units.ts";
import { sayProblem } from "../policy/checks/problem.ts";
import { loadCutover } from "../policy/load-cutover.ts";
import { loadPolicy, loadSoundPolicy, type PolicyProblem } from "../policy/load-policy.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { misused, refused } from "./exit.ts";
import { readTextFile } from "./text-file.ts";

export const DEFAULT_POLICIES_DIR = "policies";

/** Folders that hold a `cutover.json`, by name. */
const cutoversIn = (policiesDir: string): readonly string[] =>
  existsSync(policiesDir)
    ? readdirSync(policiesDir)
        .filter((name) => existsSync(join(policiesDir, name, "cutover.json")))
        .sort()
    : [];

/**
 * The cutover that a command means: the one named, or the only one there is.
 * @throws {CommandFailure} none, or several to choose from.
 */
export const whichCutover = (policiesDir: string, named: string | undefined): string => {
  const known = cutoversIn(policiesDir);
  const [only] = known;
  if (named !== undefined) {
    if (known.includes(named)) return named;
    throw refused(
      `There is no cutover "${named}".`,
      `${policiesDir} holds ${known.length === 0 ? "none" : known.join(", ")}.`,
      "Name one of them, or say with --policies DIR where its folder is.",
    );
  }
  if (only !== undefined && known.length === 1) return only;
  throw misused(
    "Which cutover?",
    only === undefined ? `${policiesDir} holds no cutover.` : `${policiesDir} holds several: ${known.join(", ")}.`,
    only === undefined ? "Say with --policies DIR where they are." : "Name one of them.",
  );
};

const invalid = (what: string, problems: readonly PolicyProblem[], next: string) =>
  refused(what, problems.map(sayProblem).join("\n        "), next);

/** What a file holds, or everything wrong with it, from "it is a folder" to a misspelt signal. */
const loadFile = <Value>(
  file: string,
  load: (text: string, file: string) => Result<Value, readonly PolicyProblem[]>,
): Result<Value, readonly PolicyProblem[]> => {
  const text = readTextFile(file);
  return text.ok ? load(text.value, file) : fail([text.failure]);
};

/** @throws {CommandFailure} invalid: every problem with its line, and what to do. */
export const readBindings = (policiesDir: string, cutover: string): CutoverBindings => {
  const file = join(policiesDir, cutover, "cutover.json");
  const loaded = loadFile(file, loadCutover);
  if (!loaded.ok)
    throw invalid(
      `${file} is not a valid cutover.`,
      loaded.failure,
      "Correct the file; its schema is policies/schema/cutover.schema.json.",
    );
  if (loaded.value.name === cutover) return loaded.value;
  throw refused(
    `${file} describes the cutover "${loaded.value.name}".`,
    "A cutover's folder carries its name, so that nobody acts on another one than they typed.",
    "Correct `name`, or rename the folder.",
  );
};

/** The other cutovers of the folder that list an alarm, as far as they can be read. */
export const othersListing = (policiesDir: string, cutover: string, alarmArn: string): readonly string[] =>
  cutoversIn(policiesDir).filter((name) => {
    const loaded = name === cutover ? null : loadFile(join(policiesDir, name, "cutover.json"), loadCutover);
    return loaded?.ok === true && loaded.value.alarms.some(({ arn }) => arn === alarmArn);
  });

/** What a policy is meant for: the cutover in its own folder, where that can be read. */
export const cutoversBeside = (file: string): readonly CutoverBindings[] => {
  const beside = join(dirname(file), "cutover.json");
  const text = existsSync(beside) ? readTextFile(beside) : null;
  if (text === null || !text.ok) return [];
  const loaded = loadCutover(text.value, beside);
  return loaded.ok ? [loaded.value] : [];
};

/** @throws {CommandFailure} nothing is there: the command line names it, so that this is a mistake in the command. */
export const demandPath = (file: string, what: string): void => {
  if (existsSync(file)) return;
  const from = isAbsolute(file) ? "" : `; it was looked for in ${process.cwd()}`;
  throw misused(`There is no file ${file || '""'}.`, `It was given as ${what}${from}.`, "Correct the path.");
};

/** A policy that lint has nothing against, by its path. @throws {CommandFailure} every problem with its line, and what to do. */
export const readSoundPolicyAt = (file: string, now: EpochMs): Policy => {
  demandPath(file, "a policy");
  const loaded = loadFile(file, (text) => loadSoundPolicy(text, file, { cutovers: cutoversBeside(file), now }));
  if (loaded.ok) return loaded.value;
  throw invalid(`${file} is not a valid policy.`, loaded.failure, "Correct the file and run pawl policy lint.");
};

/** A well-formed policy by its path. @throws {CommandFailure} it is none: every problem with its line, and what to do. */
export const readPolicyAt = (file: string): Policy => {
  demandPath(file, "a policy");
  const loaded = loadFile(file, loadPolicy);
  if (loaded.ok) return loaded.value;
  throw invalid(`${file} is not a valid policy.`, loaded.failure, "Correct the file and run pawl policy lint.");
};

/** @throws {CommandFailure} absent or invalid: every problem with its line, and what to do. */
export const readPolicy = (policiesDir: string, cutover: string, name: string, now: EpochMs): Policy => {
  const file = join(policiesDir, cutover, `${name}.json`);
  if (!existsSync(file))
    throw refused(
      `There is no policy at ${file}.`,
      `--policy ${name} means this file.`,
      "Give the name of a policy file in the cutover's folder, without .json.",
    );
  return readSoundPolicyAt(file, now);
};
