import { quietFrom } from "../decision/plain-mode.ts";
import { DRILL_LIFE_MS, drillRefusals } from "../decision/rollback-drill.ts";
import type { CutoverState, RollbackDrill } from "../decision/state.ts";
import { servedAt } from "../decision/unserved.ts";
import type { OutsideFailure } from "../kernel/result.ts";
import { durationMs, later } from "../kernel/units.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import { checkDrill } from "./drill-checks.ts";
import { beginDrill, recordPassed } from "./drill-records.ts";
import {
  broken,
  brokenBehind,
  type DrillBroken,
  type DrillOptions,
  type DrillPorts,
  type DrillReport,
  mark,
  quieten,
  REASON,
  unlatched,
  type Walk,
} from "./drill-walk.ts";
import { sayBlocking, sayPin, strangerIn, watchUntil } from "./drill-watch.ts";
import { READ_TIMEOUT_MS, STATE_TIMEOUT_MS } from "./limits.ts";
import { rearm } from "./re-arm.ts";

/** Until green is quiet, its transactions are over and reverse is proven empty: some ticks, whatever the links take. */
const SETTLE_WITHIN_MS = durationMs(15 * 60_000);
/** Of the minute that a tick judges; what is left of it is the event's. */
const EARLY_MS = durationMs(30_000);
/** Two ticks; where none comes the rehearsal is refused for that. */
const EARLY_WITHIN_MS = durationMs(120_000);

/**
 * Rehearses the way back for real, before the first step: sets an alarm to ALARM, watches its event latch, the pin go
 * up and be verified, and the cutover settle; then arms it again with the same policy and sees the pin lowered.
 *
 * Green has no traffic at either end, and nothing advances in between. Killed anywhere it leaves all traffic on blue:
 * armed, with a hold that ends by itself, or rolled back, to be armed again.
 */
export const drillRollback = async (
  ports: DrillPorts,
  cutover: CutoverBindings,
  options: DrillOptions,
): Promise<DrillReport> => {
  await awaitEarlyInMinute(ports, cutover);
  const checked = await checkDrill(ports, cutover, options.alarm);
  if (!checked.ok) return { kind: "refused", refusals: checked.refusals };
  const at = ports.clock.now();
  const { by, alarm } = options;
  const drill: RollbackDrill = { by, at, alarmArn: alarm.arn, notAfter: later(at, DRILL_LIFE_MS) };
  const begun = await beginDrill(ports, checked.state, drill);
  if (begun.kind === "refused") return { kind: "refused", refusals: [begun.why] };
  if (begun.kind === "unknown") return { kind: "unannounced", why: begun.why, until: drill.notAfter };
  const walk: Walk = { ...options, ports, cutover, drill, marks: [] };
  mark(walk, "rehearsal begins", at);
  const back = await goBack(walk);
  return back.kind === "broken" ? back : goOn(walk, checked.policy, back.via);
};

/**
 * An alarm set just before a tick would be found by it ahead of its event, and nothing shown. So the rehearsal begins
 * early in a tick's minute, and waits for the next one where that is over. Nothing is announced before, and everything
 * is looked at afterwards, whatever came meanwhile.
 */
const awaitEarlyInMinute = async (ports: DrillPorts, cutover: CutoverBindings): Promise<void> => {
  const { state, clock } = ports;
  const read = await state.read(cutover.name, STATE_TIMEOUT_MS);
  if (!read.ok || read.value === null || drillRefusals(read.value, clock.now()).length > 0) return;
  const isEarly = ({ lastTick }: CutoverState): boolean => lastTick !== null && clock.now() - lastTick <= EARLY_MS;
  const isDue = (seen: CutoverState) => isEarly(seen) || drillRefusals(seen, servedAt(seen)).length > 0;
  if (!isDue(read.value)) await watchUntil(ports, cutover, EARLY_WITHIN_MS, isDue);
};

/** Alarm, event, pin. */
const goBack = async (walk: Walk): Promise<DrillBroken | { readonly kind: "back"; readonly via: string }> => {
  const { ports, cutover, alarm, drill, withinMs } = walk;
  if (ports.clock.now() > drill.notAfter) return unlatched(walk, "alarm", "its time was over before the alarm was set");
  const set = await ports.alarmSetter.set(alarm.arn, "ALARM", REASON, READ_TIMEOUT_MS);
  // A call that nobody answered may have set it, or set it later: only silence tells.
  if (!set.ok && !isUnanswered(set.failure)) return unlatched(walk, "alarm", set.failure.message);
  const latched = await watchUntil(ports, cutover, withinMs, ({ latch }) => latch !== undefined);
  if (latched?.latch === undefined)
    return set.ok
      ? unlatched(walk, "event", "the alarm was set, and nothing latched")
      : unlatched(walk, "alarm", set.failure.message);
  // The alarm has done its part, whatever comes of the rest; one over other alarms nobody else puts back to OK.
  await quieten(walk);
  const { cause, at, record } = latched.latch;
  const stranger = strangerIn(latched, drill);
  if (stranger !== null) return broken(walk, "event", stranger, "rolledBack");
  mark(walk, "alarm changed", cause.kind === "alarm" ? cause.alarmAt : at);
  mark(walk, "latched", at);
  // Without a pin nothing is verified before a late write can no longer arrive.
  const plainMs = hasPlainRoute(cutover) ? quietFrom(latched.latch) - at : 0;
  const verifiesMs = durationMs(withinMs + plainMs);
  const verified = await watchUntil(ports, cutover, verifiesMs, ({ latch }) => latch?.verifiedAt !== undefined);
  const { pinAnsweredAt, verifiedAt } = verified?.latch ?? {};
  if (pinAnsweredAt === undefined || verifiedAt === undefined)
    return brokenBehind(walk, "pin", await sayPin(ports, cutover));
  mark(walk, plainMs > 0 ? "weights on blue" : "pin raised", pinAnsweredAt);
  mark(walk, "verified on blue", verifiedAt);
  return { kind: "back", via: typeof record.detail["via"] === "string" ? record.detail["via"] : "unknown" };
};

/** Settled, armed again, pin lowered, recorded. */
const goOn = async (walk: Walk, policy: Policy, via: string): Promise<DrillReport> => {
  const { ports, cutover, by, doctor, withinMs } = walk;
  const settled = await watchUntil(ports, cutover, SETTLE_WITHIN_MS, (state) => state.settled !== undefined);
  if (settled?.settled === undefined) return brokenBehind(walk, "settle", await sayBlocking(ports, cutover));
  mark(walk, `settled ${settled.settled.label}`, settled.settled.at);
  const waitMs = quietFrom(settled.latch ?? settled.settled) - ports.clock.now();
  if (waitMs > 0) await ports.clock.sleep(durationMs(waitMs));
  const { withoutPin } = settled;
  const accepted = withoutPin === undefined ? {} : { withoutPin: { by: withoutPin.by } };
  const armed = await rearm(ports, cutover, policy, by, {
    rehearsal: settled.drill,
    ofDrill: true,
    doctor,
    ...accepted,
  });
  // Whoever was asked and did not answer may lower it all the same.
  if (armed.kind !== "armed" && armed.kind !== "unasked")
    return brokenBehind(walk, "re-arm", armed.kind === "failed" ? armed.why : armed.refusals.join("; "));
  mark(walk, "armed again", armed.state.armedAt);
  const lowered = await watchUntil(ports, cutover, withinMs, ({ intent }) => intent === undefined);
  if (lowered === null || lowered.latch !== undefined)
    return broken(
      walk,
      "pin-lowered",
      [...(armed.kind === "unasked" ? [armed.why] : []), await sayPin(ports, cutover)].join("; "),
      "unknown",
    );
  if (armed.state.intent !== undefined) mark(walk, "pin lowered", lowered.verifiedAt);
  const { alarm, marks } = walk;
  const state = await recordPassed(ports, lowered, { alarmArn: alarm.arn, via, marks });
  return { kind: "passed", marks, via, state };
};

const isUnanswered = ({ kind }: OutsideFailure): boolean => kind === "timed-out" || kind === "unreachable";
