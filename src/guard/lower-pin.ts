import { sayEach } from "../actuation/elb-refusals.ts";
import type { RouteSight } from "../actuation/observed-route.ts";
import { planLowerPin, weightStands } from "../actuation/plan-writes.ts";
import { DESCRIBE_LAG_MS, ROLLBACK_LIFE_MS } from "../decision/bounds.ts";
import type { CutoverState } from "../decision/state.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { durationMs, later } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { commitOnto } from "./commit.ts";
import { ONE_ATTEMPT, STATE_TIMEOUT_MS } from "./limits.ts";
import { readRoutes } from "./look.ts";
import { flushOutbox } from "./outbox.ts";
import type { GuardPorts } from "./ports.ts";

export type LowerPinPorts = Pick<GuardPorts, "clock" | "newId" | "digest" | "state" | "ledger" | "rules" | "notify">;

export type LowerPinReport =
  | { readonly kind: "lowered"; readonly state: CutoverState }
  /** Asked, and nobody knows; settling the intent tells, and latches again where the pin is still up. */
  | { readonly kind: "unknown"; readonly why: string }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Lowers the pin for the re-arm of this epoch and for nothing else: its intent must be open, with time enough left that
 * even a run that is frozen and killed late has ended by then, and the weighted rule must be at 0 in two reads. The state
 * is read again after them: a rollback that came meanwhile has raised the pin, or found it up and relies on it.
 */
export const lowerPin = async (
  ports: LowerPinPorts,
  cutover: CutoverBindings,
  epoch: number,
): Promise<LowerPinReport> => {
  const begun = await waiting(ports, cutover, epoch);
  if (!begun.ok) return { kind: "refused", why: begun.failure };
  for (const waitMs of [0, DESCRIBE_LAG_MS]) {
    if (waitMs > 0) await ports.clock.sleep(durationMs(waitMs));
    const { sights } = await readRoutes(ports, cutover);
    if (!atZero(sights)) return { kind: "refused", why: "the weighted rule is not at 0 with stickiness off" };
  }
  const still = await waiting(ports, cutover, epoch);
  if (!still.ok) return { kind: "refused", why: still.failure };
  const moves = await Promise.all(
    planLowerPin(cutover).map(async ({ route }) => ({
      what: `pin ${route.pin.ruleArn}`,
      outcome: await ports.rules.movePin(route, "parked", ONE_ATTEMPT),
    })),
  );
  const undone = moves.filter(({ outcome }) => outcome.kind !== "applied");
  if (undone.length > 0) return { kind: "unknown", why: sayEach(undone).join("; ") };
  return recordLowered(ports, still.value);
};

/** The state in which a re-arm waits for its pin to be lowered; in words why none does. */
const waiting = async (
  ports: LowerPinPorts,
  { name }: CutoverBindings,
  epoch: number,
): Promise<Result<CutoverState, string>> => {
  const read = await ports.state.read(name, STATE_TIMEOUT_MS);
  if (!read.ok) return fail(read.failure.message);
  if (read.value === null) return fail("nothing is armed");
  const why = refusal(read.value, epoch, ports);
  return why === null ? ok(read.value) : fail(why);
};

const refusal = (state: CutoverState, epoch: number, { clock }: Pick<GuardPorts, "clock">): string | null => {
  const { intent } = state;
  if (state.epoch !== epoch) return `the epoch is ${state.epoch}, not ${epoch}`;
  if (state.latch !== undefined) return "a rollback is latched";
  if (intent?.kind !== "lowerPin") return "no re-arm is waiting for it";
  return later(clock.now(), ROLLBACK_LIFE_MS) > intent.notAfter ? "the intent's time is nearly over" : null;
};

const atZero = (sights: readonly RouteSight[]): boolean =>
  sights.length > 0 && sights.every((sight) => sight.kind === "seen" && weightStands(sight.observed, 0));

const recordLowered = async (ports: LowerPinPorts, seen: CutoverState): Promise<LowerPinReport> => {
  const at = ports.clock.now();
  const outcome = await commitOnto(ports, seen, (state) => {
    if (state.epoch !== seen.epoch || state.latch !== undefined || state.intent?.kind !== "lowerPin") return null;
    return {
      events: [{ kind: "pinLowered", at }],
      account: { kind: "pin-lowered", summary: "the pin is parked again", at, tick: null, detail: {} },
    };
  });
  return outcome.kind === "committed"
    ? { kind: "lowered", state: await flushOutbox(ports, outcome.state) }
    : { kind: "unknown", why: "lowered, and not recorded; the next tick settles it" };
};
