import { isAbsolute, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { LINT_RULES, type LintRule } from "../policy/checks/lint-rules.ts";
import type { PolicyProblem } from "../policy/checks/problem.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ROOT = "%SRCROOT%";

/**
 * Problems as a SARIF 2.1.0 log, which code review shows beside the lines. Files below the working directory are named
 * relative to it, so that the log means the same wherever the repository lies.
 */
export const sarifLog = (problems: readonly PolicyProblem[]): object => ({
  $schema: SCHEMA,
  version: "2.1.0",
  runs: [
    {
      tool: { driver: { name: "pawl", rules: RULES } },
      columnKind: "utf16CodeUnits",
      results: problems.map(resultOf),
    },
  ],
});

const entries = Object.entries<LintRule>(LINT_RULES);

const RULES = entries.map(([id, { level, says }]) => ({
  id,
  shortDescription: { text: says },
  fullDescription: { text: says },
  help: { text: `docs/lint.md has an example of ${id}, and what to do about it.` },
  defaultConfiguration: { level },
}));

const resultOf = ({ rule, level, message, file, line, column, pointer }: PolicyProblem): object => ({
  ruleId: rule,
  ruleIndex: entries.findIndex(([id]) => id === rule),
  level,
  message: { text: message },
  locations: [
    {
      physicalLocation: { artifactLocation: artifactOf(file), region: { startLine: line, startColumn: column } },
      logicalLocations: [{ fullyQualifiedName: pointer, kind: "value" }],
    },
  ],
  // The same mistake at another line is the same mistake.
  partialFingerprints: { "pointer/v1": `${rule} ${pointer}` },
});

const artifactOf = (file: string): object => {
  const path = relative("", file);
  const parts = path.split(sep);
  // Nothing relative leads from one drive of Windows to another.
  if (parts[0] === ".." || isAbsolute(path)) return { uri: pathToFileURL(file).href };
  return { uri: parts.map(encodeURIComponent).join("/"), uriBaseId: ROOT };
};
