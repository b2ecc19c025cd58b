import { APPLY_BOUND_MS } from "../decision/bounds.ts";
import { isDueAgain } from "../decision/pages.ts";
import { quietFrom } from "../decision/plain-mode.ts";
import { isOfDrill } from "../decision/rollback-drill.ts";
import type { CutoverState } from "../decision/state.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../signals/bindings.ts";
import { hasPlainRoute, isPinnedRoute, weightedArn } from "../signals/routes.ts";
import { commitOnto } from "./commit.ts";
import { hold } from "./hold-rollback.ts";
import { takeOverDrill } from "./in-earnest.ts";
import { type Latching, latchFor } from "./latch-first.ts";
import { NOTIFY_TIMEOUT_MS } from "./limits.ts";
import { flushOutbox } from "./outbox.ts";
import type { SnapBackPorts, SnapBackTrigger } from "./snap-back-trigger.ts";
import { raisePins, type Standing, whyUnseen } from "./verify-pin.ts";

export type SnapBackReport =
  | { readonly kind: "verified"; readonly state: CutoverState }
  /** All on blue by two reads and an answered write, and the state could not be told; the next tick finds the pin. */
  | { readonly kind: "verified-unrecorded"; readonly why: string }
  /** Latched, and all on blue by answered writes; verified, by later runs, once nothing sent before can still arrive. */
  | { readonly kind: "asserted"; readonly state: CutoverState; readonly until: EpochMs }
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
  through: SnapBackPorts,
  cutover: CutoverBindings,
  trigger: SnapBackTrigger,
): Promise<SnapBackReport> => {
  const ports: Run = { ...through, asked: askedBy(trigger, through) };
  const latching = await latchFor(ports, cutover, trigger);
  if (latching.kind === "ignored") return { kind: "ignored", why: latching.why };
  // Its alarms may go on firing for as long as its stack is deployed; nobody has to get up for them.
  if (latching.kind === "complete") return { kind: "no-way-back", why: "it is complete" };
  if (latching.kind === "unanswered") return goOnBlind(ports, cutover, trigger, latching.why);
  const since = ports.clock.now();
  const { state } = latching;
  if (state.wayBack !== "open") return noWayBack(ports, cutover, `the way back is ${state.wayBack}`);
  return inEarnest(ports, state, trigger, async (meant) => {
    const ready = await hold(ports, meant, trigger);
    if (ready.latch?.mode === "held") return { kind: "held", state: ready };
    const done = isDone(ready, ports.clock.now()) && (await whyUnseen(ports, cutover)) === null;
    return done ? { kind: "verified", state: ready } : bringBack(ports, cutover, { state: ready, since });
  });
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

/** One run: `asked` names what it was asked by, in the ids of what it says beside the outbox. */
type Run = SnapBackPorts & { readonly asked: string };

/** An alarm's change comes by three ways, and each of them again after a crash: whoever is told can tell a repeat from news. */
const askedBy = (trigger: SnapBackTrigger, { newId }: SnapBackPorts): string =>
  trigger.kind === "alarm" ? `${trigger.alarmArn}@${trigger.alarmAt}` : newId();

const goneBy = ({ route }: { readonly route: RouteBinding }): string =>
  isPinnedRoute(route)
    ? `the pin ${route.pin.ruleArn} is gone`
    : `${weightedArn(route)} forwards to green alone, as decommission leaves it before blue is fenced`;

/** Raises, verifies, records; again and again until it holds or the time is over. `standing` is null without the table. */
const bringBack = async (ports: Run, cutover: CutoverBindings, standing: Standing | null): Promise<SnapBackReport> => {
  const deadline = later(ports.clock.now(), BUDGET_MS);
  let pauseMs = FIRST_PAUSE_MS;
  let why = "";
  do {
    const raised = await raisePins(ports, cutover, standing);
    if (raised.kind === "past-return") return noWayBack(ports, cutover, goneBy(raised));
    if (raised.kind === "answered") {
      const waits = tooEarly(cutover, standing, raised.sentAt);
      if (waits !== null) return waits;
      const unseen = await whyUnseen(ports, cutover);
      if (unseen === null) return record(ports, cutover, standing, raised.at);
      why = unseen;
    } else why = raised.message;
    await ports.clock.sleep(durationMs(pauseMs));
    pauseMs *= 2;
  } while (ports.clock.now() < deadline);
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
  if (standing === null) return page(ports, cutover, "could not be verified on blue yet", body);
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
  answeredAt: EpochMs,
): Promise<SnapBackReport> =>
  standing === null
    ? { kind: "verified-unrecorded", why: "the table does not answer" }
    : recordVerified(ports, cutover, standing.state, answeredAt);

/** Verified before, and nothing announced before the latch can still arrive. */
const isDone = ({ latch }: CutoverState, now: EpochMs): boolean =>
  latch?.verifiedAt !== undefined &&
  (latch.reassertAfter === undefined || now <= later(latch.reassertAfter, APPLY_BOUND_MS));

const recordVerified = async (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  seen: CutoverState,
  pinAnsweredAt: EpochMs,
): Promise<SnapBackReport> => {
  const at = ports.clock.now();
  const outcome = await commitOnto(ports, seen, (state) => {
    if (state.latch === undefined || state.epoch !== seen.epoch) return null;
    const { reassertAfter } = state.latch;
    const reasserted = reassertAfter === undefined || at > later(reassertAfter, APPLY_BOUND_MS);
    return {
      events: [{ kind: "latchVerified", at, pinAnsweredAt, reasserted }],
      account: {
        kind: "verified",
        summary: hasPlainRoute(cutover)
          ? "all traffic is on blue: written when nothing older could arrive any more, and seen in two reads"
          : "all traffic is on blue: the pin was raised and seen above in two reads",
        at,
        tick: null,
        detail: { pinAnsweredAt, expected: state.latch.expected.label, fromPercent: state.latch.fromPercent },
        notify: {
          subject: `${state.cutover}: ${isOfDrill(state) ? "a rehearsal: " : ""}all traffic is on blue`,
          body: `${state.latch.record.summary}\nexpected: ${state.latch.expected.label}`,
          urgency: "page",
        },
      },
    };
  });
  if (outcome.kind === "committed") return { kind: "verified", state: await flushOutbox(ports, outcome.state) };
  return { kind: "verified-unrecorded", why: outcome.kind === "unknown" ? outcome.message : "the epoch has moved on" };
};

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
  if (raised.kind === "past-return" && !mayRecord(soon)) {
    const unexplained = soon.kind === "unanswered" ? `, and the table does not say by whom (${soon.why})` : "";
    return noWayBack(ports, cutover, `${goneBy(raised)}${unexplained}`);
  }
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

/** Without the table nobody knows whether a step is under way, and without a pin it would change traffic. */
const onBlueUnverified = async (ports: Run, cutover: CutoverBindings, because: string): Promise<SnapBackReport> => {
  const why = `two reads show blue alone; without the table nobody knows if a step is still under way (${because})`;
  await page(
    ports,
    cutover,
    "all traffic seems to be on blue, not verified",
    `${why}. Run pawl rollback again in 3 minutes.`,
  );
  return { kind: "unverified", why };
};

type Latched = Extract<Latching, { kind: "latched" }>;

const mayRecord = (late: Latching): late is Latched => late.kind === "latched" && late.state.wayBack === "open";

/** The pin was still there and is up: the fence on blue waits for a look at the rules, and will not be raised. */
const unrecorded = (late: Latching): string => {
  if (late.kind !== "latched" && late.kind !== "complete") return late.why;
  const wayBack = late.kind === "complete" ? "closed, the cutover being complete" : late.state.wayBack;
  return `traffic went back although the way back is ${wayBack}; see pawl restore`;
};

const noWayBack = async (ports: Run, cutover: CutoverBindings, why: string): Promise<SnapBackReport> => {
  await page(
    ports,
    cutover,
    "a rollback was asked for past the point of no return",
    `${why}. Nothing was written. Run: pawl restore ${cutover.name}`,
  );
  return { kind: "no-way-back", why };
};

/** Straight to people: the outbox needs the table, and this may be said because the table is gone. */
const page = async (ports: Run, cutover: CutoverBindings, what: string, body: string): Promise<void> => {
  // Two things are never said under one id, or a receiver would drop the second.
  const id = `${cutover.name}/${ports.asked}/${ports.digest(`${what}\n${body}`).slice(-12)}`;
  await ports.notify.send(
    { id, cutover: cutover.name, subject: `${cutover.name}: ${what}`, body, urgency: "page" },
    NOTIFY_TIMEOUT_MS,
  );
};
