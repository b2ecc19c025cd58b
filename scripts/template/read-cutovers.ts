import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CutoverBindings } from "../../src/signals/bindings.ts";

/** Every `policies/<name>/cutover.json` of the repository at `root`, by name. */
export const readCutovers = (root: string): readonly CutoverBindings[] =>
  readdirSync(join(root, "policies"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "schema")
    .map((entry) => entry.name)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(root, "policies", name, "cutover.json"), "utf8")) as CutoverBindings);
