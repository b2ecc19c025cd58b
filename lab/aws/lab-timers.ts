import type { EpochMs } from "../../src/kernel/units.ts";
import type { LabClock } from "../clock.ts";

/** Things to do at instants of lab time. One instance a service, so that stopping the service stops all of them. */
export class LabTimers {
  readonly #clock: LabClock;
  readonly #pending = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(clock: LabClock) {
    this.#clock = clock;
  }

  /** Runs `action` once the lab's clock shows `instant`, never before it; at once where that is past. */
  at(instant: EpochMs, action: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(
      () => {
        this.#pending.delete(timer);
        // A timer may fire a fraction of a millisecond early, which the lab's speed makes visible.
        if (this.#clock.realMsUntil(instant) > 0) this.at(instant, action);
        else action();
      },
      Math.ceil(this.#clock.realMsUntil(instant)),
    );
    this.#pending.add(timer);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
