import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LedgerRecord } from "../../src/decision/record.ts";
import { epochMs } from "../../src/kernel/units.ts";
import { chainRecord, EMPTY_LEDGER, headOf } from "../../src/ledger/chain.ts";
import { verifyLedger } from "../../src/ledger/verify-ledger.ts";
import { sha256 } from "../support/fake-world.ts";

type Content = Omit<LedgerRecord, "seq" | "previous" | "hash">;

const content: fc.Arbitrary<Content> = fc.record({
  id: fc.string({ maxLength: 8 }),
  cutover: fc.constantFrom("orders", "users"),
  epoch: fc.nat(5),
  tick: fc.oneof(fc.constant(null), fc.nat(9).map(epochMs)),
  at: fc.nat(9).map(epochMs),
  kind: fc.constantFrom("hold", "step", "latch"),
  summary: fc.string({ maxLength: 8 }),
  detail: fc.record({ evidence: fc.string({ maxLength: 4 }), nested: fc.record({ value: fc.nat(3) }) }),
});

const chained = (contents: readonly Content[], from = EMPTY_LEDGER): readonly LedgerRecord[] => {
  let head = from;
  return contents.map((each) => {
    const record = chainRecord(head, each, sha256);
    head = headOf(record);
    return record;
  });
};

const ledger = fc.array(content, { minLength: 2, maxLength: 6 }).map((contents) => chained(contents));
const headOfAll = (records: readonly LedgerRecord[]) => headOf(records.at(-1) as LedgerRecord);
const verdict = (records: readonly LedgerRecord[], original: readonly LedgerRecord[]) =>
  verifyLedger(records, sha256, headOfAll(original)).intact;

/** Another value of the same kind in the place of one member, at any depth. */
const edits = (record: LedgerRecord): readonly LedgerRecord[] => {
  const changed = (value: unknown): readonly unknown[] => {
    if (typeof value === "object" && value !== null)
      return Object.entries(value).flatMap(([key, member]) =>
        changed(member).map((other) => ({ ...value, [key]: other })),
      );
    if (typeof value === "string") return [`${value}x`];
    return typeof value === "number" ? [value + 1] : [0];
  };
  const gone = Object.keys(record).map((key) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== key)),
  );
  return [...changed(record), ...gone, { ...record, more: true }] as readonly LedgerRecord[];
};

describe("a ledger and the head that the state knows", () => {
  it("show any one member of any one record edited, taken out or put in", () => {
    fc.assert(
      fc.property(ledger, (records) => {
        for (const [index, record] of records.entries())
          for (const edited of edits(record)) expect(verdict(records.with(index, edited), records)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it("show any one record dropped, put in, put in twice, or in the place of another", () => {
    fc.assert(
      fc.property(ledger, content, (records, other) => {
        for (const [index, record] of records.entries()) {
          expect(verdict(records.toSpliced(index, 1), records)).toBe(false);
          expect(verdict(records.toSpliced(index, 0, record), records)).toBe(false);
          const before = index === 0 ? EMPTY_LEDGER : headOf(records[index - 1] as LedgerRecord);
          expect(verdict(records.toSpliced(index, 0, chainRecord(before, other, sha256)), records)).toBe(false);
          for (let place = index + 1; place < records.length; place += 1) {
            const swapped = records.with(index, records[place] as LedgerRecord).with(place, record);
            expect(verdict(swapped, records)).toBe(false);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("show everything from one record on forged and hashed anew, cut off, or gone on with", () => {
    fc.assert(
      fc.property(ledger, content, fc.nat(), (records, other, at) => {
        const index = at % records.length;
        const before = index === 0 ? EMPTY_LEDGER : headOf(records[index - 1] as LedgerRecord);
        const forged = [
          ...records.slice(0, index),
          ...chained(
            [{ ...other, summary: `${records[index]?.summary}x` }, ...records.slice(index + 1).map(plain)],
            before,
          ),
        ];
        expect(verifyLedger(forged, sha256).intact).toBe(true);
        expect(verdict(forged, records)).toBe(false);
        expect(verdict(records.slice(0, index), records)).toBe(false);
        expect(verdict([...records, ...chained([other], headOfAll(records))], records)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

const plain = ({ seq: _, previous: __, hash: ___, ...rest }: LedgerRecord): Content => rest;
