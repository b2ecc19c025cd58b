import { applyLatch, permits } from "../../src/decision/latch.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import { stateIn } from "../../src/decision/state-form.ts";
import type { LatchOutcome, StatePort } from "../../src/guard/ports.ts";
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
const NO_ANSWER = { kind: "unknown", message: "the table did not answer" } as const;

/** What a store gives back is never what it was given: it went through JSON, and has to be a state by its form. */
const stored = (state: CutoverState): CutoverState => {
  const found = stateIn(JSON.parse(JSON.stringify(state)), state.cutover);
  if (!found.ok) throw new RangeError(`the table would not give this back as a state: ${found.failure}`);
  return found.value;
};

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
      mustFollow(expectedVersion, next.version);
      const end = this.down ? "lost" : fate();
      clock.spend(end === "answered" ? CALL_MS : timeoutMs);
      const now = items.get(next.cutover) ?? null;
      const isOurs = now?.writeId === next.writeId;
      const applies = (now?.version ?? null) === expectedVersion;
      if (end !== "lost" && applies) items.set(next.cutover, stored(next));
      if (end !== "answered") return NO_ANSWER;
      return applies || isOurs ? { kind: "committed", state: stored(next) } : { kind: "moved", state: now };
    },
    async latch(cutover, latch, conditions, timeoutMs) {
      const end = this.down ? "lost" : fate();
      clock.spend(end === "answered" ? CALL_MS : timeoutMs);
      const outcome: LatchOutcome = end === "lost" ? NO_ANSWER : latchItem(items, cutover, latch, conditions);
      return end === "answered" ? outcome : NO_ANSWER;
    },
  };
};

type Latch = StatePort["latch"];

const latchItem = (
  items: Map<string, CutoverState>,
  cutover: string,
  latch: Parameters<Latch>[1],
  { writeId, ...conditions }: Parameters<Latch>[2],
): LatchOutcome => {
  const before = items.get(cutover);
  if (before === undefined) return { kind: "absent" };
  if (before.latch !== undefined) {
    const { latch: _own, ...unlatched } = before;
    return before.writeId === writeId
      ? {
          kind: "latched",
          before: { ...unlatched, epoch: before.epoch - 1, version: before.version - 1 },
          after: before,
        }
      : { kind: "already-latched", state: before };
  }
  if (!permits(conditions, before)) return { kind: "not-applicable", state: before };
  const after = stored(applyLatch(before, latch, writeId));
  items.set(cutover, after);
  return { kind: "latched", before, after };
};

const mustFollow = (expected: number | null, version: number): void => {
  if (expected !== null && version !== expected + 1)
    throw new RangeError(`version ${version} does not follow ${expected}`);
};
