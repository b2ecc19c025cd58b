import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

type Rehearsed = Extract<WorldEvent, { kind: "rehearsed" }>;

/** P7: a rehearsal that is over has put its alarm back: one over other alarms does not come back to OK by itself. */
export const leftRinging = (): Checker => {
  const setAt = new Map<Run, number>();
  return {
    promise: "P7",
    watch: (event, world) => {
      if (event.kind === "alarm-set" && event.to === "ALARM") setAt.set(event.run, event.at);
      return event.kind === "rehearsed" ? rings(world, event, setAt.get(event.run)) : null;
    },
  };
};

const rings = (world: World, { arn, at, report }: Rehearsed, setAt: number | undefined): string | null => {
  if (report.kind !== "passed" && (report.kind !== "broken" || !isItsOwn(world, arn))) return null;
  // What it asked for may have been lost on the way.
  const isAstray = world.faults.spells("alarm-set-astray").some(({ from, to }) => from <= at && to >= (setAt ?? at));
  if (setAt === undefined || isAstray) return null;
  const [alarm] = world.alarms.readings([arn]);
  return alarm?.state === "ALARM" && alarm.stateChangedAt === setAt
    ? "a rehearsal was over, and its alarm was still as it had set it"
    : null;
};

/** Nobody has gone on without it, or gone back for anything but this alarm: what rings is what it has set. */
const isItsOwn = (world: World, arn: string): boolean => {
  const state = world.state();
  if (state === null || state.phase === "shifting") return false;
  const { latch, rollbackDrill } = state;
  return (
    latch === undefined ||
    (latch.cause.kind === "alarm" && rollbackDrill?.alarmArn === arn && latch.cause.alarmArn === arn)
  );
};
