import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { unzipSync } from "fflate";

const root = join(import.meta.dirname, "../..");

/** Left behind in the copy: what is made, what is fetched, and what belongs to somebody else. */
const NOT_COPIED = new Set(["node_modules", ".git", ".serverless", ".esbuild", ".build", ".pawl", "coverage"]);

/** Whatever opens a connection fails, in every process of the packaging. */
const NO_NETWORK = `
const refuse = () => { throw new Error("packaging opened a network connection"); };
require("node:net").Socket.prototype.connect = refuse;
require("node:dns").lookup = refuse;
`;

export interface Run {
  readonly status: number | null;
  readonly output: string;
}

export interface Workspace {
  readonly dir: string;
  /** `npm run package` without credentials, without network, with an empty home. */
  package(): Run;
  /** The named file of the packaged output. */
  read(name: string): Buffer;
  /** Unpacks a function's bundle and loads it once in a Node of its own, with these settings and nothing else. */
  load(functionName: string, handler: string, settings: Readonly<Record<string, string>>): Run;
  remove(): void;
}

export const copyOfTheRepository = (): Workspace => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-package-"));
  const repository = join(dir, "repository");
  cpSync(root, repository, { recursive: true, filter: (source) => !NOT_COPIED.has(basename(source)) });
  symlinkSync(join(root, "node_modules"), join(repository, "node_modules"));
  mkdirSync(join(dir, "home"));
  writeFileSync(join(dir, "no-network.cjs"), NO_NETWORK);
  const run = (file: string, args: readonly string[], env: Readonly<Record<string, string>>): Run => {
    const { status, stdout, stderr } = spawnSync(file, args, {
      cwd: repository,
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: join(dir, "home"), ...env },
      encoding: "utf8",
      timeout: 120_000,
    });
    return { status, output: stdout + stderr };
  };
  return {
    dir: repository,
    package: () =>
      run("npm", ["run", "package"], {
        NODE_OPTIONS: `--require ${join(dir, "no-network.cjs")}`,
        npm_config_offline: "true",
      }),
    read: (name) => readFileSync(join(repository, ".serverless", name)),
    load: (functionName, handler, settings) => {
      const unpacked = join(dir, functionName);
      for (const [name, content] of Object.entries(
        unzipSync(readFileSync(join(repository, ".serverless", `${functionName}.zip`))),
      )) {
        mkdirSync(dirname(join(unpacked, name)), { recursive: true });
        writeFileSync(join(unpacked, name), content);
      }
      const [file = "", exported = ""] = handler.split(".");
      // An error is caught here: uncaught, Node shows the line it was thrown in, and that is half the bundle.
      const script = `
        const refuse = (error) => { console.log(error.message); process.exit(1); };
        const bundle = await import(${JSON.stringify(join(unpacked, `${file}.mjs`))}).catch(refuse);
        console.log(process.version, typeof bundle[${JSON.stringify(exported)}], bundle[${JSON.stringify(exported)}].length);`;
      return run(process.execPath, ["--input-type=module", "--eval", script], settings);
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
};
