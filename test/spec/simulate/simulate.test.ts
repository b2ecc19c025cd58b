import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quietScenario, simulationIn } from "../../support/simulate.ts";
import { smallPolicy } from "../../support/small-policy.ts";

describe("pawl policy simulate", () => {
  it("walks a good green to 100 % in every run, and sends none back", async () => {
    const report = await simulationIn(quietScenario()).report();

    expect(report.timeToFull).toMatchObject({ runs: 4, share: 1 });
    // Two steps of at least ten minutes each before the one to 100.
    expect(report.timeToFull.minutes?.median).toBeGreaterThanOrEqual(20);
    expect(report.falseRollback.runs).toBe(0);
    expect(report.requestsHarmed.most).toBe(0);
    expect(report.endings.horizon).toBe(4);
    expect(report.timeInStep.map(({ step, advanced }) => [step, advanced])).toEqual([
      ["start", 4],
      ["canary", 4],
      ["half", 4],
      ["full", 0],
    ]);
    expect(report.weights.at(0)?.p50).toBe(0);
    expect(report.weights.at(-1)?.p1).toBe(100);
  });

  it("gives the same report for the same seed, whatever the number of workers, and another for another", async () => {
    const { report } = simulationIn(quietScenario({ green: { errorRate: 0.01 }, horizon: "1h" }));
    const [one, two, other] = [
      await report("--workers", "1"),
      await report("--workers", "2"),
      await report("--seed", "8"),
    ];

    expect(two).toEqual(one);
    expect(other.requestsHarmed.greenRequests).not.toBe(one.requestsHarmed.greenRequests);
  });

  it("sends back a green that begins to fail, and counts from the change to the latch", async () => {
    const green = { errorRate: 0.002, changes: [{ at: "30m", errorRate: 0.5 }] };
    const report = await simulationIn(quietScenario({ green })).report();

    expect(report.endings.rolledBack).toBe(4);
    expect(report.rollbacks.because[0]).toMatchObject({ what: "breaker", runs: 4 });
    expect(report.falseRollback.runs).toBe(0);
    expect(report.detectionDelay).toMatchObject({ exposed: 4, detected: 4 });
    expect(report.detectionDelay.minutes?.median).toBeGreaterThanOrEqual(1);
    expect(report.detectionDelay.minutes?.most).toBeLessThanOrEqual(6);
    for (const { exposed, harmed } of report.outcomes) {
      expect(exposed).toBe(30);
      expect(harmed).toBeGreaterThan(0);
    }
  });

  it("detects nothing where a rollback was latched, and held, before green was bad", async () => {
    const stalls = [{ at: "65m", for: "10h", stream: "reverse" }];
    const green = {
      errorRate: 0.002,
      changes: [
        { at: "20m", errorRate: 0.2 },
        { at: "40m", errorRate: 0.9 },
      ],
    };
    const world = {
      green,
      bad: { errorRate: 0.5 },
      cdc: { lagSeconds: 1, stalls: stalls.map((stall) => ({ ...stall, at: "1m" })) },
    };
    const { report, run } = simulationIn(quietScenario(world));
    const { detectionDelay, outcomes, timeInStep } = await report();

    expect(timeInStep.map(({ step, rolledBack, stayed }) => [step, rolledBack, stayed])).toContainEqual(["half", 0, 4]);
    expect(outcomes.every(({ rollback, exposed }) => (rollback?.minute ?? 99) < (exposed ?? 0))).toBe(true);
    expect(detectionDelay).toEqual({ exposed: 4, detected: 0, latchedBefore: 4, held: 0, minutes: null });
    expect((await run()).out).toContain(
      "0 of 4 runs with a bad green rolled back, 4 had latched before it was bad and were held",
    );
  });

  it("calls a rollback false where green never was bad", async () => {
    const alwaysFires = { id: "nervous", why: "any error", when: { ">=": [{ var: "green.errors5xx" }, 0] } };
    const policy = smallPolicy({ rollback: [alwaysFires] });
    const report = await simulationIn(quietScenario(), policy).report();

    expect(report.falseRollback).toMatchObject({ runs: 4, share: 1, because: [{ what: "nervous", runs: 4 }] });
  });

  it("calls a step false that is taken while green is bad", async () => {
    const gates = {
      any: { why: "hardly anything is asked", rule: { ">=": [{ var: "green.healthyHosts" }, 1] } },
    };
    const step = (id: string, weight: number) => ({ id, weight, minDwell: "5m", promoteWhen: ["any"] });
    const policy = smallPolicy({
      gates,
      start: { require: ["any"] },
      steps: [step("canary", 5), step("half", 50), step("full", 100)],
      decommission: { require: ["any"], approval: "operator" },
    });
    const report = await simulationIn(quietScenario({ green: { errorRate: 0.05 }, horizon: "30m" }), policy).report();

    // The first step is taken before anybody can know; the two after it are not.
    expect(report.falsePromotion).toMatchObject({ runs: 4, steps: 8 });
    expect(report.detectionDelay).toMatchObject({ exposed: 4, detected: 0, minutes: null });
  });

  it("never promotes blind, and rolls back when that lasts", async () => {
    const outages = [{ at: "12m", for: "40m", metrics: ["forward.*"] }];
    const report = await simulationIn(quietScenario({ telemetry: { outages } })).report();

    expect(report.timeToFull.runs).toBe(0);
    expect(report.rollbacks.because).toEqual([{ what: "blind", runs: 4 }]);
    for (const { rollback } of report.outcomes) expect(rollback?.minute).toBeGreaterThanOrEqual(22);
  });

  it("ends where decommission begins, once somebody approves", async () => {
    const policy = smallPolicy({ drill: true, soak: { duration: "10m", onBreak: "restart-clock" } });
    const unapproved = await simulationIn(quietScenario({ runs: 1 }), policy).report();
    const approved = await simulationIn(quietScenario({ runs: 1, operator: { approvesAfter: "0m" } }), policy).report();

    expect(unapproved.endings).toMatchObject({ horizon: 1, decommissioning: 0 });
    expect(approved.endings).toMatchObject({ horizon: 0, decommissioning: 1 });
    expect(approved.ticks).toBeLessThan(unapproved.ticks);
  });

  it("says why a cutover could not even be armed", async () => {
    const outages = [{ at: "0m", for: "1h", metrics: ["traffic.ruleInSync"] }];
    const { out, exitCode } = await simulationIn(quietScenario({ telemetry: { outages } })).run();

    expect(exitCode).toBe(0);
    expect(out).toContain("not armed 4 (100 %)");
    expect(out).toContain("4 runs were not armed: the listener's rules cannot be read");
  });
});

describe("requests harmed", () => {
  it("hold the seconds of the minute in which traffic goes back", async () => {
    const telemetry = { outages: [{ at: "12m", for: "40m", metrics: ["forward.*"] }] };
    const sound = await simulationIn(quietScenario({ runs: 1, telemetry })).report();
    const back = sound.outcomes[0]?.rollback?.minute;
    const green = { errorRate: 0.002, changes: [{ at: `${back}m`, errorRate: 1 }] };
    const broken = await simulationIn(quietScenario({ runs: 1, telemetry, green })).report();

    expect(sound.requestsHarmed.most).toBe(0);
    expect(broken.outcomes[0]?.rollback?.minute).toBe(back);
    // The tick comes two seconds after the minute, and traffic went back in it.
    expect(broken.requestsHarmed.most).toBeGreaterThan(0);
    expect(broken.requestsHarmed.most).toBeLessThan(broken.requestsHarmed.greenRequests / 60);
  });

  it("are said in the same words on the page as in the report, with what is counted", async () => {
    const { dir, run } = simulationIn(quietScenario({ green: { errorRate: 0.02 }, bad: { errorRate: 0.5 } }));
    const file = join(dir, "report.html");
    const { out } = await run("--html", file);
    const [, headline = "", rest = "", counted = ""] =
      /requests harmed +(median [\d,]+), (p90 .* on average [\d,]+ a run)\n +(expected failures .* on blue)\n/.exec(
        out,
      ) ?? [];
    const page = readFileSync(file, "utf8");

    expect(headline).not.toBe("median 0");
    expect(page).toContain(`<dt>requests harmed</dt><dd>${headline}<small>${rest}</small></dd>`);
    expect(page).toContain(`Requests harmed: ${counted}.`);
  });
});

describe("the page of a simulation", () => {
  it("is never written over something that is no page", async () => {
    const { dir, file, run } = simulationIn(quietScenario({ runs: 1, horizon: "5m" }));
    const page = join(dir, "report.html");
    const before = readFileSync(join(dir, "policy.json"), "utf8");

    for (const other of [join(dir, "policy.json"), file])
      expect(await run("--html", other)).toMatchObject({
        exitCode: 1,
        err: expect.stringContaining("holds something that is no page"),
      });
    expect(readFileSync(join(dir, "policy.json"), "utf8")).toBe(before);
    expect((await run("--html", page)).exitCode).toBe(0);
    expect((await run("--html", page)).exitCode).toBe(0);
  });

  it("is one file that loads nothing, and says in words what its pictures show", async () => {
    const { dir, run } = simulationIn(quietScenario({ name: "<quiet>", horizon: "1h" }));
    const file = join(dir, "report.html");
    const { exitCode } = await run("--html", file);
    const page = readFileSync(file, "utf8");

    expect(exitCode).toBe(0);
    expect(page).toContain("&#60;quiet&#62;");
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
    expect(page.match(/<svg/g)).toHaveLength(4);
    expect(page.match(/<svg[^>]* role="img" aria-labelledby=/g)).toHaveLength(4);
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page).not.toContain("NaN");
  });
});
