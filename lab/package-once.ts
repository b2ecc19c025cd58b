import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

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
export const packageOnce = async (): Promise<PackagedGuard> => {
  const wanted = fingerprint();
  const release = await lock();
  try {
    const have = existsSync(STAMP) ? readFileSync(STAMP, "utf8") : "";
    if (have !== wanted) {
      await runPackage();
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

/** A folder, because making one either succeeds or fails, for one process of all. */
const lock = async (): Promise<() => void> => {
  mkdirSync(join(ROOT, ".build"), { recursive: true });
  const giveUpAt = Date.now() + LOCK_LIMIT_MS;
  for (;;) {
    try {
      mkdirSync(LOCK);
      return () => rmSync(LOCK, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LOCK_LIMIT_MS) rmSync(LOCK, { recursive: true, force: true });
    if (Date.now() > giveUpAt)
      throw new Error(`another run has been packaging for minutes; remove ${LOCK} if it is dead`);
    await pause(100);
  }
};

const runPackage = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "scripts", "package.ts")], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`packaging failed:\n${said.slice(-4_000)}`)),
    );
  });
