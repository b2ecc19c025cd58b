import type { Decision } from "../decision/decision.ts";
import { evolve } from "../decision/evolve.ts";
import type { CutoverState } from "../decision/state.ts";
import { durationMs, type EpochMs } from "../kernel/units.ts";
import type { Account } from "../ledger/compose.ts";
import { lookBackMs } from "../policy/look-back.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { adoptionEvents, adoptionNotice, readAdopting, sayAdoption } from "./adopt.ts";
import { advance } from "./advance.ts";
import { lowerGreen } from "./change-weight.ts";
import { commit } from "./commit.ts";
import { type JudgedTick, judgeTick } from "./judge-tick.ts";
import { repairLatched } from "./latched.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import { type Look, look } from "./look.ts";
import { flushLeftBehind, flushOutbox } from "./outbox.ts";
import type { TransitionOutcome } from "./ports.ts";
import { judgedEvents, OVERTAKEN, type PromotePorts, type PromoteReport, sayings, type Tick } from "./promote-tick.ts";
import { refusedNotice, requestEvents, sayRefused, sayRequest } from "./requests-taken.ts";
import { latchAndSendBack } from "./send-back.ts";
import { settleIntent } from "./settle-intent.ts";
import { storeEvidence } from "./store-evidence.ts";
import { evidenceUnstored, policyUnread } from "./table-trouble.ts";
import { untimely } from "./untimely.ts";

/**
 * One tick of one cutover: settle what is open, look, judge, decide, and move one step at most.
 *
 * Repeating a tick changes nothing: its snapshot is stored once and its number is committed with the decision. Ends
 * the same wherever it is killed; what it announced before it died, the next tick settles.
 */
export const runPromote = async (
  ports: PromotePorts,
  cutover: CutoverBindings,
  at: EpochMs,
): Promise<PromoteReport> => {
  const mistimed = untimely(at, ports.clock.now());
  if (mistimed !== null) return { kind: "dropped", why: mistimed };
  const read = await ports.state.read(cutover.name, STATE_TIMEOUT_MS);
  if (!read.ok) return { kind: "failed", why: read.failure.message };
  const why = notServed(read.value, at);
  if (read.value === null || why !== null) return { kind: "dropped", why: why ?? "it was never armed" };

  const state = await flushLeftBehind(ports, read.value);
  const overtaken = state.epoch === read.value.epoch ? notServed(state, at) : "the epoch moved as it began";
  if (overtaken !== null) return { kind: "dropped", why: overtaken };
  const [inForce, adopting] = await Promise.all([policyOf(ports, state), readAdopting(ports, state)]);
  const { policy } = inForce;
  const asking = [policy, adopting?.policy ?? null].filter((each) => each !== null);
  const back = durationMs(policy === null ? 600_000 : Math.max(...asking.map((each) => lookBackMs(each))));
  const looked = await look(ports, cutover, state, at, back);
  const seen = { ...looked, trouble: [...looked.trouble, ...inForce.trouble] };
  if (seen.snapshots.at(-1)?.epoch !== state.epoch)
    return { kind: "dropped", why: "another epoch has judged this tick" };
  const settled = await settle(ports, { cutover, at, policy, adopting, seen, first: [] }, state);
  if ("kind" in settled) return settled;
  return state.latch === undefined ? judgeAndAct(ports, settled, state) : repairLatched(ports, settled, state);
};

const notServed = (state: CutoverState | null, at: EpochMs): string | null => {
  if (state === null) return "it was never armed";
  if (state.phase === "complete") return "it is complete";
  return state.lastTick !== null && state.lastTick >= at ? "this tick has been judged" : null;
};

const policyOf = async (
  ports: PromotePorts,
  { policyDigest }: CutoverState,
): Promise<{ readonly policy: Policy | null; readonly trouble: Look["trouble"] }> => {
  const read = await ports.policies.read(policyDigest, STATE_TIMEOUT_MS);
  return read.ok
    ? { policy: read.value, trouble: [] }
    : { policy: null, trouble: [policyUnread(policyDigest, read.failure)] };
};

/** Puts what has become of an open intent, and a waiting request, in front of this tick's events. */
const settle = async (ports: PromotePorts, tick: Tick, state: CutoverState): Promise<Tick | PromoteReport> => {
  const now = ports.clock.now();
  const lastStep = (tick.policy?.steps.length ?? 0) - 1;
  // Without the policy nobody knows whether a committed step was the last; the intent waits for it.
  const settlement =
    tick.policy === null && state.latch === undefined && state.intent?.kind === "setWeight"
      ? ({ kind: "waiting" } as const)
      : settleIntent(state, tick.seen.sights, tick.seen.sightsSince, lastStep);
  if (settlement.kind === "latch-again") {
    const cause = { kind: "outsider", what: "the pin stayed up after it should have been lowered" } as const;
    return latchAndSendBack(ports, tick, state, { cause, reasons: [cause.what] });
  }
  if (settlement.kind === "mixed") await lowerGreen(ports, tick.cutover, tick.seen.sights, state.weightPercent);
  const ended = settlement.kind === "ended" ? [settlement.event] : [];
  const taken = requestEvents(ended.reduce(evolve, state), now);
  return withAdoption({ ...tick, first: [...ended, ...taken] }, state, now);
};

/** From the event on the new policy judges, this tick included. */
const withAdoption = (tick: Tick, state: CutoverState, at: EpochMs): Tick => {
  const stepped = tick.first.some(({ kind }) => kind === "weightCommitted");
  const { policy: current, adopting } = tick;
  const events = adoptionEvents(tick.first.reduce(evolve, state), { current, adopting, at, stepped });
  const adopted = events.some(({ kind }) => kind === "policyAdopted");
  return { ...tick, policy: adopted ? (adopting?.policy ?? null) : current, first: [...tick.first, ...events] };
};

const judgeAndAct = async (ports: PromotePorts, tick: Tick, stored: CutoverState): Promise<PromoteReport> => {
  const state = tick.first.reduce(evolve, stored);
  const judge = (seen: Pick<Look, "snapshots" | "trouble">): JudgedTick =>
    judgeTick(tick.cutover, state, tick.policy, seen, tick.at);
  const came = judge(tick.seen);
  const evidence = await storeEvidence(ports, tick.cutover, state, tick.seen, came);
  const judged = evidence === null ? judge({ ...tick.seen, trouble: [...tick.seen.trouble, evidenceUnstored] }) : came;
  const { decision } = judged;
  if (decision.kind === "rollback") return latchAndSendBack(ports, tick, stored, decision, evidence ?? undefined);
  if (decision.kind === "advance" && evidence !== null)
    return advance(ports, tick, stored, { ...judged, decision }, evidence);
  const [asked, adoption] = [sayRequest(tick.first), sayAdoption(tick.first)];
  const outcome = await commit(ports, stored, {
    events: [...tick.first, ...judgedEvents(tick.at, state, judged)],
    account: {
      kind: recordKind(decision, adoption),
      summary: summaryOf(stored, decision, [asked, adoption]),
      at: ports.clock.now(),
      tick: tick.at,
      detail: { ...(evidence ?? { evidence: "could not be stored" }), ...sayings({ request: asked, adoption }) },
      ...messageOf(stored, tick, decision),
    },
  });
  if (outcome.kind === "committed") await flushOutbox(ports, outcome.state);
  return reported(outcome, decision);
};

/** A hold may go unrecorded where the ledger cannot be reached; a change of policy may not. */
const recordKind = ({ kind }: Decision, adoption: string | null): string => {
  if (kind !== "hold") return kind;
  return adoption === null ? "hold" : "adopt";
};

const messageOf = (
  { cutover, blocking, intent }: CutoverState,
  { first }: Tick,
  decision: Decision,
): Pick<Account, "notify"> => {
  const { page } = decision;
  // The run that made the step has died, or got no answer, and told nobody.
  const step = first.some(({ kind }) => kind === "weightCommitted") ? `green has ${intent?.to} %` : null;
  const [refused, adoption] = [sayRefused(first), sayAdoption(first)];
  const soaked = soakedNow(cutover, blocking, decision);
  const besides = [step === null ? null : `${step}.`, refused, adoption, soaked].filter((each) => each !== null);
  if (page !== null) {
    const body = [...besides, page].join("\n");
    return { notify: { subject: `${cutover} needs somebody`, body, urgency: "page" } };
  }
  if (refused !== null) return { notify: refusedNotice(cutover, besides.join("\n")) };
  if (step !== null) {
    const body = `Its outcome was settled afterwards${adoption === null ? "" : `. ${adoption}`}.`;
    return { notify: { subject: `${cutover}: ${step}`, body, urgency: "info" } };
  }
  if (adoption !== null) return { notify: adoptionNotice(cutover, besides.join("\n")) };
  return soaked === null ? {} : { notify: { subject: `${cutover}: the soak is over`, body: soaked, urgency: "info" } };
};

/** Nothing presses: traffic is on green and both streams run. But nobody else will ever go on, and it is said once. */
const soakedNow = (cutover: string, before: CutoverState["blocking"], { blocking }: Decision): string | null =>
  awaitsApproval(blocking) && !awaitsApproval(before)
    ? `Everything but an approval is there. To begin the decommission: pawl approve ${cutover} --reason <why>.`
    : null;

const awaitsApproval = (blocking: CutoverState["blocking"]): boolean =>
  blocking.length === 1 && blocking[0]?.what === "approval";

const reported = (outcome: TransitionOutcome, decision: Decision): PromoteReport => {
  switch (outcome.kind) {
    case "committed":
      return { kind: "judged", decision: decision.kind, reasons: decision.reasons };
    case "moved":
      return OVERTAKEN;
    case "unknown":
      return { kind: "failed", why: outcome.message };
  }
};

const summaryOf = (state: CutoverState, decision: Decision, also: readonly (string | null)[]): string => {
  const decided = `${decision.kind} at ${state.weightPercent} %: ${decision.reasons.join("; ") || "nothing blocks"}`;
  return [decided, ...also].flatMap((each) => (each === null ? [] : [`${each}.`])).join(" ");
};
