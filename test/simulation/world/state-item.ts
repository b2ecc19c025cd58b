import { applyLatch, permits } from "../../../src/decision/latch.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import type { LatchOutcome, StatePort, TransitionOutcome } from "../../../src/guard/ports.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import type { Faults } from "../faults/faults.ts";
import type { WorldEvent } from "./events.ts";
import type { Run } from "./run.ts";
import type { Timeline } from "./timeline.ts";

const CALL_MS = 5;
/** How long after the client gave up a write may still arrive. */
const LATE_MS = 3_000;

/** How the table treats one conditional write. */
type Fate = "answered" | "lost" | "landed" | "late" | "retried" | { readonly slowMs: number };

export interface StateItem {
  portOf(run: Run): StatePort;
  current(): CutoverState | null;
}

export interface StateItemSettings {
  readonly time: Timeline;
  readonly faults: Faults;
  readonly tell: (event: WorldEvent) => void;
}

const fateOf = (faults: Faults, run: Run, timeoutMs: number, at: number): Fate => {
  if (run.isCutOff) return "lost";
  if (faults.strikes("table-down", at)) return "lost";
  if (faults.strikes("table-answer-lost", at)) return faults.dice("table-answer-lost").chance(0.6) ? "landed" : "lost";
  if (faults.strikes("table-late", at)) return "late";
  if (faults.strikes("table-retried", at)) return "retried";
  if (faults.strikes("table-slow", at)) return { slowMs: faults.dice("table-slow").between(50, timeoutMs + 200) };
  return "answered";
};

const noAnswer = { kind: "unknown", message: "the table did not answer" } as const;

/** The one item of the cutover: conditional writes, strong reads, and every way in which an answer can go astray. */
export const stateItem = ({ time, faults, tell }: StateItemSettings): StateItem => {
  let item: CutoverState | null = null;

  const store = (run: Run, after: CutoverState): void => {
    const before = item;
    item = after;
    tell({ kind: "stored", at: time.now(), run, before, after });
  };
  const sees = (run: Run, state: CutoverState | null): void => {
    if (state !== null) run.seen = { at: time.now(), state };
  };

  /**
   * One write: `apply` lands it and says whether the condition held; `explain` is the strong read after a refusal, or
   * after a retry by the SDK of a write that had landed.
   */
  const write = async <Outcome extends { readonly kind: string }>(
    run: Run,
    timeoutMs: number,
    apply: () => Outcome | null,
    explain: () => Outcome,
  ): Promise<Outcome | typeof noAnswer> => {
    if (faults.strikes("table-held", time.now())) await run.stands(faults.dice("table-held"));
    const fate = fateOf(faults, run, timeoutMs, time.now());
    const unanswered = () => {
      run.unanswered = true;
      return noAnswer;
    };
    /** It lands, and its run does not hear of it. */
    const landUnheard = (): void => {
      const { seen } = run;
      apply();
      run.seen = seen;
    };
    const landed = () => {
      landUnheard();
      return unanswered();
    };
    const landsLater = (afterMs: number) => () => {
      time.at(time.now() + afterMs, landUnheard);
      return unanswered();
    };
    if (fate === "answered") return run.call(CALL_MS, () => apply() ?? explain());
    if (fate === "lost") return run.call(timeoutMs, unanswered);
    if (fate === "landed") return run.call(CALL_MS, landed, timeoutMs);
    if (fate === "late")
      return run.call(CALL_MS, landsLater(timeoutMs + faults.dice("table-late").below(LATE_MS)), timeoutMs);
    if (fate === "retried") {
      await run.call(CALL_MS, apply, timeoutMs / 2);
      return run.call(CALL_MS, explain);
    }
    if (fate.slowMs >= timeoutMs) return run.call(0, landsLater(fate.slowMs), timeoutMs);
    return run.call(fate.slowMs, () => apply() ?? explain());
  };

  const portOf = (run: Run): StatePort => ({
    read: async (_cutover, timeoutMs) => {
      if (run.isCutOff || faults.strikes("table-down", time.now()))
        return run.call(timeoutMs, () => {
          run.unanswered = true;
          return outsideFailure("timed-out", "GetItem: no answer");
        });
      return run.look(CALL_MS, () => {
        sees(run, item);
        return ok(item);
      });
    },

    transition: (expectedVersion, next, timeoutMs) => {
      if (expectedVersion !== null && next.version !== expectedVersion + 1)
        throw new RangeError(`version ${next.version} does not follow ${expectedVersion}`);
      const committed = (): TransitionOutcome => {
        sees(run, next);
        return { kind: "committed", state: next };
      };
      return write<TransitionOutcome>(
        run,
        timeoutMs,
        () => {
          if ((item?.version ?? null) !== expectedVersion) return null;
          store(run, next);
          return committed();
        },
        () => {
          if (item?.writeId === next.writeId) return committed();
          sees(run, item);
          return { kind: "moved", state: item };
        },
      );
    },

    latch: (_cutover, latch, { writeId, ...conditions }, timeoutMs) =>
      write<LatchOutcome>(
        run,
        timeoutMs,
        () => {
          if (item === null || item.latch !== undefined || !permits(conditions, item)) return null;
          const before = item;
          const after = applyLatch(before, latch, writeId);
          store(run, after);
          sees(run, after);
          return { kind: "latched", before, after };
        },
        () => {
          if (item === null) return { kind: "absent" };
          sees(run, item);
          if (item.latch === undefined) return { kind: "not-applicable", state: item };
          if (item.writeId !== writeId) return { kind: "already-latched", state: item };
          const { latch: _own, ...rest } = item;
          return {
            kind: "latched",
            before: { ...rest, epoch: item.epoch - 1, version: item.version - 1 },
            after: item,
          };
        },
      ),
  });

  return { portOf, current: () => item };
};
