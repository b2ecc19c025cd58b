import type { GuardPorts } from "../guard/ports.ts";
import { isOwnLack, unanswered } from "./failures.ts";
import { type LedgerReading, stateGone } from "./ledger-records.ts";
import { PATIENCE_MS } from "./limits.ts";

/**
 * The guard's own limits are a function's; whatever slows an operator's first call down is over with this read. Where the
 * table merely does not answer, the command may go on: it finds out for itself.
 * @throws {CommandFailure} whoever calls may not read the table, or names another one: nothing that comes after would get
 * further. `undone` says what is not done. Or the state is gone: to go on would be to begin anew over an older ledger.
 */
export const firstRead = async (
  ports: LedgerReading,
  cutover: string,
  undone: string,
): ReturnType<GuardPorts["state"]["read"]> => {
  const read = await ports.state.read(cutover, PATIENCE_MS);
  if (!read.ok && isOwnLack(read.failure)) throw unanswered(undone, read.failure);
  const gone = read.ok && read.value === null ? await stateGone(ports, cutover) : null;
  if (gone !== null) throw gone;
  return read;
};
