import type { CutoverState } from "../decision/state.ts";
import { actsSince } from "../decommission/plan.ts";
import type { GuardPorts } from "../guard/ports.ts";
import { isInstant, toIso } from "../kernel/instant.ts";

/** The act of the decommission that was begun and has not come about yet, and since when. */
export interface ActUnderWay {
  readonly action: string;
  readonly since: string;
}

/** What people are told of one that takes too long stands among what blocks; until then this is all that shows a wait. */
export const actUnderWay = async (
  { journal }: Pick<GuardPorts, "journal">,
  { cutover, phase, armedAt, stoppedAct }: CutoverState,
): Promise<ActUnderWay | null> => {
  if (phase !== "decommissioning" || stoppedAct !== undefined) return null;
  const listed = await journal.list(cutover);
  const begun = listed.ok ? actsSince(armedAt, listed.value).find(({ finishedAt }) => finishedAt === undefined) : null;
  return begun == null || !isInstant(begun.startedAt) ? null : { action: begun.action, since: toIso(begun.startedAt) };
};
