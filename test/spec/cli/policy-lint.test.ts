import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { LINT_RULES } from "../../../src/policy/checks/lint-rules.ts";
import { cutoverText, policyText } from "../../support/orders-policies.ts";
import { runPawl } from "../../support/run-pawl.ts";

const dir = mkdtempSync(join(tmpdir(), "pawl-lint-"));
afterAll(() => rmSync(dir, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};

const lint = (...args: readonly string[]) => runPawl(["policy", "lint", ...args], { input: (async function* () {})() });

const misspelt = file("misspelt.json", policyText("policy").replace('["forward.lagRecords"', '["forward.lagRecord"'));
const idle = file(
  "idle.json",
  policyText("policy").replace(
    '"gates": {',
    '"gates": { "idle": { "why": "x", "rule": { "===": [{ "var": "conflicts.new" }, 0] } },',
  ),
);

describe("pawl policy lint", () => {
  it("finds the committed policies and cutovers in order", async () => {
    const { exitCode, out, err } = await lint("policies");

    expect(err).toBe("");
    expect(out).toContain("0 errors, 0 warnings");
    expect(exitCode).toBe(0);
  });

  it("says where, what, what was meant, and under which id", async () => {
    const { exitCode, out } = await lint(misspelt);

    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /misspelt\.json:\d+:\d+ error \/gates\/lag\/rule\/and\/0\/<=\/0\/stat\/0: .*Did you mean "forward\.lagRecords"\? \[unknown-signal\]/,
    );
  });

  it("prints warnings, and does not fail for them", async () => {
    const { exitCode, out } = await lint(idle);

    expect(out).toContain("warning /gates/idle");
    expect(exitCode).toBe(0);
  });

  it("checks a file once that is named by itself and by its folder, however its path is written", async () => {
    const folder = join(dir, "named-twice");
    mkdirSync(folder);
    const named = join(folder, "policy.json");
    writeFileSync(named, policyText("policy").replace('["forward.lagRecords"', '["forward.lagRecord"'));

    const { out } = await lint(folder, `${folder}/`, named, `${folder}/./policy.json`, relative("", named), "--json");

    expect(JSON.parse(out)).toMatchObject({ files: [named], problems: [{ rule: "unknown-signal" }] });
    expect(JSON.parse(out).problems).toHaveLength(1);
  });

  it("checks a policy in each folder that it is linked into: it is meant for the cutover of each", async () => {
    const [one, two] = ["linked-one", "linked-two"].map((name) => join(dir, name));
    for (const folder of [one, two]) {
      mkdirSync(folder ?? "");
      symlinkSync(idle, join(folder ?? "", "policy.json"));
    }

    const { out } = await lint(one ?? "", two ?? "");

    expect(out).toContain("2 files, 0 errors, 2 warnings");
  });

  it("answers --json with one document", async () => {
    const { exitCode, out } = await lint(misspelt, "--json");

    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      files: [misspelt],
      problems: [
        { file: misspelt, rule: "unknown-signal", level: "error", pointer: "/gates/lag/rule/and/0/<=/0/stat/0" },
      ],
    });
  });
});

describe("pawl policy lint --sarif", () => {
  interface Log {
    readonly version: string;
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number }[];
    }[];
  }
  const log = (text: string): Log => JSON.parse(text);

  it("prints a log that places every finding and describes every rule", async () => {
    const { exitCode, out } = await lint(misspelt, idle, "--sarif");
    const [run] = log(out).runs;

    expect(exitCode).toBe(1);
    expect(log(out).version).toBe("2.1.0");
    expect(run?.results).toMatchObject([
      {
        ruleId: "unknown-signal",
        level: "error",
        message: { text: expect.stringContaining("forward.lagRecord") },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: expect.stringContaining("misspelt.json") },
              region: { startLine: expect.any(Number), startColumn: expect.any(Number) },
            },
          },
        ],
      },
      { ruleId: "unused-gate", level: "warning" },
    ]);
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(Object.keys(LINT_RULES));
  });

  it("is the same with --json, and empty of results where nothing is wrong", async () => {
    const { exitCode, out } = await lint("policies", "--sarif", "--json");

    expect(exitCode).toBe(0);
    expect(log(out).runs[0]?.results).toEqual([]);
  });

  it("names files of the repository relative to it", async () => {
    const { out } = await lint("package.json", "--sarif");

    expect(JSON.stringify(log(out))).toContain('{"uri":"package.json","uriBaseId":"%SRCROOT%"}');
  });
});

describe("a file of a SARIF log", () => {
  interface Results {
    readonly runs: readonly [{ readonly results: readonly [{ readonly locations: JsonValue }] }];
  }
  const fileOf = async (folder: string, name: string): Promise<JsonValue> => {
    mkdirSync(join(dir, folder), { recursive: true });
    const { out } = await lint(file(join(folder, name), "{}"), "--sarif");
    const { runs }: Results = JSON.parse(out);
    return runs[0].results[0].locations;
  };
  const artifact = (uri: string) => [{ physicalLocation: { artifactLocation: { uri, uriBaseId: "%SRCROOT%" } } }];

  afterEach(() => vi.restoreAllMocks());

  it.each([
    ["a blank, a hash and a percent sign", "a b", "x#y%.json", "a%20b/x%23y%25.json"],
    ["a backslash, which is no separator here", "back", "one\\two.json", "back/one%5Ctwo.json"],
    ["a folder that begins like the one above", "..c", "ü?.json", "..c/%C3%BC%3F.json"],
  ])("is named relative and percent-encoded with %s", async (_, folder, name, uri) => {
    vi.spyOn(process, "cwd").mockReturnValue(dir);

    expect(await fileOf(folder, name)).toMatchObject(artifact(uri));
  });

  it("above the working directory is named in full", async () => {
    vi.spyOn(process, "cwd").mockReturnValue(join(dir, "elsewhere"));

    const uri = pathToFileURL(join(dir, "above", "a b.json")).href;
    expect(await fileOf("above", "a b.json")).toMatchObject([{ physicalLocation: { artifactLocation: { uri } } }]);
  });
});

describe("what no parser has to see", () => {
  const pipe = join(dir, "pipe.json");
  execFileSync("sh", ["-c", 'mkfifo "$0"', pipe]);
  const policy = policyText("policy");

  it.each<[string, string, string, string]>([
    ["nothing", file("empty.json", ""), "empty-file", "nothing is in it"],
    ["blanks", file("blank.json", " \n\n"), "empty-file", "nothing is in it"],
    ["more than a mebibyte", file("large.json", `${policy}${" ".repeat(1_048_576)}`), "too-large", "1048576 bytes"],
    [
      "a mebibyte of letters that take two bytes",
      file("wide.json", `"${"ä".repeat(600_000)}"`),
      "too-large",
      "1048576",
    ],
    ["a NUL byte", file("nul.json", policy.replace("orders", "or\0ders")), "not-text", "NUL byte"],
    ["bytes that are no UTF-8", file("latin.json", Uint8Array.of(0x22, 0xe4, 0x22)), "not-text", "not UTF-8"],
    ["a million levels", file("deep.json", "[".repeat(1_000_000)), "too-deep", "deeper than 200"],
    ["a million levels of objects", file("deep-keys.json", '{"a":'.repeat(200_000)), "too-deep", "deeper than 200"],
    ["an unclosed text full of escapes", file("open.json", `"${'\\"'.repeat(500_000)}`), "not-json", "not JSON"],
    ["a pipe that nobody writes to", pipe, "unreadable-file", "a pipe or device"],
    ["a device that never ends", "/dev/zero", "unreadable-file", "a pipe or device"],
  ])("%s is refused", async (_, path, rule, says) => {
    const { exitCode, out, err } = await lint(path);

    expect(err).toBe("");
    expect(exitCode).toBe(1);
    expect(out).toContain(`[${rule}]`);
    expect(out).toContain(says);
    expect(out).toContain("1 error");
  });

  it("a hundred thousand mistakes are not all listed", async () => {
    const { exitCode, out } = await lint(file("many.json", JSON.stringify({ steps: Array(100_000).fill(0) })));

    expect(exitCode).toBe(1);
    expect(out).toContain("[too-many-findings]");
    expect(out.split("\n").length).toBeLessThan(120);
  });

  it("a folder that leads back into itself, a link to nowhere and one to itself, end", async () => {
    const folder = join(dir, "loop");
    mkdirSync(folder);
    symlinkSync(folder, join(folder, "again"));
    symlinkSync(join(folder, "nowhere"), join(folder, "gone.json"));
    symlinkSync(join(folder, "itself.json"), join(folder, "itself.json"));
    writeFileSync(join(folder, "cutover.json"), cutoverText());

    const { exitCode, out } = await lint(folder);

    expect(out).toContain("3 files, 2 errors");
    expect(out).toContain("gone.json:1:1 error it cannot be opened");
    expect(out).toContain("itself.json:1:1 error it cannot be opened");
    expect(exitCode).toBe(1);
  });

  it("a path that is not there is a usage error", async () => {
    expect(await lint(join(dir, "absent.json"))).toMatchObject({ exitCode: 2, out: "" });
  });
});
