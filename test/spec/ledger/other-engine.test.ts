import { describe, expect, it } from "vitest";
import { exportLedger } from "../../../src/cli/commands/ledger-export.ts";
import { ledgerVerifyCommand } from "../../../src/cli/commands/ledger-verify.ts";
import { ENGINE_VERSION } from "../../../src/decision/decision.ts";
import type { LedgerRecord } from "../../../src/decision/record.ts";
import { chainRecord, headOf, type LedgerHead } from "../../../src/ledger/chain.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import { deskBefore } from "../../support/cli.ts";
import { DRILL, type FakeWorld, sha256, wholeLedger } from "../../support/fake-world.ts";
import { livedWorld, recordingOf } from "../../support/recorded.ts";
import { replayed, replayedInWords } from "../../support/replayed.ts";

/** As the ledger would be, had the release before this one judged the first ticks. */
const judgedBefore = async (isOlder: (record: LedgerRecord) => boolean): Promise<FakeWorld> => {
  const world = await livedWorld();
  let head: LedgerHead = { seq: 0, hash: "" };
  const chained = wholeLedger(world).map(({ seq: _, previous, hash: _hash, ...record }) => {
    if (head.seq === 0) head = { seq: 0, hash: previous };
    const older = "engine" in record.detail && isOlder(record as LedgerRecord);
    const detail = older ? { ...record.detail, engine: "3" } : record.detail;
    const next = chainRecord(head, { ...record, detail }, sha256);
    head = headOf(next);
    return next;
  });
  world.ledger.records.splice(0, Number.POSITIVE_INFINITY, ...chained);
  world.store.put({ ...world.state(), ledgerHead: head, outbox: [] });
  return world;
};

/** The same recording, had its policy a condition that no release has yet. */
const withNewerPolicy = (recording: string): string => {
  const policy = { ...DRILL, soak: { ...DRILL.soak, quorum: 2 } };
  const line = JSON.stringify({ policy: policyDigest(policy, sha256), is: policy });
  return recording
    .split("\n")
    .map((each) => (each.startsWith('{"policy":') ? line : each))
    .join("\n");
};

const FIRST_TICK = Date.UTC(2026, 10, 22, 3, 1);
const ofTheFirst = (minutes: number) => (record: LedgerRecord) => (record.tick ?? 0) < FIRST_TICK + minutes * 60_000;

describe("a ledger whose first ticks another release judged", () => {
  it("has them named by verify as what they are, and the others judged again", async () => {
    const { context } = deskBefore(await judgedBefore(ofTheFirst(4)));
    const { lines, exitCode, document } = await ledgerVerifyCommand(context, { recompute: true });
    const said = lines.join("\n");
    expect(exitCode).toBe(1);
    expect(document.recomputed?.differences.map(({ otherEngine }) => otherEngine)).toEqual([true, true, true, true]);
    expect(said).toContain(`${document.recomputed?.judged} records re-judged, 0 differences`);
    expect(said).toContain(`4 records not re-judged, 2 to 5: engine "3" judged it, and this is ${ENGINE_VERSION}`);
    expect(said).toContain("in a checkout of the release that judged them");
    expect(said).not.toContain("changed or removed");
  });

  it("is exported with the others alone", async () => {
    const told = await exportLedger(deskBefore(await judgedBefore(ofTheFirst(4))).context, async () => {});
    expect(told).toMatchObject({ missing: 4, broken: null });
    expect(told.ticks).toBeGreaterThan(5);
  });

  it("says, where it judged all of them, what to do about a recording that holds no tick", async () => {
    const recording = await recordingOf(await judgedBefore(() => true));
    const { exitCode, document } = await replayed({ recording });
    expect(exitCode).toBe(1);
    expect(document.error.why).toContain('engine "3" judged it');
    expect(document.error.next).toContain("pawl ledger verify --recompute");
  });
});

describe("a recording that another release exported", () => {
  it("is replayed, and is said to have been judged by other rules", async () => {
    const recording = (await recordingOf(await livedWorld())).replace(`"engine":"${ENGINE_VERSION}"`, '"engine":"3"');
    const { exitCode, document } = await replayed({ recording });
    expect(document).toMatchObject({ ok: true, otherEngine: { recorded: "3", here: ENGINE_VERSION } });
    expect(exitCode).toBe(0);
    expect(await replayedInWords({ recording })).toContain(`Engine "3" judged it, and this is ${ENGINE_VERSION}`);
  });

  it("is refused where its policy is not one that this release can judge by", async () => {
    const { exitCode, document } = await replayed({
      recording: withNewerPolicy(await recordingOf(await livedWorld())),
    });
    expect(exitCode).toBe(1);
    expect(document.error.why).toContain("soak.quorum is nothing that this release knows");
  });

  it("says nothing of engines where this release exported it", async () => {
    const recording = await recordingOf(await livedWorld());
    expect((await replayed({ recording })).document).not.toHaveProperty("otherEngine");
    expect(await replayedInWords({ recording })).not.toContain("Engine");
  });
});
