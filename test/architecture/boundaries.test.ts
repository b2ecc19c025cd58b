import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const ROOMS = ["src", "functions", "lab"];

interface Cruise {
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly unknown[] }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

/** What dependency-cruiser says of the tree in this folder, by the same rules as `npm run boundaries`. */
const cruise = async (folder: string): Promise<Cruise> => {
  const cruiser = join(ROOT, "node_modules/.bin/depcruise");
  const args = [cruiser, "--config", ".dependency-cruiser.mjs", "--output-type", "json", ...ROOMS];
  // It exits with the number of violations, and then too says on standard output which.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1 << 28 }).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  return JSON.parse(stdout) as Cruise;
};

const filesThere = (): readonly string[] =>
  ROOMS.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" }).map((path) => `${room}/${path}`),
  )
    .filter((path) => path.endsWith(".ts"))
    .sort();

describe("the rooms", () => {
  it("are all looked at, types included, and keep apart", async () => {
    const { modules, summary } = await cruise(ROOT);
    const ours = modules.filter(({ source }) => ROOMS.some((room) => source.startsWith(`${room}/`)));
    // A rule set that sees nothing objects to nothing: it has to see every file that there is, and what they import.
    expect(
      ours
        .map(({ source }) => source)
        .filter((source) => source.endsWith(".ts"))
        .sort(),
    ).toEqual(filesThere());
    expect(ours.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(ours.length);
    expect(summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`)).toEqual([]);
  });
});

/** One forbidden import a row: where it is planted, what it says, and the rule that has to object. */
const PLANTED: readonly (readonly [rule: string, file: string, text: string])[] = [
  ["kernel-imports-nothing", "src/kernel/planted.ts", 'export { x } from "../signals/x.ts";'],
  ["kernel-imports-nothing", "src/kernel/planted.ts", 'export { readFile } from "node:fs/promises";'],
  ["stage-signals-looks-only-back", "src/signals/planted.ts", 'export type { X } from "../snapshot/x.ts";'],
  ["stage-snapshot-looks-only-back", "src/snapshot/planted.ts", 'export type { X } from "../policy/x.ts";'],
  ["stage-policy-looks-only-back", "src/policy/planted.ts", 'export type { X } from "../decision/x.ts";'],
  ["stage-decision-looks-only-back", "src/decision/planted.ts", 'export type { X } from "../actuation/x.ts";'],
  ["stage-actuation-looks-only-back", "src/actuation/planted.ts", 'export type { X } from "../ledger/x.ts";'],
  ["stage-ledger-looks-only-back", "src/ledger/planted.ts", 'export type { X } from "../guard/x.ts";'],
  ["pure-stages-do-no-io", "src/decision/planted.ts", 'export { readFile } from "node:fs/promises";'],
  ["pure-stages-do-no-io", "src/snapshot/planted.ts", 'export { Kafka } from "kafkajs";'],
  ["only-policy-knows-json-logic", "src/adapters/a/planted.ts", 'import logic from "json-logic-js"; logic.apply(1);'],
  ["guard-knows-only-stages-and-ports", "src/guard/planted.ts", 'export { x } from "../adapters/a/x.ts";'],
  ["guard-knows-only-stages-and-ports", "src/guard/planted.ts", 'export { setTimeout } from "node:timers/promises";'],
  ["adapters-keep-to-themselves", "src/adapters/b/planted.ts", 'export { x } from "../a/x.ts";'],
  ["adapters-only-through-wiring", "functions/planted.ts", 'export { x } from "../src/adapters/a/x.ts";'],
  ["adapters-only-through-wiring", "src/cli/planted.ts", 'export { x } from "../adapters/a/x.ts";'],
  ["product-never-imports-lab", "src/cli/planted.ts", 'export { x } from "../../lab/x.ts";'],
  ["product-never-imports-lab", "functions/planted.ts", 'export type { X } from "../lab/x.ts";'],
  ["sdks-only-in-adapters", "src/cli/planted.ts", 'export { Client } from "pg";'],
  ["rehearsal-does-no-io", "src/rehearsal/planted.ts", 'export { Worker } from "node:worker_threads";'],
  ["no-cycles", "src/cli/planted.ts", 'import "./planted.ts";'],
];

const TARGETS = [
  ...[
    "signals",
    "snapshot",
    "policy",
    "decision",
    "actuation",
    "ledger",
    "guard",
    "rehearsal",
    "adapters/a",
    "cli",
  ].map((room) => `src/${room}/x.ts`),
  "lab/x.ts",
  "functions/x.ts",
];

describe("the rules against crossing between rooms", () => {
  let tree: string;
  const plant = (file: string, text: string): void => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), `${text}\n`);
  };

  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), "pawl-rooms-"));
    for (const file of [".dependency-cruiser.mjs", "package.json", "tsconfig.json"])
      copyFileSync(join(ROOT, file), join(tree, file));
    symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
    for (const file of TARGETS) plant(file, "export const x = 1; export type X = number;");
  });
  afterEach(() => rmSync(tree, { recursive: true }));

  it("say nothing of a tree that keeps them", async () => {
    expect((await cruise(tree)).summary.violations).toEqual([]);
  });

  it.each(PLANTED)("%s: %s with %s", async (rule, file, text) => {
    plant(file, text);
    const { summary } = await cruise(tree);
    expect(summary.violations).toContainEqual(
      expect.objectContaining({ from: file, rule: expect.objectContaining({ name: rule }) }),
    );
  });

  it("are each planted against at least once", () => {
    const named = [...readFileSync(join(ROOT, ".dependency-cruiser.mjs"), "utf8").matchAll(/name: "([a-z-]+)"/g)];
    const planted = new Set(PLANTED.map(([rule]) => rule));
    expect(named.map(([, name]) => name).filter((name) => name !== undefined && !planted.has(name))).toEqual([]);
  });
});
