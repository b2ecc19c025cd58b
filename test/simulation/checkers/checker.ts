import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";

export interface Violation {
  readonly promise: string;
  /** Milliseconds since the beginning of the run. */
  readonly at: number;
  readonly what: string;
}

/** Watches what can be seen from outside and says what must never have been. */
export interface Checker {
  readonly promise: string;
  watch(event: WorldEvent, world: World): readonly string[] | string | null;
  /** When the run is over. */
  end?(world: World): Promise<readonly string[]> | readonly string[];
}
