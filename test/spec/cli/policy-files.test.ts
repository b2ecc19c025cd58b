import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runPawl } from "../../support/run-pawl.ts";
import { GOOD_DAY, smallPolicy } from "../../support/small-policy.ts";

const dir = mkdtempSync(join(tmpdir(), "pawl-files-"));
afterAll(() => rmSync(dir, { recursive: true }));

const file = (name: string, content: string): string => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};
const folder = (...names: readonly string[]): string => {
  const path = join(dir, ...names);
  mkdirSync(path, { recursive: true });
  return path;
};
const policy = (...verb: readonly string[]) => runPawl(["policy", ...verb]);

describe("a byte order mark at the beginning of a file", () => {
  const marked = (name: string, value: unknown): string => file(name, `\uFEFF${JSON.stringify(value)}\n`);
  const rule = marked("marked-rule.json", { var: "a" });
  const data = marked("marked-data.json", { a: 1 });
  const rows = marked("marked-window.json", [{ at: "2026-01-05T12:00:00Z", a: 1 }]);
  const small = marked("marked.json", smallPolicy());
  const day = { tests: [{ name: "x", step: "canary", series: GOOD_DAY, expect: [{ at: "2m", decision: "hold" }] }] };
  const fixtures = marked("marked.test.json", day);
  const sides = { blue: { errorRate: 0.001 }, green: { errorRate: 0.001 } };
  const scenario = marked("marked.scenario.json", { policy: "marked.json", runs: 1, horizon: "5m", ...sides });
  const minutes = marked("marked.ndjson", { at: "2026-01-05T12:00:00Z", weight: 5 });

  it.each<readonly [string, readonly string[]]>([
    ["a rule and data", ["eval", "--rule-file", rule, "--data-file", data]],
    ["a window", ["eval", '{"var": "a"}', "--window", rows, "--now", "2026-01-05T12:01:00Z"]],
    ["an argument that a shell read from a file", ["eval", '\uFEFF{"var": "a"}', "--data", '\uFEFF{"a": 1}']],
    ["a policy, linted", ["lint", small]],
    ["a policy, compared", ["diff", small, small]],
    ["fixtures", ["test", fixtures]],
    ["a scenario", ["simulate", scenario, "--workers", "1"]],
    ["a recording", ["replay", minutes, "--policy", small]],
  ])("is no part of %s", async (_, verb) => {
    expect(await policy(...verb)).toMatchObject({ exitCode: 0, err: "" });
  });
});

describe("what a file repeats", () => {
  const long = "k".repeat(400_000);
  const changed = (name: string, changes: object) => file(name, JSON.stringify({ ...smallPolicy(), ...changes }));
  const written = { ...smallPolicy() };
  const gates = { ...(written["gates"] as object), lag: { why: "x", rule: { "<": [{ var: long }, 1] } } };
  const operator = { ...(written["gates"] as object), lag: { why: "x", rule: { [long]: [1] } } };
  const tests = (name: string, test: object) => file(name, JSON.stringify({ policy: "plain.json", tests: [test] }));
  changed("plain.json", {});
  const expect1m = [{ at: "1m", decision: "advance" }];
  const minute = { at: "2026-01-05T12:00:00Z", weight: 5 };
  const recorded = (name: string, more: object) => file(name, `${JSON.stringify({ ...minute, ...more })}\n`);
  const sides = { blue: { errorRate: 0.001 }, green: { errorRate: 0.001 } };

  it.each<readonly [string, readonly string[]]>([
    ["a field", ["lint", changed("field.json", { [long]: 1 })]],
    ["a field whose name has blanks", ["lint", changed("blanks.json", { ["k ".repeat(200_000)]: 1 })]],
    ["a key that stands twice", ["lint", file("twice.json", `{"${long}": 1, "${long}": 2}`)]],
    ["a gate", ["lint", changed("gate.json", { gates: { ...gates, [long]: {} } })]],
    ["a signal", ["lint", changed("signal.json", { gates })]],
    ["an operator", ["lint", changed("operator.json", { gates: operator })]],
    ["a rule's path", ["eval", "--rule-file", file("path.json", `{"<": [{"var": "${long}"}, 1]}`), "--data", "{}"]],
    ["a rule's operator", ["eval", "--rule-file", file("bogus.json", `{"${long}": 1}`), "--data", "{}"]],
    ["a test", ["test", tests("test.test.json", { name: long, step: "canary", expect: expect1m })]],
    ["a step of a test", ["test", tests("step.test.json", { name: "x", step: long, expect: expect1m })]],
    ["a series", ["test", tests("series.test.json", { name: "x", step: "half", series: { [long]: 1 } })]],
    ["a policy's path", ["test", file("away.test.json", JSON.stringify({ policy: long, tests: [] }))]],
    ["a scenario's policy", ["simulate", file("a.scenario.json", JSON.stringify({ policy: long, ...sides }))]],
    ["a recording's group", ["replay", recorded("group.ndjson", { [long]: {} })]],
    ["a recorded gate", ["replay", recorded("gates.ndjson", { verdicts: { [long]: "pass" } }), "--policy", "plain"]],
  ])("is cut short in what is said of it: %s", async (_, verb) => {
    const at = verb.at(-1) === "plain" ? [...verb.slice(0, -1), join(dir, "plain.json")] : verb;
    const { out, err } = await policy(...at);

    expect(Math.max(...`${out}${err}`.split("\n").map((line) => line.length))).toBeLessThan(5_000);
  });

  it("is whole where a tool reads where it stands", async () => {
    const { out } = await policy("lint", changed("whole.json", { [long]: 1 }), "--json");

    expect(JSON.parse(out).problems[0].pointer).toBe(`/${long}`);
    expect(JSON.parse(out).problems[0].message.length).toBeLessThan(1_000);
  });
});

describe("links in a folder", () => {
  it("may lead crosswise: each folder is looked into once, under its own name", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `d${index}`);
    for (const name of names) {
      writeFileSync(join(folder("cross", name), "policy.json"), JSON.stringify(smallPolicy()));
      for (const other of names) symlinkSync(join("..", other), join(dir, "cross", name, `a-link-to-${other}`));
    }
    const { out } = await policy("lint", join(dir, "cross"), "--json");
    const paths = names.map((name) => join(dir, "cross", name, "policy.json"));

    expect([...JSON.parse(out).files].sort()).toEqual([...paths].sort());
  });

  it.each(["lint", "test"])("that lead to themselves or to nothing are told of by %s", async (verb) => {
    const itself = join(folder(`links-${verb}`), "itself.json");
    symlinkSync(itself, itself);
    symlinkSync("nowhere", join(dir, `links-${verb}`, "gone.json"));

    expect(await policy(verb, itself)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("itself.json is a link that leads back to itself."),
    });
    expect(await policy(verb, join(dir, `links-${verb}`, "gone.json"))).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("gone.json is a link that leads to nothing"),
    });
  });
});

describe("standard input of pawl policy eval --ndjson", () => {
  it("that is a folder is refused, and not taken for no lines", () => {
    const pawl = `"${process.execPath}" src/cli/main.ts policy eval --ndjson < "$0"; echo "exit $?"`;
    const said = execFileSync("sh", ["-c", `{ ${pawl}; } 2>&1`, dir], { encoding: "utf8" });

    expect(said).toContain("Standard input cannot be read.");
    expect(said).toContain("it is a folder");
    expect(said).toContain("exit 1");
  });
});
