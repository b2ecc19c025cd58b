import { belowLimit, type EvidenceTest, worseThanBlue } from "../../../src/policy/operations/evidence/evidence-test.ts";
import type { Detector, Setting } from "./runs.ts";

/** A figure of the design's simulations beside the one that this code gives. */
export interface Figure {
  readonly what: string;
  readonly setting: Setting;
  readonly detector: Detector;
  /** Shares in percent, delays in minutes; only what the design gives. */
  readonly published: {
    readonly falsely?: number;
    readonly median?: number;
    readonly ninetieth?: number;
    readonly found?: number;
  };
}

const WORSE = worseThanBlue(1.25);
const cusum = (threshold: number): Detector => ({ test: WORSE, threshold });
/** The same sums without forgetting: what an operation that does not restart would be. */
const CUMULATIVE: Detector = { test: { ...WORSE, restarts: false } satisfies EvidenceTest, threshold: 20 };
const PROOF: Detector = { test: belowLimit(0.01), threshold: 20 };

const BASE: Setting = {
  ...{ requests: 600, share: 0.25, rate: 0.005, ratio: 1, from: 0, minutes: 60 },
  ...{ shock: 0, tempered: false },
};
const BUSY = BASE;
const NARROW = { ...BASE, share: 0.05 };
const QUIET = { ...BASE, requests: 60 };
const five = (setting: Setting): Setting => ({ ...setting, ratio: 5 });
const late = (setting: Setting): Setting => ({ ...setting, ratio: 5, from: 90, minutes: 180 });
const clumped = (setting: Setting, shock: number, tempered: boolean): Setting => ({ ...setting, shock, tempered });
const proving = (perMinute: number, rate: number): Setting => ({
  ...BASE,
  ...{ requests: perMinute, share: 1, rate, earliest: 15 },
});

const figure = (what: string, setting: Setting, detector: Detector, published: Figure["published"]): Figure => ({
  what,
  setting,
  detector,
  published,
});

const HEALTHY = [
  figure("healthy, 600/min, 25 %, cumulative >= 20", BUSY, CUMULATIVE, { falsely: 0.6 }),
  figure("healthy, 600/min, 5 %, cumulative >= 20", NARROW, CUMULATIVE, { falsely: 0.7 }),
  figure("healthy, 60/min, 25 %, cumulative >= 20", QUIET, CUMULATIVE, { falsely: 0.8 }),
  figure("healthy, 600/min, 25 %, restarting >= 200", BUSY, cusum(200), { falsely: 0.8 }),
  figure("healthy, 600/min, 5 %, restarting >= 200", NARROW, cusum(200), { falsely: 0.8 }),
  figure("healthy, 60/min, 25 %, restarting >= 200", QUIET, cusum(200), { falsely: 0.1 }),
  figure("healthy, 600/min, 25 %, restarting >= 1000", BUSY, cusum(1000), { falsely: 0.1 }),
];

const FIVE_TIMES = [
  figure("5x, 600/min, 25 %, cumulative >= 20", five(BUSY), CUMULATIVE, { median: 3, ninetieth: 6 }),
  figure("5x, 600/min, 25 %, restarting >= 200", five(BUSY), cusum(200), { median: 4, ninetieth: 8 }),
  figure("5x, 600/min, 5 %, restarting >= 200", five(NARROW), cusum(200), { median: 12, ninetieth: 25 }),
  figure("5x, 60/min, 25 %, restarting >= 200", five(QUIET), cusum(200), { median: 34, ninetieth: 61, found: 85 }),
  figure("5x, 600/min, 25 %, restarting >= 1000", five(BUSY), cusum(1000), { median: 6, ninetieth: 10 }),
];

const LATE = [
  figure("5x from minute 90, cumulative >= 20", late(BUSY), CUMULATIVE, { falsely: 0.6, median: 22, ninetieth: 30 }),
  figure("5x from minute 90, restarting >= 200", late(BUSY), cusum(200), { falsely: 1.3, median: 4, ninetieth: 8 }),
  figure("5x from minute 90, 90 %, restarting >= 200", late({ ...BUSY, share: 0.9 }), cusum(200), {
    ...{ median: 10, ninetieth: 18 },
  }),
  figure("5x from minute 90, restarting >= 1000", late(BUSY), cusum(1000), { falsely: 0.2, median: 5, ninetieth: 10 }),
];

const CLUMPED = [
  figure("clumps, phi 1, cumulative, plain", clumped(BUSY, 1, false), CUMULATIVE, { falsely: 8.6 }),
  figure("clumps, phi 1, cumulative, tempered", clumped(BUSY, 1, true), CUMULATIVE, { falsely: 0.07 }),
  figure("clumps, phi 10, cumulative, plain", clumped(BUSY, 10, false), CUMULATIVE, { falsely: 47 }),
  figure("clumps, phi 10, cumulative, tempered", clumped(BUSY, 10, true), CUMULATIVE, { falsely: 0.5 }),
  figure("5x, phi 1, cumulative, tempered", clumped(five(BUSY), 1, true), CUMULATIVE, { median: 9, ninetieth: 23 }),
  figure("5x, phi 10, cumulative, tempered", clumped(five(BUSY), 10, true), CUMULATIVE, { found: 55 }),
];

const PROOFS = [
  figure("proof, bad 2.5 %, 15/min", proving(15, 0.025), PROOF, { falsely: 0 }),
  figure("proof, at the limit 1 %, 15/min", proving(15, 0.01), PROOF, { falsely: 3.3 }),
  figure("proof, good 0.5 %, 15/min", proving(15, 0.005), PROOF, { falsely: 29 }),
  figure("proof, very good 0.05 %, 15/min", proving(15, 0.0005), PROOF, { falsely: 99 }),
  figure("proof, good 0.5 %, 150/min", proving(150, 0.005), PROOF, { falsely: 99 }),
  figure("proof, bad 2.5 %, 3/min", proving(3, 0.025), PROOF, { falsely: 0 }),
];

export const FIGURES: readonly Figure[] = [...HEALTHY, ...FIVE_TIMES, ...LATE, ...CLUMPED, ...PROOFS];
