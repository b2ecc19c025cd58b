import { join } from "node:path";
import type { Side } from "../shop/order.ts";
import { dumpSide } from "./dump.ts";
import { type History, HistoryReader, type StaleReads } from "./history.ts";
import { readRecord } from "./record.ts";
import { readDump, type SideTables, tablesOf } from "./tables.ts";
import { type Traffic, TrafficReader } from "./traffic.ts";
import { type Finding, judgeEquality, judgeSide, VERDICTS, type VerdictName } from "./verdicts.ts";

/** Which sides are held to account: after decommission blue is of no account any more. */
export type CheckMode = "both" | Side;

export interface CheckSpec {
  readonly receiptsPath: string;
  readonly mode: CheckMode;
  /** The sides' databases, as a role that may select; read as of now. Without, the dumps in `dumpDir` are taken as they are. */
  readonly blueUrl?: string | undefined;
  readonly greenUrl?: string | undefined;
  /** Where `blue.ndjson` and `green.ndjson` are written, and read from. */
  readonly dumpDir: string;
  /** Real instants of rule changes, to count the requests in flight at them. */
  readonly ruleChanges?: readonly number[];
}

/** The verdicts, ready to be JSON. The count of a verdict is that of distinct orders or operations, over both sides. */
export interface Verdicts extends Readonly<Record<VerdictName, number>> {
  readonly mode: CheckMode;
  readonly rows: Readonly<Partial<Record<Side, number>>>;
  readonly ackedWrites: number;
  readonly ackedOnGreen: number;
  readonly staleReads: number;
  readonly staleReadsBySecond: readonly StaleReads[];
  readonly traffic: Traffic;
  /** The first findings of each verdict. */
  readonly findings: readonly Finding[];
}

const MOST_FINDINGS = 20;

/**
 * Judges the record against the databases. Both streams must be drained and writes paused, else what is under way is
 * taken for lost. @throws {Error} a file or a database cannot be read.
 */
export const checkReceipts = async (spec: CheckSpec): Promise<Verdicts> => {
  const sides: readonly Side[] = spec.mode === "both" ? ["blue", "green"] : [spec.mode];
  const urls = { blue: spec.blueUrl, green: spec.greenUrl };
  const tables = new Map<Side, SideTables>();
  for (const side of sides) {
    const path = join(spec.dumpDir, `${side}.ndjson`);
    const url = urls[side];
    if (url !== undefined) await dumpSide(url, path);
    tables.set(side, await tablesOf(readDump(path)));
  }
  const { history, traffic } = await readHistory(spec.receiptsPath, spec.ruleChanges ?? []);
  const { ackedWrites, ackedOnGreen } = traffic;
  return { mode: spec.mode, ackedWrites, ackedOnGreen, ...judge(history, tables), traffic };
};

const readHistory = async (
  path: string,
  changes: readonly number[],
): Promise<{ history: History; traffic: Traffic }> => {
  const reader = new HistoryReader();
  const traffic = new TrafficReader(changes);
  for await (const line of readRecord(path)) {
    reader.follow(line);
    traffic.follow(line, reader.orders);
  }
  return { history: reader.history(), traffic: traffic.traffic() };
};

const judge = (
  history: History,
  tables: ReadonlyMap<Side, SideTables>,
): Omit<Verdicts, "mode" | "traffic" | "ackedWrites" | "ackedOnGreen"> => {
  const found = [...tables].flatMap(([side, of]) => judgeSide(history, of, side));
  const [blue, green] = [tables.get("blue"), tables.get("green")];
  if (blue !== undefined && green !== undefined) found.push(...judgeEquality(blue, green));
  const of = (verdict: VerdictName): readonly Finding[] => found.filter((finding) => finding.verdict === verdict);
  const counts = VERDICTS.map((verdict) => [verdict, new Set(of(verdict).map(({ subject }) => subject)).size]);
  return {
    ...(Object.fromEntries(counts) as Record<VerdictName, number>),
    rows: Object.fromEntries([...tables].map(([side, { digests }]) => [side, digests.size])),
    staleReads: history.staleReads.reduce((total, { reads }) => total + reads, 0),
    staleReadsBySecond: history.staleReads,
    findings: VERDICTS.flatMap((verdict) => of(verdict).slice(0, MOST_FINDINGS)),
  };
};

/** Whether a write may be lost, or worse. Stale reads are told, not counted: they pass with the lag. */
export const isClean = (verdicts: Verdicts): boolean => VERDICTS.every((verdict) => verdicts[verdict] === 0);
