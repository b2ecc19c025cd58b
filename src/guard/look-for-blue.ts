import { notOnBlue, type RouteSight } from "../actuation/observed-route.ts";
import { DESCRIBE_LAG_MS } from "../decision/bounds.ts";
import { durationMs } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { READ_TIMEOUT_MS } from "./limits.ts";
import { type RoutesRead, readRoutes } from "./look.ts";
import { hasTimeFor } from "./time-left.ts";
import type { RulePorts } from "./verify-pin.ts";

/**
 * Why all traffic is not seen on blue; null where it is: the pin above, its conditions the weighted rule's, blue alone, or
 * where there is none the weighted rule at 0, in two reads at least S apart. Two reads alone can both be stale; the caller
 * must hold this run's own answered write as well.
 */
export const whyUnseen = async (ports: RulePorts, cutover: CutoverBindings): Promise<string | null> =>
  (await lookForBlue(ports, cutover)).why;

/** As `whyUnseen`, with what the look showed that says so. */
export const lookForBlue = async (ports: RulePorts, cutover: CutoverBindings): Promise<BlueLook> => {
  for (const waitMs of [0, DESCRIBE_LAG_MS]) {
    if (!hasTimeFor(ports, waitMs + READ_TIMEOUT_MS)) return { why: NO_TIME, sights: [] };
    if (waitMs > 0) await ports.clock.sleep(durationMs(waitMs));
    const { sights, failures } = await readInsisting(ports, cutover);
    if (sights.length === 0) return { why: `the rules could not be read: ${failures.join("; ")}`, sights };
    const why = sights.map(notOnBlue).find((one) => one !== null);
    if (why !== undefined) return { why, sights };
  }
  return { why: null, sights: [] };
};

interface BlueLook {
  readonly why: string | null;
  /** Empty where all is on blue, or nothing could be read. */
  readonly sights: readonly RouteSight[];
}

const NO_TIME = "no time was left to look at the rules twice";

const LOOKS = 3;
const LOOK_PAUSE_MS = durationMs(500);

/** A look that fails shows nothing, and is repeated: beginning anew would take another S. */
const readInsisting = async (ports: RulePorts, cutover: CutoverBindings): Promise<RoutesRead> => {
  let read = await readRoutes(ports, cutover);
  for (let look = 1; look < LOOKS && read.sights.length === 0; look += 1) {
    if (!hasTimeFor(ports, LOOK_PAUSE_MS + READ_TIMEOUT_MS)) break;
    await ports.clock.sleep(LOOK_PAUSE_MS);
    read = await readRoutes(ports, cutover);
  }
  return read;
};
