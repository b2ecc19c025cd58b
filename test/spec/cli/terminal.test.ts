import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createTerminal } from "../../../src/cli/terminal.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { runPawl } from "../../support/run-pawl.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const folder = mkdtempSync(join(tmpdir(), "pawl-terminal-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Whatever a terminal might obey; line breaks are the command's own. */
const OBEYED = /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

const run = (...argv: readonly string[]) => runPawl(argv);

const policyAt = (name: string, changes: JsonObject): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(smallPolicy(changes)));
  return path;
};

describe("a terminal", () => {
  const written = (json: boolean) => {
    const out: string[] = [];
    const err: string[] = [];
    const terminal = createTerminal(
      json,
      (text) => void out.push(text),
      (text) => void err.push(text),
    );
    return { terminal, out, err };
  };

  it.each([
    ["an escape sequence", "\u001b[2Jgone", "\\u001b[2Jgone"],
    ["one of a single character", "\u009b31mred", "\\u009b31mred"],
    ["a return to the line's beginning", "failed\rpassed", "failed\\u000dpassed"],
    ["text that is turned round", "\u202edessap", "\\u202edessap"],
    ["what is no such thing", "ä → 5 %\tand\n  so on 😀", "ä → 5 %\tand\n  so on 😀"],
  ])("is shown %s and does not obey it", (_, said, shown) => {
    const { terminal, out, err } = written(false);

    terminal.note(said);
    terminal.progress(said);
    terminal.show({ document: {}, lines: [said] });

    expect(err).toEqual([`${shown}\n`]);
    expect(out).toEqual([`${shown}\n`, `${shown}\n`]);
  });

  it("is given JSON that says the same and holds nothing to obey", () => {
    const { terminal, out } = written(true);
    const document = { why: "\u001b[2J \u007f \u009b31m \u202e\r\n" };

    terminal.show({ document, lines: [] });

    expect(out.join("")).not.toMatch(OBEYED);
    expect(JSON.parse(out.join(""))).toEqual(document);
  });
});

describe("what a policy says of itself", () => {
  const waiver = (why: string): JsonObject => ({
    waivers: [{ gate: "errors", why, by: "\u001b[8mnobody", expires: "2026-11-27T18:00:00Z" }],
  });

  it("is shown in a difference, and not obeyed", async () => {
    const { out } = await run(
      "policy",
      "diff",
      policyAt("old.json", {}),
      policyAt("new.json", waiver("\u001b[2J\u009b1mfine")),
    );

    expect(out).not.toMatch(OBEYED);
    expect(out).toContain("\\u001b[8mnobody");
  });

  it("is shown in a finding and in a refusal, the file's own name included", async () => {
    const name = "\u001b[31mred.json";
    const found = await run("policy", "lint", policyAt(name, { soak: { "\u009b1m": "24h" } }));
    const refused = await run("policy", "lint", join(folder, `${name}.gone`));

    expect([found.exitCode, refused.exitCode]).toEqual([1, 2]);
    expect(found.out + refused.err).not.toMatch(OBEYED);
    expect(found.out).toContain('nothing here is called "\\u009b1m"');
    expect(refused.err).toContain("\\u001b[31mred.json.gone");
  });
});
