import { isOnBlue } from "../actuation/observed-route.ts";
import { isOfDrill } from "../decision/rollback-drill.ts";
import type { CutoverState, RollbackDrill } from "../decision/state.ts";
import { type DurationMs, durationMs, later } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import { readRoutes } from "./look.ts";
import type { GuardPorts } from "./ports.ts";

type WatchPorts = Pick<GuardPorts, "clock" | "state" | "rules">;

const POLL_MS = durationMs(1_000);

/** The state once it is so; null where it is not within the time. A read that fails is tried again. */
export const watchUntil = async (
  { state, clock }: WatchPorts,
  { name }: CutoverBindings,
  withinMs: DurationMs,
  holds: (state: CutoverState) => boolean,
): Promise<CutoverState | null> => {
  const deadline = later(clock.now(), withinMs);
  for (;;) {
    const read = await state.read(name, STATE_TIMEOUT_MS);
    if (read.ok && read.value !== null && holds(read.value)) return read.value;
    if (clock.now() >= deadline) return null;
    await clock.sleep(POLL_MS);
  }
};

/** Why the latch of this state is not the one that the event of a rehearsal's alarm put; null where it is. */
export const strangerIn = (state: CutoverState, drill: RollbackDrill): string | null => {
  const { latch, rollbackDrill } = state;
  if (latch === undefined) return null;
  const { record } = latch;
  if (rollbackDrill?.at !== drill.at || !isOfDrill(state)) return `something else rolled it back: ${record.summary}`;
  return record.tick === null ? null : "a tick found the alarm first: its event came later than that, or not at all";
};

/** Where the pin is, for whoever asks why a rollback is not verified. */
export const sayPin = async (ports: WatchPorts, cutover: CutoverBindings): Promise<string> => {
  const { sights } = await readRoutes(ports, cutover);
  if (sights.length === 0) return "the listener's rules cannot be read";
  const foreign = sights.flatMap((sight) => (sight.kind === "foreign" ? [sight.why] : []));
  if (foreign.length > 0) return `the rules are not as bound: ${foreign.join("; ")}`;
  return sights.every(isOnBlue) ? "all traffic is on blue by the rules, and that is not recorded" : "the pin is not up";
};

export const sayBlocking = async ({ state }: WatchPorts, { name }: CutoverBindings): Promise<string> => {
  const read = await state.read(name, STATE_TIMEOUT_MS);
  const blocking = read.ok ? (read.value?.blocking ?? []) : [];
  return blocking.map(({ what, value }) => `${what}: ${value}`).join("; ") || "no tick has said what it waits for";
};
