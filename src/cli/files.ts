import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadCutover } from "../policy/load-cutover.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { refused } from "./exit.ts";

const read = (file: string, what: string): string => {
  if (!existsSync(file))
    throw refused(
      `There is no ${what} at ${file}.`,
      "Commands look for policies/<cutover>/ in this folder.",
      "Change to the folder that holds policies/, or give --policies DIR.",
    );
  return readFileSync(file, "utf8");
};

/** @throws {CommandFailure} absent or invalid: every problem with its line, and what to do. */
export const readBindings = (policiesDir: string, cutover: string): CutoverBindings => {
  const file = join(policiesDir, cutover, "cutover.json");
  const loaded = loadCutover(read(file, "cutover"), file);
  if (loaded.ok) return loaded.value;
  throw refused(
    `${file} is not a valid cutover.`,
    loaded.failure.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}`).join("\n        "),
    "Correct the file; its schema is policies/schema/cutover.schema.json.",
  );
};

/** @throws {CommandFailure} absent or invalid: every problem with its line, and what to do. */
export const readPolicy = (policiesDir: string, cutover: string, name: string): Policy => {
  const file = join(policiesDir, cutover, `${name}.json`);
  const loaded = loadPolicy(read(file, "policy"), file);
  if (loaded.ok) return loaded.value;
  throw refused(
    `${file} is not a valid policy.`,
    loaded.failure.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}`).join("\n        "),
    "Correct the file and run pawl policy lint.",
  );
};
