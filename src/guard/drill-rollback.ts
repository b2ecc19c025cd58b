import { quietFrom } from "../decision/plain-mode.ts";
import { DRILL_LIFE_MS } from "../decision/rollback-drill.ts";
import type { CutoverState, RollbackDrill } from "../decision/state.ts";
import type { OutsideFailure } from "../kernel/result.ts";
import { type DurationMs, durationMs, type EpochMs, later } from "../kernel/units.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import type { AlarmSetPort } from "../signals/ports.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import type { ArmPorts } from "./arm.ts";
import { checkDrill, type DrillAlarm } from "./drill-checks.ts";
import { beginDrill, type DrillMark, endUnlatched, recordPassed } from "./drill-records.ts";
import { sayBlocking, sayPin, strangerIn, watchUntil } from "./drill-watch.ts";
import { READ_TIMEOUT_MS } from "./limits.ts";
import { rearm } from "./re-arm.ts";

export type DrillPorts = ArmPorts & { readonly alarmSetter: AlarmSetPort };

/** The chain that a rehearsal goes along, in order; what it stops at is what is broken. */
export type DrillLink = "alarm" | "event" | "pin" | "settle" | "re-arm" | "pin-lowered";

export interface DrillBroken {
  readonly kind: "broken";
  readonly link: DrillLink;
  readonly why: string;
  readonly marks: readonly DrillMark[];
  /** Where it stands now: armed as before, or rolled back and still to be armed again. Traffic is on blue either way. */
  readonly standing: "armed" | "rolledBack" | "unknown";
}

export type DrillReport =
  /** Nothing was done. */
  | { readonly kind: "refused"; readonly refusals: readonly string[] }
  /** No alarm was set; whether the first step is held until then nobody has answered. */
  | { readonly kind: "unannounced"; readonly why: string; readonly until: EpochMs }
  | {
      readonly kind: "passed";
      readonly marks: readonly DrillMark[];
      readonly via: string;
      readonly state: CutoverState;
    }
  | DrillBroken;

export interface DrillOptions {
  readonly by: string;
  readonly alarm: DrillAlarm;
  /** How long each link may take; settling has its own time. */
  readonly withinMs: DurationMs;
  readonly doctor: () => Promise<readonly string[]>;
  /** Told of each mark as it is reached. */
  readonly progress: (mark: DrillMark) => void;
}

/** Until green is quiet, its transactions are over and reverse is proven empty: some ticks, whatever the links take. */
const SETTLE_WITHIN_MS = durationMs(15 * 60_000);
const REASON = "pawl drill rollback: a rehearsal";

/** One rehearsal under way. */
interface Walk extends DrillOptions {
  readonly ports: DrillPorts;
  readonly cutover: CutoverBindings;
  readonly epoch: number;
  readonly marks: DrillMark[];
}

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
  const checked = await checkDrill(ports, cutover, options.alarm);
  if (!checked.ok) return { kind: "refused", refusals: checked.refusals };
  const at = ports.clock.now();
  const { by, alarm } = options;
  const drill: RollbackDrill = { by, at, alarmArn: alarm.arn, notAfter: later(at, DRILL_LIFE_MS) };
  const begun = await beginDrill(ports, checked.state, drill);
  if (begun.kind === "refused") return { kind: "refused", refusals: [begun.why] };
  if (begun.kind === "unknown") return { kind: "unannounced", why: begun.why, until: drill.notAfter };
  const walk: Walk = { ...options, ports, cutover, epoch: checked.state.epoch, marks: [] };
  mark(walk, "rehearsal begins", at);
  const back = await goBack(walk);
  return back.kind === "broken" ? back : goOn(walk, checked.policy, back.via);
};

/** Alarm, event, pin. */
const goBack = async (walk: Walk): Promise<DrillBroken | { readonly kind: "back"; readonly via: string }> => {
  const { ports, cutover, alarm, withinMs } = walk;
  const set = await ports.alarmSetter.set(alarm.arn, "ALARM", REASON, READ_TIMEOUT_MS);
  // A call that nobody answered may have set it, or set it later: only silence tells.
  if (!set.ok && !isUnanswered(set.failure)) return unlatched(walk, "alarm", set.failure.message);
  const latched = await watchUntil(ports, cutover, withinMs, ({ latch }) => latch !== undefined);
  if (latched?.latch === undefined)
    return set.ok
      ? unlatched(walk, "event", "the alarm was set, and nothing latched")
      : unlatched(walk, "alarm", set.failure.message);
  const { cause, at, record } = latched.latch;
  const stranger = strangerIn(latched.latch, alarm.arn);
  if (stranger !== null) return broken(walk, "event", stranger, "rolledBack");
  mark(walk, "alarm changed", cause.kind === "alarm" ? cause.alarmAt : at);
  mark(walk, "latched", at);
  // Without a pin nothing is verified before a late write can no longer arrive.
  const plainMs = hasPlainRoute(cutover) ? quietFrom(latched.latch) - at : 0;
  const verifiesMs = durationMs(withinMs + plainMs);
  const verified = await watchUntil(ports, cutover, verifiesMs, ({ latch }) => latch?.verifiedAt !== undefined);
  const { pinAnsweredAt, verifiedAt } = verified?.latch ?? {};
  if (pinAnsweredAt === undefined || verifiedAt === undefined)
    return broken(walk, "pin", await sayPin(ports, cutover), "rolledBack");
  mark(walk, plainMs > 0 ? "weights on blue" : "pin raised", pinAnsweredAt);
  mark(walk, "verified on blue", verifiedAt);
  await quieten(walk);
  return { kind: "back", via: typeof record.detail["via"] === "string" ? record.detail["via"] : "unknown" };
};

/** Settled, armed again, pin lowered, recorded. */
const goOn = async (walk: Walk, policy: Policy, via: string): Promise<DrillReport> => {
  const { ports, cutover, by, doctor, withinMs } = walk;
  const settled = await watchUntil(ports, cutover, SETTLE_WITHIN_MS, (state) => state.settled !== undefined);
  if (settled?.settled === undefined) return broken(walk, "settle", await sayBlocking(ports, cutover), "rolledBack");
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
    return broken(walk, "re-arm", armed.kind === "failed" ? armed.why : armed.refusals.join("; "), "rolledBack");
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

const mark = ({ marks, progress }: Walk, what: string, at: EpochMs): void => {
  marks.push({ what, at });
  progress({ what, at });
};

const broken = ({ marks }: Walk, link: DrillLink, why: string, standing: DrillBroken["standing"]): DrillBroken => ({
  kind: "broken",
  link,
  why,
  marks,
  standing,
});

/** A metric alarm would take itself back within a minute; a composite one only when one of its children changes. */
const quieten = ({ ports, alarm }: Walk) =>
  ports.alarmSetter.set(alarm.arn, "OK", `${REASON} is over`, READ_TIMEOUT_MS);

/** Nothing was moved: the alarm is put back, and the hold taken off. */
const unlatched = async (walk: Walk, link: "alarm" | "event", why: string): Promise<DrillBroken> => {
  await quieten(walk);
  const standing = await endUnlatched(walk.ports, walk.cutover, walk.epoch, { link, why });
  return standing === "latched"
    ? broken(walk, link, `${why} in time; it did later`, "rolledBack")
    : broken(walk, link, why, standing);
};
