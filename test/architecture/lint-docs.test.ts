import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LINT_RULES, type LintRule } from "../../src/policy/checks/lint-rules.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/lint.md"), "utf8");
const rules = Object.entries<LintRule>(LINT_RULES);
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((section) => [section.slice(0, section.indexOf("\n")), section] as const);

test("docs/lint.md explains every finding that pawl can make, in order, and none that it cannot", () => {
  expect(sections.map(([id]) => id)).toEqual(rules.map(([id]) => id));
});

test.each(rules)("%s has its level, what it is about, an example and a remedy", (id, { level, says }) => {
  const section = sections.find(([name]) => name === id)?.[1] ?? "";

  expect(section).toContain(`\n${level === "error" ? "Error" : "Warning"}. ${says}\n**Example** `);
  expect(section).toMatch(/\n\*\*Remedy\*\* .{10}/);
});
