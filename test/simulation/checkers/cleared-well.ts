import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

type Stored = Extract<WorldEvent, { kind: "stored" }>;

/** P1: a step that is given up leaves no route with more than is recorded; nobody would look for it there again. */
export const clearedWell = (): Checker => {
  /** Routes whose weighted rule somebody else has changed since the guard last did. */
  const meddled = new Set<number>();

  const changed = ({ run, route, weighted }: Extract<WorldEvent, { kind: "changed" }>): void => {
    if (run === null) meddled.add(route);
    else if (weighted.from !== weighted.to) meddled.delete(route);
  };

  return {
    promise: "P1",
    watch: (event, world) => {
      if (event.kind === "changed") changed(event);
      return event.kind === "stored" && isGivenUp(event) ? leftOver(world, event.after.weightPercent, meddled) : null;
    },
  };
};

const isGivenUp = ({ before, after }: Stored): boolean =>
  before?.intent?.kind === "setWeight" &&
  after.intent === undefined &&
  after.latch === undefined &&
  after.weightPercent === before.weightPercent;

const leftOver = (world: World, recorded: number, meddled: ReadonlySet<number>): readonly string[] =>
  world.cutover.routes.flatMap((_, route) => {
    const stands = world.rules.weightedPercent(route);
    return stands > recorded && !meddled.has(route)
      ? [`a step was given up, and route ${route} has ${stands} %, ${recorded} % recorded`]
      : [];
  });
