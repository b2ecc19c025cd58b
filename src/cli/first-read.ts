import type { GuardPorts } from "../guard/ports.ts";
import { isOwnLack, unanswered } from "./failures.ts";
import { PATIENCE_MS } from "./limits.ts";

/**
 * The guard's own limits are a function's; whatever slows an operator's first call down is over with this read. Where the
 * table merely does not answer, the command may go on: it finds out for itself.
 * @throws {CommandFailure} whoever calls may not read the table: nothing that comes after would get further. `undone` says what is not done.
 */
export const firstRead = async (
  { state }: Pick<GuardPorts, "state">,
  cutover: string,
  undone: string,
): ReturnType<GuardPorts["state"]["read"]> => {
  const read = await state.read(cutover, PATIENCE_MS);
  if (!read.ok && isOwnLack(read.failure)) throw unanswered(undone, read.failure);
  return read;
};
