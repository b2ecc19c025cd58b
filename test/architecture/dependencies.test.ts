import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const page = readFileSync(join(import.meta.dirname, "../../docs/decisions/dependencies.md"), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| `"));
const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));

test("docs/decisions/dependencies.md lists every dependency of package.json, and none that is gone", () => {
  const listed = cells.flatMap(([, names = ""]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
  expect(listed.sort()).toEqual(declared.sort());
});

test.each(cells)("%s%s is there for a reason", (_edge, _names, why) => {
  expect(why).toMatch(/^[A-Z`].{20,}\.$/);
});
