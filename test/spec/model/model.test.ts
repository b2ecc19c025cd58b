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

/** Of seconds each, some that hold and some with a fence taken away; docs/model/check runs them all, in two minutes. */
const SAMPLE = ["pin", "plain", "decommission-plain", "no-commit-fence", "no-version", "no-plain-wait"];

describe("the model of how traffic is moved", () => {
  it("keeps every promise, and breaks one wherever a needed fence is taken away", ({ skip }) => {
    const run = check(...SAMPLE);
    if (run.status === SKIPPED) skip(run.stderr);
    expect(run.stderr).toBe("");
    expect(run.stdout).toContain(`\n${SAMPLE.length} configurations, 0 differ`);
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
