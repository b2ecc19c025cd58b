import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PAWL_FAULT_CODES } from "../../src/kernel/pawl-error.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8");
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), section] as const),
);

test("docs/errors.md explains every error that pawl can throw, and none that it cannot", () => {
  expect(PAWL_FAULT_CODES.length).toBeGreaterThan(3);
  expect([...sections.keys()].sort()).toEqual([...PAWL_FAULT_CODES].sort());
});

test.each([...sections])("%s says what, why and what next", (_code, section) => {
  for (const heading of ["**What** ", "**Why** ", "**Next** "]) expect(section).toContain(`\n${heading}`);
});
