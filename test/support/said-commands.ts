import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { programOf } from "../../src/cli/program.ts";
import type { Stage } from "../../src/cli/stage.ts";
import { createTerminal } from "../../src/cli/terminal.ts";

export const ROOT = join(import.meta.dirname, "../..");
export const fileText = (file: string): string => readFileSync(join(ROOT, file), "utf8");

export const PAGES = globSync(["*.md", "docs/**/*.md", "policies/README.md"], { cwd: ROOT });
const SOURCES = globSync(["src/**/*.ts", "lab/demo/*.ts", "scripts/**/*.ts"], { cwd: ROOT });

const unused = (): never => {
  throw new Error("nothing is run here");
};
const stage: Stage = {
  terminal: createTerminal(false, unused, unused),
  streams: { input: { [Symbol.asyncIterator]: unused }, write: unused },
  ...{ target: unused, scene: unused, settle: unused, finish: unused },
};

/** The command line as it is. */
export const PAWL = programOf(stage, { env: {}, out: unused, err: unused });

/** A command as some page or message says it. */
export interface Said {
  readonly where: string;
  readonly text: string;
}

/** What stands in code on a page: `pawl …`, `npx pawl …`, one command each. */
const inCode = (file: string): readonly Said[] => {
  const page = fileText(file);
  const fenced = [...page.matchAll(/^```.*?\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const spans = [...page.replace(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
  return [...fenced, ...spans]
    .flatMap((line) => line.split(/;|&&| \|\| | \| |#/))
    .flatMap((line) => /^\s*(?:[\d.]+ s +)?(?:\$ )?(?:npx )?pawl (.+)$/.exec(line.replace(/\s+/g, " "))?.[1] ?? [])
    .map((text) => ({ where: file, text }));
};

/** What a message or a comment says of a command, to the end of its sentence; what is filled in is `X`. */
const inMessages = (file: string): readonly Said[] => {
  const source = fileText(file)
    .replace(/\$\{[^{}]*\}/g, "X")
    .replace(/"…"|"<why>"|"going back to blue"/g, "…");
  return [...source.matchAll(/\bpawl ((?:[^`"'.;:,\n\\]|\.(?=\w))+)/g)]
    .map(([, text = ""]) => ({ where: file, text: text.split("  ")[0]?.trim() ?? "" }))
    .filter(({ text }) => PAWL.commands.some((command) => command.name() === text.split(" ")[0]) || isCommand(text));
};

/** Prose says "pawl writes nothing"; a command has a cutover, a placeholder or a flag behind it. */
const isCommand = (text: string): boolean => /^[a-z]*[a-rt-z] (?:X|<|--)/.test(text);

export const SAID: readonly Said[] = [...PAGES.flatMap(inCode), ...SOURCES.flatMap(inMessages)];

/** How far the words lead into the command line: the command, and the words behind it. */
const resolved = (text: string): { readonly command: Command; readonly rest: readonly string[] } => {
  let command = PAWL;
  const words = text.split(" ");
  for (;;) {
    const next = command.commands.find((each) => each.name() === words[0]);
    if (next === undefined) return { command, rest: words };
    command = next;
    words.shift();
  }
};

const withParents = (command: Command): readonly Command[] =>
  command.parent === null ? [command] : [command, ...withParents(command.parent)];

/** What is wrong with a command as it is said; null where somebody who types it is understood. */
export const wrongWith = ({ text }: Said): string | null => {
  const { command, rest } = resolved(text);
  const [first = ""] = rest;
  const isGroup = command.commands.length > 0;
  if (isGroup && /^[a-z]/.test(first) && !PROSE.test(first)) return `${command.name()} has no ${first}`;
  const flags = rest.flatMap((word) => /^\[?(--[a-z-]+)/.exec(word)?.[1] ?? []);
  const known = ["--help", ...withParents(command).flatMap(({ options }) => options.map(({ long }) => long))];
  const unknown = flags.find((flag) => !known.includes(flag));
  if (unknown !== undefined) return `${command.name()} has no ${unknown}`;
  const isWhole = first === "X" || first === "orders" || first === "shop";
  const lacks = command.options.find(({ mandatory, long }) => mandatory && !flags.includes(long ?? ""));
  return isWhole && lacks !== undefined ? `${command.name()} needs ${lacks.long}` : null;
};

/** Behind a group's name: "the statements of pawl cdc are …". */
const PROSE = /^(?:are|is|of|reads|takes)$/;

const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

/** Every command by its words: "cdc plan". */
export const COMMANDS: readonly string[] = leaves(PAWL).map((command) =>
  withParents(command)
    .map((each) => each.name())
    .toReversed()
    .slice(1)
    .join(" "),
);

const allOptions = (command: Command): readonly string[] => [
  ...command.options.map(({ long }) => long ?? ""),
  ...command.commands.flatMap(allOptions),
];

/** Every flag of every command. */
export const FLAGS: ReadonlySet<string> = new Set(["--help", ...allOptions(PAWL)]);
