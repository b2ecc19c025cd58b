import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { JsonObject } from "../../src/kernel/json.ts";
import type { SimulationReport } from "../../src/rehearsal/simulate/report.ts";
import { runPawl } from "./run-pawl.ts";
import { smallPolicy } from "./small-policy.ts";

/** A scenario of the small policy in which nothing goes wrong, to be changed by a spec. */
export const quietScenario = (changes: JsonObject = {}): JsonObject => ({
  policy: "policy.json",
  seed: 7,
  runs: 4,
  horizon: "2h",
  blue: { errorRate: 0.002 },
  green: { errorRate: 0.002 },
  ...changes,
});

/** A folder with a policy and a scenario, gone when the test ends, and the command run over it. */
export const simulationIn = (scenario: JsonObject | string, policy: JsonObject = smallPolicy()) => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-simulate-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "scenario.json");
  writeFileSync(join(dir, "policy.json"), JSON.stringify(policy));
  writeFileSync(file, typeof scenario === "string" ? scenario : JSON.stringify(scenario, null, 2));
  const run = (...args: readonly string[]) => runPawl(["policy", "simulate", file, ...args]);
  const report = async (...args: readonly string[]): Promise<SimulationReport> => {
    const { out } = await run("--json", ...args);
    return JSON.parse(out) as SimulationReport;
  };
  return { dir, file, run, report };
};
