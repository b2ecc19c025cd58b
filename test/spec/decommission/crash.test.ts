import { describe, expect, it } from "vitest";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { beginDecommission, type Decommissioning } from "../../support/decommission.ts";
import { sha256, wholeLedger } from "../../support/fake-world.ts";
import { type Death, Killed, mortal } from "../../support/mortal.ts";

const EFFECTS = [
  ...["final-diff", "alarm-actions-off", "delete-pin", "confirm-green", "fence-blue", "drain-forward", "stop-forward"],
  ...["drop-forward-slot", "stop-reverse-source", "drain-reverse", "stop-reverse-sink", "drop-reverse-slot"],
  ...["reset-offsets", "delete-connectors", "drop-publications", "drop-guards", "verify-absence"],
];

/** Minute by minute through one mortal process, and its successors once it is dead. Returns how many calls were made. */
const liveThrough = async (of: Decommissioning, death: Death | null, minutes: number): Promise<number> => {
  const process = mortal(of.world.ports, death);
  let alive = true;
  for (let minute = 0; minute < minutes; minute += 1) {
    of.world.clock.spend(60_000);
    of.grantPermit();
    await of.run(alive ? process.ports : of.world.ports).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Killed);
      alive = false;
    });
  }
  return process.calls();
};

const expectEnd = async ({ world, effects, premature }: Decommissioning): Promise<void> => {
  expect(world.state()).toMatchObject({ phase: "complete", wayBack: "closed" });
  expect(effects).toEqual(EFFECTS);
  expect(premature).toEqual([]);
  const journal = await world.journal.list("orders");
  expect(journal.ok ? journal.value.filter(({ finishedAt }) => finishedAt === undefined) : journal).toEqual([]);
  expect(verifyLedger(wholeLedger(world), sha256, world.state().ledgerHead)).toMatchObject({ intact: true });
};

describe("a run that is killed at any call it makes", () => {
  it("is gone on with by the next ones, in the same order, to the same end", async () => {
    const probe = await beginDecommission();
    const calls = await liveThrough(probe, null, 9);
    await expectEnd(probe);
    // State, journal, begin and finish of every act at the least.
    expect(calls).toBeGreaterThan(4 * 19);

    for (let call = 1; call <= calls; call += 1)
      for (const when of ["before", "after"] as const) {
        const of = await beginDecommission();
        await liveThrough(of, { call, when }, 14);
        await expectEnd(of);
      }
  }, 120_000);
});

describe("a commit whose answer was lost", () => {
  it.each(["applied-unanswered", "lost"] as const)("of the point of no return (%s) is found out", async (fate) => {
    const of = await beginDecommission();
    of.world.store.fates.push(fate);
    const first = await of.run();
    expect(first).toEqual({ done: ["final-diff"], stopped: "point-of-no-return waits: the table did not answer" });
    expect(of.world.state().wayBack).toBe(fate === "lost" ? "open" : "restorable");

    expect((await of.runMinutes(1)).done[0]).toBe("point-of-no-return");
    await liveThrough(of, null, 9);
    await expectEnd(of);
    expect(wholeLedger(of.world).filter(({ kind }) => kind === "pointOfNoReturn")).toHaveLength(1);
  });

  it.each(["applied-unanswered", "lost"] as const)("of the end (%s) is found out", async (fate) => {
    const of = await beginDecommission();
    of.instead.set("verify-absence", { kind: "waiting", for: "the group" });
    await liveThrough(of, null, 9);
    of.instead.clear();
    of.world.store.fates.push(fate);
    of.grantPermit();
    expect((await of.run()).stopped).toBe("the table did not answer");

    expect((await of.runMinutes(1)).stopped).toBe("complete");
    await expectEnd(of);
  });
});

describe("without the journal", () => {
  it("nothing is begun", async () => {
    const of = await beginDecommission();
    of.world.outage.table = true;
    expect(await of.run()).toEqual({ done: [], stopped: "the journal could not be read: the table did not answer" });
    expect(of.effects).toEqual([]);
  });

  it("nothing is done that could not be begun in it", async () => {
    const of = await beginDecommission();
    const journal = { ...of.world.ports.journal, put: async () => ({ ok: false, failure: FAILURE }) as const };
    expect((await of.run({ ...of.world.ports, journal })).stopped).toBe("the journal could not be written: no answer");
    expect(of.effects).toEqual([]);
  });
});

const FAILURE = { kind: "timed-out", message: "no answer" } as const;
