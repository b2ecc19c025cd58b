import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { DRILL } from "../../support/fake-world.ts";
import { livedWorld, plainLine, recordingOf } from "../../support/recorded.ts";
import { replayed, replayedInWords } from "../../support/replayed.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const drill = DRILL as unknown as JsonObject;
const steps = DRILL.steps as unknown as readonly JsonObject[];

describe("pawl policy replay, with the policy that was recorded", () => {
  it("comes to every verdict and decision that the guard came to", async () => {
    const recording = await recordingOf(await livedWorld());
    const { exitCode, document } = await replayed({ recording });

    expect(document).toMatchObject({ ok: true, form: "guard", comparison: null, reproduced: { differing: 0 } });
    expect(document.reproduced.ticks).toBe(document.ticks);
    expect(document.ticks).toBeGreaterThan(10);
    expect(await replayedInWords({ recording })).toContain("0 come out otherwise than recorded");
    expect(exitCode).toBe(0);
  });

  it("lists the tick whose recorded decision was changed, with its line", async () => {
    const lines = (await recordingOf(await livedWorld())).split("\n");
    const index = lines.findIndex((line) => line.includes('"kind":["advance"]'));
    lines[index] = (lines[index] ?? "").replace('"kind":["advance"]', '"kind":["hold"]');
    const { exitCode, document } = await replayed({ recording: lines.join("\n") });

    expect(exitCode).toBe(1);
    expect(document.reproduced.differences[0]).toMatchObject({
      line: index + 1,
      what: "hold was recorded, advance comes out",
    });
  });

  it("lists ticks whose evidence was changed in the recording, though every verdict stays", async () => {
    const lines = (await recordingOf(await livedWorld())).split("\n");
    const index = lines.findIndex((line) => /"green\.requests":\[\d+\]/.test(line));
    const changed = (lines[index] ?? "").replace(/"green\.requests":\[(\d+)\]/, '"green.requests":[1$1]');
    expect(changed).not.toBe(lines[index]);
    lines[index] = changed;
    const { exitCode, document } = await replayed({ recording: lines.join("\n") });

    expect(exitCode).toBe(1);
    expect(document.reproduced.differing).toBeGreaterThan(0);
  });

  it("takes no other policy under the recorded digest", async () => {
    const recording = (await recordingOf(await livedWorld())).replace('"minCoverage":0.9', '"minCoverage":0.5');
    const { exitCode, document } = await replayed({ recording });
    expect(exitCode).toBe(1);
    expect(document.error.why).toContain("its policy is not the one that its digest names");
  });
});

describe("pawl policy replay, with another policy", () => {
  it("finds nothing to say of the very same one", async () => {
    const { exitCode, document } = await replayed({ recording: await recordingOf(await livedWorld()), policy: drill });
    expect(exitCode).toBe(0);
    expect(document.comparison).toMatchObject({ divergence: null, changes: [] });
  });

  it("says that a step would have been made later, and marks what follows as counterfactual", async () => {
    const slower = { ...drill, steps: [{ ...steps[0], minDwell: "20m" }, ...steps.slice(1)] };
    const files = { recording: await recordingOf(await livedWorld()), against: slower };
    const { comparison } = (await replayed(files)).document;
    const out = await replayedInWords(files);

    expect(comparison?.divergence).toMatchObject({ was: { kind: "advance", to: 50 }, would: null });
    expect(comparison?.changes[0]).toMatchObject({
      action: { kind: "advance", to: 50 },
      would: null,
      because: [expect.stringMatching(/^dwell: /)],
      counterfactual: false,
    });
    expect(out).toContain("would not have advanced to 50 %, as the recording has at 2026-11-22 ");
    expect(out).toMatch(/Everything after 2026-11-22 \d\d:\d\d is counterfactual/);
  });

  it("says when, and because of what, it would have gone back", async () => {
    const strict = {
      ...drill,
      rollback: [{ id: "any-error", why: "nothing may fail", when: { ">": [{ var: "green.requests" }, 0] } }],
    };
    const files = { recording: await recordingOf(await livedWorld()), against: strict };
    const { document } = await replayed(files);
    const back = document.comparison?.changes.find(({ action }) => action.kind === "rollback");

    expect(back).toMatchObject({ because: [expect.stringContaining("any-error fired: nothing may fail")] });
    expect(await replayedInWords(files)).toMatch(/would have rolled back \d+ minutes earlier, at .*any-error fired/);
    expect(document.comparison?.changes.find(({ action }) => action.to === 50)).toMatchObject({
      would: null,
      counterfactual: true,
      because: ["it had already gone back to blue"],
    });
  });

  it("compares two policies with each other", async () => {
    const slower = { ...drill, steps: [{ ...steps[0], minDwell: "20m" }, ...steps.slice(1)] };
    const recording = await recordingOf(await livedWorld());
    const { document } = await replayed({ recording, policy: slower, against: drill });
    expect(document.comparison?.changes.map(({ said }) => said)[0]).toMatch(/^would have advanced to 50 % at /);
    const back = (await replayed({ recording, policy: drill, against: slower })).document.comparison;
    // Of neither is it said that it happened: both are policies that never judged.
    expect(back?.changes[0]?.said).toContain(`would not have advanced to 50 %, as ${back?.was} has at 2026-11-22 `);
    expect(back?.was).not.toBe("the recording");
  });
});

describe("pawl policy replay of minutes that somebody wrote down", () => {
  /** A quarter of an hour on blue, then the canary. */
  const canary = (minutes: number, last: JsonObject = {}): string =>
    Array.from({ length: minutes }, (_, minute) =>
      plainLine(minute, minute < 15 ? 0 : 5, minute < minutes - 3 ? {} : last),
    ).join("\n");

  it("says what a policy would have decided, and when", async () => {
    const { exitCode, document } = await replayed({ recording: canary(40), policy: smallPolicy() });
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ form: "plain", ticks: 40, reproduced: { ticks: 0 } });
    expect(document.comparison?.changes[0]).toMatchObject({
      action: { kind: "advance", to: 5 },
      counterfactual: false,
    });
  });

  it("goes back where a rule fires, and says which", async () => {
    const bad = { green: { requests: 60, errors5xx: 30, healthyHosts: 4 } };
    const recording = Array.from({ length: 9 }, (_, minute) => plainLine(minute, 5, minute < 6 ? {} : bad)).join("\n");
    const { document } = await replayed({ recording, policy: smallPolicy() });
    expect(document.comparison?.changes).toMatchObject([
      { action: { kind: "rollback", to: 0 }, was: null, would: "2026-01-05T12:07:00.000Z", counterfactual: false },
    ]);
    expect(document.comparison?.changes[0]?.because[0]).toContain("breaker fired");
  });

  it("says of a rollback whether traffic would have stayed, because going back would lose writes and the policy waits", async () => {
    const bad = { green: { requests: 60, errors5xx: 30, healthyHosts: 4 } };
    const recording = Array.from({ length: 12 }, (_, minute) =>
      plainLine(minute, minute < 9 ? 5 : 50, minute < 6 ? {} : bad),
    ).join("\n");
    const held = "going back is unknown (reverse.dataGap is unknown: not in the recording; and 9 more)";
    const waits = { recording, policy: smallPolicy() };
    const { comparison } = (await replayed(waits)).document;
    expect(comparison?.changes).toMatchObject([
      { action: { kind: "rollback" }, held },
      { action: { kind: "advance", to: 50 }, would: null, held: null, because: ["its rollback was held"] },
    ]);
    expect(await replayedInWords(waits)).toContain(`gross failure; held, traffic stays: ${held}\n`);

    const snaps = { recording, policy: smallPolicy({ whenNotLossless: "snap" }) };
    expect((await replayed(snaps)).document.comparison?.changes).toMatchObject([
      { action: { kind: "rollback" }, held: null },
      { action: { kind: "advance", to: 50 }, because: ["it had already gone back to blue"] },
    ]);
    expect(await replayedInWords(snaps)).not.toContain("held, traffic stays");
  });

  it("knows nothing of a signal that a line leaves out, or holds as null", async () => {
    const silent = (forward: JsonObject) =>
      Array.from({ length: 20 }, (_, minute) => plainLine(minute, 0, { forward })).join("\n");
    for (const forward of [{}, { state: "RUNNING", lagSeconds: null }, { state: "RUNNING" }]) {
      const { document } = await replayed({ recording: silent(forward), policy: smallPolicy() });
      expect(document.comparison?.changes).toEqual([]);
      expect(document.comparison?.decisions.would).toEqual({ hold: 20 });
      expect(document.comparison?.blocking["gate:lag"]).toBe(20);
    }
  });

  it("waits for the dwell of a step from the minute that first shows its weight", async () => {
    const recording = Array.from({ length: 30 }, (_, minute) => plainLine(minute, 5, { note: "quiet" })).join("\n");
    const { document } = await replayed({ recording, policy: smallPolicy() });
    // Verified as the recording begins, so that the canary's ten minutes are over with its tenth tick.
    expect(document.comparison?.changes).toMatchObject([
      { action: { kind: "advance", to: 50 }, was: null, would: "2026-01-05T12:10:00.000Z" },
      { action: { kind: "advance", to: 100 }, was: null, counterfactual: true },
    ]);
  });

  it("holds decisions and verdicts that were written down against those of the policy", async () => {
    const lines = Array.from({ length: 12 }, (_, minute) =>
      plainLine(minute, 5, { decision: "hold", verdicts: { errors: minute < 4 ? "unknown" : "pass" } }),
    );
    const { document } = await replayed({ recording: lines.join("\n"), policy: smallPolicy() });
    expect(document.comparison?.divergence).toMatchObject({ was: null, would: { kind: "advance", to: 50 } });
    expect(document.comparison?.decisions.was).toEqual({ hold: 12 });
  });

  it("is counterfactual from where two policies leave it, although they leave it alike", async () => {
    const recording = Array.from({ length: 30 }, (_, minute) => plainLine(minute, 5, { note: "quiet" })).join("\n");
    const files = {
      recording,
      policy: smallPolicy(),
      against: smallPolicy({ description: "The same, in other words." }),
    };
    const { comparison } = (await replayed(files)).document;

    expect(comparison).toMatchObject({ divergence: null, changes: [], counterfactualFrom: "2026-01-05T12:11:00.000Z" });
    expect(await replayedInWords(files)).toMatch(
      /makes every move at the same tick\n {2}From 2026-01-05 12:11 on everything is counterfactual/,
    );
  });

  it("says which signals the soak clock lacks, and runs it where they are there", async () => {
    const soaking = (minutes: number, more: JsonObject) =>
      Array.from({ length: minutes }, (_, minute) => plainLine(minute, 100, more)).join("\n");
    const lacking = { recording: soaking(30, {}), policy: smallPolicy() };
    const streams = {
      forward: { state: "RUNNING", lagSeconds: 1.5, lagRecords: 0 },
      reverse: { lagRecords: 0 },
    };
    const drill = smallPolicy({ drill: true, soak: { duration: "10m", onBreak: "restart-clock" } });
    const last = JSON.parse(plainLine(29, 100, { ...streams, decision: "decommission" }));
    const whole = { recording: `${soaking(29, streams)}\n${JSON.stringify(last)}`, policy: drill };

    expect(await replayedInWords(lacking)).toMatch(
      /The soak clock counts .* missing: forward\.lagRecords in 30 of 30, reverse\.lagRecords in 30 of 30\./,
    );
    expect(await replayedInWords(whole)).not.toContain("The soak clock counts");
    // A recorded decommission was approved.
    expect((await replayed(whole)).document.comparison?.decisions.would).toEqual({ soak: 29, decommission: 1 });
  });

  it("knows a response time as the guard would: of a hundred requests in three minutes, and no fewer", async () => {
    const small = smallPolicy();
    const why = "nobody waits for long";
    const quick = smallPolicy({
      gates: { ...(small["gates"] as JsonObject), quick: { why, rule: { "<=": [{ var: "green.p99Ms" }, 400] } } },
      steps: [
        { id: "canary", weight: 5, minDwell: "10m", promoteWhen: ["errors", "quick"] },
        { id: "full", weight: 100, minDwell: "10m", promoteWhen: ["errors"] },
      ],
    });
    const asked = (requests: number) =>
      Array.from({ length: 9 }, (_, minute) =>
        plainLine(minute, 5, { green: { requests, errors5xx: 0, healthyHosts: 4, p99Ms: 200 } }),
      ).join("\n");
    const heldBy = async (requests: number) =>
      (await replayed({ recording: asked(requests), policy: quick })).document.comparison?.blocking["gate:quick"];
    expect([await heldBy(33), await heldBy(34)]).toEqual([9, 4]);
  });

  it("takes a number that cannot be one for unknown, and says so", async () => {
    const stalled = { forward: { state: "RUNNING", lagSeconds: -1 } };
    const recording = Array.from({ length: 9 }, (_, minute) => plainLine(minute, 5, stalled)).join("\n");
    const { document } = await replayed({ recording, policy: smallPolicy() });

    expect(document.comparison?.decisions.would).toEqual({ hold: 9 });
    expect(document.comparison?.blocking).toMatchObject({ "gate:lag": 9, blind: 9 });
  });

  it("is refused without a policy", async () => {
    const { exitCode, document } = await replayed({ recording: canary(3) });
    expect(exitCode).toBe(1);
    expect(document.error.next).toContain("--policy");
  });
});
