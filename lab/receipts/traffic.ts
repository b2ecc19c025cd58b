import type { Side } from "../shop/order.ts";
import type { OrderHistory } from "./history.ts";
import type { Ack, Answer, RecordLine } from "./record.ts";

/** What the record says of the traffic itself: enough to see that the verdicts were put to the test. */
export interface Traffic {
  readonly requests: { readonly blue: number; readonly green: number; readonly unanswered: number };
  readonly ackedWrites: number;
  readonly ackedOnGreen: number;
  readonly refused: number;
  readonly unknown: number;
  /** Acked updates and deletes on one side of orders born on the other. */
  readonly writesAcrossSides: number;
  readonly usersWhoChangedSide: number;
  /** Requests in flight at each of the given instants, in their order. */
  readonly inFlightAt: readonly number[];
  /** The first answer of green with a 5XX, and the last answer of green; real milliseconds, null where there is none. */
  readonly firstGreen5xxAt: number | null;
  readonly lastGreenAnswerAt: number | null;
}

export class TrafficReader {
  readonly #instants: readonly number[];
  readonly #inFlightAt: number[];
  readonly #open = new Map<string, number>();
  readonly #lastSide = new Map<string, Side>();
  readonly #changedSide = new Set<string>();
  readonly #requests = { blue: 0, green: 0, unanswered: 0 };
  readonly #counts = { ackedWrites: 0, ackedOnGreen: 0, refused: 0, unknown: 0, writesAcrossSides: 0 };
  #firstGreen5xxAt: number | null = null;
  #lastGreenAnswerAt: number | null = null;

  /** @param instants - Real milliseconds at which requests in flight are to be counted: the rule changes. */
  constructor(instants: readonly number[]) {
    this.#instants = instants;
    this.#inFlightAt = instants.map(() => 0);
  }

  /** To be called after `HistoryReader` has followed the same line. */
  follow(line: RecordLine, orders: ReadonlyMap<string, OrderHistory>): void {
    if (line.type === "intent") {
      this.#open.set(line.opId, line.sentAt);
      return;
    }
    this.#open.delete(line.opId);
    this.#countInFlight(line.sentAt, line.answeredAt);
    this.#requests[line.side ?? "unanswered"]++;
    if (line.type === "refused") this.#counts.refused++;
    if (line.type === "unknown") this.#counts.unknown++;
    if (line.type === "ack" && line.op !== "read") this.#countAcked(line, orders);
    if (line.side !== null) this.#follow(line.user, line.side);
    if (line.side === "green") this.#followGreen(line);
  }

  traffic(): Traffic {
    const instants = this.#instants;
    const unfinished = instants.map((at) => [...this.#open.values()].filter((sentAt) => sentAt <= at).length);
    return {
      requests: this.#requests,
      ...this.#counts,
      usersWhoChangedSide: this.#changedSide.size,
      inFlightAt: this.#inFlightAt.map((count, index) => count + (unfinished[index] ?? 0)),
      firstGreen5xxAt: this.#firstGreen5xxAt,
      lastGreenAnswerAt: this.#lastGreenAnswerAt,
    };
  }

  #countInFlight(sentAt: number, answeredAt: number): void {
    for (const [index, at] of this.#instants.entries())
      if (sentAt <= at && at < answeredAt) this.#inFlightAt[index] = (this.#inFlightAt[index] ?? 0) + 1;
  }

  #countAcked({ op, key, side }: Ack, orders: ReadonlyMap<string, OrderHistory>): void {
    this.#counts.ackedWrites++;
    if (side === "green") this.#counts.ackedOnGreen++;
    const bornOn = key === null ? null : orders.get(key)?.bornOn;
    if (op !== "insert" && bornOn != null && bornOn !== side) this.#counts.writesAcrossSides++;
  }

  #follow(user: string, side: Side): void {
    const before = this.#lastSide.get(user);
    if (before !== undefined && before !== side) this.#changedSide.add(user);
    this.#lastSide.set(user, side);
  }

  #followGreen(answer: Answer): void {
    this.#lastGreenAnswerAt = Math.max(this.#lastGreenAnswerAt ?? 0, answer.answeredAt);
    if (answer.type === "unknown" && (answer.status ?? 0) >= 500) this.#firstGreen5xxAt ??= answer.answeredAt;
  }
}

/** Why verdicts of zero would prove nothing; empty where they prove something. */
export const vacuousBecause = (traffic: Traffic): readonly string[] => {
  const atLeast = (count: number, wanted: number, what: string): readonly string[] =>
    count >= wanted ? [] : [`only ${count} ${what}; at least ${wanted} are needed`];
  return [
    ...atLeast(traffic.ackedOnGreen, 100, "acked writes on green"),
    ...atLeast(traffic.writesAcrossSides, 20, "acked updates or deletes of rows born on the other side"),
    ...atLeast(traffic.usersWhoChangedSide, 20, "users who changed side"),
    ...traffic.inFlightAt.flatMap((count, index) =>
      atLeast(count, 10, `requests in flight at rule change ${index + 1} of ${traffic.inFlightAt.length}`),
    ),
  ];
};
