import { describe, expect, it } from "vitest";
import { requestApprove } from "../../../src/guard/requests.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { fakeWorld, sha256 } from "../../support/fake-world.ts";

describe("a healthy cutover", () => {
  it("walks 0, 10, 50, 100 and soaks, one listed step at a time", async () => {
    const world = fakeWorld();
    expect((await world.arm()).kind).toBe("armed");

    await world.until("100 %", () => world.state().weightPercent === 100);

    expect(world.rules.history.map(({ greenPercent }) => greenPercent)).toEqual([10, 50, 100]);
    expect(world.state()).toMatchObject({ phase: "soaking", step: 2, wayBack: "open" });
  });

  it("keeps a client on its side between the sides, and lets go of it at 100", async () => {
    const world = fakeWorld();
    await world.arm();
    const [route] = world.cutover.routes;
    const sticky = async () => {
      const read = await world.rules.readListener(route?.listenerArn ?? "", 1_000 as never);
      return read.ok && read.value.rules.find(({ ruleArn }) => ruleArn === route?.weightedRuleArn)?.forward?.sticky;
    };
    await world.until("50 %", () => world.state().weightPercent === 50);
    expect(await sticky()).toBe(true);
    await world.until("100 %", () => world.state().weightPercent === 100);
    expect(await sticky()).toBe(false);
  });

  it("waits for the soak, and for an approval of this epoch, before it is decommissioned", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("100 %", () => world.state().weightPercent === 100);

    await world.until("the soak", () => world.state().soak.healthyMs >= 480_000);
    await world.minutes(3);
    expect(world.state().phase).toBe("soaking");
    expect(world.state().blocking.map(({ what }) => what)).toEqual(["approval"]);

    const asked = await requestApprove(world.ports, "orders", { by: "olga", reason: "a quiet day" });
    expect(asked.kind).toBe("accepted");
    await world.minute();
    expect(world.state()).toMatchObject({
      phase: "decommissioning",
      approval: { by: "olga", epoch: 1 },
      permit: { epoch: 1, action: "point-of-no-return" },
    });
  });

  it("takes fourteen minutes for a soak of eight: the first minute is transition, the last final five minutes after", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("100 %", () => world.state().weightPercent === 100);
    const took = await world.until("the soak", () => world.state().soak.healthyMs >= 480_000);
    expect(took).toBe(14);
  });

  it("leaves a ledger in which every change of weight is explained and nothing can be changed unseen", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("100 %", () => world.state().weightPercent === 100);
    const { records } = world.ledger;
    expect(verifyLedger(records, sha256, world.state().ledgerHead)).toMatchObject({ intact: true });
    expect(records.filter(({ kind }) => kind === "step").map(({ summary }) => summary)).toEqual([
      "green has 10 %",
      "green has 50 %",
      "green has 100 %",
    ]);
    for (const { kind, detail } of records)
      if (kind === "advance") expect(world.evidence.all.has(String(detail["evidence"]))).toBe(true);
    const forged = records.map((record) => (record.seq === 3 ? { ...record, summary: "nothing happened" } : record));
    expect(verifyLedger(forged, sha256)).toMatchObject({ intact: false, atSeq: 3 });
  });
});
