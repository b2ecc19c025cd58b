import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LedgerRecord } from "../../src/decision/record.ts";
import type { GuardPorts } from "../../src/guard/ports.ts";
import { canonicalJson } from "../../src/kernel/json.ts";
import { entryOf } from "../../src/ledger/entry.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import { known, unknown } from "../../src/signals/observation.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { operatorPorts } from "../../src/wiring.ts";
import { sha256 } from "../../src/wiring-local.ts";
import { tableOf } from "../../src/wiring-table-and-rules.ts";
import { DRILL, fakeWorld } from "../support/fake-world.ts";
import { type LabAccount, startAccountWithTable } from "./lab-account.ts";
import { minutesAfter, soonEnough, T } from "./sample-state.ts";

type Records = Pick<GuardPorts, "active" | "observed" | "snapshots" | "policies" | "ledger" | "evidence" | "journal">;

let account: LabAccount;
let dynamodb: Records;

beforeAll(async () => {
  account = await startAccountWithTable();
  dynamodb = operatorPorts({
    ...account.env,
    PAWL_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:pawl",
    PAWL_ROLLBACK_FUNCTION: "pawl-rollback",
  });
});
afterAll(() => account.close());

const done = { ok: true, value: undefined };

const snapshot = (minutes: number, epoch: number, takenAfterMs = 2_000): Snapshot => ({
  cutover: "orders",
  epoch,
  tick: minutesAfter(minutes),
  takenAt: (minutesAfter(minutes) + takenAfterMs) as Snapshot["takenAt"],
  instants: {
    "forward.lagRecords": known(0, minutesAfter(minutes)),
    "reverse.state": unknown("Connect did not answer", minutesAfter(minutes)),
  },
  minutes: [
    { at: minutesAfter(minutes - 1), values: { "green.requests": 120 }, absent: { "blue.requests": "no data" } },
  ],
  p99ForGates: {},
  p99ForRollback: { "green.p99Ms": known(81.5, minutesAfter(minutes)) },
});

const record = (seq: number, hash: string): LedgerRecord => ({
  seq,
  previous: "00".repeat(32),
  hash,
  id: `orders/3/${seq}`,
  cutover: "orders",
  epoch: 3,
  tick: T,
  at: T,
  kind: "hold",
  summary: "Held: lag 120 > 100.",
  detail: { verdicts: [{ gate: "lag", verdict: "fail", operands: [120, 100, null] }] },
});

const memory = fakeWorld().ports;
const WORLDS: readonly (readonly [string, () => Records])[] = [
  ["DynamoDB", () => dynamodb],
  ["memory", () => memory],
];

test("an active cutover that an older release listed is one of an unknown time", async () => {
  const { active } = dynamodb;
  await tableOf(account.env).put({ pk: "active", sk: "invoices" }, { cutover: "invoices" });
  expect(await active.list(soonEnough)).toEqual({ ok: true, value: [{ cutover: "invoices", listedAt: null }] });
  await active.remove("invoices");
});

describe.each(WORLDS)("the records in %s", (_name, ports) => {
  test("lists active cutovers, each once, until they are removed", async () => {
    const { active } = ports();
    expect(await active.list(soonEnough)).toEqual({ ok: true, value: [] });
    for (const [minutes, cutover] of ["orders", "payments", "orders"].entries())
      expect(await active.put(cutover, minutesAfter(minutes))).toEqual(done);
    const payments = { cutover: "payments", listedAt: minutesAfter(1) };
    expect(await active.list(soonEnough)).toEqual({
      ok: true,
      value: [{ cutover: "orders", listedAt: minutesAfter(2) }, payments],
    });
    expect(await active.remove("orders")).toEqual(done);
    expect(await active.remove("orders")).toEqual(done);
    expect(await active.list(soonEnough)).toEqual({ ok: true, value: [payments] });
  });

  test("finds the newest thing observed at or before a tick", async () => {
    const { observed } = ports();
    const at = (minutes: number) => ({
      cutover: "orders",
      tick: minutesAfter(minutes),
      observations: { "forward.lagRecords": known(minutes, minutesAfter(minutes)) },
    });
    for (const minutes of [0, 1, 3]) expect(await observed.put(at(minutes), soonEnough)).toEqual(done);
    expect(await observed.latest("orders", minutesAfter(2), soonEnough)).toEqual({ ok: true, value: at(1) });
    expect(await observed.latest("orders", minutesAfter(3), soonEnough)).toEqual({ ok: true, value: at(3) });
    expect(await observed.latest("orders", minutesAfter(-1), soonEnough)).toEqual({ ok: true, value: null });
    expect(await observed.latest("payments", minutesAfter(3), soonEnough)).toEqual({ ok: true, value: null });
  });

  test("keeps the first snapshot of a tick and hands it to the second run", async () => {
    const { snapshots } = ports();
    const first = snapshot(0, 3);
    expect(await snapshots.putOnce(first, soonEnough)).toEqual({ ok: true, value: first });
    expect(await snapshots.putOnce(snapshot(0, 3, 9_000), soonEnough)).toEqual({ ok: true, value: first });
    expect(await snapshots.putOnce(snapshot(0, 4), soonEnough)).toEqual({ ok: true, value: first });
  });

  test("gives the snapshots of one epoch in order, both ends included, those of another left out", async () => {
    const { snapshots } = ports();
    for (const [minutes, epoch] of [
      [12, 3],
      [10, 3],
      [9, 2],
      [14, 4],
      [11, 3],
      [13, 3],
    ] as const)
      await snapshots.putOnce(snapshot(minutes, epoch), soonEnough);
    expect(await snapshots.range("orders", 3, minutesAfter(9), minutesAfter(12), soonEnough)).toEqual({
      ok: true,
      value: [snapshot(10, 3), snapshot(11, 3), snapshot(12, 3)],
    });
  });

  test("gives a policy back by its digest", async () => {
    const { policies } = ports();
    const policy: Policy = { ...DRILL, name: "given-back" };
    const digest = sha256(canonicalJson(policy));
    expect(await policies.read(digest, soonEnough)).toEqual({ ok: true, value: null });
    expect(await policies.put(policy, digest)).toEqual(done);
    expect(await policies.read(digest, soonEnough)).toEqual({ ok: true, value: policy });
  });

  test("gives no policy back that was changed under its digest, until it is put right", async () => {
    const { policies } = ports();
    const policy: Policy = { ...DRILL, name: "lax" };
    const strict = { ...policy, name: "strict" };
    const digest = sha256(canonicalJson(strict));
    await policies.put(policy, digest);
    expect(await policies.read(digest, soonEnough)).toMatchObject({ ok: false, failure: { kind: "malformed" } });
    await policies.put(strict, digest);
    expect(await policies.read(digest, soonEnough)).toEqual({ ok: true, value: strict });
  });

  test("gives no policy back of which this release would pass something over", async () => {
    const { policies } = ports();
    const newer = { ...DRILL, soak: { ...DRILL.soak, quorum: 2 } };
    const digest = sha256(canonicalJson(newer));
    await policies.put(newer, digest);
    expect(await policies.read(digest, soonEnough)).toMatchObject({
      ok: false,
      failure: {
        kind: "malformed",
        message: expect.stringContaining("soak.quorum is nothing that this release knows"),
      },
    });
  });

  test("appends a record once, and refuses another one of the same number", async () => {
    const { ledger } = ports();
    const [one, two] = [record(1, "11".repeat(32)), record(2, "22".repeat(32))];
    for (const entry of [two, one, one]) expect(await ledger.append("orders", entry, soonEnough)).toEqual(done);
    expect(await ledger.append("orders", record(2, "33".repeat(32)), soonEnough)).toMatchObject({
      ok: false,
      failure: { kind: "refused" },
    });
    const value = [entryOf(one), entryOf(two)];
    expect(await ledger.read("orders", null)).toEqual({ ok: true, value });
    expect(await ledger.read("orders", 1)).toEqual({ ok: true, value: value.slice(1) });
    expect(await ledger.read("orders", 2)).toEqual({ ok: true, value: [] });
  });

  test("keeps evidence under its digest, whoever puts it and how often", async () => {
    const { evidence } = ports();
    const body = { trace: [{ at: "/and/0", result: null }], empty: "", none: [], proof: 1e300, doubt: 1e-300 };
    const digest = sha256(canonicalJson(body));
    for (const _again of [1, 2]) expect(await evidence.put("orders", digest, body, soonEnough)).toEqual(done);
    expect(await evidence.read("orders", digest)).toEqual({ ok: true, value: body });
    expect(await evidence.read("orders", "ee".repeat(32))).toEqual({ ok: true, value: null });
  });

  test("lists the journal in the order things were begun; finishing replaces the beginning", async () => {
    const { journal } = ports();
    const begun = (action: string, minutes: number) => ({
      action,
      epoch: 3,
      startedAt: minutesAfter(minutes),
      detail: {},
    });
    const finished = { ...begun("delete-pin", 1), finishedAt: minutesAfter(2), detail: { rules: 1 } };
    for (const entry of [begun("fence-blue", 3), begun("delete-pin", 1), finished])
      expect(await journal.put("orders", entry)).toEqual(done);
    expect(await journal.list("orders")).toEqual({ ok: true, value: [finished, begun("fence-blue", 3)] });
  });
});
