import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FAULTS } from "../../lab/faults/faults.ts";

const root = join(import.meta.dirname, "../..");
const rows = readFileSync(join(root, "docs/lab-faults.md"), "utf8").matchAll(/^\| `([\w-]+)` \| (.+) \| (.+) \|$/gm);
const documented = [...rows].map(([, name]) => name);
const brought = readFileSync(join(root, "test/lab/faults.test.ts"), "utf8");

test("docs/lab-faults.md says of every fault what is seen and what is decided, and of no other", () => {
  expect(documented.toSorted()).toEqual(FAULTS.map(({ name }) => name).toSorted());
});

test.each(FAULTS)("$name is brought about on the real stack", ({ name }) => {
  expect(brought).toContain(`"${name}`);
});
