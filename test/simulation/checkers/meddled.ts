import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { DESCRIBE_LAG_MS, SKEW_MS } from "./assumed.ts";

/** What somebody else did to the rules after a run could last have seen them is not that run's doing. */
export interface Meddled {
  note(event: Extract<WorldEvent, { kind: "changed" }>): void;
  unseenBy(run: Run, world: World, route: number): boolean;
}

export const meddledRules = (): Meddled => {
  const last = new Map<number, number>();
  return {
    note: ({ run, route, at, what }) => {
      // A pin that somebody has raised meanwhile, too.
      if (run === null || what === "pin-up") last.set(route, at);
    },
    unseenBy: (run, world, route) => {
      const binding = world.cutover.routes[route];
      const look = run.served.listeners.findLast(({ listenerArn }) => listenerArn === binding?.listenerArn);
      return look !== undefined && (last.get(route) ?? 0) > look.readAt - DESCRIBE_LAG_MS - SKEW_MS;
    },
  };
};
