import { globSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS, FLAGS, fileText, PAGES, ROOT, SAID, wrongWith } from "../../support/said-commands.ts";

const said = (text: string) => wrongWith({ where: "here", text });

describe("a command that a page or a message tells somebody to type", () => {
  it("is found in pages and in messages", () => {
    expect(SAID.filter(({ where }) => where.endsWith(".md")).length).toBeGreaterThan(80);
    expect(SAID.filter(({ where }) => where.endsWith(".ts")).length).toBeGreaterThan(80);
  });

  it("exists, with its flags and with what it cannot do without", () => {
    const wrong = SAID.flatMap((each) => {
      const why = wrongWith(each);
      return why === null ? [] : [`${each.where}: pawl ${each.text}: ${why}`];
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    ["pauze orders --reason …", "pawl has no pauze"],
    ["policy linnt policies", "policy has no linnt"],
    ["arm orders --policy drill --agian", "arm has no --agian"],
    ["doctor orders --accept-late-landing", "doctor has no --accept-late-landing"],
    ["resume orders", "resume needs --reason"],
    ["arm X --again", "arm needs --policy"],
  ])("would be found out: pawl %s", (text, why) => expect(said(text)).toBe(why));

  it.each(["status", "restore says what is left", "cdc apply orders", "policy replay --help says more", "--help"])(
    "may be: pawl %s",
    (text) => expect(said(text)).toBeNull(),
  );
});

/** Flags of the scripts beside pawl, by their own text. */
const scripts = globSync(["lab/**/*.ts", "test/simulation/**/*.ts", "docs/model/check"], { cwd: ROOT })
  .map(fileText)
  .join("\n");

it("every flag that a page names by itself is one of pawl's or of a script's", () => {
  const named = PAGES.flatMap((file) =>
    [...fileText(file).matchAll(/`(--[a-z-]+)[^`]*`/g)].map(([, flag = ""]) => flag),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((flag) => !FLAGS.has(flag) && !scripts.includes(flag))).toEqual([]);
});

/** "cdc plan|apply" → "cdc plan", "cdc apply"; flags and their values are left out. */
const spreadOut = (code: string): readonly string[] => {
  const words = code.replace(/ ?\[?--[a-z-]+(?: [A-Z]+)?\]?/g, "").split(" ");
  return (words.pop() ?? "").split("|").map((last) => [...words, last].join(" "));
};

it("the README lists every command, and no other", () => {
  const [, section = ""] = /^## Commands\n([\s\S]*?)^## /m.exec(fileText("README.md")) ?? [];
  const listed = [...(section.split(". Every")[0] ?? "").matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) =>
    spreadOut(code),
  );
  expect(listed.toSorted()).toEqual(COMMANDS.toSorted());
});

const runbook = fileText("docs/runbook.md");

it("the runbook says of every command what settings it needs", () => {
  const [, table = ""] = /\| command \| needs \|\n([\s\S]*?)\n\n/.exec(runbook) ?? [];
  let group = "";
  const listed = [...table.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, verbs = ""]) =>
    [...verbs.matchAll(/`([^`]+)`/g)].map(([, verb = ""]) => {
      if (verb.includes(" ")) group = verb.split(" ")[0] ?? "";
      return COMMANDS.includes(verb) ? verb : `${group} ${verb}`;
    }),
  );
  expect(listed.toSorted()).toEqual(COMMANDS.toSorted());
});

it("every setting that a page or a message names exists, and the runbook has those of commands", () => {
  const [, list = ""] = /const SETTINGS = \{([\s\S]*?)\n\}/.exec(fileText("src/wiring-settings.ts")) ?? [];
  const settings = [...list.matchAll(/^ {2}(PAWL_\w+):/gm)].map(([, name = ""]) => name);
  const sources = globSync("src/**/*.ts", { cwd: ROOT }).map(fileText).join("\n");
  const constants = [...sources.matchAll(/const (PAWL_\w+)/g)].map(([, name]) => name);
  const named = [...PAGES.map(fileText), sources].flatMap((text) => text.match(/\bPAWL_[A-Z_]+\b/g) ?? []);
  expect(settings.length).toBeGreaterThan(10);
  expect(named.filter((name) => ![...settings, ...constants].includes(name))).toEqual([]);
  const ofFunctions = ["PAWL_OBSERVE_FUNCTION", "PAWL_PROMOTE_FUNCTION", "PAWL_DECOMMISSION_FUNCTION"];
  expect(settings.filter((name) => !runbook.includes(`\`${name}\``))).toEqual(ofFunctions);
});
