import { describe, expect, it } from "vitest";
import type { LedgerRecord } from "../../../src/decision/record.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { chainRecord, EMPTY_LEDGER, headOf } from "../../../src/ledger/chain.ts";
import { ledgerChecker, verifyLedger } from "../../../src/ledger/verify-ledger.ts";
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
    ["a record that is gone", [first, third, fourth], 3, "record 2 is missing"],
    ["the first record gone", [second, third, fourth], 2, "record 1 is missing"],
    ["a record put in twice", [first, second, second, third], 2, "record 3 is missing"],
    [
      "an edited record that was hashed anew",
      [first, rehashed(second), third],
      3,
      "it does not name the hash of the record before it",
    ],
  ])("shows %s", (_what, records, atSeq, why) => {
    expect(verifyLedger(records, sha256)).toEqual({ intact: false, atSeq, why });
  });

  it("shows its newest records cut off to whoever knows the head", () => {
    expect(verifyLedger([first, second], sha256, head)).toEqual({
      intact: false,
      atSeq: 4,
      why: "the state knows 4 records, the ledger holds 2",
    });
  });

  it("shows the newest record edited and hashed anew to whoever knows the head", () => {
    expect(verifyLedger([first, second, third, rehashed(fourth)], sha256, head).intact).toBe(false);
  });

  it("shows a head that names another number with the same hash", () => {
    expect(verifyLedger(chain, sha256, { ...head, seq: 5 }).intact).toBe(false);
  });

  it("is judged by its first breach, and nothing that follows mends it", () => {
    const checker = ledgerChecker(sha256);
    const forged = { ...second, summary: "forged" };
    expect([first, forged, second, { ...third, summary: "forged" }].map(checker.follows)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(checker.verdict(head)).toMatchObject({ intact: false, atSeq: 2 });
  });
});
