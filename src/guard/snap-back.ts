import { mayReachGreen } from "../actuation/observed-route.ts";
import { APPLY_BOUND_MS } from "../decision/bounds.ts";
import { isDueAgain } from "../decision/pages.ts";
import { quietFrom } from "../decision/plain-mode.ts";
import { isOfDrill } from "../decision/rollback-drill.ts";
import type { CutoverState, Latch } from "../decision/state.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";
import type { Account } from "../ledger/compose.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import { commitOnto } from "./commit.ts";
import { hold } from "./hold-rollback.ts";
import { takeOverDrill } from "./in-earnest.ts";
import { type Latching, latchFor } from "./latch-first.ts";
import { NOTIFY_TIMEOUT_MS, RULE_WRITE_TIMEOUT_MS, STATE_TIMEOUT_MS } from "./limits.ts";
import { lookForBlue, whyUnseen } from "./look-for-blue.ts";
import { noting } from "./noted-writes.ts";
import { flushLate, flushOutbox } from "./outbox.ts";
import type { SnapBackPorts, SnapBackTrigger } from "./snap-back-trigger.ts";
import {
  askedBy,
  goneBy,
  NO_STATE,
  noWayBack,
  onBlueUnverified,
  page,
  pinGone,
  type Run,
  type SnapBackReport,
} from "./tell-rollback.ts";
import { hasTimeFor } from "./time-left.ts";
import { type RaiseOutcome, raisePins, type Standing } from "./verify-pin.ts";

/** No round begins later, whoever runs it; what is left then, the next tick goes on with. */
const BUDGET_MS = durationMs(14_000);
/** What a round takes at least where nothing answers: one attempt at the pins, and then one at the weights. */
const ROUND_MS = durationMs(2 * RULE_WRITE_TIMEOUT_MS);
const FIRST_PAUSE_MS = 500;

/**
 * Sends all traffic to blue: latch, pin, weighted rule, verify, record.
 *
 * The latch comes first and is not waited for: without an answer from the table the pin is raised all the same, by the
 * bindings this function carries. Repeating it is harmless at any point; one that joins another's latch does the rest
 * of the work and no more.
 */
export const snapBack = async (
  through: SnapBackPorts,
  cutover: CutoverBindings,
  trigger: SnapBackTrigger,
): Promise<SnapBackReport> => {
  const ports: Run = { ...through, ...noting(through.rules), asked: askedBy(trigger, through) };
  const latching = await latchFor(ports, cutover, trigger);
  if (latching.kind === "ignored") return { kind: "ignored", why: latching.why };
  // Its alarms may go on firing for as long as its stack is deployed; nobody has to get up for them.
  if (latching.kind === "complete") return { kind: "no-way-back", why: "it is complete" };
  if (latching.kind === "unanswered") return goOnBlind(ports, cutover, trigger, latching.why);
  const since = ports.clock.now();
  const { state } = latching;
  if (state.wayBack !== "open") return noWayBack(ports, cutover, `the way back is ${state.wayBack}`);
  return inEarnest(ports, state, trigger, async (meant) => {
    const { state: ready, released } = await hold(ports, meant, trigger);
    if (ready.latch?.mode === "held") return { kind: "held", state: ready };
    const standing = { state: ready, since };
    if (!isDone(ready, ports.clock.now())) {
      const report = await bringBack(ports, cutover, standing);
      return released === undefined ? report : sayReleased(ports, report, released);
    }
    const { why, sights } = await lookForBlue(ports, cutover);
    return why === null
      ? { kind: "verified", state: ready }
      : bringBack(ports, cutover, { ...standing, greenAgain: sights.some(mayReachGreen) });
  });
};

/** What else is not said in time, whoever runs next says. */
const sayReleased = async (ports: Run, report: SnapBackReport, released: CutoverState): Promise<SnapBackReport> => {
  if (!hasTimeFor(ports, NOTIFY_TIMEOUT_MS + STATE_TIMEOUT_MS)) return report;
  const now = "state" in report ? report.state : released;
  const state = await flushLate(ports, now, released);
  return "state" in report ? { ...report, state } : report;
};

/** Goes back, and takes over a rehearsal that has latched before; one that was not told arms again over this one's head. */
const inEarnest = async (
  ports: Run,
  state: CutoverState,
  trigger: SnapBackTrigger,
  goBack: (state: CutoverState) => Promise<SnapBackReport>,
): Promise<SnapBackReport> => {
  const meant = await takeOverDrill(ports, state, trigger);
  const report = await goBack(meant ?? state);
  return meant === null && report.kind === "verified" ? { kind: "verified-unrecorded", why: STILL_A_DRILL } : report;
};

const STILL_A_DRILL = "a rehearsal of the rollback is under way, and was not told that this one is meant";

/**
 * Raises, verifies, records; again and again until it holds or the time is over, so early that people can still be told.
 * `standing` is null without the table.
 */
const bringBack = async (ports: Run, cutover: CutoverBindings, standing: Standing | null): Promise<SnapBackReport> => {
  const deadline = later(ports.clock.now(), BUDGET_MS);
  let why = "";
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const raised = await raisePins(ports, cutover, standing);
    if (raised.kind === "past-return") return pinGone(ports, cutover, raised, NO_STATE);
    if (raised.kind === "answered") {
      const waits = tooEarly(cutover, standing, raised.sentAt);
      if (waits !== null) return waits;
      const unseen = await whyUnseen(ports, cutover);
      if (unseen === null) return record(ports, cutover, standing, raised);
      why = unseen;
    } else why = raised.message;
    if (later(ports.clock.now(), pauseMs) >= deadline || !hasTimeFor(ports, pauseMs + ROUND_MS)) break;
    await ports.clock.sleep(durationMs(pauseMs));
  }
  await tellUnverified(ports, cutover, standing, why);
  return { kind: "unverified", why };
};

/** Every minute has a run of its own: under one latch the same is told again only after a while. */
const tellUnverified = async (
  ports: Run,
  cutover: CutoverBindings,
  standing: Standing | null,
  why: string,
): Promise<void> => {
  const body = `${why.replace(/\.$/, "")}. The next tick goes on.`;
  // Two answers of the table may take longer than is left; people come first.
  if (standing === null || !hasTimeFor(ports, 2 * STATE_TIMEOUT_MS)) {
    await page(ports, cutover, "could not be verified on blue yet", body);
    return;
  }
  const told = { why, at: ports.clock.now() };
  const outcome = await commitOnto(ports, standing.state, ({ epoch, latch }) =>
    epoch === standing.state.epoch && latch !== undefined && isDueAgain(latch.told, told)
      ? {
          events: [{ kind: "latchUnverified", told }],
          account: {
            kind: "unverified",
            summary: `could not be verified on blue yet: ${why}`,
            at: told.at,
            tick: null,
            detail: { why },
            notify: { subject: `${cutover.name}: could not be verified on blue yet`, body, urgency: "page" },
          },
        }
      : null,
  );
  if (outcome.kind === "committed") await flushOutbox(ports, outcome.state);
  if (outcome.kind === "unknown") await page(ports, cutover, "could not be verified on blue yet", body);
};

/** Where a route has no pin, what is written and read before everything older has arrived proves nothing yet. */
const tooEarly = (
  cutover: CutoverBindings,
  standing: Standing | null,
  sentAt: EpochMs,
): Extract<SnapBackReport, { kind: "asserted" }> | null => {
  const latch = standing?.state.latch;
  if (standing === null || latch === undefined || !hasPlainRoute(cutover)) return null;
  const until = quietFrom(latch);
  return sentAt > until ? null : { kind: "asserted", state: standing.state, until };
};

const record = async (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  standing: Standing | null,
  raised: Raised,
): Promise<SnapBackReport> =>
  standing === null
    ? { kind: "verified-unrecorded", why: "the table does not answer" }
    : recordVerified(ports, cutover, standing, raised);

type Raised = Extract<RaiseOutcome, { kind: "answered" }>;

/** Verified before, and nothing announced before the latch can still arrive. */
const isDone = ({ latch }: CutoverState, now: EpochMs): boolean =>
  latch?.verifiedAt !== undefined &&
  (latch.reassertAfter === undefined || now <= later(latch.reassertAfter, APPLY_BOUND_MS));

const recordVerified = async (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  { state: seen, greenAgain: seenBefore }: Standing,
  { at: pinAnsweredAt, sights }: Raised,
): Promise<SnapBackReport> => {
  const at = ports.clock.now();
  const greenAgain = seenBefore === true || sights.some(mayReachGreen);
  const outcome = await commitOnto(ports, seen, (state) => {
    if (state.latch === undefined || state.epoch !== seen.epoch) return null;
    const { reassertAfter, verifiedAt } = state.latch;
    // Another run of the same rollback came first, and has recorded and told of it.
    if (verifiedAt !== undefined && seen.latch?.verifiedAt === undefined) return null;
    const reasserted = reassertAfter === undefined || at > later(reassertAfter, APPLY_BOUND_MS);
    return {
      events: [
        { kind: "latchVerified", at, pinAnsweredAt, reasserted },
        ...(verifiedAt !== undefined && greenAgain ? [{ kind: "greenAgain" as const, at }] : []),
      ],
      account: {
        kind: "verified",
        summary: hasPlainRoute(cutover)
          ? "all traffic is on blue: written when nothing older could arrive any more, and seen in two reads"
          : "all traffic is on blue: the pin was raised and seen above in two reads",
        at,
        tick: null,
        detail: {
          pinAnsweredAt,
          expected: state.latch.expected.label,
          fromPercent: state.latch.fromPercent,
          // Of this run: what ended a hold may have got no answer before, and be recorded nowhere else.
          cause: { ...(seen.latch ?? state.latch).cause },
        },
        ...(verifiedAt === undefined ? { notify: onBlueNotice(state, state.latch) } : {}),
      },
    };
  });
  if (outcome.kind === "committed") return { kind: "verified", state: await flushOutbox(ports, outcome.state) };
  if (outcome.kind === "unknown") return { kind: "verified-unrecorded", why: outcome.message };
  const there = outcome.state;
  return there !== null && there.epoch === seen.epoch && there.latch?.verifiedAt !== undefined
    ? { kind: "verified", state: there }
    : { kind: "verified-unrecorded", why: "the epoch has moved on" };
};

const onBlueNotice = (state: CutoverState, { record, expected }: Latch): NonNullable<Account["notify"]> => ({
  subject: `${state.cutover}: ${isOfDrill(state) ? "a rehearsal: " : ""}all traffic is on blue`,
  body: `${record.summary}\nexpected: ${expected.label}`,
  urgency: "page",
});

/**
 * No answer from the table: the pin goes up first, then the latch is tried again, at once and once more when all is on
 * blue. What was seen before a latch says nothing of it, because a re-arm may have lowered the pin in between (a laptop
 * that slept has no time-out): under a late latch the pin is raised and looked at again before it counts as verified.
 */
const goOnBlind = async (
  ports: Run,
  cutover: CutoverBindings,
  trigger: SnapBackTrigger,
  why: string,
): Promise<SnapBackReport> => {
  const raised = await raisePins(ports, cutover, null);
  const soon = await latchFor(ports, cutover, trigger);
  if (raised.kind === "past-return" && !mayRecord(soon))
    return soon.kind === "unanswered" || soon.kind === "ignored"
      ? pinGone(ports, cutover, raised, soon.why)
      : noWayBack(ports, cutover, goneBy(raised));
  const underLatch = ({ state: latched }: Latched): Promise<SnapBackReport> => {
    const since = ports.clock.now();
    return inEarnest(ports, latched, trigger, (state) => bringBack(ports, cutover, { state, since }));
  };
  if (mayRecord(soon)) return underLatch(soon);
  const seen = await bringBack(ports, cutover, null);
  if (seen.kind !== "verified-unrecorded") return seen;
  const late = await latchFor(ports, cutover, trigger);
  if (mayRecord(late)) return underLatch(late);
  if (hasPlainRoute(cutover)) return onBlueUnverified(ports, cutover, `${why}; then: ${unrecorded(late)}`);
  await page(ports, cutover, "all traffic is on blue, not recorded", `${why}; then: ${unrecorded(late)}.`);
  return { kind: "verified-unrecorded", why: unrecorded(late) };
};

type Latched = Extract<Latching, { kind: "latched" }>;

const mayRecord = (late: Latching): late is Latched => late.kind === "latched" && late.state.wayBack === "open";

/** The pin was still there and is up: the fence on blue waits for a look at the rules, and will not be raised. */
const unrecorded = (late: Latching): string => {
  if (late.kind !== "latched" && late.kind !== "complete") return late.why;
  const wayBack = late.kind === "complete" ? "closed, the cutover being complete" : late.state.wayBack;
  return `traffic went back although the way back is ${wayBack}; see pawl restore`;
};
