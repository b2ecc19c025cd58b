import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GuardPorts } from "../../src/guard/ports.ts";
import { canonicalJson } from "../../src/kernel/json.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import { known } from "../../src/signals/observation.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { operatorPorts } from "../../src/wiring.ts";
import { sha256 } from "../../src/wiring-local.ts";
import { DRILL } from "../support/fake-world.ts";
import { tableByHand } from "../support/table-by-hand.ts";
import { type LabAccount, startAccountWithTable } from "./lab-account.ts";
import { atTenPercent, byOperator, soonEnough, T } from "./sample-state.ts";

let account: LabAccount;
let ports: Pick<GuardPorts, "state" | "policies" | "snapshots" | "evidence">;
let byHand: ReturnType<typeof tableByHand>;

beforeAll(async () => {
  account = await startAccountWithTable();
  ports = operatorPorts({
    ...account.env,
    PAWL_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:pawl",
    PAWL_ROLLBACK_FUNCTION: "pawl-rollback",
  });
  byHand = tableByHand(account.env);
});
afterAll(() => {
  byHand.close();
  return account.close();
});

/** What a table takes and JSON has not, or would round to something else. */
const FOREIGN: readonly (readonly [string, AttributeValue, string])[] = [
  ["a set of texts", { SS: ["by olga"] }, "is a set of texts"],
  ["a set of numbers", { NS: ["1"] }, "is a set of numbers"],
  ["bytes", { B: new Uint8Array([1]) }, "is bytes"],
  ["a number of thirty digits", { N: "123456789012345678901234567890" }, "more digits than pawl writes"],
  ["a number a shade larger", { N: "1767225600000.0000000000000000000001" }, "more digits than pawl writes"],
  ["one of them inside a list inside a map", { M: { all: { L: [{ SS: ["x"] }] } } }, "all.0 is a set of texts"],
];

const toIso = new Date(T).toISOString();
const snapshot: Snapshot = {
  ...{ cutover: "orders", epoch: 3, tick: T, takenAt: T, minutes: [], p99ForGates: {}, p99ForRollback: {} },
  instants: { "forward.lagRecords": known(0, T) },
};
const policy: Policy = { ...DRILL, params: {} };
const digest = sha256(canonicalJson(policy));

describe.each(FOREIGN)("%s put where pawl wrote something else", (_what, attribute, said) => {
  const malformed = { ok: false, failure: { kind: "malformed", message: expect.stringContaining(said) } };

  test("makes a policy none, until it is published again", async () => {
    await ports.policies.put(policy, digest);
    const { policy: stored } = await byHand.get("policy", digest);
    await byHand.edit("policy", digest, { policy: { M: { ...stored?.M, params: attribute } } });
    expect(await ports.policies.read(digest, soonEnough)).toMatchObject(malformed);
    await ports.policies.put(policy, digest);
    expect(await ports.policies.read(digest, soonEnough)).toEqual({ ok: true, value: policy });
  });

  test("makes the snapshots unreadable, and says which", async () => {
    await ports.snapshots.putOnce(snapshot, soonEnough);
    await byHand.edit("snapshot#orders", toIso, { p99ForGates: attribute });
    const range = await ports.snapshots.range("orders", 3, T, T, soonEnough);
    expect(range).toMatchObject(malformed);
    expect(JSON.stringify(range)).toContain(`snapshot#orders ${toIso}`);
    await byHand.remove("snapshot#orders", toIso);
  });

  test("makes the state unreadable, and says so to whoever latches it", async () => {
    await ports.state.transition(null, { ...atTenPercent("orders"), version: 1 }, soonEnough);
    await byHand.edit("cutover#orders", "state", { evidence: attribute });
    expect(await ports.state.read("orders", soonEnough)).toMatchObject(malformed);
    const outcome = await ports.state.latch("orders", byOperator, { writeId: "w" }, soonEnough);
    expect(outcome).toEqual({ kind: "unknown", message: expect.stringContaining(said) });
    await byHand.remove("cutover#orders", "state");
  });
});

test.each([[{ N: "5" }], [{ S: "[]" }], [{ S: "null" }], [{ S: "{" }], [{ SS: ["{}"] }]])(
  "%o in the place of evidence is none",
  async (text) => {
    await byHand.put("evidence#orders", digest, { text });
    expect(await ports.evidence.read("orders", digest)).toMatchObject({ ok: false, failure: { kind: "malformed" } });
  },
);
