import { type EpochMs, earlier, MINUTE_MS } from "../../kernel/units.ts";
import { type ShareChange, shareBetween } from "./load-balancer.ts";
import type { EndedMinute } from "./metrics.ts";
import { seedOf, uniformOf } from "./random.ts";
import { minuteCounts } from "./traffic.ts";
import type { MinuteTraits } from "./traits.ts";

interface RecordsWorld {
  readonly armedAt: EpochMs;
  readonly seed: number;
  readonly traitsAt: (minute: number) => MinuteTraits;
  readonly clock: { now(): EpochMs };
  readonly shares: readonly ShareChange[];
  readonly dropRate: number;
}

const TRAFFIC = 1;
/** More than any reading or alarm looks back on. */
const KEPT_MS = 1_100 * MINUTE_MS;

/**
 * What happened, minute by minute. A minute is drawn once, when it has ended, by a generator of its own: two policies
 * under one seed meet the same minutes as long as they split traffic alike.
 */
export const minuteRecords = ({ armedAt, seed, traitsAt, clock, shares, dropRate }: RecordsWorld) => {
  const kept = new Map<EpochMs, EndedMinute>();
  const drawn = (at: EpochMs): EndedMinute => {
    const minute = (at - armedAt) / MINUTE_MS;
    const uniform = uniformOf(seedOf(seed, TRAFFIC, minute));
    const lost = { green: uniform() < dropRate, blue: uniform() < dropRate, lb: uniform() < dropRate };
    const counts = minuteCounts(uniform, traitsAt(minute), shareBetween(shares, at, at + MINUTE_MS));
    return { at, counts, lost };
  };
  return {
    /** null for a minute that has not ended. Traffic was there before the cutover was armed. */
    at: (at: EpochMs): EndedMinute | null => {
      if (at + MINUTE_MS > clock.now()) return null;
      const minute = kept.get(at) ?? drawn(at);
      kept.set(at, minute);
      // Drawn again, and the same again, should anybody ask for it after all.
      kept.delete(earlier(at, KEPT_MS));
      return minute;
    },
  };
};
