import { type EpochMs, epochMs, MINUTE_MS, minuteOf } from "../../../src/kernel/units.ts";
import type { LabClock } from "../../clock.ts";
import type { Sample } from "./statistics.ts";

/** One series: CloudWatch does not aggregate across dimension sets, so each set is a series of its own (aws.md 2). */
export interface MetricId {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Measurements of one minute, as one publisher sends them; a minute may come in several parts. */
export interface Publication extends MetricId {
  readonly at: EpochMs;
  readonly samples: readonly Sample[];
  /** `None` where absent, as at AWS. */
  readonly unit?: string;
  /** When a reader can see it first; at once where absent. */
  readonly visibleAt?: EpochMs;
}

interface Part {
  readonly visibleAt: EpochMs;
  readonly unit: string;
  readonly samples: readonly Sample[];
}

const KEPT_MS = 30 * 60 * MINUTE_MS;
const COMPACTED_AFTER_MS = 15 * MINUTE_MS;

export const seriesKey = ({ namespace, metric, dimensions }: MetricId): string =>
  JSON.stringify([namespace, metric, Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1))]);

/** Everything published, minute by minute of lab time; what is not visible yet is there but not read. */
export class MetricStore {
  readonly #clock: LabClock;
  readonly #series = new Map<string, Map<number, Part[]>>();
  readonly #delays = new Set<{ readonly metric: string; readonly byMs: number }>();

  constructor(clock: LabClock) {
    this.#clock = clock;
  }

  put(publication: Publication): void {
    const key = seriesKey(publication);
    const minutes = this.#series.get(key) ?? new Map<number, Part[]>();
    this.#series.set(key, minutes);
    const minute = minuteOf(publication.at);
    const parts = minutes.get(minute);
    const part = {
      visibleAt: epochMs((publication.visibleAt ?? this.#clock.now()) + this.#delayOf(publication.metric)),
      unit: publication.unit ?? "None",
      samples: publication.samples,
    };
    if (parts !== undefined) return void parts.push(part);
    minutes.set(minute, [part]);
    forgetAndCompact(minutes, minute);
  }

  /** Makes a metric's data visible later than usual, e.g. 5XX minutes. @returns what ends it. */
  delayPublishing(metric: string, byMs: number): () => void {
    const delay = { metric, byMs };
    this.#delays.add(delay);
    return () => {
      this.#delays.delete(delay);
    };
  }

  /**
   * The samples of [from, to) that are visible now; both ends on whole minutes.
   * @param unit only data published with this unit; a wrong one finds nothing, silently (aws.md 2, GetMetricData).
   */
  samples(of: MetricId, from: number, to: number, unit?: string): readonly Sample[] {
    const minutes = this.#series.get(seriesKey(of));
    if (minutes === undefined) return [];
    const now = this.#clock.now();
    const found: Sample[] = [];
    for (let minute = from; minute < to; minute += MINUTE_MS)
      for (const part of minutes.get(minute) ?? [])
        if (part.visibleAt <= now && (unit === undefined || unit === part.unit)) found.push(...part.samples);
    return found;
  }

  #delayOf(metric: string): number {
    let byMs = 0;
    for (const delay of this.#delays) if (delay.metric === metric) byMs = Math.max(byMs, delay.byMs);
    return byMs;
  }
}

/** Old minutes shrink to one part with values of three digits, very old ones go; a lab may run for days. */
const forgetAndCompact = (minutes: Map<number, Part[]>, newest: number): void => {
  for (const [minute, parts] of minutes) {
    if (minute < newest - KEPT_MS) minutes.delete(minute);
    else if (minute < newest - COMPACTED_AFTER_MS && parts.length > 1) minutes.set(minute, compact(parts));
    else if (minute >= newest - COMPACTED_AFTER_MS) return;
  }
};

const compact = (parts: readonly Part[]): Part[] =>
  [...new Set(parts.map((part) => part.unit))].map((unit) => {
    const ofUnit = parts.filter((part) => part.unit === unit);
    const counts = new Map<number, number>();
    for (const { value, count } of ofUnit.flatMap((part) => part.samples)) {
      const kept = Number.isInteger(value) ? value : Number(value.toPrecision(3));
      counts.set(kept, (counts.get(kept) ?? 0) + count);
    }
    const visibleAt = epochMs(Math.max(...ofUnit.map((part) => part.visibleAt)));
    return { unit, visibleAt, samples: [...counts].map(([value, count]) => ({ value, count })) };
  });
