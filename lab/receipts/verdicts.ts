import type { Side } from "../shop/order.ts";
import type { History, WriteHistory } from "./history.ts";
import type { EventRow, OrderRow, SideTables } from "./tables.ts";

export const VERDICTS = ["lost", "stale", "duplicate", "resurrected", "ghost", "half", "unequal"] as const;
export type VerdictName = (typeof VERDICTS)[number];

/** One thing that is wrong. Each verdict is judged by itself, so one mishap may have several names. */
export interface Finding {
  readonly verdict: VerdictName;
  /** `orders/<id>` or `order_events/<opId>`. */
  readonly subject: string;
  readonly side: Side | "both";
  readonly why: string;
}

/** Everything that is wrong on one side, whose stream has been drained, by the record. */
export const judgeSide = (history: History, tables: SideTables, side: Side): readonly Finding[] => {
  const events = indexEvents(tables.events);
  const facts: Facts = { history, tables, ...events };
  const found = [
    ...judgeWrites(facts),
    ...judgeEvents(facts),
    ...[...tables.orders.values()].flatMap((row) => judgeRow(facts, row)),
    ...judgeMissingRows(facts),
    ...judgeCopies(tables),
  ];
  return found.map(([verdict, subject, why]) => ({ verdict, subject, side, why }));
};

/** Rows that differ between the sides, in any column, or that only one of them has. */
export const judgeEquality = (blue: SideTables, green: SideTables): readonly Finding[] => {
  const finding = (subject: string, why: string): Finding => ({ verdict: "unequal", subject, side: "both", why });
  const onBlue = [...blue.digests].flatMap(([key, digest]) => {
    const other = green.digests.get(key);
    if (other === undefined) return [finding(key, "only blue has it")];
    return other === digest ? [] : [finding(key, "blue and green differ")];
  });
  const onlyGreen = [...green.digests.keys()].filter((key) => !blue.digests.has(key));
  return [...onBlue, ...onlyGreen.map((key) => finding(key, "only green has it"))];
};

interface EventIndex {
  readonly byOp: ReadonlyMap<string, EventRow>;
  readonly byOrder: ReadonlyMap<string, readonly EventRow[]>;
  readonly repeatedOps: readonly string[];
}
type Facts = EventIndex & { readonly history: History; readonly tables: SideTables };
type Found = readonly [verdict: VerdictName, subject: string, why: string];

const indexEvents = (events: readonly EventRow[]): EventIndex => {
  const byOp = new Map<string, EventRow>();
  const byOrder = new Map<string, EventRow[]>();
  const repeatedOps: string[] = [];
  for (const event of events) {
    if (byOp.has(event.opId)) {
      repeatedOps.push(event.opId);
      continue;
    }
    byOp.set(event.opId, event);
    byOrder.set(event.order, [...(byOrder.get(event.order) ?? []), event]);
  }
  return { byOp, byOrder, repeatedOps };
};

const orderSubject = (id: string): string => `orders/${id}`;
const eventSubject = (opId: string): string => `order_events/${opId}`;

/** What the users were told is done must be there, and once. */
const judgeWrites = ({ history, byOp }: Facts): readonly Found[] =>
  [...history.writes.values()].flatMap((write) => {
    const found: Found[] = [];
    if (write.ackedAs.size > 1)
      found.push(["duplicate", eventSubject(write.opId), `acked as ${[...write.ackedAs].join(" and ")}`]);
    if (write.last !== "acked") return found;
    const event = byOp.get(write.opId);
    if (event === undefined) found.push(["lost", eventSubject(write.opId), `acked ${write.op} of order ${write.key}`]);
    else if (!agrees(write, event))
      found.push(["lost", eventSubject(write.opId), `its event tells of another write than the acked one`]);
    return found;
  });

const agrees = (write: WriteHistory, event: EventRow): boolean =>
  event.order === write.key &&
  event.kind === write.op &&
  event.version === write.expectedVersion + 1 &&
  cents(event.delta) === cents(write.delta ?? "0");

/** What is there must have been sent, and not taken back by a refusal. */
const judgeEvents = ({ history, tables, repeatedOps }: Facts): readonly Found[] => [
  ...repeatedOps.map((opId): Found => ["duplicate", eventSubject(opId), "more than one event"]),
  ...tables.events.flatMap(({ opId }): readonly Found[] => {
    const write = history.writes.get(opId);
    if (write === undefined) return [["ghost", eventSubject(opId), "nobody sent it"]];
    return write.last === "refused" ? [["ghost", eventSubject(opId), "its last answer was refused"]] : [];
  }),
];

const judgeRow = ({ history, byOrder }: Facts, row: OrderRow): readonly Found[] => {
  const subject = orderSubject(row.id);
  const order = history.orders.get(row.id);
  const events = byOrder.get(row.id) ?? [];
  const found: Found[] = [];

  const sum = events.reduce((total, event) => total + cents(event.delta), 0);
  if (sum !== cents(row.total)) found.push(["lost", subject, `total ${row.total}, its deltas add up to ${sum / 100}`]);

  const unseen = events.find((event) => event.kind === "delete" || event.version > row.version);
  if (unseen !== undefined)
    found.push(["half", subject, `${unseen.kind} ${unseen.opId} has its event, the row has version ${row.version}`]);

  const writer = history.writes.get(row.ref);
  if (writer === undefined || writer.last === "refused")
    found.push([
      "ghost",
      subject,
      `written by ${row.ref}, which ${writer === undefined ? "nobody sent" : "was refused"}`,
    ]);

  if (order?.deleteAcked) found.push(["resurrected", subject, "its delete was acked"]);
  else {
    const possible = possibleWriters(history, events, row.id);
    if (possible.length === 0) found.push(["ghost", subject, "nobody inserted it"]);
    else if (!possible.some((write) => leftBehind(write, row)))
      found.push(["stale", subject, `version ${row.version} is neither the last acked nor a later unknown`]);
  }
  return found;
};

/** The writes that may have left an order as it is: the last acked one and every later one that nobody knows about. */
const possibleWriters = (history: History, events: readonly EventRow[], id: string): readonly WriteHistory[] => {
  const order = history.orders.get(id);
  // An insert without an answer has no key in the record; its event says which order it made.
  const unansweredInserts = events
    .filter((event) => event.kind === "insert")
    .map((event) => history.writes.get(event.opId))
    .filter((write) => write !== undefined && write.key === null && write.last !== "refused");
  const known = order === undefined ? [] : [order.lastAcked, ...order.inDoubt];
  return [...known, ...unansweredInserts].filter((write) => write != null);
};

const leftBehind = (write: WriteHistory, row: OrderRow): boolean =>
  row.ref === write.opId && row.version === write.expectedVersion + 1 && row.valueHash === write.valueHash;

/** Orders that should be there and are not. */
const judgeMissingRows = ({ history, tables, byOrder }: Facts): readonly Found[] => {
  const found: Found[] = [];
  for (const [id, order] of history.orders) {
    if (tables.orders.has(id) || order.lastAcked === null || order.deleteAcked) continue;
    // A delete that nobody got an answer to may well be done; then it has left its event.
    if (byOrder.get(id)?.some((event) => event.kind === "delete")) continue;
    found.push(["lost", orderSubject(id), `acked at version ${order.lastAcked.expectedVersion + 1}, the row is gone`]);
  }
  for (const [id, events] of byOrder) {
    if (tables.orders.has(id) || events.some((event) => event.kind === "delete")) continue;
    found.push(["half", orderSubject(id), `${events.length} events and no row`]);
  }
  return found;
};

/** One operation writes one row: a second row of the same operation is a copy. */
const judgeCopies = (tables: SideTables): readonly Found[] => {
  const writers = new Map<string, string>();
  return [...tables.orders.values()].flatMap(({ id, ref }): readonly Found[] => {
    const first = writers.get(ref);
    if (first === undefined) writers.set(ref, id);
    return first === undefined ? [] : [["duplicate", orderSubject(id), `operation ${ref} also wrote order ${first}`]];
  });
};

const cents = (decimal: string): number => Math.round(Number(decimal) * 100);
