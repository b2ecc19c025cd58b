import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DemoReport } from "../../lab/demo/report.ts";

const DEMO = join(import.meta.dirname, "../../lab/demo/main.ts");
/** Nine minutes where nothing else runs; a machine that tests share is slower. */
const LIMIT_MS = 1_500_000;

const NOTHING_LOST = { lost: 0, stale: 0, duplicate: 0, resurrected: 0, ghost: 0, half: 0, unequal: 0 };

describe("the demo, both stories on the real stack", () => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-demo-test-"));
  let exitCode: number | null = null;
  let said = "";
  let report: DemoReport;

  beforeAll(async () => {
    const demo = spawn(process.execPath, [DEMO, "--report", dir], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [demo.stdout, demo.stderr])
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
    exitCode = await new Promise((resolve) => demo.once("close", resolve));
    if (!existsSync(join(dir, "report.json"))) throw new Error(`the demo wrote no report:\n${said.slice(-4_000)}`);
    report = JSON.parse(readFileSync(join(dir, "report.json"), "utf8")) as DemoReport;
  }, LIMIT_MS);

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it("ends well", () => {
    expect(exitCode, said.slice(-6_000)).toBe(0);
    expect(said).toContain("no acknowledged write was lost");
  });

  it("walks to green by the listed steps alone, and leaves nothing of CDC behind", () => {
    expect(report.promotion).toMatchObject({
      weights: [0, 10, 50, 100],
      finalPhase: "complete",
      ...NOTHING_LOST,
      slotsLeft: 0,
      connectorsLeft: 0,
      groupsLeft: 0,
      green5xx: 0,
      healthyHosts: "4/4",
    });
    expect(report.promotion?.ackedOnGreen).toBeGreaterThanOrEqual(100);
    expect(report.promotion?.greenRequests).toBeGreaterThan(0);
  });

  it("drops a bad green back to blue by the alarm of its own traffic, and proves that nothing was lost", () => {
    const { rollback } = report;
    expect(rollback).toMatchObject({
      cause: "alarm",
      expected: "lossless",
      settled: "lossless",
      effectiveWeights: { blue: 100, green: 0 },
      ...NOTHING_LOST,
    });
    expect(rollback?.inFlightAtChange).toBeGreaterThanOrEqual(10);
    const { firstBadAt = "", alarmAt = "", eventAt = "", ruleChangedAt = "", settledAt = "" } = rollback ?? {};
    const order = [firstBadAt, alarmAt, eventAt, ruleChangedAt, settledAt].map((at) => Date.parse(at));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it("leaves what anybody needs to recompute the verdicts", () => {
    for (const story of ["promote", "rollback"])
      for (const file of ["receipts.ndjson", "blue.ndjson", "green.ndjson"])
        expect(existsSync(join(dir, story, file)), `${story}/${file}`).toBe(true);
    expect(report.peakMiB).toBeLessThan(4_096);
  });
});
