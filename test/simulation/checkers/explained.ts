import type { LedgerRecord } from "../../../src/decision/record.ts";
import type { Digest } from "../../../src/kernel/digest.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { recompute } from "../../../src/rehearsal/recompute.ts";
import { tickReader } from "../../../src/rehearsal/stored-tick.ts";
import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";

/** A request leaves within the life of the intent that announced it. */
const INTENT_LIFE_MS = 160_000;

/** P7: the chain holds, every rise of green is explained by a record of before it, and every decision can be recomputed. */
export const explained = (digest: Digest, recomputes: boolean): Checker => {
  const rises: { readonly sentAt: number; readonly to: number }[] = [];
  const bodies = new Map<string, string>();
  /** By run: requests that asked for no more than there was as they left, and came when there was less. */
  const lowering = new WeakMap<Run, Set<string>>();
  const isLowering = ({ run, route, sentAt }: Changed): boolean =>
    run !== null && lowering.get(run)?.has(`${route} ${sentAt}`) === true;
  return {
    promise: "P7",
    watch: (event, world) => {
      if (event.kind === "sent" && (event.greenPercent ?? 100) <= world.rules.weightedPercent(event.route))
        lowering.set(event.run, (lowering.get(event.run) ?? new Set()).add(`${event.route} ${event.at}`));
      // A pin that is let down above what somebody else has just written explains nothing, and is checked elsewhere.
      if (event.kind === "changed" && event.run !== null && isRise(event) && !isLowering(event))
        rises.push({ sentAt: event.sentAt, to: event.effective.to });
      if (event.kind !== "told") return null;
      const { id, subject, body } = event.notification;
      const said = `${subject}\n${body}`;
      const before = bodies.get(id);
      bodies.set(id, said);
      const isRepeat = before === undefined || before === said;
      return isRepeat ? null : `two messages with the id ${id}`;
    },
    end: async (world) => {
      const records = wholeLedger(world);
      const verdict = verifyLedger(records, digest, world.state()?.ledgerHead);
      const found = verdict.intact ? [] : [`the ledger is broken at ${verdict.atSeq}: ${verdict.why}`];
      for (const { sentAt, to } of rises)
        if (!records.some((record) => explains(record, sentAt, to))) found.push(`no record explains ${to} % green`);
      return recomputes ? [...found, ...(await recomputed(world, records, digest))] : found;
    },
  };
};

type Changed = Extract<WorldEvent, { kind: "changed" }>;

const isRise = ({ effective, weighted }: Changed): boolean =>
  effective.to > effective.from && weighted.to > weighted.from;

const explains = ({ kind, at, summary }: LedgerRecord, sentAt: number, to: number): boolean =>
  kind === "advance" && at <= sentAt + SKEW_MS && at >= sentAt - INTENT_LIFE_MS && summary.includes(`→ ${to} %`);

/** What is in the ledger and what still waits in the outbox. */
const wholeLedger = (world: World): readonly LedgerRecord[] => {
  const waiting = world.state()?.outbox.flatMap(({ record }) => (record === undefined ? [] : [record])) ?? [];
  const all = new Map([...world.table.records, ...waiting].map((record) => [record.seq, record]));
  return [...all.values()].sort((a, b) => a.seq - b.seq);
};

const recomputed = async (
  world: World,
  records: readonly LedgerRecord[],
  digest: Digest,
): Promise<readonly string[]> => {
  const read = tickReader(
    {
      evidence: async (name) => world.table.evidence.get(name) ?? null,
      snapshot: async (_epoch, tick) => world.table.snapshotAt(tick),
      policy: async (name) => world.table.policies.get(name) ?? null,
    },
    digest,
  );
  const found: string[] = [];
  for (const record of records) {
    const outcome = await recompute(record, read);
    if (outcome.kind === "different") found.push(`record ${record.seq} cannot be recomputed: ${outcome.what}`);
  }
  return found;
};
