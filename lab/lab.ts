import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LabContext } from "./aws/contracts.ts";
import { type CdcStack, startCdcStack } from "./cdc/stack.ts";
import { startLabClock } from "./clock.ts";
import { type LabFile, removeLabFile, writeLabFile } from "./lab-file.ts";
import { ProcessOwner } from "./process/process-owner.ts";

export interface LabOptions {
  /** Where to say what runs; see `lab-file.ts`. Two labs side by side need two. */
  readonly file: string;
  /** Lab seconds a real second, 1 to 15. */
  readonly speed: number;
  /** One line for whoever is waiting. */
  readonly onProgress: (line: string) => void;
}

export interface Lab {
  readonly context: LabContext;
  /** Owns every process that is not a part's own. */
  readonly owner: ProcessOwner;
  readonly cdc: CdcStack;
  readonly file: LabFile;
  /** Ends everything, and removes the lab's folder and file; within some ten seconds. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts a lab of this process: nothing of it outlives the process, however that ends.
 * @throws {Error} a part did not start; everything that did has been stopped again.
 */
export const startLab = async (options: LabOptions): Promise<Lab> => {
  const { file, speed, onProgress } = options;
  const clock = startLabClock(speed);
  // Not in the checkout: root's PostgreSQL runs as a user that may not be able to get there.
  const dir = mkdtempSync(join(tmpdir(), "pawl-lab-"));
  chmodSync(dir, 0o711);
  const owner = new ProcessOwner(dir);
  owner.removeAtEnd(dir);
  const context: LabContext = {
    clock,
    dir,
    log: (line) => appendFileSync(join(dir, "lab.log"), `${new Date().toISOString()} ${line}\n`),
  };
  try {
    const cdc = await startCdcStack({ dir: join(dir, "cdc"), log: context.log, onProgress });
    const secret = (): string => randomBytes(18).toString("base64url");
    const told: LabFile = {
      pid: process.pid,
      startRealMs: clock.startRealMs,
      startLabMs: clock.startLabMs,
      speed,
      kafkaBrokers: cdc.brokers,
      connectUrl: cdc.connectUrl,
      blueAdminUrl: cdc.blue.adminUrl,
      greenAdminUrl: cdc.green.adminUrl,
      cdcSourcePassword: secret(),
      cdcSinkPassword: secret(),
    };
    writeLabFile(file, told);
    return {
      context,
      owner,
      cdc,
      file: told,
      stop: async () => {
        removeLabFile(file);
        await cdc.stop();
        await owner.stop();
      },
    };
  } catch (error) {
    await owner.stop();
    throw error;
  }
};
