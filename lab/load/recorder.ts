import { closeSync, openSync, writeSync } from "node:fs";
import type { RecordLine } from "../receipts/record.ts";

/** Append-only record of what the users did. */
export interface Recorder {
  /** When this returns, the line is with the kernel: it outlives this process, however that ends. */
  write(line: RecordLine): void;
  close(): void;
}

export const openRecorder = (path: string): Recorder => {
  const file = openSync(path, "a", 0o644);
  return {
    write: (line) => void writeSync(file, `${JSON.stringify(line)}\n`),
    close: () => closeSync(file),
  };
};
