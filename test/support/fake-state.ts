import { applyLatch } from "../../src/decision/latch.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import type { StatePort } from "../../src/guard/ports.ts";
import { ok, outsideFailure } from "../../src/kernel/result.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface FakeState extends StatePort {
  /** The table does not answer: reads fail, writes end unknown. */
  down: boolean;
  /** The next writes are applied or lost, and their answers are lost in any case. */
  readonly fates: ("answered" | "applied-unanswered" | "lost")[];
  of(cutover: string): CutoverState;
  /** Puts a state as it is; for starting a spec in the middle of a story. */
  put(state: CutoverState): void;
}

const CALL_MS = 5;

/** What a store gives back is never what it was given: it went through JSON. */
const stored = (state: CutoverState): CutoverState => JSON.parse(JSON.stringify(state)) as CutoverState;

export const fakeState = (clock: VirtualClock): FakeState => {
  const items = new Map<string, CutoverState>();
  const fates: FakeState["fates"] = [];
  const fate = () => fates.shift() ?? "answered";

  return {
    down: false,
    fates,
    of: (cutover) => {
      const state = items.get(cutover);
      if (state === undefined) throw new RangeError(`${cutover} was never armed`);
      return state;
    },
    put: (state) => void items.set(state.cutover, stored(state)),
    async read(cutover, timeoutMs) {
      clock.spend(this.down ? timeoutMs : CALL_MS);
      return this.down ? outsideFailure("timed-out", "GetItem: no answer") : ok(items.get(cutover) ?? null);
    },
    async transition(expectedVersion, next, timeoutMs) {
      if (expectedVersion !== null && next.version !== expectedVersion + 1)
        throw new RangeError(`version ${next.version} does not follow ${expectedVersion}`);
      const end = this.down ? "lost" : fate();
      clock.spend(end === "answered" ? CALL_MS : timeoutMs);
      if (end === "lost") return { kind: "unknown", message: "PutItem: no answer" };
      const now = items.get(next.cutover) ?? null;
      if ((now?.version ?? null) !== expectedVersion) {
        return end === "answered" ? { kind: "moved", state: now } : { kind: "unknown", message: "PutItem: no answer" };
      }
      items.set(next.cutover, stored(next));
      return end === "answered"
        ? { kind: "committed", state: stored(next) }
        : { kind: "unknown", message: "PutItem: no answer" };
    },
    async latch(cutover, latch, { epoch, armedAtOrBefore, writeId }, timeoutMs) {
      const end = this.down ? "lost" : fate();
      clock.spend(end === "answered" ? CALL_MS : timeoutMs);
      if (end === "lost") return { kind: "unknown", message: "UpdateItem: no answer" };
      const before = items.get(cutover);
      if (before === undefined) return { kind: "absent" };
      if (before.latch !== undefined) return { kind: "already-latched", state: before };
      const applies =
        (epoch === undefined || before.epoch === epoch) &&
        (armedAtOrBefore === undefined || before.armedAt <= armedAtOrBefore);
      if (!applies) return { kind: "not-applicable", state: before };
      const after = stored(applyLatch(before, latch, writeId));
      items.set(cutover, after);
      return end === "answered"
        ? { kind: "latched", before, after }
        : { kind: "unknown", message: "UpdateItem: no answer" };
    },
  };
};
