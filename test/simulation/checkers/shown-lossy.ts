import { isNumber, rollbackSafety } from "../../../src/decision/rollback-safety.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { known } from "../../../src/signals/observation.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";

/** Going back would lose writes by what was served, and no alarm rings in it that cannot wait. `at`: when it was looked at. */
export const shownToLose = (
  world: World,
  { alarms, observed }: Run["served"],
  conflictsAtArm: number,
  at: number,
): boolean => {
  const hardDown = world.cutover.alarms.flatMap(({ arn, severity }) => (severity === "hard-down" ? [arn] : []));
  if (alarms?.some(({ arn, state }) => state === "ALARM" && hardDown.includes(arn)) === true) return false;
  const instants = observed?.observations ?? {};
  const total = instants["conflicts.total"];
  const conflicts =
    total?.known === true && isNumber(total.value) ? known(total.value - conflictsAtArm, total.readAt) : total;
  const shown = conflicts === undefined ? instants : { ...instants, "conflicts.new": conflicts };
  return rollbackSafety(shown, epochMs(at)).label !== "lossless";
};
