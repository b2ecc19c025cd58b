import { durationMs } from "../kernel/units.ts";

/** An operator waits longer than a function may: the first call also finds credentials and opens a connection. */
export const PATIENCE_MS = durationMs(10_000);
/** How long going back waits for that before it goes on without the table. */
export const WARM_UP_MS = durationMs(1_500);
