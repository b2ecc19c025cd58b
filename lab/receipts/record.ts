import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Side } from "../shop/order.ts";

export type Op = "insert" | "update" | "delete" | "read";

/** What every line of the record says about its operation. */
interface Operation {
  /** UUID; the same for every try of one operation. */
  readonly opId: string;
  readonly user: string;
  /** The order's id; null for an insert that was not answered, whose key nobody knows. */
  readonly key: string | null;
  readonly op: Op;
  /** The highest version of this key that the user has seen, acked or read, on either side; 0 before an insert. */
  readonly expectedVersion: number;
  /** Real milliseconds since 1970, by the load's clock. */
  readonly sentAt: number;
}

/** Written before the request is sent. */
export interface Intent extends Operation {
  readonly type: "intent";
  /** Of the content the write leaves behind (see `valueHash` of the shop's order); null for deletes and reads. */
  readonly valueHash: string | null;
  /** What the write adds to the order's total, as decimal text; null for deletes and reads. */
  readonly delta: string | null;
}

interface Answered extends Operation {
  readonly answeredAt: number;
  readonly side: Side | null;
}

/** The shop said it is done, or what it shows. */
export interface Ack extends Answered {
  readonly type: "ack";
  readonly side: Side;
  /** Version after the write, or the version read; null where a read found no row. */
  readonly version: number | null;
  /** Of the content read or written; null for deletes and where a read found no row. */
  readonly valueHash: string | null;
}

/** The shop said it is certainly not done: this side does not show the version the user has seen. */
export interface Refused extends Answered {
  readonly type: "refused";
  readonly side: Side;
  /** The version this side shows; null where it shows no row. */
  readonly version: number | null;
}

/** Time-out, reset, any 5XX, anything else: it may be done or not. */
export interface Unknown extends Answered {
  readonly type: "unknown";
  /** HTTP status, or null where no whole answer came. */
  readonly status: number | null;
  readonly why: string;
}

export type Answer = Ack | Refused | Unknown;
export type RecordLine = Intent | Answer;

/**
 * Reads a record line by line. A torn last line, as a killed load leaves it, is passed over: it was never acted upon,
 * because intents are written whole before anything is sent.
 * @throws {Error} any other line that is no JSON.
 */
export async function* readRecord(path: string): AsyncGenerator<RecordLine> {
  let torn: { readonly line: number; readonly cause: unknown } | undefined;
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (torn !== undefined) throw new Error(`line ${torn.line} of ${path} is no JSON`, { cause: torn.cause });
    try {
      yield JSON.parse(text) as RecordLine;
    } catch (cause) {
      torn = { line, cause };
    }
  }
}
