import { describe, expect, it } from "vitest";
import type { Decision } from "../../../src/decision/decision.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import { judgeTick } from "../../../src/guard/judge-tick.ts";
import type { Look } from "../../../src/guard/look.ts";
import { requestApprove } from "../../../src/guard/requests.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { canonicalJson } from "../../../src/kernel/json.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import type { Gate } from "../../../src/policy/policy-file.ts";
import type { Snapshots } from "../../../src/snapshot/evidence.ts";
import { DRILL, fakeWorld, sha256 } from "../../support/fake-world.ts";

describe("a healthy cutover", () => {
  it("walks 0, 10, 50, 100 and soaks, one listed step at a time", async () => {
    const world = fakeWorld();
    expect((await world.arm()).kind).toBe("armed");

    await world.until("100 %", () => world.state().weightPercent === 100);

    expect(world.rules.history.map(({ greenPercent }) => greenPercent)).toEqual([10, 50, 100]);
    expect(world.state()).toMatchObject({ phase: "soaking", step: 2, wayBack: "open" });
  });

  it("watches blue for as long as the policy asks, and then knows how its errors clump", async () => {
    const world = fakeWorld();
    await world.arm({ ...DRILL, start: { ...DRILL.start, minDwell: "30m" } });

    await world.minutes(29);
    expect(world.state()).toMatchObject({ phase: "armed", weightPercent: 0 });
    expect(world.state().blocking.map(({ what }) => what)).toEqual(["dwell"]);
    expect(world.state().evidence.baseline?.errors["blue.errors5xx"]?.length).toBeGreaterThan(20);

    await world.until("10 %", () => world.state().weightPercent === 10, 3);
    await world.minutes(7);
    expect(world.state().evidence.burst?.["blue.errors5xx"]).toBeGreaterThanOrEqual(1);
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

  it("begins the soak anew when a gate fails that asks what is now, however far another gate looks back", async () => {
    const world = fakeWorld();
    const hour: Gate = {
      why: "an hour of it",
      rule: { "<": [{ rate: ["green.errors5xx", "green.requests", "60m"] }, 0.5] },
    };
    const [canary, half, full] = DRILL.steps;
    if (canary === undefined || half === undefined || full === undefined) throw new Error("the drill has three steps");
    await world.arm({
      ...DRILL,
      gates: { ...DRILL.gates, hour },
      steps: [canary, half, { ...full, promoteWhen: [...full.promoteWhen, "hour"] }],
    });
    await world.until("100 %", () => world.state().weightPercent === 100);
    await world.minutes(10);
    world.truth.healthy.green = 1;
    await world.minutes(3);
    expect(world.state().soak.restarts).toBeGreaterThan(0);
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

  it("can be recomputed by anybody: every recorded decision follows from what was stored for it", async () => {
    const world = fakeWorld();
    await world.arm();
    world.truth.metricsFail = true;
    await world.minutes(4);
    world.truth.metricsFail = false;
    await world.until("50 %", () => world.state().weightPercent === 50);
    world.truth.greenErrorRatio = 0.5;
    await world.until("blue", () => world.state().phase === "rolledBack", 6);

    const kinds = new Set<string>();
    for (const { detail, tick } of world.ledger.records) {
      const body = world.evidence.all.get(String(detail["evidence"])) as Stored | undefined;
      if (body === undefined || tick === null) continue;
      const snapshots = body.snapshots.map(({ tick: at, digest }) => {
        const found = world.snapshots.all.find((one) => toIso(one.tick) === at);
        expect(sha256(canonicalJson(found))).toBe(digest);
        return found;
      }) as unknown as Snapshots;
      const policy = world.policies.all.get(body.state.policyDigest) ?? null;
      const again = judgeTick(world.cutover, body.state, policy, { snapshots, trouble: body.trouble }, tick);
      expect(canonicalJson(again.decision)).toBe(canonicalJson(body.decision));
      kinds.add(again.decision.kind);
    }
    expect([...kinds].sort()).toEqual(["advance", "hold", "rollback"]);
  });
});

interface Stored {
  readonly state: CutoverState;
  readonly snapshots: readonly { readonly tick: string; readonly digest: string }[];
  readonly trouble: Look["trouble"];
  readonly decision: Decision;
}
