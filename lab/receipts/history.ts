import type { Side } from "../shop/order.ts";
import type { Ack, Answer, Intent, Op, RecordLine } from "./record.ts";

/** One write operation as the record tells it, over all its tries. */
export interface WriteHistory {
  readonly opId: string;
  readonly op: Exclude<Op, "read">;
  /** Null until an insert was acked. */
  key: string | null;
  /** Of the last try. */
  expectedVersion: number;
  valueHash: string | null;
  readonly delta: string | null;
  /** How the last try ended; `unanswered` when the record ends before its answer. */
  last: "acked" | "refused" | "unknown" | "unanswered";
  /** The keys and versions it was acked with. More than one means that it was done more than once. */
  readonly ackedAs: Set<string>;
}

/** One order as the record tells it. */
export interface OrderHistory {
  /** The side that acked its insert. */
  bornOn: Side | null;
  lastAcked: WriteHistory | null;
  /** Writes sent after the last acked one whose end nobody knows. */
  readonly inDoubt: Set<WriteHistory>;
  deleteAcked: boolean;
}

export interface StaleReads {
  readonly side: Side;
  /** Real second since 1970. */
  readonly second: number;
  readonly reads: number;
}

export interface History {
  readonly writes: ReadonlyMap<string, WriteHistory>;
  readonly orders: ReadonlyMap<string, OrderHistory>;
  /** Reads older than their user's last acked write of that order. */
  readonly staleReads: readonly StaleReads[];
}

/** Follows a record line by line; keeps what is needed of the writes, and of the reads only the stale ones. */
export class HistoryReader {
  readonly #writes = new Map<string, WriteHistory>();
  readonly #orders = new Map<string, OrderHistory>();
  readonly #staleReads = new Map<string, number>();

  follow(line: RecordLine): void {
    if (line.op === "read") {
      if (line.type === "ack" && this.#isStale(line)) this.#noteStale(line);
    } else if (line.type === "intent") this.#intend(line, line.op);
    else this.#answer(line);
  }

  get orders(): ReadonlyMap<string, OrderHistory> {
    return this.#orders;
  }

  history(): History {
    const staleReads = [...this.#staleReads].map(([sideAndSecond, reads]) => {
      const [side, second] = sideAndSecond.split("@");
      return { side: side as Side, second: Number(second), reads };
    });
    return { writes: this.#writes, orders: this.#orders, staleReads };
  }

  #intend(intent: Intent, op: WriteHistory["op"]): void {
    const { opId, key, expectedVersion, valueHash, delta } = intent;
    const known = this.#writes.get(opId);
    const write: WriteHistory = known ?? {
      ...{ opId, op, key, expectedVersion, valueHash, delta, last: "unanswered" },
      ackedAs: new Set(),
    };
    Object.assign(write, { expectedVersion, valueHash, last: "unanswered" });
    this.#writes.set(opId, write);
    // From now on it may be done, whatever becomes of the answer.
    if (key !== null) this.#order(key).inDoubt.add(write);
  }

  #answer(answer: Answer): void {
    const write = this.#writes.get(answer.opId);
    if (write === undefined) throw new Error(`operation ${answer.opId} is answered but was never intended`);
    if (answer.type === "unknown") write.last = "unknown";
    if (answer.type === "refused") {
      write.last = "refused";
      if (answer.key !== null) this.#order(answer.key).inDoubt.delete(write);
    }
    if (answer.type === "ack" && answer.key !== null) this.#ack(write, answer, answer.key);
  }

  #ack(write: WriteHistory, ack: Ack, key: string): void {
    Object.assign(write, { last: "acked", key });
    write.ackedAs.add(`${key}@${ack.version}`);
    const order = this.#order(key);
    order.lastAcked = write;
    // Only its one user writes it, one write at a time: whatever was in doubt before is decided by now.
    order.inDoubt.clear();
    if (write.op === "insert") order.bornOn = ack.side;
    if (write.op === "delete") order.deleteAcked = true;
  }

  #order(key: string): OrderHistory {
    const known = this.#orders.get(key);
    if (known !== undefined) return known;
    const order: OrderHistory = { bornOn: null, lastAcked: null, inDoubt: new Set(), deleteAcked: false };
    this.#orders.set(key, order);
    return order;
  }

  #isStale(read: Ack): boolean {
    const last = read.key === null ? null : this.#orders.get(read.key)?.lastAcked;
    if (last == null) return false;
    if (last.op === "delete") return read.version !== null;
    return read.version === null || read.version < last.expectedVersion + 1;
  }

  #noteStale({ side, answeredAt }: Ack): void {
    const at = `${side}@${Math.floor(answeredAt / 1_000)}`;
    this.#staleReads.set(at, (this.#staleReads.get(at) ?? 0) + 1);
  }
}
