import { existsSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { quietScenario, simulationIn } from "../../support/simulate.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const refusal = async (scenario: Parameters<typeof simulationIn>[0], ...args: readonly string[]) => {
  const { file, run } = simulationIn(scenario);
  const { exitCode, err } = await run(...args);
  return { file, exitCode, err };
};

describe("a scenario file", () => {
  it("is refused with file, line, column and pointer, and with the name that was meant", async () => {
    const { exitCode, err, file } = await refusal(quietScenario({ telemetry: { dropRat: 0.1 } }));

    expect(exitCode).toBe(1);
    expect(err).toContain(`${file}:`);
    expect(err).toMatch(/:\d+:\d+ error \/telemetry\/dropRat: .*Did you mean "dropRate"\?/);
  });

  it.each([
    [
      { telemetry: { outages: [{ at: "1h", for: "5m", metrics: ["forward.lagSecond"] }] } },
      /metrics\/0: .*forward\.lagSeconds/,
    ],
    [{ cdc: { lagSeconds: "lognormal(1)" } }, /\/cdc\/lagSeconds: .*lognormal\(mean of the logarithm/],
    [{ cdc: { lagSeconds: "lognorml(1,2)" } }, /Did you mean "lognormal"\?/],
    [{ horizon: "30s" }, /\/horizon: .*at least 1m/],
    [{ green: {} }, /\/green: "errorRate" is missing/],
    [{ runs: 0 }, /\/runs: 0 /],
    [{ blue: { errorRate: 2 } }, /\/blue\/errorRate: 2 /],
    [{ policy: "nowhere.json" }, /There is no policy at/],
  ])("is refused: %j", async (changes, says) => {
    const { exitCode, err } = await refusal(quietScenario(changes));

    expect(exitCode).toBe(1);
    expect(err).toMatch(says);
  });

  it.each<[string, JsonObject]>([
    ["name", { name: "\u001b[31mred" }],
    ["name", { name: "\u009b31mred" }],
    ["name", { name: "one\ntwo" }],
    ["policy", { policy: "\u001b[2J.json" }],
    ["lagSeconds", { cdc: { lagSeconds: "\u001b[2J" } }],
    ["metrics", { telemetry: { outages: [{ at: "0m", for: "5m", metrics: ["\u001b[2J"] }] } }],
  ])("is refused where a terminal would obey what it says, and says so without: %s", async (field, changes) => {
    const { exitCode, err } = await refusal(quietScenario(changes));

    expect(exitCode).toBe(1);
    expect(err).toContain(`/${field}`);
    expect(err).toContain("has not the form that is asked for");
    expect(err.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  it.each([
    ["not JSON", "{"],
    ["empty", ""],
    ["binary", "\u0000\u0001"],
    ["deep", "[".repeat(1_000_000)],
  ])("that is %s is refused, and nothing is simulated", async (_, text) => {
    const { exitCode, err } = await refusal(text);

    expect(exitCode).toBe(1);
    expect(err).toContain("is not a valid scenario");
  });

  it.each([
    ["by its whole path", true],
    ["as seen from the scenario", false],
  ])("names its policy %s", async (_, whole) => {
    const { dir } = simulationIn(quietScenario(), smallPolicy({ name: "elsewhere" }));
    const policy = join(dir, "policy.json");
    const { file, report } = simulationIn("");
    const named = whole ? policy : relative(dirname(file), policy);
    writeFileSync(file, JSON.stringify(quietScenario({ policy: named, runs: 1, horizon: "1m" })));

    expect(await report()).toMatchObject({ policyName: "elsewhere", policy });
  });

  it("is refused with a policy that is broken", async () => {
    const { run } = simulationIn(quietScenario(), { apiVersion: "pawl/v1" });
    const { exitCode, err } = await run();

    expect(exitCode).toBe(1);
    expect(err).toMatch(/policy\.json is not a valid policy[\s\S]*"gates" is missing/);
  });

  it.each([
    [["--runs", "0"], "--runs takes a whole number from 1"],
    [["--runs", "many"], "--runs takes"],
    [["--seed", "-1"], "--seed takes"],
    [["--workers", "0"], "--workers takes"],
    [["--horizon", "1d"], "is no horizon"],
  ])("is run only with flags that can be meant: %j", async (args, says) => {
    const { exitCode, err } = await refusal(quietScenario(), ...args);

    expect(exitCode).toBe(2);
    expect(err).toContain(says);
  });

  it("is run only where the page can be written", async () => {
    const { exitCode, err } = await refusal(quietScenario(), "--html", "/no/such/folder/page.html");

    expect(exitCode).toBe(1);
    expect(err).toContain("There is no folder /no/such/folder.");
  });

  it.skipIf(!existsSync("/dev/full"))("has to have room for its page", async () => {
    const { exitCode, err } = await refusal(quietScenario(), "--html", "/dev/full");
    expect(exitCode).toBe(1);
    expect(err).toContain("/dev/full cannot be written.\n  why:  ENOSPC");
  });
});
