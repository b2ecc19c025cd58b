import cutoverSchema from "../../policies/schema/cutover.schema.json" with { type: "json" };
import { fail, ok, type Result } from "../kernel/result.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { cutoverFindings } from "./checks/cutover.ts";
import { locateAll, readJson } from "./checks/json-text.ts";
import { inOrder, type PolicyProblem } from "./checks/problem.ts";
import { schemaCheck } from "./checks/schema.ts";

const checkCutoverSchema = schemaCheck(cutoverSchema);

/** Everything wrong with a cutover file, in the order of the text. Never throws. */
export const lintCutover = (text: string, file: string): readonly PolicyProblem[] => readCutover(text, file).problems;

/**
 * Loads the bindings of a cutover.
 *
 * @returns The bindings, or everything wrong with the file. Warnings alone do not refuse it; `lintCutover` tells them.
 */
export const loadCutover = (text: string, file: string): Result<CutoverBindings, readonly PolicyProblem[]> => {
  const { bindings, problems } = readCutover(text, file);
  return bindings === null ? fail(problems) : ok(bindings);
};

const readCutover = (
  text: string,
  file: string,
): { readonly bindings: CutoverBindings | null; readonly problems: readonly PolicyProblem[] } => {
  const json = readJson(text, file);
  if ("problems" in json) return { bindings: null, problems: json.problems };
  const schema = checkCutoverSchema(json.value);
  const candidate = json.value as unknown as CutoverBindings;
  const meaning = schema.length === 0 ? cutoverFindings(candidate) : [];
  const problems = locateAll([...json.findings, ...schema, ...meaning], json.locate);
  return { bindings: problems.some(({ level }) => level === "error") ? null : candidate, problems: inOrder(problems) };
};
