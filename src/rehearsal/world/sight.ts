import type { EpochMs } from "../../kernel/units.ts";
import type { SignalPath } from "../../signals/catalogue.ts";
import type { Scenario } from "./scenario.ts";
import { isWithin } from "./traits.ts";

/** What can be read now, by the scenario's outages. */
export interface Sight {
  readonly now: () => EpochMs;
  /** Why at least one of these signals cannot be read now; null where all can. */
  readonly outageOf: (signals: readonly SignalPath[]) => string | null;
}

const REASON = "cannot be read: an outage of the scenario";

export const sightOf = ({ telemetry }: Scenario, clock: { now(): EpochMs }, armedAt: EpochMs): Sight => ({
  now: () => clock.now(),
  outageOf: (signals) => {
    // Nearly always there is none at all.
    if (telemetry.outages.length === 0) return null;
    const since = clock.now() - armedAt;
    const hit = telemetry.outages.some(
      (outage) => isWithin(outage, since) && outage.signals.some((signal) => signals.includes(signal)),
    );
    return hit ? REASON : null;
  },
});
