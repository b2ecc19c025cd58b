import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const at = (path: string): string => fileURLToPath(new URL(`../../../docs/model/${path}`, import.meta.url));
const text = (path: string): string => readFileSync(at(path), "utf8");
const check = (...words: readonly string[]) => spawnSync(at("check"), words, { encoding: "utf8" });
const SKIPPED = 77;

const configurations = text("configurations.txt")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split(/ +/));
const names = configurations.map(([name]) => name);
const macros = new Set(configurations.flatMap((words) => words.slice(4)));

describe("the model of how traffic is moved", () => {
  it("keeps every promise, and breaks one wherever a needed fence is taken away", ({ skip }) => {
    // The small ones take as long as all of these; docs/model/check runs them too.
    const quick = configurations.flatMap(([name, size]) => (size === "quick" && name !== undefined ? [name] : []));
    const run = check(...quick);
    if (run.status === SKIPPED) skip(run.stderr);
    expect(run.stderr).toBe("");
    expect(run.stdout).toMatch(/\n\d\d+ configurations, 0 differ/);
    expect(run.status).toBe(0);
  }, 600_000);

  it("shows a counter-example step by step", ({ skip }) => {
    const run = check("--trace", "no-commit-fence");
    if (run.status === SKIPPED) skip(run.stderr);
    expect(run.stdout).toMatch(/\(Rollback:1\).*assertion violated/s);
  }, 60_000);

  it("refuses a configuration that it does not have", () => {
    const run = check("no-such-fence");
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining("no-such-fence")]);
  });

  it("has one line on its page for each configuration, and none for another", () => {
    const told = [...text("README.md").matchAll(/^\| `([a-z-]+)` \| .*\|.*(?:\d|—) \|$/gm)].map(([, name]) => name);
    expect(told.toSorted()).toEqual(names.toSorted());
  });

  it("takes away, in one configuration or another, every fence that it knows", () => {
    const fences = [...text("pawl.pml").matchAll(/\b(?:NO|OPEN)_[A-Z_]+\b/g)].map(([fence]) => fence);
    expect(fences.length).toBeGreaterThan(20);
    expect(fences.filter((fence) => !macros.has(fence))).toEqual([]);
  });
});
