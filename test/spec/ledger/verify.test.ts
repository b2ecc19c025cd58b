import { describe, expect, it } from "vitest";
import type { LedgerRecord } from "../../../src/decision/record.ts";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { fail, ok } from "../../../src/kernel/result.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { chainRecord, EMPTY_LEDGER, headOf, type LedgerHead } from "../../../src/ledger/chain.ts";
import { entryOf, type LedgerEntry, recordAt } from "../../../src/ledger/entry.ts";
import { type KnownOfLedger, ledgerChecker, verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { sha256 } from "../../support/fake-world.ts";

const chainOf = (summaries: readonly string[]): readonly LedgerRecord[] => {
  let head = EMPTY_LEDGER;
  return summaries.map((summary, index) => {
    const plain = { id: `${index}`, cutover: "orders", epoch: 1, tick: null, at: epochMs(1), kind: "hold", detail: {} };
    const record = chainRecord(head, { ...plain, summary }, sha256);
    head = headOf(record);
    return record;
  });
};

const chain = chainOf(["a", "b", "c", "d"]);
const [first, second, third, fourth] = chain;
if (first === undefined || second === undefined || third === undefined || fourth === undefined)
  throw new Error("unreachable");
const head = headOf(fourth);

/** The record with other words and a hash that fits them, as a careful forger would leave it. */
const rehashed = (record: LedgerRecord): LedgerRecord => {
  const { hash: _, seq, ...rest } = record;
  return chainRecord({ seq: seq - 1, hash: record.previous }, { ...rest, summary: "forged" }, sha256);
};

describe("the first record", () => {
  it("is number 1 and names 64 zeros as the hash before it", () => {
    expect(first).toMatchObject({ seq: 1, previous: "0".repeat(64) });
  });
});

describe("an untouched ledger", () => {
  it("is intact, with or without the head that the state knows", () => {
    expect(verifyLedger(chain, sha256)).toEqual({ intact: true, records: 4, head });
    expect(verifyLedger(chain, sha256, head)).toEqual({ intact: true, records: 4, head });
    expect(verifyLedger([], sha256, EMPTY_LEDGER)).toEqual({ intact: true, records: 0, head: EMPTY_LEDGER });
  });
});

describe("a ledger that was tampered with", () => {
  it.each([
    ["an edited record", [first, { ...second, summary: "forged" }, third], 2, "its content is not what was hashed"],
    ["a record that is gone", [first, third, fourth], 2, "it is missing"],
    ["the first record gone", [second, third, fourth], 1, "it is missing"],
    ["a record put in twice", [first, second, second, third], 3, "before it record 2 stands a second time"],
    [
      "an edited record that was hashed anew",
      [first, rehashed(second), third],
      3,
      "it does not name the hash of the record before it",
    ],
  ])("shows %s", (_what, records, atSeq, why) => {
    expect(verifyLedger(records, sha256)).toEqual({ intact: false, atSeq, why });
  });

  it("shows its newest records cut off to whoever knows the head, by the first that is missing", () => {
    expect(verifyLedger([first, second], sha256, head)).toEqual({
      intact: false,
      atSeq: 3,
      why: "it is missing; the state knows 4 records",
    });
  });

  it("shows the newest record edited and hashed anew to whoever knows the head, and that it may be one before", () => {
    expect(verifyLedger([first, second, third, rehashed(fourth)], sha256, head)).toEqual({
      intact: false,
      atSeq: 4,
      why: expect.stringContaining("it, or a record before it, was rewritten"),
    });
  });

  it("shows a head that names another number with the same hash, or fewer records", () => {
    expect(verifyLedger(chain, sha256, { ...head, seq: 5 })).toMatchObject({ intact: false, atSeq: 5 });
    expect(verifyLedger(chain, sha256, headOf(third))).toEqual({
      intact: false,
      atSeq: 4,
      why: "no state has ever known it",
    });
  });

  it("is judged by its first breach, and nothing that follows mends it", () => {
    const checker = ledgerChecker(sha256);
    const forged = { ...second, summary: "forged" };
    const entries = [first, forged, second, { ...third, summary: "forged" }].map(entryOf);
    expect(entries.map((entry) => checker.follows(entry))).toEqual([true, false, false, false]);
    expect(checker.verdict(head)).toMatchObject({ intact: false, atSeq: 2 });
  });
});

/** What a checker says after these entries. */
const verdictAfter = (entries: readonly LedgerEntry[], known?: KnownOfLedger, stateHead?: LedgerHead | null) => {
  const checker = ledgerChecker(sha256);
  for (const entry of entries) checker.follows(entry, known);
  return checker.verdict(stateHead);
};
const json = (record: LedgerRecord): JsonObject => record as unknown as JsonObject;

describe("what stands in a ledger and is no record", () => {
  it.each(["00", "000000000000", "000000000002x", "~z", "\u001b[2J"])("is found at %j, the place of none", (place) => {
    const entries = [entryOf(first), entryOf(second), { place, content: ok(json(third)) }, entryOf(third)];
    expect(verdictAfter(entries)).toEqual({
      intact: false,
      atSeq: 3,
      why: `before it stands an entry at ${JSON.stringify(place)}, which is the place of no record`,
    });
  });

  it("is found by the words of a store that has seen more than JSON in it", () => {
    const entries = [entryOf(first), { place: 2, content: fail("detail is a set of texts") }, entryOf(third)];
    expect(verdictAfter(entries)).toEqual({
      intact: false,
      atSeq: 2,
      why: "it is no record: detail is a set of texts",
    });
  });

  it.each<readonly [Partial<Record<keyof LedgerRecord, JsonValue | undefined>>, string]>([
    [{ seq: undefined }, "it is no record: seq is missing"],
    [{ seq: "2" }, "it is no record: seq is not a whole number"],
    [{ seq: 7 }, "it says that it is record 7"],
    [{ at: "now" }, "it is no record: at is not an instant"],
    [{ at: 9e15 }, "it is no record: at is not an instant"],
    [{ at: -1 }, "it is no record: at is not an instant"],
    [{ tick: 0.5 }, "it is no record: tick is not an instant or null"],
    [{ detail: [] }, "it is no record: detail is not an object"],
    [{ detail: null }, "it is no record: detail is not an object"],
    [{ hash: 1 }, "it is no record: hash is not a text"],
    [{ summary: undefined }, "it is no record: summary is missing"],
  ])("is found by what a record has and it has not: %o", (edit, why) => {
    const content = Object.fromEntries(
      Object.entries({ ...second, ...edit }).filter(([, value]) => value !== undefined),
    );
    expect(verdictAfter([entryOf(first), { place: 2, content: ok(content as JsonObject) }])).toEqual({
      intact: false,
      atSeq: 2,
      why,
    });
  });
});

describe("a record that is read at its place", () => {
  it("is itself, and none at the place of no record", () => {
    expect(recordAt(entryOf(second))).toEqual(ok(second));
    expect(recordAt({ place: "00", content: ok(json(second)) })).toEqual(fail('"00" is the place of no record'));
  });
});

describe("what the state knows of its ledger", () => {
  const known: KnownOfLedger = { ledgerHead: headOf(third), outbox: [{ id: "c", at: third.at, record: third }] };

  it("is that no record is beyond its head", () => {
    expect(verdictAfter(chain.map(entryOf), known, known.ledgerHead)).toEqual({
      intact: false,
      atSeq: 4,
      why: "the ledger goes on there, and no state has ever known of it",
    });
    expect(verdictAfter(chain.slice(0, 3).map(entryOf), known, known.ledgerHead)).toMatchObject({ intact: true });
  });

  it("is not that the place of no record is beyond its head, however it reads", () => {
    const entries = [...chain.slice(0, 3).map(entryOf), { place: "99", content: ok(json(fourth)) }];
    expect(verdictAfter(entries, known, known.ledgerHead)).toMatchObject({
      intact: false,
      atSeq: 4,
      why: expect.stringContaining("which is the place of no record"),
    });
  });

  it("is nothing of a record where only a message waits", () => {
    const notification = { subject: "s", body: "b", urgency: "page" } as const;
    const outbox = [{ id: "c", at: third.at, notification }];
    expect(verdictAfter(chain.slice(0, 3).map(entryOf), { ...known, outbox })).toMatchObject({ intact: true });
  });

  it("is that what goes on after a rewritten head was rewritten before it", () => {
    const rewritten = [first, second, rehashed(third)];
    const beyond = entryOf(chainRecord(headOf(rehashed(third)), { ...fourth }, sha256));
    expect(verdictAfter([...rewritten.map(entryOf), beyond], { ...known, outbox: [] })).toMatchObject({
      intact: false,
      atSeq: 3,
      why: expect.stringContaining("it, or a record before it, was rewritten"),
    });
  });

  it("is which record comes next, though the ledger holds another one there", () => {
    expect(verdictAfter([first, second, rehashed(third)].map(entryOf), known)).toEqual({
      intact: false,
      atSeq: 3,
      why: "the state holds another record of that number",
    });
  });

  it("is gone with the state: then nobody knows how far the ledger went", () => {
    expect(verdictAfter(chain.map(entryOf), undefined, null)).toEqual({
      intact: false,
      atSeq: 5,
      why: "the state is gone, which knew how far the ledger goes",
    });
  });
});
