import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
/** Where people are told of something. */
const SAYING = ["src/guard", "src/decommission"];
const TEXT = /"[^"]*"|`(?:[^`$]|\$\{[^}]*\}|\$)*`/g;

const sources = SAYING.flatMap((folder) =>
  readdirSync(join(ROOT, folder)).map((file) => readFileSync(join(ROOT, folder, file), "utf8")),
);
const allOf = (pattern: RegExp): readonly string[] =>
  sources.flatMap((text) => [...text.matchAll(pattern)].map(([, found]) => found ?? ""));

/** What a text can come to: a choice in it to each of its words, anything else in it to "x". */
const spelled = (text: string): readonly string[] => {
  const [before = "", hole, after = ""] = text.split(/\$\{([^}]*)\}(.*)/s);
  if (hole === undefined) return [text];
  const choice = hole.includes(" ? ") ? hole.slice(hole.indexOf(" ? ")) : "";
  const words = [...choice.matchAll(/"([^"]*)"/g)].map(([, word]) => word ?? "");
  return (words.length > 0 ? words : ["x"]).flatMap((word) => spelled(after).map((rest) => before + word + rest));
};

const textsIn = (code: string): readonly string[] => (code.match(TEXT) ?? []).map((text) => text.slice(1, -1));

const SUBJECT = /subject: `\$\{[^}]*\}:? ([^`]*)`/g;
/** Subjects that are a name alone are given their text where these patterns find it. */
const NAMES = ["repair.doing", "says", "step", "what"];
const TEXT_OF_A_NAME = [
  /\b(?:doing|says): (?=["`]|\w+ \?)(.*)/g,
  /const (?:doing|step|what) = (.*)/g,
  /\bpage\(\s*ports,\s*cutover,\s*("[^"]*")/g,
];
const nameIn = (text: string): string | undefined => /^\$\{([\w.]*)\}$/.exec(text)?.[1];

const sent = (): readonly string[] => {
  const written = allOf(SUBJECT).filter((text) => nameIn(text) === undefined);
  const ofNames = TEXT_OF_A_NAME.flatMap(allOf).flatMap(textsIn);
  // Whatever else stands in those lines (kinds of events) is one word.
  return [...written, ...ofNames].flatMap(spelled).filter((text) => text.includes(" "));
};

const index = readFileSync(join(ROOT, "docs/runbook.md"), "utf8").split("\n## ")[0] ?? "";
const listed = [...index.matchAll(/`orders:? ([^`]*)`/g)].map(([, subject]) => subject ?? "");
const isOf = (subject: string, entry: string): boolean =>
  new RegExp(`^${entry.replace(/…|\bN\b/g, ".*")}$`).test(subject);

test("every subject of a page or of news stands in the runbook's index", () => {
  expect(sent().length).toBeGreaterThan(20);
  expect(sent().filter((subject) => !listed.some((entry) => isOf(subject, entry)))).toEqual([]);
});

test("the runbook's index has no subject that nobody sends", () => {
  expect(listed.filter((entry) => !sent().some((subject) => isOf(subject, entry)))).toEqual([]);
});

test("no subject has its text from where this spec does not look", () => {
  expect(new Set(allOf(SUBJECT).flatMap((text) => nameIn(text) ?? []))).toEqual(new Set(NAMES));
  expect(sources.join("\n").match(/\bsubject: `/g)).toHaveLength(allOf(SUBJECT).length);
});
