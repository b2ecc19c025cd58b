import { describe, expect, it } from "vitest";
import { applyLatch } from "../../../src/decision/latch.ts";
import type { CutoverState, Latch, OperatorRequest, OutboxEntry } from "../../../src/decision/state.ts";
import { weightPercent } from "../../../src/kernel/units.ts";
import { type Account, compose, isOfNewest } from "../../../src/ledger/compose.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { atTenPercent, byOperator, minutesAfter, T, toFiftyPercent } from "../../contract/sample-state.ts";
import { sha256 } from "../../support/fake-world.ts";

const before: CutoverState = { ...atTenPercent("orders"), version: 7 };
const written = { writeId: "w8", digest: sha256 };
const hold: Account = {
  kind: "hold",
  summary: "Holds: dwell.",
  at: minutesAfter(1),
  tick: T,
  detail: { why: "dwell" },
};
const changes: Account = { ...hold, kind: "weight", summary: "10 % to 50 %." };
const page = { subject: "orders", body: "it holds", urgency: "page" } as const;

const wish = { by: "olga", reason: "to look", at: minutesAfter(0) };
const pause: OperatorRequest = { ...wish, verb: "pause", epoch: 3, version: 6, expiresAt: minutesAfter(5) };
const latchIn = (mode: Latch["mode"]): Pick<CutoverState, "latch"> => {
  const { latch } = applyLatch(before, byOperator, "w8");
  if (latch === undefined) throw new RangeError("it was just latched");
  return { latch: { ...latch, mode, chainedSeq: 12 } };
};

/** Entries that somebody wrote before. */
const entries = (count: number): readonly OutboxEntry[] => {
  const { outbox } = compose(before, before, hold, written);
  return Array.from({ length: count }, (_, index) => outbox.map((entry) => ({ ...entry, id: `old ${index}` }))).flat();
};
const waiting = (count: number): CutoverState => ({ ...before, outbox: entries(count) });

describe("one write of the item", () => {
  it("stores the state after, the next version of the one before, and its own name", () => {
    const item = compose(before, { ...before, step: 1 }, hold, written);
    expect(item).toMatchObject({ step: 1, version: 8, writeId: "w8" });
  });

  it("stores its whole record, chained to the newest, together with the head that comes of it", () => {
    const { outbox, ledgerHead } = compose(before, { ...before, epoch: 4 }, hold, written);
    expect(outbox).toMatchObject([
      {
        id: "orders/4/8/hold",
        record: {
          ...hold,
          id: "orders/4/8/hold",
          cutover: "orders",
          epoch: 4,
          seq: 13,
          previous: before.ledgerHead.hash,
          hash: ledgerHead.hash,
        },
      },
    ]);
    expect(ledgerHead.seq).toBe(13);
    expect(ledgerHead.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("stores a message beside the record under the same id, behind what waits already", () => {
    const { outbox } = compose(waiting(2), waiting(2), { ...hold, notify: page }, written);
    expect(outbox.map(({ id }) => id)).toEqual(["old 0", "old 1", "orders/3/8/hold"]);
    expect(outbox[2]?.notification).toEqual(page);
  });

  it("has no message where nobody has to hear of it", () => {
    const [entry] = compose(before, before, hold, written).outbox;
    expect(entry).not.toHaveProperty("notification");
  });
});

describe("an entry of the outbox", () => {
  it("is of the newest write where it was made by that, and not by one whose number only begins alike", () => {
    const item = compose(waiting(1), waiting(1), hold, written);
    expect(item.outbox.map((entry) => isOfNewest(item, entry))).toEqual([false, true]);
    const [, own] = item.outbox;
    if (own === undefined) throw new Error("unreachable");
    expect(isOfNewest({ ...item, version: 80 }, own)).toBe(false);
    expect(isOfNewest(item, { ...own, id: "orders/3/80/hold" })).toBe(false);
  });
});

describe("an outbox that nobody could empty", () => {
  it("takes holds up to sixty entries, and then leaves them out", () => {
    expect(compose(waiting(59), waiting(59), hold, written).outbox).toHaveLength(60);
    const full = compose(waiting(60), waiting(60), hold, written);
    expect(full.outbox).toHaveLength(60);
    expect(full).toMatchObject({ version: 8, writeId: "w8", ledgerHead: before.ledgerHead });
  });

  it.each(["soak", "decommission"])("takes no more of a %s either, which goes on for days", (kind) => {
    const more = compose(waiting(60), waiting(60), { ...hold, kind }, written);
    expect(more.outbox).toHaveLength(60);
    expect(more.ledgerHead).toEqual(before.ledgerHead);
  });

  it("lets no policy with many gates fill the item: long records go unwritten, and messages beside them do not", () => {
    const told: Account = { ...hold, summary: "x".repeat(20_000), notify: page };
    let state = before;
    for (let tick = 1; tick <= 60; tick += 1) {
      const next = compose(state, state, told, written);
      state = {
        ...next,
        outbox: next.outbox.map(({ notification: _, ...left }) => left).filter((left) => "record" in left),
      };
    }
    expect(state.outbox).toHaveLength(8);
    expect(JSON.stringify(state).length).toBeLessThan(200_000);
    expect(compose(state, state, told, written).outbox.at(-1)).toMatchObject({ notification: page });
    expect(compose(state, { ...state, step: 2 }, { ...told, kind: "weight" }, written).outbox).toHaveLength(9);
    const unsent = { ...told, notify: { ...page, body: "y".repeat(20_000) } };
    for (let tick = 1; tick <= 60; tick += 1) state = compose(state, state, unsent, written);
    expect(JSON.stringify(state).length).toBeLessThan(400_000);
  });

  it("goes by what words take in the table, where a sign may be three bytes", () => {
    const words = "停".repeat(7_000);
    let state = before;
    for (let tick = 1; tick <= 60; tick += 1)
      state = compose(state, state, { ...hold, summary: words, notify: { ...page, body: words } }, written);
    expect(new TextEncoder().encode(JSON.stringify(state)).length).toBeLessThan(400_000);
  });

  it("takes the tick that began to decommission", () => {
    const began: CutoverState = { ...waiting(60), phase: "decommissioning" };
    expect(compose(waiting(60), began, { ...hold, kind: "decommission" }, written).outbox).toHaveLength(61);
  });

  it.each<[string, Partial<CutoverState>, Partial<CutoverState>]>([
    ["took what an operator asked", { request: pause }, { pause: wish }],
    ["took another policy", { policyDigest: "one" }, { policyDigest: "other" }],
    ["settled a step", { intent: toFiftyPercent }, { weightPercent: weightPercent(50) }],
    ["ended a hold", latchIn("held"), latchIn("snapped")],
  ])("takes the tick that %s", (_what, was, is) => {
    const full = waiting(60);
    const { outbox } = compose({ ...full, ...was }, { ...full, ...is }, { ...hold, notify: page }, written);
    expect(outbox.at(-1)).toMatchObject({ record: { kind: "hold" }, notification: page });
  });

  it("tells people where the records find no room, and records where the messages find none", () => {
    const told = compose(waiting(60), waiting(60), { ...hold, notify: page }, written);
    expect(told.outbox.at(-1)).toStrictEqual({ id: "orders/3/8/hold", at: hold.at, notification: page });
    expect(told.ledgerHead).toEqual(before.ledgerHead);

    const messages = entries(60).map(({ id, at }) => ({ id, at, notification: page }));
    const untold = { ...before, outbox: messages };
    const recorded = compose(untold, untold, { ...hold, notify: page }, written);
    expect(recorded.outbox.at(-1)).toMatchObject({ id: "orders/3/8/hold", record: { kind: "hold" } });
    expect(recorded.outbox.at(-1)).not.toHaveProperty("notification");
    const oneLess = { ...untold, outbox: messages.slice(1) };
    expect(compose(oneLess, oneLess, { ...hold, notify: page }, written).outbox.at(-1)?.notification).toEqual(page);
  });

  it("takes every change, however full it is", () => {
    expect(compose(waiting(60), waiting(60), changes, written).outbox.at(-1)?.id).toBe("orders/3/8/weight");
  });
});

describe("a latch that was put blindly", () => {
  const latch = () =>
    applyLatch({ ...before, intent: toFiftyPercent, ledgerHead: { seq: 0, hash: "0".repeat(64) } }, byOperator, "w8");

  it("is chained first by the next write, completed by what the item knew of the moment", () => {
    const latched = latch();
    const { outbox, latch: stored } = compose(latched, latched, changes, { ...written, writeId: "w9" });
    expect(outbox.map(({ record }) => record?.kind)).toEqual(["latch", "weight"]);
    expect(outbox[0]).toMatchObject({
      id: byOperator.record.id,
      record: {
        ...byOperator.record,
        seq: 1,
        epoch: 4,
        detail: { fromPercent: 10, expected: { label: "bounded", seconds: 7.25 } },
      },
    });
    expect(outbox[0]).not.toHaveProperty("notification");
    expect(stored?.chainedSeq).toBe(1);
    expect(stored).toMatchObject({ mode: "snapped", cause: byOperator.cause });
    const records = outbox.flatMap(({ record }) => (record === undefined ? [] : [record]));
    expect(verifyLedger(records, sha256)).toMatchObject({ intact: true, records: 2 });
  });

  it("is chained also by a transition that takes it off, in the epoch that it made", () => {
    const latched = latch();
    const { latch: _, ...freed } = latched;
    const { outbox, latch: left } = compose(latched, { ...freed, epoch: 9 }, changes, written);
    expect(outbox.map(({ record }) => [record?.kind, record?.epoch])).toEqual([
      ["latch", 4],
      ["weight", 9],
    ]);
    expect(left).toBeUndefined();
  });

  it("keeps what its own record said of it", () => {
    const noted = { ...byOperator, record: { ...byOperator.record, detail: { alarm: "down" } } };
    const [entry] = compose(before, applyLatch(before, noted, "w8"), changes, written).outbox;
    // The write that put it made its epoch too.
    expect(entry?.record).toMatchObject({ epoch: 4, detail: { alarm: "down", fromPercent: 10 } });
  });

  it("is chained once, by the write after a hold that found no room as well", () => {
    const latched = latch();
    const once = compose(latched, latched, changes, written);
    const twice = compose(once, once, changes, { ...written, writeId: "w10" });
    expect(twice.outbox.map(({ record }) => record?.kind)).toEqual(["latch", "weight", "weight"]);
    const full = { ...latched, outbox: entries(60) };
    expect(compose(full, full, hold, written).outbox.at(-1)?.record?.kind).toBe("latch");
  });
});
