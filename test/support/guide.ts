import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** A fenced block of a page: a file that the reader is told to write, or commands with what they print. */
export type Block =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "command"; readonly command: string; readonly prints: readonly string[] };

const FENCE = /^```(\S+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm;

/** Blocks marked `file=` and blocks of type `console`, in the order in which a reader meets them. */
export const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(FENCE)].flatMap(([, language, path, text = ""]): readonly Block[] => {
    if (path !== undefined) return [{ kind: "file", path, text }];
    return language === "console" ? commandsOf(text) : [];
  });

const commandsOf = (text: string): readonly Block[] =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...prints] = part.trimEnd().split("\n");
      return { kind: "command", command, prints };
    });

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What a block says is printed: `…` in a line is anything, on a line of its own any number of lines, or none. */
export const patternOf = (prints: readonly string[]): RegExp => {
  const lines = prints.map((line) => (line === "…" ? "(?:.*\\n)*?" : `${escaped(line).replaceAll("…", ".*")}\\n`));
  return new RegExp(`^${lines.join("")}$`);
};

export interface Desk {
  write(path: string, text: string): void;
  /** Both streams as a terminal shows them, without white space at line ends. */
  run(command: string): string;
  clear(): void;
}

/** A folder of a reader's own, with the schemas and the shipped policies, in which `npx pawl` is this pawl. */
export const readersDesk = (): Desk => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-guide-"));
  cpSync(join(ROOT, "policies"), join(dir, "policies"), { recursive: true });
  const npx = join(dir, "bin/npx");
  mkdirSync(dirname(npx));
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(ROOT, "bin/pawl.mjs")}" "$@"\n`);
  chmodSync(npx, 0o755);
  const env = { ...process.env, PATH: `${dirname(npx)}:${process.env["PATH"]}`, NO_COLOR: "1" };
  return {
    write: (path, text) => {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    },
    run: (command) => {
      const { stdout } = spawnSync("sh", ["-c", `${command} 2>&1`], {
        cwd: dir,
        env,
        encoding: "utf8",
        timeout: 60_000,
      });
      return stdout === "" ? "" : `${stdout.replaceAll(/[ \t]+$/gm, "").trimEnd()}\n`;
    },
    clear: () => rmSync(dir, { recursive: true, force: true }),
  };
};
