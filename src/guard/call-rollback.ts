import type { Obstacle } from "../decision/blocking.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { CutoverId } from "../signals/bindings.ts";
import type { PromotePorts } from "./promote-tick.ts";

/** Asks rollback's function to raise the pin. Null where it was taken; else why nobody could be asked. */
export const callRollback = async (
  ports: Pick<PromotePorts, "invoke">,
  cutover: CutoverId,
  epoch: number,
  tick: EpochMs,
): Promise<string | null> => {
  const asked = await ports.invoke.rollback(cutover, { kind: "snapBack", epoch, tick });
  return asked.ok ? null : `rollback's function could not be called: ${asked.failure.message}`;
};

/** The load balancer is not what it waits for: nobody has been asked to raise the pin. */
export const uncalledObstacle = (why: string): Obstacle => ({
  what: "rollback-uncalled",
  value: why,
  threshold: "called",
  clears:
    "promote may call it again (its name, its role's right, throttling), and the next tick does; pawl rollback raises the pin without it",
});
