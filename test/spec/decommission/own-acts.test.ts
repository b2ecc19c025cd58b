import { describe, expect, it } from "vitest";
import { actOn } from "../../../src/decommission/own-acts.ts";
import type { JournalEntry } from "../../../src/guard/ports.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { durationMs, earlier, later, weightPercent } from "../../../src/kernel/units.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { beginDecommission } from "../../support/decommission.ts";
import { ORDERS, wholeLedger } from "../../support/fake-world.ts";
import { PLAIN } from "../../support/plain-cutover.ts";

const INTENT = { kind: "setWeight", epoch: 1, to: weightPercent(100) } as const;

/** A rollback that began before may write for as long as it lives, and the load balancer takes its last write so much later. */
const LIFE_AND_BOUND_MS = 300_000 + 30_000;

describe("a rollback that began before the pin was deleted is outwaited", () => {
  const outwaited = async (agoMs: number, cutover: CutoverBindings = ORDERS) => {
    const of = await beginDecommission();
    const now = of.world.clock.now();
    const gone = earlier(now, agoMs);
    const entry: JournalEntry = { action: "delete-pin", epoch: 1, startedAt: gone, finishedAt: gone, detail: {} };
    const ports = { ...of.world.ports, acts: of.acts };
    return { gone, outcome: await actOn(ports, cutover, of.world.state(), "outwait-rollback", {}, [entry]) };
  };

  it("to the end of its life and of its last write, and no longer", async () => {
    const early = await outwaited(LIFE_AND_BOUND_MS - 1);
    const until = toIso(later(early.gone, durationMs(LIFE_AND_BOUND_MS)));
    expect(early.outcome).toEqual({
      kind: "waiting",
      for: `${until}, when no rollback begun before can still write`,
    });
    const over = await outwaited(LIFE_AND_BOUND_MS);
    expect(over.outcome).toEqual({
      kind: "done",
      detail: { since: toIso(over.gone), until: toIso(later(over.gone, durationMs(LIFE_AND_BOUND_MS))) },
    });
  });

  it("where it has no pin, for as much longer as a look may be behind: it refuses itself by one", async () => {
    expect((await outwaited(LIFE_AND_BOUND_MS + 9_999, PLAIN["the default action"])).outcome.kind).toBe("waiting");
    expect((await outwaited(LIFE_AND_BOUND_MS + 10_000, PLAIN["the default action"])).outcome.kind).toBe("done");
  });

  it("and not at all by guessing: a journal that does not show when calls somebody", async () => {
    const of = await beginDecommission();
    const ports = { ...of.world.ports, acts: of.acts };
    expect(await actOn(ports, ORDERS, of.world.state(), "outwait-rollback", {}, [])).toEqual({
      kind: "failed",
      message: "the journal does not show when the pin was deleted",
    });
  });
});

describe("the point of no return", () => {
  it("is told with who approved it and why, and stands in the ledger with the way back that there was", async () => {
    const { world, run } = await beginDecommission();
    await run();
    expect(world.notify.sent).toContainEqual(
      expect.objectContaining({
        subject: "orders: past the point of no return",
        body: "approved by olga: the soak is over; a rollback is no longer one rule",
        urgency: "info",
      }),
    );
    expect(wholeLedger(world)).toContainEqual(
      expect.objectContaining({ kind: "pointOfNoReturn", detail: { wayBack: "open" } }),
    );
  });

  it("is dated in the journal, and kept by everything that is in its way, each of it said", async () => {
    const { world, acts, change, run } = await beginDecommission();
    const at = world.clock.now();
    await run();
    const journal = await world.journal.list("orders");
    const passed = journal.ok ? journal.value.find(({ action }) => action === "point-of-no-return") : undefined;
    expect(String(passed?.detail["at"])).toMatch(/^2026-/);
    expect(Date.parse(String(passed?.detail["at"]))).toBeGreaterThanOrEqual(at);

    const ports = { ...world.ports, acts };
    change({ wayBack: "open", phase: "soaking", intent: { ...INTENT, intentAt: at, notAfter: at } });
    expect(await actOn(ports, ORDERS, world.state(), "point-of-no-return", {}, [])).toEqual({
      kind: "waiting",
      for: "it is soaking, not decommissioning; a change of the load balancer is not settled",
    });
    const { intent: _, ...settled } = world.state();
    world.store.put({ ...settled, phase: "decommissioning" });
    for (const { arn } of ORDERS.alarms.slice(0, 1)) world.truth.firing.add(arn);
    world.rules.describeFails = true;
    expect(await actOn(ports, ORDERS, world.state(), "point-of-no-return", {}, [])).toMatchObject({
      kind: "waiting",
      for: expect.stringMatching(/^alarms that are not OK: .*; ./),
    });
  });

  it("that was passed by a write whose answer was lost is passed, and not written again", async () => {
    const { world, acts, change } = await beginDecommission();
    change({ wayBack: "restorable" });
    const { version } = world.state();
    const ports = { ...world.ports, acts };
    expect(await actOn(ports, ORDERS, world.state(), "point-of-no-return", {}, [])).toEqual({
      kind: "done",
      detail: { wayBack: "restorable" },
    });
    expect(world.state().version).toBe(version);
  });
});

describe("before blue is fenced, green is confirmed", () => {
  const fencing = async (confirmedAgoMs: number) => {
    const of = await beginDecommission();
    const at = earlier(of.world.clock.now(), confirmedAgoMs);
    const entry = (action: string, finishedAt = at): JournalEntry => ({
      ...{ action, epoch: 1, startedAt: at, finishedAt, detail: {} },
    });
    const asked: string[] = [];
    const confirm = of.acts["confirm-green"];
    const acts = {
      ...of.acts,
      "confirm-green": (...args: Parameters<typeof confirm>) => {
        asked.push("confirm-green");
        return confirm(...args);
      },
    };
    // Another act that was finished just now says nothing of green.
    const entries = [entry("delete-pin", of.world.clock.now()), entry("confirm-green")];
    const outcome = await actOn({ ...of.world.ports, acts }, ORDERS, of.world.state(), "fence-blue", {}, entries);
    return { asked, outcome };
  };

  it("once where the fence follows at once, and anew where it comes later than half a minute", async () => {
    expect(await fencing(30_000)).toMatchObject({ asked: [], outcome: { kind: "done" } });
    expect(await fencing(30_001)).toMatchObject({ asked: ["confirm-green"], outcome: { kind: "done" } });
  });
});
