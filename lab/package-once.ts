import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessOwner } from "./process/process-owner.ts";

const ROOT = join(import.meta.dirname, "..");
const OUTPUT = join(ROOT, ".serverless");
const STAMP = join(OUTPUT, ".pawl-packaged");
const LOCK = join(ROOT, ".build", "package.lock");
const LOCK_LIMIT_MS = 180_000;
/** Everything a bundle or the template is made from. */
const SOURCES = [
  "functions",
  "src",
  "policies",
  "scripts/template",
  "scripts/package.ts",
  "serverless.yml",
  "package-lock.json",
];

export interface PackagedGuard {
  readonly templatePath: string;
  readonly artifactDir: string;
}

/**
 * The packaged bundles and the template of the sources as they are. Packages only where a source has changed since;
 * two labs that start together package once.
 * @throws {Error} packaging failed; what it printed is in the message.
 */
export const packageOnce = async (owner: ProcessOwner): Promise<PackagedGuard> => {
  const wanted = fingerprint();
  const release = await lock(owner);
  try {
    const have = existsSync(STAMP) ? readFileSync(STAMP, "utf8") : "";
    if (have !== wanted) {
      await runPackage(owner);
      writeFileSync(STAMP, wanted);
    }
  } finally {
    release();
  }
  return { templatePath: join(OUTPUT, "cloudformation-template-update-stack.json"), artifactDir: OUTPUT };
};

const filesUnder = (path: string): readonly string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesUnder(join(path, name)))
    : [path];

const fingerprint = (): string => {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((source) => filesUnder(join(ROOT, source))))
    hash.update(file.slice(ROOT.length)).update(readFileSync(file));
  return hash.digest("hex");
};

/** The kernel's lock on a file, held by a child that waits for us: however we end, it hears so, and the lock is free. */
const lock = async (owner: ProcessOwner): Promise<() => void> => {
  mkdirSync(join(ROOT, ".build"), { recursive: true });
  const wait = ["--wait", String(LOCK_LIMIT_MS / 1_000), LOCK];
  const holder = spawn("flock", [...wait, "sh", "-c", "echo held; exec cat"], {
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  owner.adopt(holder);
  const outcome = await Promise.race([
    once(holder.stdout, "data").then(() => "held" as const),
    once(holder, "exit").then(() => "given up" as const),
  ]);
  if (outcome === "given up") throw new Error(`another run has been packaging for minutes, says ${LOCK}`);
  return () => holder.stdin.end();
};

const runPackage = (owner: ProcessOwner): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "scripts", "package.ts")], {
      cwd: ROOT,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    owner.adopt(child);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`packaging failed:\n${said.slice(-4_000)}`)),
    );
  });
