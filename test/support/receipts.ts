import { HistoryReader } from "../../lab/receipts/history.ts";
import type { Ack, Intent, RecordLine, Refused, Unknown } from "../../lab/receipts/record.ts";
import { type DumpRow, tablesOf } from "../../lab/receipts/tables.ts";
import { judgeSide } from "../../lab/receipts/verdicts.ts";
import type { Side } from "../../lab/shop/order.ts";

/** Words for tiny records and tables: order 7 of user Ada, operations named by one letter. */

interface Write {
  readonly op: "insert" | "update" | "delete";
  readonly opId: string;
  readonly key?: string;
  readonly from: number;
  readonly delta?: string;
  readonly value?: string;
}

const operation = ({ op, opId, key = "7", from }: Write) => ({
  ...{ opId, user: "ada", key, op, expectedVersion: from, sentAt: 1_000 },
});

export const intent = (write: Write): Intent => ({
  type: "intent",
  ...operation(write),
  key: write.op === "insert" ? null : (write.key ?? "7"),
  valueHash: write.value ?? null,
  delta: write.delta ?? null,
});

export const acked = (write: Write, side: Side = "blue"): readonly RecordLine[] => {
  const ack: Ack = {
    type: "ack",
    ...operation(write),
    ...{ answeredAt: 1_100, side, version: write.from + 1, valueHash: write.value ?? null },
  };
  return [intent(write), ack];
};

export const refused = (write: Write, side: Side = "green"): readonly RecordLine[] => {
  const answer: Refused = { type: "refused", ...operation(write), answeredAt: 1_100, side, version: write.from - 1 };
  return [intent(write), answer];
};

export const unknown = (write: Write): readonly RecordLine[] => {
  const answer: Unknown = {
    type: "unknown",
    ...operation(write),
    key: write.op === "insert" ? null : (write.key ?? "7"),
    ...{ answeredAt: 1_100, side: null, status: 502, why: "HTTP 502 from the load balancer" },
  };
  return [intent(write), answer];
};

/** A read of order 7 that showed this version, answered in second 1 by `side`. */
export const read = (version: number | null, side: Side = "green"): readonly RecordLine[] => {
  const about = { opId: "read", user: "ada", key: "7", op: "read", expectedVersion: 0, sentAt: 1_000 } as const;
  return [
    { type: "intent", ...about, valueHash: null, delta: null },
    { type: "ack", ...about, answeredAt: 1_900, side, version, valueHash: null },
  ];
};

export const orderRow = (
  row: { readonly id?: string; readonly version: number; readonly ref: string; readonly total: string } & {
    readonly value?: string;
  },
): DumpRow => ({
  key: `orders/${row.id ?? "7"}`,
  version: row.version,
  side: "blue",
  sha256: `${row.ref}@${row.version}`,
  order: { ref: row.ref, total: row.total, valueHash: row.value ?? row.ref },
});

export const eventRow = (opId: string, kind: Write["op"], version: number, delta = "0", order = "7"): DumpRow => ({
  key: `order_events/${opId}`,
  version,
  side: "blue",
  sha256: opId,
  event: { order, kind, delta },
});

export const historyOf = (...lines: readonly (readonly RecordLine[])[]) => {
  const reader = new HistoryReader();
  for (const line of lines.flat()) reader.follow(line);
  return reader.history();
};

/** What the checker calls it, as `verdict subject`, sorted. */
export const verdictsOf = async (record: readonly (readonly RecordLine[])[], rows: readonly DumpRow[]) =>
  judgeSide(historyOf(...record), await tablesOf(rows), "green")
    .map(({ verdict, subject }) => `${verdict} ${subject}`)
    .sort();
