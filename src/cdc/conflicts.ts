import { type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { CONFLICT_TABLE, pawlTable, SIDES } from "./names.ts";
import type { CdcPorts } from "./ports.ts";

/**
 * Marks every stored conflict as seen, on both sides: from here on `conflicts.new` counts those that come. Arming does
 * it, so that what an earlier attempt left behind does not hold this one; nothing is deleted.
 * @returns How many rows were marked; a conflict that both sides stored counts twice.
 */
export const acknowledgeConflicts = async (
  ports: Pick<CdcPorts, "databases">,
  cutover: CutoverBindings,
): Promise<Result<number, OutsideFailure>> => {
  let marked = 0;
  for (const side of SIDES) {
    const done = await ports.databases[side].acknowledgeConflicts(pawlTable(cutover, CONFLICT_TABLE));
    if (!done.ok) return done;
    marked += done.value;
  }
  return ok(marked);
};
