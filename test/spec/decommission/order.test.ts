import { describe, expect, it } from "vitest";
import { runDecommission } from "../../../src/decommission/run-decommission.ts";
import { ok } from "../../../src/kernel/result.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { beginDecommission } from "../../support/decommission.ts";
import { sha256, wholeLedger } from "../../support/fake-world.ts";

const BEFORE = ["final-diff", "point-of-no-return"];
const CUT_OFF = ["alarm-actions-off", "delete-pin"];
const AFTER = [
  ...["confirm-green", "fence-blue", "drain-forward", "stop-forward", "drop-forward-slot"],
  ...["stop-reverse-source", "drain-reverse", "stop-reverse-sink", "drop-reverse-slot"],
  ...["reset-offsets", "delete-connectors", "drop-publications", "drop-guards", "verify-absence"],
];
const OWN = ["point-of-no-return", "outwait-rollback"];

describe("decommission", () => {
  it("compares, passes the point of no return, cuts off the rollback, outwaits it, and takes reverse apart last", async () => {
    const { world, effects, premature, run, runMinutes } = await beginDecommission();

    expect(await run()).toEqual({
      done: BEFORE,
      stopped: "alarm-actions-off waits for a permit: promote gives one from fresh evidence",
    });
    expect((await runMinutes(1)).done).toEqual(CUT_OFF);
    await runMinutes(5);
    expect(await runMinutes(1)).toEqual({ done: ["outwait-rollback", ...AFTER], stopped: "complete" });

    expect(effects).toEqual([...BEFORE, ...CUT_OFF, ...AFTER].filter((action) => !OWN.includes(action)));
    expect(premature).toEqual([]);
    expect(world.state()).toMatchObject({ phase: "complete", wayBack: "closed", epoch: 1 });
    expect(world.state().permit).toBeUndefined();
    expect(await world.active.list(1_000 as never)).toEqual({ ok: true, value: [] });
    expect(
      wholeLedger(world)
        .map(({ kind }) => kind)
        .slice(-3),
    ).toEqual(["pointOfNoReturn", "wayBackClosed", "completed"]);
    expect(verifyLedger(wholeLedger(world), sha256, world.state().ledgerHead)).toMatchObject({ intact: true });
  });

  it("looks again whether green has everything before it tries a fence that failed once more", async () => {
    const { effects, instead, runMinutes } = await beginDecommission();
    instead.set("fence-blue", { kind: "failed", message: "the database does not answer" });
    await runMinutes(8);
    expect(effects.at(-1)).toBe("confirm-green");
    instead.delete("fence-blue");
    instead.set("confirm-green", { kind: "failed", message: "somebody sends users to blue" });
    await runMinutes(2);
    expect(effects).not.toContain("fence-blue");
    instead.delete("confirm-green");
    expect((await runMinutes(1)).done[0]).toBe("fence-blue");
  });

  it("is left alone by an executor that read the state before another one took everything apart", async () => {
    const { world, acts, run, runMinutes } = await beginDecommission();
    await run();
    await runMinutes(1);
    const before = world.state();
    expect(before.wayBack).toBe("restorable");
    await runMinutes(6);
    expect(world.state().phase).toBe("complete");
    const answers = [ok(before)];
    const state = {
      ...world.ports.state,
      read: async () => answers.shift() ?? ok(world.state()),
    };
    const report = await runDecommission({ ...world.ports, state, acts, hasTime: () => true }, world.cutover);
    expect(report).toEqual({ done: [], stopped: "complete" });
  });

  it("begins no act for which the invocation has no time left", async () => {
    const { world, acts, effects } = await beginDecommission();
    let left = 1;
    const hasTime = (): boolean => {
      left -= 1;
      return left >= 0;
    };

    expect(await runDecommission({ ...world.ports, acts, hasTime }, world.cutover)).toEqual({
      done: ["final-diff"],
      stopped: "out of time; the next tick goes on",
    });
    expect(effects).toEqual(["final-diff"]);
  });

  it("waits until no rollback begun before the pin was deleted can still write", async () => {
    const { world, effects, run, runMinutes, grantPermit } = await beginDecommission();
    await run();
    await runMinutes(1);
    const deletedAt = world.clock.now();

    world.clock.spend(329_000 - (world.clock.now() - deletedAt));
    grantPermit();
    expect((await run()).stopped).toMatch(/^outwait-rollback waits: /);
    expect(effects.at(-1)).toBe("delete-pin");

    world.clock.spend(1_500);
    grantPermit();
    expect((await run()).done[0]).toBe("outwait-rollback");
  });

  it.each([
    ["its first act", "open", "final-diff"],
    ["the point of no return", "restorable", "alarm-actions-off"],
    ["reverse's sink has stopped", "closed", "drop-reverse-slot"],
  ] as const)("says after %s that the way back is %s", async (_when, wayBack, action) => {
    const { world, instead, run, runMinutes } = await beginDecommission();
    instead.set(action, { kind: "waiting", for: "a look at the state" });
    await run();
    await runMinutes(8);
    expect(world.state().wayBack).toBe(wayBack);
  });

  it("keeps the way back restorable for as long as reverse's slot was not about to be dropped", async () => {
    const { world, instead, run, runMinutes } = await beginDecommission();
    instead.set("stop-reverse-sink", { kind: "waiting", for: "the sink" });
    await run();
    expect(await runMinutes(8)).toEqual({ done: [], stopped: "stop-reverse-sink waits: the sink" });
    expect(world.state().wayBack).toBe("restorable");
  });

  it("pages when the sides differ, and takes nothing apart until they do not", async () => {
    const { world, effects, instead, run, runMinutes } = await beginDecommission();
    instead.set("final-diff", { kind: "failed", message: "2 of 900 rows differ." });

    expect(await run()).toEqual({ done: [], stopped: "final-diff failed: 2 of 900 rows differ." });
    await runMinutes(2);
    expect(effects).toEqual([]);
    expect(world.state().wayBack).toBe("open");
    const pages = world.notify.sent.filter(({ subject }) => subject.includes("final-diff"));
    expect(pages).toEqual([
      expect.objectContaining({ urgency: "page", body: expect.stringContaining("Way back: open") }),
    ]);

    instead.delete("final-diff");
    expect((await runMinutes(1)).done).toEqual(BEFORE);
  });

  it("pages when green is not confirmed, and never fences blue", async () => {
    const { world, effects, instead, run, runMinutes } = await beginDecommission();
    instead.set("confirm-green", { kind: "failed", message: "half of it goes to blue." });
    await run();

    expect((await runMinutes(8)).stopped).toBe("confirm-green failed: half of it goes to blue.");
    expect(effects).toEqual(["final-diff", ...CUT_OFF]);
    expect(world.notify.sent.at(-1)).toMatchObject({
      urgency: "page",
      subject: "orders: decommission stopped at confirm-green",
    });
  });
});
