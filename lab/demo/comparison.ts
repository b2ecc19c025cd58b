import { copyFileSync, linkSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { durationMs } from "../../src/kernel/units.ts";
import type { Direction } from "../../src/signals/bindings.ts";
import { createCdcPorts } from "../../src/wiring-cdc.ts";
import type { Lab } from "../lab.ts";
import { type CheckMode, checkReceipts, type Verdicts } from "../receipts/check.ts";
import type { VerdictCounts } from "./report.ts";

const DRAIN_LIMIT_MS = 45_000;
const ATTEMPT_MS = 8_000;

/** Waits until everything written on one side has been applied on the other, proven, not guessed. @throws {Error} not in time. */
export const drain = async (lab: Lab, directions: readonly Direction[]): Promise<void> => {
  const { kafkaBrokers, connectUrl, blueUrl, greenUrl } = lab.file;
  const reach = createCdcPorts({ kafkaBrokers, connectUrl, blueUrl, greenUrl, queryTimeoutMs: 5_000 }, () =>
    lab.context.clock.now(),
  );
  try {
    await Promise.all(
      directions.map(async (direction) => {
        const giveUpAt = Date.now() + DRAIN_LIMIT_MS;
        for (;;) {
          const proof = await reach.drain.prove(lab.bindings, direction, durationMs(ATTEMPT_MS));
          if (proof.ok) return;
          if (Date.now() > giveUpAt) throw new Error(`${direction} was not drained: ${proof.failure.message}`);
          await pause(250);
        }
      }),
    );
  } finally {
    await reach.close();
  }
};

/**
 * Quiets the writes, drains both streams, lets users look at what they were in doubt about, drains again, and holds
 * the record against the databases. Writes stay paused.
 */
export const compareQuietly = async (lab: Lab, dumpDir: string, ruleChanges: readonly number[]): Promise<Verdicts> => {
  await lab.load.pauseWrites();
  await drain(lab, ["forward", "reverse"]);
  await lab.load.drained();
  await drain(lab, ["forward", "reverse"]);
  return compare(lab, dumpDir, "both", ruleChanges);
};

export const compare = async (
  lab: Lab,
  dumpDir: string,
  mode: CheckMode,
  ruleChanges: readonly number[],
): Promise<Verdicts> => {
  mkdirSync(dumpDir, { recursive: true });
  // The record goes on with the users' reads, and later with their writes; what was judged is what is kept.
  const receiptsPath = join(dumpDir, "receipts.ndjson");
  copyFileSync(lab.shop.receiptsPath, receiptsPath);
  return checkReceipts({
    receiptsPath,
    mode,
    blueUrl: mode === "green" ? undefined : lab.file.blueUrl,
    greenUrl: mode === "blue" ? undefined : lab.file.greenUrl,
    dumpDir,
    ruleChanges,
  });
};

const EVIDENCE = ["receipts.ndjson", "blue.ndjson", "green.ndjson"];

/** The evidence of the story told last also lies beside `report.json`, where people look first. */
export const linkEvidence = (storyDir: string, reportDir: string): void => {
  for (const file of EVIDENCE) {
    rmSync(join(reportDir, file), { force: true });
    linkSync(join(storyDir, file), join(reportDir, file));
  }
};

export const countsOf = (verdicts: Verdicts): VerdictCounts => ({
  ackedWrites: verdicts.traffic.ackedWrites,
  ackedOnGreen: verdicts.traffic.ackedOnGreen,
  lost: verdicts.lost,
  stale: verdicts.stale,
  duplicate: verdicts.duplicate,
  resurrected: verdicts.resurrected,
  ghost: verdicts.ghost,
  half: verdicts.half,
  unequal: verdicts.unequal,
  staleReads: verdicts.staleReads,
});
