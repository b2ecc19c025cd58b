import type { Answer } from "../receipts/record.ts";
import type { Side } from "../shop/order.ts";

/** What the load saw: rates and times over the last ten seconds, everything else since it started. */
export interface LoadStats {
  readonly requestsPerSecond: number;
  readonly writesPerSecond: number;
  /** Requests of the last ten seconds by the side that answered; `none` is the load balancer's own or no answer. */
  readonly bySide: { readonly blue: number; readonly green: number; readonly none: number };
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Requests of the last ten seconds with unknown end: 5XX, time-outs, resets. */
  readonly unknownInWindow: number;
  readonly inFlight: number;
  readonly inFlightWrites: number;
  readonly writesPaused: boolean;
  readonly ackedWrites: number;
  readonly ackedWritesOnGreen: number;
  readonly refused: number;
  readonly unknown: number;
  readonly usersWhoChangedSide: number;
}

const WINDOW_MS = 10_000;

interface Seen {
  readonly at: number;
  readonly ms: number;
  readonly isWrite: boolean;
  readonly side: Side | null;
  readonly unknown: boolean;
}

export class Statistics {
  #window: Seen[] = [];
  readonly #startedAt = Date.now();
  readonly #lastSide = new Map<string, Side>();
  readonly #changed = new Set<string>();
  readonly #totals = { ackedWrites: 0, ackedWritesOnGreen: 0, refused: 0, unknown: 0 };

  note(answer: Answer): void {
    const { answeredAt, sentAt, side, type, user } = answer;
    const isWrite = answer.op !== "read";
    this.#window.push({ at: answeredAt, ms: answeredAt - sentAt, isWrite, side, unknown: type === "unknown" });
    if (type === "ack" && isWrite) this.#totals.ackedWrites++;
    if (type === "ack" && isWrite && side === "green") this.#totals.ackedWritesOnGreen++;
    if (type === "refused") this.#totals.refused++;
    if (type === "unknown") this.#totals.unknown++;
    if (side === null) return;
    const before = this.#lastSide.get(user);
    if (before !== undefined && before !== side) this.#changed.add(user);
    this.#lastSide.set(user, side);
  }

  report(now: number, flow: Pick<LoadStats, "inFlight" | "inFlightWrites" | "writesPaused">): LoadStats {
    this.forgetBefore(now - WINDOW_MS);
    const seconds = Math.max(1, Math.min(WINDOW_MS, now - this.#startedAt) / 1_000);
    const seen = this.#window;
    const count = (holds: (one: Seen) => boolean): number => seen.filter(holds).length;
    const times = seen.filter((one) => one.side !== null).map((one) => one.ms);
    times.sort((a, b) => a - b);
    return {
      requestsPerSecond: Math.round(seen.length / seconds),
      writesPerSecond: Math.round((10 * count((one) => one.isWrite)) / seconds) / 10,
      bySide: {
        blue: count((one) => one.side === "blue"),
        green: count((one) => one.side === "green"),
        none: count((one) => one.side === null),
      },
      p50Ms: times[Math.floor(times.length * 0.5)] ?? null,
      p99Ms: times[Math.floor(times.length * 0.99)] ?? null,
      unknownInWindow: count((one) => one.unknown),
      ...flow,
      ...this.#totals,
      usersWhoChangedSide: this.#changed.size,
    };
  }

  /** Called every few seconds, so that a load nobody asks does not grow. */
  forgetBefore(at: number): void {
    this.#window = this.#window.filter((one) => one.at >= at);
  }
}
