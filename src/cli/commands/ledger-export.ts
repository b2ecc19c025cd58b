import type { LedgerRecord } from "../../decision/record.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { recordingWriter } from "../../rehearsal/recording/write-recording.ts";
import { type TickReader, tickReader } from "../../rehearsal/stored-tick.ts";
import type { CliContext } from "../context.ts";
import { EXIT } from "../exit.ts";
import { followLedger } from "../follow-ledger.ts";
import { tickStores } from "../tick-stores.ts";

export type ExportPorts = Pick<GuardPorts, "state" | "ledger" | "digest" | "evidence" | "snapshots" | "policies">;

/** What an export came to. */
export interface ExportDocument {
  readonly cutover: string;
  /** Judged ticks that the recording holds. */
  readonly ticks: number;
  /** Judged ticks whose evidence is gone or was changed: they are named in the recording, and cannot be replayed. */
  readonly missing: number;
  readonly bytes: number;
  /** Where the chain of records is broken, and how; null where it is whole. The recording holds what was found all the same. */
  readonly broken: { readonly atSeq: number; readonly why: string } | null;
}

/** Handed on in pieces of about this many characters. */
const PIECE = 64 * 1024;

/**
 * Writes a cutover's ledger as a recording, line by line in constant memory: everything that a judged tick rested on and
 * came to, each checked against the digest that the record names, and the records against their chain.
 * @throws {CommandFailure} never armed, or the table did not answer.
 */
export const exportLedger = async (
  { ports, bindings }: CliContext<ExportPorts>,
  write: (text: string) => Promise<void>,
): Promise<ExportDocument> => {
  const read = tickReader(tickStores(ports, bindings.name), ports.digest);
  const recording = recordingWriter();
  const out = pieces(write);
  let ticks = 0;
  let missing = 0;
  await out.line(recording.header(bindings));
  const verdict = await followLedger(ports, bindings.name, async (record) => {
    const { lines, kind } = await linesOf(record, read, recording);
    if (kind === "tick") ticks += 1;
    if (kind === "missing") missing += 1;
    for (const line of lines) await out.line(line);
  });
  await out.line(recording.end());
  const broken = verdict.intact ? null : { atSeq: verdict.atSeq, why: verdict.why };
  return { cutover: bindings.name, ticks, missing, bytes: await out.end(), broken };
};

type RecordLines = { readonly kind: "tick" | "note" | "missing"; readonly lines: readonly JsonObject[] };

const linesOf = async (
  record: LedgerRecord,
  read: TickReader,
  recording: ReturnType<typeof recordingWriter>,
): Promise<RecordLines> => {
  const found = await read(record);
  if (found === null) return { kind: "note", lines: [recording.note(record)] };
  const told = found.ok ? recording.tick(found.value) : found;
  return told.ok
    ? { kind: "tick", lines: told.value }
    : { kind: "missing", lines: [recording.note(record, told.failure)] };
};

const pieces = (write: (text: string) => Promise<void>) => {
  let piece = "";
  let bytes = 0;
  const hand = async (): Promise<void> => {
    bytes += Buffer.byteLength(piece);
    await write(piece);
    piece = "";
  };
  return {
    line: async (line: JsonObject): Promise<void> => {
      piece += `${JSON.stringify(line)}\n`;
      if (piece.length >= PIECE) await hand();
    },
    end: async (): Promise<number> => {
      await hand();
      return bytes;
    },
  };
};

export const exportLines = ({ cutover, ticks, missing, bytes, broken }: ExportDocument): readonly string[] => [
  `${cutover}: ${ticks} judged ticks in ${(bytes / 1e6).toFixed(1)} MB`,
  ...(missing === 0
    ? []
    : [`${missing} judged ticks cannot be replayed; pawl ledger verify ${cutover} --recompute names them.`]),
  ...(broken === null
    ? []
    : [
        `The chain is broken at record ${broken.atSeq}: ${broken.why}.`,
        "  why:  The table does not hold what pawl wrote, all of it and nothing else.",
        `  next: pawl ledger verify ${cutover}; keep this file, and the table as it is.`,
      ]),
];

export const exitCodeOf = ({ missing, broken }: ExportDocument) =>
  missing === 0 && broken === null ? EXIT.done : EXIT.refused;
