import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stopInBackground } from "../../../lab/background.ts";
import { readRunningLab } from "../../../lab/lab-file.ts";
import { readProcess } from "../../../lab/process/process-table.ts";
import { describeLab } from "../../../lab/status.ts";

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "pawl-lab-file-"));
  file = join(dir, "lab.json");
});
afterEach(() => rmSync(dir, { recursive: true }));

it("names a lab as long as the very process is there that wrote it", () => {
  const startTicks = readProcess(process.pid)?.startTicks;
  writeFileSync(file, JSON.stringify({ pid: process.pid, startTicks }));

  expect(readRunningLab(file)).toEqual({ pid: process.pid, startTicks });
});

describe("a lab file that names no lab", () => {
  it.each([
    ["cut off", '{"pid": 12'],
    ["empty", ""],
    ["null", "null"],
    ["a number", "12"],
    ["without a pid", "{}"],
    ["with a pid that is text", '{"pid": "1"}'],
    ["with a path for a pid", '{"pid": "self"}'],
    ["of a process that has its pid since", JSON.stringify({ pid: process.pid, startTicks: 1 })],
    ["of no process at all", JSON.stringify({ pid: 2 ** 30 })],
  ])("because it is %s means that no lab runs, and is removed by down", async (_, text) => {
    writeFileSync(file, text);

    expect(readRunningLab(file)).toBeUndefined();
    expect(describeLab(file)).toEqual([`No lab runs here (${file}).`]);
    expect(await stopInBackground(file)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
  });
});
