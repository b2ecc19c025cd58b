import type { GuardPorts } from "../guard/ports.ts";
import { PATIENCE_MS } from "./limits.ts";

/** The guard's own limits are a function's; whatever slows an operator's first call down is over with this read. */
export const firstRead = ({ state }: Pick<GuardPorts, "state">, cutover: string) => state.read(cutover, PATIENCE_MS);
