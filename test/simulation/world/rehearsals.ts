import { drillRollback } from "../../../src/guard/drill-rollback.ts";
import { durationMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import type { Parameters } from "../parameters.ts";
import { diceOf } from "./dice.ts";
import type { Run } from "./run.ts";
import type { World } from "./world.ts";

/** What befalls a cutover in a rehearsal likelier than at any other time. */
export interface Meanwhile {
  readonly goesBack: () => void;
  readonly pauses: () => void;
  readonly armsAgain: () => void;
}

export interface Rehearsals {
  /** Once a minute. */
  act(): void;
}

const NONE: Rehearsals = { act: () => {} };

/** `pawl drill rollback`, asked for before the first step as a rule, and now and then when it must be refused. */
export const rehearsalsOf = (world: World, { also }: Parameters, meanwhile: Meanwhile): Rehearsals => {
  if (also?.includes("rehearsals") !== true) return NONE;
  const { seed, time, cutover } = world;
  const dice = diceOf(seed, "rehearsals");
  const most = dice.between(1, 5);
  const runs: Run[] = [];

  const rehearse = (): void => {
    const alarm = dice.of(cutover.alarms);
    const withinMs = durationMs(dice.of([1, 3, 3, 5]) * MINUTE_MS);
    const stands = dice.chance(0.05) ? ["green lacks what doctor asks for"] : [];
    const options = { by: "rita", alarm, withinMs, doctor: async () => stands, progress: () => {} };
    const delayMs = dice.below(MINUTE_MS);
    time.at(time.now() + delayMs, () => {
      const run = world.launch("rehearsal", null, async (ports) => {
        const report = await drillRollback(ports, cutover, options);
        world.tell({ kind: "rehearsed", at: time.now(), run, arn: alarm.arn, report });
      });
      runs.push(run);
    });
  };

  /** Others neither know of the rehearsal nor wait for it. */
  const disturb = (): void => {
    if (dice.chance(0.03)) meanwhile.goesBack();
    if (dice.chance(0.03)) meanwhile.pauses();
    if (dice.chance(0.05)) meanwhile.armsAgain();
    if (dice.chance(0.03))
      world.enqueue({ kind: "alarms", changes: [world.alarms.setOff(dice.of(cutover.alarms).arn)] });
  };

  return {
    act: () => {
      const state = world.state();
      const mayRehearse = state?.phase === "armed" && state.latch === undefined;
      if (runs.some((run) => !run.isOver())) disturb();
      const mayBegin = mayRehearse && runs.length < most;
      if (dice.chance(mayBegin ? 0.3 : 0.02)) rehearse();
    },
  };
};
