import type { CutoverState, LatchCause } from "../../decision/state.ts";
import type { PromoteReport } from "../../guard/promote-tick.ts";
import { MINUTE_MS } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { MinuteTraits } from "../world/traits.ts";
import type { SimulatedWorld } from "../world/world.ts";
import type { Ending, Held, RunOutcome, RunRollback, Stay } from "./run-outcome.ts";

export interface RunDiary {
  /** Writes down one tick: the state before and after it, and what it reported. */
  readonly note: (before: CutoverState, after: CutoverState, report: PromoteReport, world: SimulatedWorld) => void;
  readonly outcome: (world: SimulatedWorld, run: number, ending: Ending, refusals: readonly string[]) => RunOutcome;
}

/** Keeps what the report asks for while a run goes on, and nothing of what it rests on. */
export const runDiary = (policy: Policy, traitsAt: (minute: number) => MinuteTraits): RunDiary => {
  const held = new Map<string, { step: string; what: string; minutes: number; alone: number }>();
  const stays: Stay[] = [];
  let stay: Omit<Stay, "to" | "left"> = { step: START, from: 0 };
  let [ticks, greenRequests, harmed, falsePromotions] = [0, 0, 0, 0];
  let full: number | null = null;
  let exposed: number | null = null;
  let bad: number | null = null;
  let rollback: RunRollback | null = null;
  let wentBack = false;

  const leave = (minute: number, left: Stay["left"], next: string): void => {
    stays.push({ ...stay, to: minute, left });
    stay = { step: next, from: minute };
  };

  const noteRequests = (requests: number, minute: number): void => {
    greenRequests += requests;
    harmed += requests * traitsAt(minute).harm;
  };

  const noteMinute = (minute: number, world: SimulatedWorld): void => {
    const traits = traitsAt(minute);
    const requests = world.countsOf(minute)?.green.requests ?? 0;
    noteRequests(requests, minute);
    if (traits.greenIsBad) bad ??= minute;
    if (traits.greenIsBad && requests > 0) exposed ??= minute;
  };

  const noteStep = (before: CutoverState, after: CutoverState, minute: number): void => {
    if (before.weightPercent > 0 && traitsAt(minute).greenIsBad) falsePromotions += 1;
    if (after.phase === "soaking") full = minute;
    leave(minute, "advanced", stepOf(after, policy));
  };

  const noteHeld = (before: CutoverState, after: CutoverState): void => {
    const step = stepOf(before, policy);
    for (const { what } of after.blocking) {
      const key = `${step} ${what}`;
      const line = held.get(key) ?? { step, what, minutes: 0, alone: 0 };
      held.set(key, line);
      line.minutes += 1;
      if (after.blocking.length === 1) line.alone += 1;
    }
  };

  const noteLatch = (after: CutoverState, minute: number): void => {
    const { latch } = after;
    if (latch === undefined) return;
    rollback ??= { minute, because: causesOf(latch.cause), falsely: bad === null, verified: null };
    // While it is held traffic stays in its step.
    if (!wentBack && latch.mode === "snapped") {
      wentBack = true;
      leave(minute, "rolledBack", BLUE);
    }
    if (latch.verifiedAt !== undefined) rollback = { ...rollback, verified: minute };
  };

  return {
    note: (before, after, report, world) => {
      const minute = world.minuteNow();
      ticks += 1;
      noteMinute(minute - 1, world);
      if (after.step > before.step) noteStep(before, after, minute);
      else if (report.kind === "judged" && report.decision !== "rollback") noteHeld(before, after);
      noteLatch(after, minute);
    },
    outcome: (world, run, ending, refusals) => {
      if (!wentBack) leave(world.minuteNow(), ending === "decommissioning" ? "advanced" : "stayed", BLUE);
      // Green is served until the write that takes it off, seconds after the last minute that was counted.
      noteRequests(world.greenUnderWay(), world.minuteNow());
      return {
        ...{ run, ending, refusals, ticks, full, stays, rollback, falsePromotions, exposed },
        greenRequests: Math.round(greenRequests),
        harmed: Math.round(harmed),
        held: [...held.values()] satisfies readonly Held[],
        pages: world.pages(),
        shares: world.shares.map(({ at, greenPercent }) => [
          Math.floor((at - world.armedAt) / MINUTE_MS),
          greenPercent,
        ]),
      };
    },
  };
};

/** Before the first step, and after a rollback. */
const START = "start";
const BLUE = "blue";

const stepOf = ({ step }: CutoverState, policy: Policy): string => policy.steps[step]?.id ?? START;

/** What a rollback names as its cause, as short as people name it. */
const causesOf = (cause: LatchCause): readonly string[] => (cause.kind === "policy" ? cause.rules : [cause.kind]);
