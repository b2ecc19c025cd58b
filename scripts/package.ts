import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PawlError } from "../src/kernel/pawl-error.ts";
import { alarmFaults } from "./template/check-alarms.ts";
import { callerFaults } from "./template/check-callers.ts";
import { placeFaults } from "./template/check-places.ts";
import { roleFaults } from "./template/check-roles.ts";
import { togetherFaults } from "./template/check-together.ts";
import { type Template, withoutEmptyStatements } from "./template/empty-statements.ts";
import { readCutovers } from "./template/read-cutovers.ts";

const root = join(import.meta.dirname, "..");
const output = join(root, ".serverless");
/** serverless-esbuild leaves a folder a function in the system's folder for temporary files; here they are found and removed. */
const scratch = join(root, ".build", "package");

const TEMPLATE = "cloudformation-template-update-stack.json";

/** Packaging takes seconds; something that takes minutes hangs. */
const TIME_LIMIT_MS = 180_000;

const checkBindings = (): void => {
  const cutovers = readCutovers(root);
  const faults = [...cutovers.flatMap(alarmFaults), ...placeFaults(cutovers), ...togetherFaults(cutovers)];
  if (faults.length > 0) throw new PawlError("bindings-refused", { faults });
};

/** osls needs neither network nor credentials for this, and is given neither credentials nor a reason to phone home. */
const packageFunctions = (): void => {
  for (const folder of [output, scratch]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const osls = createRequire(import.meta.url).resolve("serverless/bin/serverless.js");
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")));
  const run = spawnSync(process.execPath, [osls, "package"], {
    cwd: root,
    env: { ...environment, TMPDIR: scratch, SLS_NOTIFICATIONS_MODE: "off", AWS_EC2_METADATA_DISABLED: "true" },
    stdio: ["ignore", "inherit", "inherit"],
    timeout: TIME_LIMIT_MS,
  });
  rmSync(scratch, { recursive: true, force: true });
  if (run.error) throw run.error;
  if (run.status !== 0) process.exit(run.status ?? 1);
};

/** A template with a role or a permission that AWS would refuse must not lie about. */
const finishTemplate = (): void => {
  const file = join(output, TEMPLATE);
  const template = withoutEmptyStatements(JSON.parse(readFileSync(file, "utf8")) as Template);
  const faults = [...roleFaults(template.Resources), ...callerFaults(template.Resources)];
  if (faults.length > 0) {
    rmSync(output, { recursive: true, force: true });
    throw new PawlError("roles-too-large", { faults });
  }
  writeFileSync(file, JSON.stringify(template, null, 2));
};

const report = (): void => {
  for (const name of readdirSync(output).filter((file) => file.endsWith(".zip")))
    console.log(`${name.padEnd(20)}${Math.round(statSync(join(output, name)).size / 1024)} kB`);
  console.log(`Template: ${join(".serverless", TEMPLATE)}`);
};

try {
  checkBindings();
  packageFunctions();
  finishTemplate();
  report();
} catch (error) {
  if (!(error instanceof PawlError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
