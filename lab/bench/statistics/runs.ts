import { burstFactor } from "../../../src/policy/operations/evidence/burst.ts";
import { type EvidenceTest, eValue } from "../../../src/policy/operations/evidence/evidence-test.ts";
import { poisson } from "../../../src/rehearsal/world/draws.ts";
import type { Uniform } from "../../../src/rehearsal/world/random.ts";
import { errorsOf } from "./draws.ts";

/** A service under a split of traffic, minute by minute. */
export interface Setting {
  /** Requests a minute on both sides together. */
  readonly requests: number;
  /** Green's share of them, 0 to 1. */
  readonly share: number;
  /** Blue's error rate. */
  readonly rate: number;
  /** Green's error rate as a multiple of blue's, from `from` on; 1 before. */
  readonly ratio: number;
  readonly from: number;
  readonly minutes: number;
  /** The first minute after which anybody looks; 1 where it is left out. */
  readonly earliest?: number;
  /** How much errors clump: 0 for independent ones. */
  readonly shock: number;
  /** Whether evidence is tempered by what blue's 60 minutes before the cutover show. */
  readonly tempered: boolean;
}

/** How an operation reads the minutes: as the shipped one does, or summed up without forgetting. */
export interface Detector {
  readonly test: EvidenceTest;
  readonly threshold: number;
}

export interface Outcome {
  /** The first minute, from 1, at which it fired; null where it did not. */
  readonly firedAt: number | null;
}

const blueHabits = (uniform: Uniform, { requests, rate, shock }: Setting): number =>
  burstFactor(Array.from({ length: 60 }, () => errorsOf(uniform, requests * rate, shock)));

/** One cutover; the detector looks after every minute. */
export const runOnce = (uniform: Uniform, setting: Setting, { test, threshold }: Detector): Outcome => {
  const burst = setting.tempered ? blueHabits(uniform, setting) : 1;
  const { requests, share, rate, shock } = setting;
  let logs = Array.from({ length: test.alternatives }, () => 0);
  for (let minute = 1; minute <= setting.minutes; minute += 1) {
    const ratio = minute > setting.from ? setting.ratio : 1;
    const green = poisson(uniform, requests * share);
    const blue = poisson(uniform, requests * (1 - share));
    const greenErrors = Math.min(green, errorsOf(uniform, requests * share * rate * ratio, shock));
    const blueErrors = Math.min(blue, errorsOf(uniform, requests * (1 - share) * rate, shock));
    const weights = test.weigh([greenErrors, green, blueErrors, blue]);
    if (weights !== null)
      logs = logs.map((log, index) => (test.restarts ? Math.max(log, 0) : log) + (weights[index] ?? 0) / burst);
    if (minute >= (setting.earliest ?? 1) && eValue(logs) >= threshold) return { firedAt: minute };
  }
  return { firedAt: null };
};

export interface Shares {
  /** Share of runs in which it fired before `from`, or at all where nothing is wrong. */
  readonly falsely: number;
  /** Of the runs that had not: minutes from `from` to the alarm, and the share in which it came. */
  readonly median: number;
  readonly ninetieth: number;
  readonly found: number;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

/** Many cutovers. A fault that was not found counts as one minute past the end. */
export const runMany = (uniform: Uniform, runs: number, setting: Setting, detector: Detector): Shares => {
  const fired = Array.from({ length: runs }, () => runOnce(uniform, setting, detector).firedAt);
  const healthy = setting.ratio === 1;
  const early = fired.filter((at) => at !== null && (healthy || at <= setting.from)).length;
  const delays = fired
    .filter((at) => at === null || at > setting.from)
    .map((at) => (at ?? setting.minutes + 1) - setting.from)
    .sort((a, b) => a - b);
  const found = delays.filter((delay) => delay <= setting.minutes - setting.from).length;
  return {
    falsely: early / runs,
    median: quantile(delays, 0.5),
    ninetieth: quantile(delays, 0.9),
    found: delays.length === 0 ? 0 : found / delays.length,
  };
};
