import { isWeightedRule } from "../../../src/signals/routes.ts";
import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

type Stored = Extract<WorldEvent, { kind: "stored" }>;
type Sent = Extract<WorldEvent, { kind: "sent" }>;

/**
 * P4: the way back is given up while every alarm is quiet and everybody is on green, and from then on nobody who knows
 * of it writes towards blue.
 */
export const pastTheReturn = (): Checker => ({
  promise: "P4",
  watch: (event, world) => {
    if (event.kind === "sent") return sent(event);
    return event.kind === "stored" ? given(event, world) : null;
  },
});

const sent = ({ run, what, greenPercent }: Sent): string | null => {
  if (what !== "pin-up" && (what !== "weight" || greenPercent === 100)) return null;
  const wayBack = run.seen?.state.wayBack ?? "open";
  // Whom the table did not answer has begun before it could know, and ends what it began.
  return wayBack === "open" || run.unanswered
    ? null
    : `${run.kind} asked for ${what} although it knew that the way back is ${wayBack}`;
};

const given = ({ run, before, after }: Stored, world: World): readonly string[] => {
  if (before?.wayBack !== "open" || after.wayBack === "open") return [];
  const alarms = run?.served.alarms ?? [];
  const loud = world.cutover.alarms.filter(({ arn }) => alarms.find((alarm) => alarm.arn === arn)?.state !== "OK");
  return [
    ...(loud.length > 0 ? [`the way back was given up with ${loud.length} alarms that were not seen to be quiet`] : []),
    ...world.cutover.routes.flatMap((_, route) =>
      isSeenOnGreen(world, run, route)
        ? []
        : [`the way back was given up, and route ${route} was not seen on green alone`],
    ),
  ];
};

/** As the run was last shown this route: no pin above it, and everything to green. */
const isSeenOnGreen = ({ cutover }: World, run: Run | null, route: number): boolean => {
  const binding = cutover.routes[route];
  const shown = run?.served.listeners.findLast(({ listenerArn }) => listenerArn === binding?.listenerArn);
  const weighted = shown?.rules.find((rule) => binding !== undefined && isWeightedRule(binding, rule));
  const pin = shown?.rules.find(({ ruleArn }) => ruleArn === binding?.pin?.ruleArn);
  const isRaised = pin !== undefined && (pin.priority ?? 0) < (weighted?.priority ?? 0);
  const takers = weighted?.forward?.targets.filter(({ weight }) => weight > 0) ?? [];
  return !isRaised && takers.length > 0 && takers.every(({ targetGroupArn }) => targetGroupArn === binding?.green);
};
