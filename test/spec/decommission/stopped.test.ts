import { describe, expect, it } from "vitest";
import { statusReport } from "../../../src/cli/status-report.ts";
import { tellStopped } from "../../../src/decommission/stopped-act.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { beginDecommission, type Decommissioning } from "../../support/decommission.ts";
import { DRILL, sha256, wholeLedger } from "../../support/fake-world.ts";

const pages = ({ world }: Decommissioning) => world.notify.sent.filter(({ urgency }) => urgency === "page");
/** As of the last tick: here the worker runs alone, and status would say first that nobody judges. */
const blocks = ({ world }: Decommissioning) => {
  const state = world.state();
  return statusReport(state, DRILL, { known: false, reason: "not asked" }, state.lastTick ?? state.armedAt).blocking;
};

describe("an act of decommission that does not come about", () => {
  it("is told at once where it fails, and then once an hour, each time under an id of its own", async () => {
    const of = await beginDecommission();
    of.instead.set("final-diff", { kind: "failed", message: "2 of 900 rows differ." });
    await of.runMinutes(1);
    expect(pages(of)).toHaveLength(1);
    await of.runMinutes(59);
    expect(pages(of)).toHaveLength(1);
    await of.runMinutes(1);
    expect(pages(of)).toHaveLength(2);
    await of.runMinutes(60);
    expect(new Set(pages(of).map(({ id }) => id)).size).toBe(3);
    expect(pages(of)[0]).toMatchObject({
      subject: "orders: decommission stopped at final-diff",
      body: expect.stringMatching(/^2 of 900 rows differ\. Nothing further is taken apart .* Way back: open/),
    });
  });

  it("stands in the ledger with what it was, what came of it, and the way back that is left", async () => {
    const of = await beginDecommission();
    of.instead.set("final-diff", { kind: "failed", message: "2 of 900 rows differ." });
    await of.runMinutes(1);
    expect(wholeLedger(of.world)).toContainEqual(
      expect.objectContaining({
        kind: "decommission-stopped",
        summary: "decommission stopped at final-diff: 2 of 900 rows differ.",
        detail: { action: "final-diff", outcome: "failed", wayBack: "open" },
      }),
    );
  });

  it("is told of nothing that a rollback has ended meanwhile", async () => {
    const of = await beginDecommission();
    const seen = of.world.state();
    of.change({ phase: "rolledBack" });
    const outcome = { kind: "failed", message: "2 of 900 rows differ." } as const;
    await tellStopped(of.world.ports, seen, { action: "final-diff", startedAt: of.world.clock.now() }, outcome);
    expect(pages(of)).toEqual([]);
    expect(of.world.state()).not.toHaveProperty("stoppedAct");
  });

  it("is told where it waits for longer than anything does that is well, and then once an hour", async () => {
    const of = await beginDecommission();
    of.instead.set("fence-blue", { kind: "waiting", for: "permission denied for schema appdb" });
    await of.runMinutes(8);
    expect(of.world.state().wayBack).toBe("restorable");
    const listed = await of.world.journal.list("orders");
    const begun = listed.ok ? listed.value.find(({ action }) => action === "fence-blue")?.startedAt : undefined;
    for (let minute = 0; minute < 30 && pages(of).length === 0; minute += 1) await of.runMinutes(1);
    const waitedMs = of.world.clock.now() - (begun ?? 0);
    expect([waitedMs >= 15 * 60_000, waitedMs < 17 * 60_000]).toEqual([true, true]);
    expect(pages(of)).toMatchObject([
      {
        subject: "orders: decommission stopped at fence-blue",
        body: expect.stringMatching(/^It waits: permission denied for schema appdb\. .* Way back: restorable/),
      },
    ]);
    await of.runMinutes(59);
    expect(pages(of)).toHaveLength(1);
    await of.runMinutes(1);
    expect(pages(of)).toHaveLength(2);
  });

  it("stands in status, in the ledger, and whoever was told hears when it goes on", async () => {
    const of = await beginDecommission();
    of.instead.set("final-diff", { kind: "failed", message: "2 of 900 rows differ." });
    await of.runMinutes(3);
    expect(blocks(of)).toMatchObject([{ what: "act:final-diff", value: "2 of 900 rows differ." }]);

    of.instead.clear();
    await of.runMinutes(10);
    expect(of.world.state()).toMatchObject({ phase: "complete", outbox: [] });
    expect(of.world.state()).not.toHaveProperty("stoppedAct");
    expect(blocks(of)).toEqual([]);
    const told = of.world.notify.sent.filter(({ subject }) => subject === "orders: decommission goes on");
    expect(told).toMatchObject([{ urgency: "info", body: "final-diff has come about; it goes on" }]);
    const ledger = wholeLedger(of.world);
    expect(ledger.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["decommission-stopped", "decommission-goes-on"]),
    );
    expect(verifyLedger(ledger, sha256, of.world.state().ledgerHead)).toMatchObject({ intact: true });
  });

  it("is told anew where another act stops, and where the last one does", async () => {
    const of = await beginDecommission();
    of.instead.set("final-diff", { kind: "failed", message: "2 of 900 rows differ." });
    await of.runMinutes(1);
    of.instead.clear();
    of.instead.set("verify-absence", { kind: "failed", message: "a slot is left." });
    await of.runMinutes(10);
    expect(pages(of).map(({ subject }) => subject)).toEqual([
      "orders: decommission stopped at final-diff",
      "orders: decommission stopped at verify-absence",
    ]);
    of.instead.clear();
    await of.runMinutes(2);
    expect(of.world.state().phase).toBe("complete");
  });
});
