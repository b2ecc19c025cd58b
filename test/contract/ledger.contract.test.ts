import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainCommand } from "../../src/cli/commands/explain.ts";
import { exportLedger } from "../../src/cli/commands/ledger-export.ts";
import { ledgerVerifyCommand } from "../../src/cli/commands/ledger-verify.ts";
import type { LedgerRecord } from "../../src/decision/record.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import { chainRecord, EMPTY_LEDGER, headOf, type LedgerHead } from "../../src/ledger/chain.ts";
import { operatorPorts } from "../../src/wiring.ts";
import { deskBefore, type FakeDesk } from "../support/cli.ts";
import { fakeWorld, sha256, wholeLedger } from "../support/fake-world.ts";
import { type Attributes, tableByHand } from "../support/table-by-hand.ts";
import { type LabAccount, startAccountWithTable } from "./lab-account.ts";

/** More than are asked for at once. */
const RECORDS = 520;
const LEDGER = "ledger#orders";
const STATE = ["cutover#orders", "state"] as const;

let account: LabAccount;
let byHand: ReturnType<typeof tableByHand>;
let desk: FakeDesk["context"];
let records: readonly LedgerRecord[];
let state: CutoverState;

beforeAll(async () => {
  account = await startAccountWithTable();
  byHand = tableByHand(account.env);
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  records = withNotes(wholeLedger(world), RECORDS);
  state = { ...world.state(), ledgerHead: headOf(recordOf(RECORDS)), outbox: [] };
  const stored = operatorPorts({
    ...account.env,
    PAWL_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:pawl",
    PAWL_ROLLBACK_FUNCTION: "pawl-rollback",
  });
  const { context } = deskBefore(world);
  desk = { ...context, ports: { ...context.ports, state: stored.state, ledger: stored.ledger } };
  await putState(state);
  await putAll(records);
});
afterAll(() => {
  byHand.close();
  return account.close();
});

const withNotes = (first: readonly LedgerRecord[], count: number): readonly LedgerRecord[] => {
  const [newest] = first.slice(-1);
  if (newest === undefined) throw new Error("the ledger is empty");
  const { seq: _, hash: __, previous: ___, ...note } = { ...newest, kind: "hold", tick: null, detail: {} };
  const all = [...first];
  for (let head = headOf(newest); head.seq < count; head = headOf(all.at(-1) ?? newest))
    all.push(chainRecord(head, { ...note, id: `note/${head.seq}` }, sha256));
  return all;
};

const recordOf = (seq: number): LedgerRecord => {
  const record = records[seq - 1];
  if (record === undefined) throw new Error(`there is no record ${seq}`);
  return record;
};
const sk = (seq: number): string => String(seq).padStart(12, "0");
const attributesOf = (body: object): Attributes => marshall(body, { removeUndefinedValues: true });
const putRecord = (record: LedgerRecord, at = sk(record.seq)) => byHand.put(LEDGER, at, attributesOf(record));
const putAll = async (all: readonly LedgerRecord[]) => {
  for (let from = 0; from < all.length; from += 40)
    await Promise.all(all.slice(from, from + 40).map((record) => putRecord(record)));
};
const putState = (body: CutoverState) => byHand.put(...STATE, attributesOf(body));
const edit = (seq: number, attributes: Attributes) => byHand.edit(LEDGER, sk(seq), attributes);
const remove = async (from: number, to = from) => {
  for (const { seq } of records.slice(from - 1, to)) await byHand.remove(LEDGER, sk(seq));
};

/** The records from one on, chained anew after a change of it. */
const chainedAnew = (from: number): readonly LedgerRecord[] => {
  let head: LedgerHead = from === 1 ? EMPTY_LEDGER : headOf(recordOf(from - 1));
  return records.slice(from - 1).map(({ seq, hash: _, previous: __, ...content }) => {
    const record = chainRecord(head, seq === from ? { ...content, summary: "forged" } : content, sha256);
    head = headOf(record);
    return record;
  });
};

interface Tampering {
  readonly tamper: () => Promise<unknown>;
  readonly atSeq: number;
  readonly why: string;
  /** Sort keys put in beside the records. */
  readonly keys?: readonly string[];
  /** The records it touches; few where it does not say. */
  readonly spoils?: readonly [from: number, to: number];
}

const inserted = (key: string, atSeq: number): Tampering => ({
  tamper: () => putRecord({ ...recordOf(500), summary: "forged" }, key),
  atSeq,
  why: `before it stands an entry at "${key}", which is the place of no record`,
  keys: [key],
});

const TAMPERINGS: readonly (readonly [string, Tampering])[] = [
  [
    "a record's empty detail made a set of texts",
    {
      tamper: () => edit(510, { detail: { SS: ["all traffic was lost", "by olga"] } }),
      atSeq: 510,
      why: "it is no record: detail is a set of texts",
    },
  ],
  [
    "a record's empty detail made a set of numbers",
    {
      tamper: () => edit(510, { detail: { NS: ["1"] } }),
      atSeq: 510,
      why: "it is no record: detail is a set of numbers",
    },
  ],
  [
    "bytes put into a record",
    { tamper: () => edit(7, { more: { B: new Uint8Array([1]) } }), atSeq: 7, why: "it is no record: more is bytes" },
  ],
  [
    "a number of thirty digits put into a record",
    {
      tamper: () => edit(7, { at: { N: "123456789012345678901234567890" } }),
      atSeq: 7,
      why: "it is no record: at is a number of more digits than pawl writes, 123456789012345678901234567890",
    },
  ],
  [
    "an instant moved by less than a number can tell",
    {
      tamper: () => edit(7, { at: { N: `${recordOf(7).at}.0000000000000000000001` } }),
      atSeq: 7,
      why: expect.stringContaining("more digits than pawl writes"),
    },
  ],
  [
    "a record that is the text of another's number",
    { tamper: () => edit(7, { seq: { S: "7" } }), atSeq: 7, why: "it is no record: seq is not a whole number" },
  ],
  [
    "a record's number taken out",
    {
      tamper: async () => {
        const { seq: _, ...rest } = await byHand.get(LEDGER, sk(7));
        await byHand.put(LEDGER, sk(7), rest);
      },
      atSeq: 7,
      why: "it is no record: seq is missing",
    },
  ],
  ["an entry between two pages", inserted("000000000500x", 501)],
  ["an entry before the first record", inserted("000000000000", 1)],
  ["an entry with a short key", inserted("00", 1)],
  ["an entry behind everything", inserted("~z", 521)],
  ["a second record 7 beside the first", inserted("000000000007a", 8)],
  [
    "two records exchanged",
    {
      tamper: () => Promise.all([putRecord(recordOf(8), sk(7)), putRecord(recordOf(7), sk(8))]),
      atSeq: 7,
      why: "it says that it is record 8",
    },
  ],
  [
    "everything from 100 on chained anew, the state's head kept",
    {
      tamper: () => putAll(chainedAnew(100)),
      atSeq: 520,
      why: "the state knows another hash of it; it, or a record before it, was rewritten and all that follow chained anew",
      spoils: [100, 520],
    },
  ],
  ["the first page removed", { tamper: () => remove(1, 500), atSeq: 1, why: "it is missing", spoils: [1, 500] }],
  ["one record removed", { tamper: () => remove(500), atSeq: 500, why: "it is missing" }],
  [
    "the newest records removed",
    {
      tamper: () => remove(501, 520),
      atSeq: 501,
      why: "it is missing; the state knows 520 records",
      spoils: [501, 520],
    },
  ],
  [
    "a record chained on behind the head",
    {
      tamper: () => putRecord(chainRecord(state.ledgerHead, { ...recordOf(10), id: "more" }, sha256)),
      atSeq: 521,
      why: "the ledger goes on there, and no state has ever known of it",
      keys: [sk(521)],
    },
  ],
  [
    "the state removed",
    {
      tamper: () => byHand.remove(...STATE),
      atSeq: 521,
      why: "the state is gone, which knew how far the ledger goes",
    },
  ],
];

const repair = async ({ keys = [], spoils }: Tampering): Promise<void> => {
  for (const key of keys) await byHand.remove(LEDGER, key);
  await putAll(spoils === undefined ? [7, 8, 500, 510].map(recordOf) : records.slice(spoils[0] - 1, spoils[1]));
  await putState(state);
};

describe("pawl ledger verify, over more records than one page", () => {
  test("finds what pawl wrote intact", async () => {
    const { document, exitCode } = await ledgerVerifyCommand(desk);
    expect({ document, exitCode }).toMatchObject({ document: { intact: true, records: RECORDS }, exitCode: 0 });
  });

  test.each(TAMPERINGS)("finds %s, and says where", async (_what, tampering) => {
    await tampering.tamper();
    const { document, lines, exitCode } = await ledgerVerifyCommand(desk);
    const exported = await exportLedger(desk, async () => {});
    await repair(tampering);

    const { atSeq, why } = tampering;
    expect({ document, exitCode }).toEqual({ document: { cutover: "orders", intact: false, atSeq, why }, exitCode: 1 });
    expect(lines[0]).toBe(`orders: the chain is broken at record ${atSeq}: ${document.intact ? "" : document.why}.`);
    expect(lines.at(-1)).toContain("compare every record");
    expect(exported.broken).toEqual({ atSeq, why });
  });

  test("finds it intact again once all is put back", async () => {
    expect((await ledgerVerifyCommand(desk)).document).toMatchObject({ intact: true, records: RECORDS });
  });
});

describe("pawl explain", () => {
  test("is stopped by nothing that is no record", async () => {
    await edit(510, { detail: { NS: ["1"] } });
    await edit(511, { detail: { S: "x" } });
    await edit(512, { at: { N: "123456789012345678901234567890" } });
    await putRecord({ ...recordOf(500), summary: "forged" }, "000000000512x");
    expect((await explainCommand(desk)).document.decision).toBe("advance");
    await byHand.remove(LEDGER, "000000000512x");
    await putAll(records.slice(509, 512));
  });
});
