import type { EpochMs } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import { type SignalPath, signalAt } from "../../signals/catalogue.ts";
import { OBSERVED_BY } from "../../snapshot/evidence.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { type RecordedTick, type RecordingItem, RecordingProblem } from "../recording/recorded-tick.ts";
import { type Comparison, comparing, playedView, recordedView } from "./comparison.ts";
import { policyPlayer } from "./player.ts";
import { differencesFrom, judgeRecorded } from "./reproduce.ts";

/** A policy to play, with its digest: the recorded one is played as it was recorded. */
export interface Candidate {
  readonly policy: Policy;
  readonly digest: string;
}

export interface ReplayPlan {
  /** In place of the policy that was recorded. */
  readonly policy: Candidate | null;
  readonly against: Candidate | null;
}

/** A tick that does not come out as it was recorded. */
export interface Difference {
  readonly line: number;
  readonly tick: EpochMs;
  readonly what: string;
}

export interface ReplayResult {
  readonly ticks: number;
  readonly from: EpochMs | null;
  readonly to: EpochMs | null;
  /** Ticks judged again by the policy and from the evidence that were recorded, and how many came out otherwise. */
  readonly reproduced: {
    readonly ticks: number;
    readonly differing: number;
    readonly differences: readonly Difference[];
  };
  /** Ticks that were judged and that the recording cannot replay, one sentence each. */
  readonly missing: readonly string[];
  /** What changes with the policy that is played; null where only what was recorded is reproduced. */
  readonly comparison: Comparison | null;
  /** Ticks by what held them up, under the policy that is looked at. */
  readonly blocking: Readonly<Record<string, number>>;
  /** Of the signals without which the soak clock counts no minute, snapshots that lack them. */
  readonly unseen: Readonly<Record<SignalPath, number>>;
}

/** Of what a recording can be made to hold any number, so many are listed. */
const MOST_LISTED = 1_000;

export interface Replaying {
  /** @throws {RecordingProblem} the item cannot be judged. */
  readonly take: (item: RecordingItem) => void;
  readonly result: () => ReplayResult;
}

/** Replays a recording item by item. Holds the snapshots that are looked back to, and what it will report. */
export const replaying = ({ policy, against }: ReplayPlan): Replaying => {
  const first = policy === null ? null : policyPlayer(policy.policy);
  const second = against === null ? null : policyPlayer(against.policy);
  const again = reproducing(policy);
  const compared = comparing();
  const missing: string[] = [];
  const blocking = new Map<string, number>();
  const unseen = new Map<SignalPath, number>();
  let ticks = 0;
  let from: EpochMs | null = null;
  let to: EpochMs | null = null;

  const play = (tick: RecordedTick): void => {
    ticks += 1;
    from ??= tick.tick;
    to = tick.tick;
    again.take(tick);
    const recorded = recordedView(tick);
    const played = first?.play(tick);
    const other = second?.play(tick);
    const subject = other ?? played;
    if (subject === undefined) return;
    const was = other === undefined || played === undefined ? recorded : playedView(played);
    compared.add(tick.tick, tick.state.epoch, was, playedView(subject));
    for (const { what } of subject.judged?.decision.blocking ?? [])
      if (blocking.size < MOST_LISTED || blocking.has(what)) blocking.set(what, (blocking.get(what) ?? 0) + 1);
  };
  return {
    take: (item) => {
      switch (item.kind) {
        case "snapshot":
          for (const path of unseenIn(item.snapshot)) unseen.set(path, (unseen.get(path) ?? 0) + 1);
          first?.see(item.snapshot);
          second?.see(item.snapshot);
          return;
        case "missing":
          if (missing.length < MOST_LISTED) missing.push(item.what);
          return;
        case "tick":
          return judgeable(item.tick.line, () => play(item.tick));
      }
    },
    result: () => ({
      ...{ ticks, from, to, missing },
      reproduced: again.result(),
      comparison: first === null && second === null ? null : compared.result(),
      blocking: Object.fromEntries([...blocking].sort(([, one], [, other]) => other - one)),
      unseen: Object.fromEntries(unseen),
    }),
  };
};

const unseenIn = ({ instants, minutes }: Snapshot): readonly SignalPath[] =>
  OBSERVED_BY.filter((path) =>
    signalAt(path)?.kind === "minute" ? minutes.at(-1)?.values[path] === undefined : instants[path]?.known !== true,
  );

/** Judges what was recorded again, where it was recorded by this policy; by any policy where none is given. */
const reproducing = (policy: Candidate | null) => {
  const differences: Difference[] = [];
  let ticks = 0;
  let differing = 0;
  return {
    take: (tick: RecordedTick): void => {
      if (policy !== null && policy.digest !== tick.guard?.digest) return;
      const judged = judgeable(tick.line, () => judgeRecorded(tick));
      if (judged === null || tick.outcome === null) return;
      ticks += 1;
      const found = differencesFrom(tick.outcome, judged);
      if (found.length > 0) differing += 1;
      for (const what of found.slice(0, MOST_LISTED - differences.length))
        differences.push({ line: tick.line, tick: tick.tick, what });
    },
    result: (): ReplayResult["reproduced"] => ({ ticks, differing, differences }),
  };
};

/** What a line holds may have been made up; then it is the line that is wrong, and no bug. */
const judgeable = <Value>(line: number, judge: () => Value): Value => {
  try {
    return judge();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RecordingProblem(line, `its tick cannot be judged: ${why}`);
  }
};
