import { APPLY_BOUND_MS } from "../decision/bounds.ts";
import { holdsInstead } from "../decision/rollback-safety.ts";
import type { CutoverState, Latch } from "../decision/state.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../signals/bindings.ts";
import { commitOnto, flushOutbox } from "./commit.ts";
import { type Latching, latchFor } from "./latch-first.ts";
import { NOTIFY_TIMEOUT_MS } from "./limits.ts";
import type { SnapBackPorts, SnapBackTrigger } from "./snap-back-trigger.ts";
import { raisePins, seenPinned } from "./verify-pin.ts";

export type SnapBackReport =
  | { readonly kind: "verified"; readonly state: CutoverState }
  /** All on blue by two reads and an answered write, and the state could not be told; the next tick finds the pin. */
  | { readonly kind: "verified-unrecorded"; readonly why: string }
  | { readonly kind: "held"; readonly state: CutoverState }
  | { readonly kind: "unverified"; readonly why: string }
  /** Past the point of no return: nothing was written. */
  | { readonly kind: "no-way-back"; readonly why: string }
  | { readonly kind: "ignored"; readonly why: string };

/** Well inside rollback's time-out; what is left then, the next tick goes on with. */
const BUDGET_MS = durationMs(14_000);
const FIRST_PAUSE_MS = 500;

/**
 * Sends all traffic to blue: latch, pin, weighted rule, verify, record.
 *
 * The latch comes first and is not waited for: without an answer from the table the pin is raised all the same, by the
 * bindings this function carries. Repeating it is harmless at any point; one that joins another's latch does the rest
 * of the work and no more.
 */
export const snapBack = async (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  trigger: SnapBackTrigger,
): Promise<SnapBackReport> => {
  const latching = await latchFor(ports, cutover, trigger);
  if (latching.kind === "ignored") return { kind: "ignored", why: latching.why };
  if (latching.kind === "unanswered") return goOnBlind(ports, cutover, trigger, latching.why);
  const { state } = latching;
  if (state.wayBack !== "open") return noWayBack(ports, cutover, `the way back is ${state.wayBack}`);
  const ready = await hold(ports, state, trigger);
  if (ready.latch?.mode === "held") return { kind: "held", state: ready };
  if (isDone(ready, ports.clock.now()) && (await seenPinned(ports, cutover))) return { kind: "verified", state: ready };
  return bringBack(ports, cutover, (pinAnsweredAt) => recordVerified(ports, ready, pinAnsweredAt));
};

type Recorded =
  | { readonly kind: "recorded"; readonly state: CutoverState }
  | { readonly kind: "lost"; readonly why: string };

const pinGone = ({ route }: { readonly route: RouteBinding }): string => `the pin ${route.pin.ruleArn} is gone`;

/** Raises, verifies, records; again and again until it holds or the time is over. */
const bringBack = async (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  record: (pinAnsweredAt: EpochMs) => Promise<Recorded>,
): Promise<SnapBackReport> => {
  const deadline = later(ports.clock.now(), BUDGET_MS);
  let pauseMs = FIRST_PAUSE_MS;
  let why = "";
  do {
    const raised = await raisePins(ports, cutover);
    if (raised.kind === "past-return") return noWayBack(ports, cutover, pinGone(raised));
    if (raised.kind === "answered" && (await seenPinned(ports, cutover))) {
      const recorded = await record(raised.at);
      return recorded.kind === "recorded"
        ? { kind: "verified", state: recorded.state }
        : { kind: "verified-unrecorded", why: recorded.why };
    }
    why = raised.kind === "answered" ? "the pin was raised and is not seen above" : raised.message;
    await ports.clock.sleep(durationMs(pauseMs));
    pauseMs *= 2;
  } while (ports.clock.now() < deadline);
  await page(ports, cutover, "could not be verified on blue yet", `${why}. The next tick goes on.`);
  return { kind: "unverified", why };
};

/** A held latch lets traffic stay; only somebody who accepts the loss, or an alarm that cannot wait, ends it here. */
const hold = async (ports: SnapBackPorts, state: CutoverState, trigger: SnapBackTrigger): Promise<CutoverState> => {
  const { latch } = state;
  if (latch === undefined || latch.verifiedAt !== undefined) return state;
  const waits = latch.mode === "held" || holdsInstead(latch.cause, latch.expected, state.whenNotLossless);
  if (!waits) return state;
  const override = overrideOf(trigger);
  if (latch.mode === "held" && override === null) return state;
  const outcome = await commitOnto(ports, state, (now) => {
    if (now.latch === undefined || now.latch.verifiedAt !== undefined) return null;
    const at = ports.clock.now();
    return {
      events: [
        override === null
          ? { kind: "latchHeld" }
          : { kind: "latchReleased", cause: override, expected: now.latch.expected },
      ],
      account: {
        kind: override === null ? "held" : "released",
        summary: override === null ? "traffic stays: going back would not be lossless" : "going back, loss accepted",
        at,
        tick: null,
        detail: { expected: now.latch.expected.label },
        notify: {
          subject: `${now.cutover}: ${override === null ? "held, going back would lose writes" : "going back"}`,
          body: `${now.latch.expected.label}: ${now.latch.expected.reasons.join("; ")}`,
          urgency: "page",
        },
      },
    };
  });
  if (outcome.kind === "committed") return flushOutbox(ports, outcome.state);
  return outcome.kind === "moved" && outcome.state !== null ? outcome.state : state;
};

const overrideOf = (trigger: SnapBackTrigger): Latch["cause"] | null => {
  if (trigger.kind === "operator" && trigger.acceptLoss)
    return { kind: "operator", by: trigger.by, reason: trigger.reason };
  return trigger.kind === "alarm" && trigger.severity === "hard-down" ? trigger : null;
};

/** Verified before, and nothing announced before the latch can still arrive. */
const isDone = ({ latch }: CutoverState, now: EpochMs): boolean =>
  latch?.verifiedAt !== undefined &&
  (latch.reassertAfter === undefined || now <= later(latch.reassertAfter, APPLY_BOUND_MS));

const recordVerified = async (ports: SnapBackPorts, seen: CutoverState, pinAnsweredAt: EpochMs): Promise<Recorded> => {
  const at = ports.clock.now();
  const outcome = await commitOnto(ports, seen, (state) => {
    if (state.latch === undefined || state.epoch !== seen.epoch) return null;
    const { reassertAfter } = state.latch;
    const reasserted = reassertAfter === undefined || at > later(reassertAfter, APPLY_BOUND_MS);
    return {
      events: [{ kind: "latchVerified", at, pinAnsweredAt, reasserted }],
      account: {
        kind: "verified",
        summary: "all traffic is on blue: the pin was raised and seen above in two reads",
        at,
        tick: null,
        detail: { pinAnsweredAt, expected: state.latch.expected.label, fromPercent: state.latch.fromPercent },
        notify: {
          subject: `${state.cutover}: all traffic is on blue`,
          body: `${state.latch.record.summary}\nexpected: ${state.latch.expected.label}`,
          urgency: "page",
        },
      },
    };
  });
  if (outcome.kind === "committed") return { kind: "recorded", state: await flushOutbox(ports, outcome.state) };
  return { kind: "lost", why: outcome.kind === "unknown" ? outcome.message : "the epoch has moved on" };
};

/**
 * No answer from the table: the pin goes up first, then the latch is tried again, at once and once more when all is on
 * blue. What was seen before a latch says nothing of it, because a re-arm may have lowered the pin in between (a laptop
 * that slept has no time-out): under a late latch the pin is raised and looked at again before it counts as verified.
 */
const goOnBlind = async (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  trigger: SnapBackTrigger,
  why: string,
): Promise<SnapBackReport> => {
  const raised = await raisePins(ports, cutover);
  if (raised.kind === "past-return") return noWayBack(ports, cutover, pinGone(raised));
  const soon = await latchFor(ports, cutover, trigger);
  if (mayRecord(soon)) return bringBack(ports, cutover, (at) => recordVerified(ports, soon.state, at));
  const seen = await bringBack(ports, cutover, async () => ({ kind: "lost", why: soon.why }));
  if (seen.kind !== "verified-unrecorded") return seen;
  const late = await latchFor(ports, cutover, trigger);
  if (mayRecord(late)) return bringBack(ports, cutover, (at) => recordVerified(ports, late.state, at));
  await page(ports, cutover, "all traffic is on blue, not recorded", `${why}; then: ${unrecorded(late)}.`);
  return { kind: "verified-unrecorded", why: unrecorded(late) };
};

type Latched = Extract<Latching, { kind: "latched" }>;

const mayRecord = (late: Latching): late is Latched => late.kind === "latched" && late.state.wayBack === "open";

/** The pin was still there and is up: the fence on blue waits for a look at the rules, and will not be raised. */
const unrecorded = (late: Latching): string =>
  late.kind === "latched"
    ? `traffic went back although the way back is ${late.state.wayBack}; see pawl restore`
    : late.why;

const noWayBack = async (ports: SnapBackPorts, cutover: CutoverBindings, why: string): Promise<SnapBackReport> => {
  await page(
    ports,
    cutover,
    "a rollback was asked for past the point of no return",
    `${why}. Nothing was written. Run: pawl restore ${cutover.name}`,
  );
  return { kind: "no-way-back", why };
};

/** Straight to people: the outbox needs the table, and this may be said because the table is gone. */
const page = async (ports: SnapBackPorts, cutover: CutoverBindings, what: string, body: string): Promise<void> => {
  const id = `${cutover.name}/${ports.newId()}`;
  await ports.notify.send(
    { id, cutover: cutover.name, subject: `${cutover.name}: ${what}`, body, urgency: "page" },
    NOTIFY_TIMEOUT_MS,
  );
};
