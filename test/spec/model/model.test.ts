import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const check = (...words: readonly string[]) => spawnSync(at("docs/model/check"), words, { encoding: "utf8" });
const SKIPPED = 77;

const text = (path: string): string => readFileSync(at(path), "utf8");
const rows = text("docs/model/configurations.txt")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split(/ +/));
const names = rows.map(([name]) => name ?? "");

describe("the model of how traffic is moved", () => {
  it("behaves in every configuration as its page says, and misses every fence that is taken away", ({ skip }) => {
    const run = check();
    if (run.status === SKIPPED) skip(run.stderr);
    expect(run.stderr).toBe("");
    expect(run.stdout).toMatch(/\n\d\d+ configurations, 0 differ/);
    expect(run.status).toBe(0);
  }, 600_000);

  it("shows a counter-example step by step", ({ skip }) => {
    const run = check("--trace", "no-commit-fence");
    if (run.status === SKIPPED) skip(run.stderr);
    expect(run.stdout).toMatch(/proc +\d+ \(Rollback:1\)[^]*assertion violated/);
  }, 60_000);

  it("refuses a configuration that it does not have", () => {
    const run = check("no-such-fence");
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining("no-such-fence")]);
  });

  it("has one line on its page for every configuration, and no line for another", () => {
    const told = [...text("docs/model/README.md").matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect([...told].sort()).toEqual([...names].sort());
  });

  it("takes away every fence that it knows of", () => {
    const used = rows.flatMap(([, , , , ...macros]) => macros);
    const known = [...text("docs/model/pawl.pml").matchAll(/#\s*if(?:n?def| .*defined\() *([A-Z_]+)/g)].map(
      ([, macro]) => macro,
    );
    const settings = new Set(rows.flatMap(() => []).concat());
    const unused = known.filter(
      (macro) => !settings.has(macro) && /^(NO|OPEN)_/.test(macro ?? "") && !used.includes(macro ?? ""),
    );
    expect(unused).toEqual([]);
  });
});
