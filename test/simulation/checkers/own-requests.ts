import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

/** P2: green is given nothing while going back on one route would take another one's requests along. */
export const ownRequests = (): Checker => ({
  promise: "P2",
  watch: (event, world) => (event.kind === "sent" ? sent(world, event) : null),
});

const sent = (world: World, { run, what, greenPercent }: Extract<WorldEvent, { kind: "sent" }>): readonly string[] => {
  if (run.kind !== "promote" || what !== "weight" || greenPercent === 0) return [];
  return world.cutover.routes.flatMap((_, route) =>
    world.rules
      .wouldTake(route)
      .map((other) => `green was given more, and pin ${route} would take requests of ${other}`),
  );
};
