import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Side } from "../shop/order.ts";

/** One row of one table, as a dump holds it. Two sides that are equal have equal dumps, line by line. */
export interface DumpRow {
  /** `<table>/<primary key>`. */
  readonly key: string;
  /** The shop's version of the row, and the side that wrote it; null in tables without. */
  readonly version: number | null;
  readonly side: Side | null;
  /** Over the canonical text of all the application's columns. */
  readonly sha256: string;
  /** What the verdicts are computed from, in the shop's own tables. */
  readonly order?: OrderFacts;
  readonly event?: EventFacts;
}

export interface OrderFacts {
  readonly ref: string;
  readonly total: string;
  readonly valueHash: string;
}

export interface EventFacts {
  readonly order: string;
  readonly kind: "insert" | "update" | "delete";
  readonly delta: string;
}

export type OrderRow = OrderFacts & { readonly id: string; readonly version: number };
export type EventRow = EventFacts & { readonly opId: string; readonly version: number };

/** The tables of one side. */
export interface SideTables {
  readonly orders: ReadonlyMap<string, OrderRow>;
  readonly events: readonly EventRow[];
  /** SHA-256 by key, of every row of every table. */
  readonly digests: ReadonlyMap<string, string>;
}

/** Collects the rows of a dump into tables. */
export const tablesOf = async (rows: AsyncIterable<DumpRow> | Iterable<DumpRow>): Promise<SideTables> => {
  const orders = new Map<string, OrderRow>();
  const events: EventRow[] = [];
  const digests = new Map<string, string>();
  for await (const { key, version, sha256, order, event } of rows) {
    const id = key.slice(key.indexOf("/") + 1);
    digests.set(key, sha256);
    if (order !== undefined) orders.set(id, { ...order, id, version: version ?? 0 });
    if (event !== undefined) events.push({ ...event, opId: id, version: version ?? 0 });
  }
  return { orders, events, digests };
};

/** Reads a dump file line by line. @throws {Error} a line that is no JSON. */
export async function* readDump(path: string): AsyncGenerator<DumpRow> {
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY }))
    yield JSON.parse(text) as DumpRow;
}
