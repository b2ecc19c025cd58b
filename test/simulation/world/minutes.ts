import { type EpochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import { seedOf } from "../../../src/rehearsal/world/random.ts";
import type { Faults } from "../faults/faults.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { Truth } from "./truth.ts";

interface Datum {
  readonly at: EpochMs;
  readonly value: number;
}

export const SERIES = [
  ["green", "requests"],
  ["green", "errors5xx"],
  ["green", "connectionErrors"],
  ["green", "answered"],
  ["blue", "requests"],
  ["blue", "errors5xx"],
  ["blue", "connectionErrors"],
  ["blue", "answered"],
  ["lb", "requests"],
  ["lb", "errors5xx"],
] as const;

/** One minute that has ended: what happened, and what CloudWatch will show of it, and when. */
export interface EndedMinute {
  readonly at: EpochMs;
  /** In the order of SERIES; null where nothing was counted, as CloudWatch has nothing then. */
  readonly data: readonly (Datum | null)[];
  readonly greenRequests: number;
  readonly greenErrors: number;
  readonly greenP99Ms: number | null;
  readonly blueP99Ms: number | null;
  readonly refused: number;
  readonly requests: number;
  /** Series that never appear; those that appear only at this instant; those that show only a part until it. */
  readonly missing: ReadonlySet<number> | null;
  readonly lateUntil: number;
  readonly lateSeries: ReadonlySet<number> | null;
  readonly revisedAt: number;
}

export interface Minutes {
  /** null: it has not ended, or was before the beginning. */
  at(minute: number): EndedMinute | null;
}

export interface MinutesSettings {
  readonly seed: number;
  readonly start: number;
  readonly requestsPerMinute: number;
  readonly time: { now(): number };
  readonly truth: Truth;
  readonly faults: Faults;
  readonly rules: LoadBalancer;
}

const BLUE_ERROR_RATIO = 0.0004;

export const minutesOf = (settings: MinutesSettings): Minutes => {
  const ended: EndedMinute[] = [];
  const first = settings.start - (settings.start % MINUTE_MS);
  return {
    at: (minute) => {
      const index = (minute - first) / MINUTE_MS;
      if (index < 0 || minute + MINUTE_MS > settings.time.now()) return null;
      // In order, whenever it is asked for: what a minute draws depends on nothing but the minutes before it.
      while (ended.length <= index) ended.push(countMinute(settings, first + ended.length * MINUTE_MS));
      return ended[index] ?? null;
    },
  };
};

const rounded = (value: number, uniform: number): number => Math.floor(value + uniform);

const countMinute = (settings: MinutesSettings, minute: number): EndedMinute => {
  const { seed, truth, rules, requestsPerMinute } = settings;
  const middle = minute + MINUTE_MS / 2;
  const noise = seedOf(seed, minute / MINUTE_MS) / 4_294_967_296;
  const total = Math.round(requestsPerMinute * (0.95 + noise / 10));
  const toGreen = Math.round(total * rules.shareBetween(minute, minute + MINUTE_MS));
  const refused = Math.round(toGreen * truth.greenRefusedRatio(middle));
  const greenErrors = rounded((toGreen - refused) * truth.greenErrorRatio(middle), noise);
  const toBlue = total - toGreen;
  const blueErrors = rounded(toBlue * BLUE_ERROR_RATIO, noise);
  const at = minute as EpochMs;
  const counts = [
    ...[toGreen, greenErrors, refused, toGreen - refused],
    ...[toBlue, blueErrors, 0, toBlue],
    ...[total, refused],
  ];
  return {
    at,
    data: counts.map((value) => (value > 0 ? { at, value } : null)),
    greenRequests: toGreen,
    greenErrors,
    greenP99Ms: toGreen - refused > 0 ? truth.greenP99Ms(middle) : null,
    blueP99Ms: toBlue > 0 ? 110 : null,
    refused,
    requests: total,
    ...publicationOf(settings.faults, minute + MINUTE_MS),
  };
};

const publicationOf = (
  faults: Faults,
  end: number,
): Pick<EndedMinute, "missing" | "lateUntil" | "lateSeries" | "revisedAt"> => {
  const some = (kind: "metrics-missing" | "metrics-late"): ReadonlySet<number> => {
    const dice = faults.dice(kind);
    if (dice.chance(0.5)) return new Set(SERIES.keys());
    return new Set([dice.below(SERIES.length), dice.below(SERIES.length)]);
  };
  const missing = faults.strikes("metrics-missing", end) ? some("metrics-missing") : null;
  const late = faults.strikes("metrics-late", end);
  const reordered = !late && faults.strikes("metrics-reordered", end);
  // Reordered: this minute appears after the next two have.
  const lateUntil = late
    ? end + faults.dice("metrics-late").between(1, 9) * MINUTE_MS
    : reordered
      ? end + 2.5 * MINUTE_MS
      : 0;
  const revised = faults.strikes("metrics-revised", end);
  return {
    missing,
    lateUntil,
    lateSeries: late ? some("metrics-late") : reordered ? new Set(SERIES.keys()) : null,
    revisedAt: revised ? end + faults.dice("metrics-revised").between(1, 6) * MINUTE_MS : 0,
  };
};
