import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");

it.each<[string, readonly string[], string]>([
  ["lab/receipts/main.ts", [], "No report was named."],
  ["lab/receipts/main.ts", ["/nowhere", "--mode", "red"], "There is no mode red."],
  ["lab/receipts/main.ts", ["/nowhere"], "/nowhere is no report."],
  ["lab/receipts/main.ts", ["/nowhere", "--jsn"], "The arguments cannot be read."],
  ["lab/load/main.ts", [], "--url is missing."],
  ["lab/load/main.ts", ["--url", "http://127.0.0.1:1"], "--receipts is missing."],
])("%s %j ends with 2 and says what, why and what next", (program, args, what) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: ROOT, encoding: "utf8" });

  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  const lines = stderr.trimEnd().split("\n");
  expect(lines).toEqual([what, expect.stringMatching(/^ {2}why: {2}./), expect.stringMatching(/^ {2}next: ./)]);
});
