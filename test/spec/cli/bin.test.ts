import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const BIN = join(import.meta.dirname, "../../../bin/pawl.mjs");

const pawl = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8", timeout: 25_000 });
  return { status, stdout, stderr };
};

it("the command ends with the exit code of the verb, from any folder, and says so as JSON where asked", () => {
  const { status, stdout } = pawl("status", "--lab", "/nowhere/lab.json", "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { what: "There is no lab at /nowhere/lab.json." } });
});
