import { answerRollback, demandDone } from "../../../src/edge/answer-rollback.ts";
import { parseRollbackEvent } from "../../../src/edge/events.ts";
import { PawlError } from "../../../src/kernel/pawl-error.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import type { Faults } from "../faults/faults.ts";
import type { Delivery } from "./alarm-post.ts";
import type { Back } from "./run.ts";
import type { Timeline } from "./timeline.ts";
import type { World } from "./world.ts";

/** Lambda tries a failed asynchronous invocation twice more. */
const RETRIES_MS = [60_000, 120_000];

export interface RollbackFunctionSettings {
  readonly cutover: CutoverBindings;
  readonly time: Timeline;
  readonly faults: Faults;
  readonly launch: World["launch"];
}

export interface RollbackFunction {
  /** Promote asks for a rollback, or whoever arms again for the pin. */
  asked(event: unknown, back: Back | null): void;
  called(delivery: Delivery): void;
}

interface Invocation {
  readonly event: unknown;
  readonly back: Back | null;
  /** What its bundle knows. */
  readonly bindings: CutoverBindings;
}

/** `rollback` as it ships, from its event to what makes its invocation a failed one. */
export const rollbackFunction = ({ cutover, time, faults, launch }: RollbackFunctionSettings): RollbackFunction => {
  const invoke = (invocation: Invocation, attempt = 0): void => {
    const { event, back, bindings } = invocation;
    const again = RETRIES_MS[attempt];
    launch(
      "rollback",
      null,
      async (ports, run) => {
        try {
          demandDone(await answerRollback(ports, [bindings], parseRollbackEvent(event)), []);
        } catch (error) {
          if (!(error instanceof PawlError)) throw error;
          run.failed = error.code;
          if (again !== undefined) time.at(time.now() + again, () => invoke(invocation, attempt + 1));
        }
      },
      back,
    );
  };

  /** A bundle of before the last change of the alarms does not know these, and says so. */
  const older = (calls: Delivery["calls"]): CutoverBindings => ({
    ...cutover,
    alarms: cutover.alarms.filter(({ arn }) => !calls.some((call) => call.arn === arn)),
  });

  return {
    asked: (event, back) => invoke({ event, back, bindings: cutover }),
    called: ({ event, calls, isStrange }) => {
      const isOlder = calls.length > 0 && faults.strikes("older-map", time.now());
      const back = { by: "alarm", calls: isOlder ? [] : calls, isStrange: isStrange || isOlder } as const;
      invoke({ event, back, bindings: isOlder ? older(calls) : cutover });
    },
  };
};
