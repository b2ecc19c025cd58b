import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

type Stored = Extract<WorldEvent, { kind: "stored" }>;
type Sent = Extract<WorldEvent, { kind: "sent" }>;

/** P4: the way back is given up while every alarm is quiet, and from then on nobody who knows of it writes towards blue. */
export const pastTheReturn = (): Checker => {
  /** They had written towards blue before they could know: what the table told them afterwards came too late. */
  const unknowing = new WeakSet<Run>();

  const sent = ({ run, what, greenPercent }: Sent): string | null => {
    if (what !== "pin-up" && (what !== "weight" || greenPercent === 100)) return null;
    const state = run.seen?.state;
    if (state !== undefined && state.wayBack !== "open" && !unknowing.has(run))
      return `${run.kind} asked for ${what} although it knew that the way back is ${state.wayBack}`;
    unknowing.add(run);
    return null;
  };

  return {
    promise: "P4",
    watch: (event, world) => {
      if (event.kind === "sent") return sent(event);
      return event.kind === "stored" ? given(event, world) : null;
    },
  };
};

const given = ({ run, before, after }: Stored, world: World): string | null => {
  if (before?.wayBack !== "open" || after.wayBack === "open") return null;
  const alarms = run?.served.alarms ?? [];
  const loud = world.cutover.alarms.filter(({ arn }) => alarms.find((alarm) => alarm.arn === arn)?.state !== "OK");
  return loud.length > 0 ? `the way back was given up with ${loud.length} alarms that were not seen to be quiet` : null;
};
