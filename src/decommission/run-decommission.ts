import { APPLY_BOUND_MS, CLOCK_SKEW_MS, DESCRIBE_LAG_MS, ROLLBACK_LIFE_MS } from "../decision/bounds.ts";
import { pointOfNoReturnRefusals } from "../decision/decommission-events.ts";
import type { CutoverEvent } from "../decision/events.ts";
import type { CutoverState } from "../decision/state.ts";
import { type Change, commit } from "../guard/commit.ts";
import { STATE_TIMEOUT_MS } from "../guard/limits.ts";
import { flushLeftBehind, flushOutbox, type OutboxPorts } from "../guard/outbox.ts";
import type { GuardPorts, JournalEntry } from "../guard/ports.ts";
import { toIso } from "../kernel/instant.ts";
import type { JsonObject } from "../kernel/json.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import type { ActOutcome, DecommissionActs } from "./acts.ts";
import { comparedLately, comparisonAnew, lastWentOn, unfinished, wentOn } from "./comparison-age.ts";
import { lastLook } from "./last-look.ts";
import { actsSince, type DecommissionAction, nextAction, type PlannedAction } from "./plan.ts";
import { tellStopped } from "./stopped-act.ts";

const CONFIRMED_FOR_MS = durationMs(30_000);

export type DecommissionPorts = OutboxPorts &
  Pick<GuardPorts, "clock" | "active" | "journal" | "alarms" | "rules"> & {
    readonly acts: DecommissionActs;
    /** False when the invocation has no time left for another act. */
    readonly hasTime: () => boolean;
  };

/** How far one invocation came, for the log and for whoever asked. */
export interface DecommissionProgress {
  readonly done: readonly string[];
  /** Why it stopped: "complete", "out of time", what it waits for, what went wrong. */
  readonly stopped: string;
}

/**
 * Takes CDC apart, as many acts as the invocation has time for.
 *
 * Each act is begun in the journal, done, and finished in the journal, under a permit that promote renews from fresh
 * evidence; a run that is killed anywhere leaves acts that look before they do. Nothing here raises green's weight.
 */
export const runDecommission = async (
  ports: DecommissionPorts,
  cutover: CutoverBindings,
): Promise<DecommissionProgress> => {
  const done: string[] = [];
  let overtaken = 0;
  let soFar = "";
  while (ports.hasTime()) {
    const turn = await takeTurn(ports, cutover);
    soFar = turn.kind === "partly" ? `${turn.soFar}; ` : "";
    if (turn.kind === "did") done.push(turn.action);
    if (turn.kind !== "stop") continue;
    if (turn.why !== MOVED || ++overtaken > OVERTAKEN_MAX) return { done, stopped: turn.why };
  }
  return { done, stopped: `${soFar}out of time; the next tick goes on` };
};

/** Promote writes the same item at the same minute; being overtaken by it is ordinary, and looked at again at once. */
const MOVED = "the state moved meanwhile";
const OVERTAKEN_MAX = 5;

type Turn =
  | { readonly kind: "did"; readonly action: string }
  | { readonly kind: "partly"; readonly soFar: string }
  | { readonly kind: "stop"; readonly why: string };
const stop = (why: string): Turn => ({ kind: "stop", why });

const takeTurn = async (ports: DecommissionPorts, cutover: CutoverBindings): Promise<Turn> => {
  const read = await ports.state.read(cutover.name, STATE_TIMEOUT_MS);
  if (!read.ok) return stop(`the state could not be read: ${read.failure.message}`);
  const state = read.value;
  if (state?.phase === "complete") return retire(ports, state);
  if (state === null || state.phase !== "decommissioning") return stop(`it is ${state?.phase ?? "not armed"}`);
  if (state.latch !== undefined) return stop("a rollback is latched");
  const journal = await ports.journal.list(cutover.name);
  if (!journal.ok) return stop(`the journal could not be read: ${journal.failure.message}`);
  const entries = actsSince(state.armedAt, journal.value);
  const finished = new Set(entries.filter((entry) => entry.finishedAt !== undefined).map((e) => e.action));
  // One that another executor began again at the last moment has nothing left to decide.
  if (state.wayBack !== "open") finished.add("final-diff");
  const planned = nextAction(finished);
  if (state.stoppedAct !== undefined && finished.has(state.stoppedAct.action)) return goOn(ports, state);
  // The journal is read after the state: what it shows done may be another executor's, and the state older than that.
  if (planned === null) return state.wayBack === "closed" ? complete(ports, state) : stop(MOVED);
  const refusal = permitRefusal(state, planned, ports.clock.now());
  if (refusal !== null) return stop(refusal);
  return carryOut(ports, cutover, state, planned, entries);
};

const permitRefusal = (state: CutoverState, planned: PlannedAction, now: EpochMs): string | null => {
  const { permit } = state;
  // The point of no return may be passed and not yet in the journal: what is left of it is part of the teardown.
  const needed = state.wayBack === "open" ? planned.permit : "teardown";
  if (permit === undefined) return `${planned.action} waits for a permit: promote gives one from fresh evidence`;
  if (permit.epoch !== state.epoch) return `the permit is of epoch ${permit.epoch}, this is ${state.epoch}`;
  if (permit.action !== needed)
    return `${planned.action} needs a permit for ${needed}; there is one for ${permit.action}`;
  return later(now, CLOCK_SKEW_MS) > permit.notAfter ? `the permit ran out at ${toIso(permit.notAfter)}` : null;
};

const carryOut = async (
  ports: DecommissionPorts,
  cutover: CutoverBindings,
  state: CutoverState,
  planned: PlannedAction,
  entries: readonly JournalEntry[],
): Promise<Turn> => {
  const { action } = planned;
  const now = ports.clock.now();
  const begun = unfinished(entries, action, now) ?? { action, epoch: state.epoch, startedAt: now, detail: {} };
  const started = await ports.journal.put(cutover.name, begun);
  if (!started.ok) return stop(`the journal could not be written: ${started.failure.message}`);

  // Recorded before it is true: whoever is to restore must never be promised a slot that is gone.
  // The item has moved by that, and telling people takes time: whether a rollback is asked for meanwhile is looked at again.
  if (planned.wayBackAfter === "closed" && state.wayBack !== "closed") {
    const told = { kind: "wayBackClosed", says: "the way back is closed", summary: planned.why };
    return stop((await record(ports, state, [{ kind: "wayBackClosed" }], told)) ?? MOVED);
  }

  const outcome = await actOn(ports, cutover, state, action, begun.detail, entries);
  if (outcome.kind === "waiting" && outcome.for === MOVED) return stop(MOVED);
  if (outcome.kind === "partly") {
    const kept = await ports.journal.put(cutover.name, wentOn(begun, outcome.detail, ports.clock.now()));
    return kept.ok ? outcome : stop(`the journal could not be written: ${kept.failure.message}`);
  }
  if (outcome.kind !== "done") {
    await tellStopped(ports, state, { action, startedAt: lastWentOn(begun) }, outcome);
    return stop(
      outcome.kind === "waiting" ? `${action} waits: ${outcome.for}` : `${action} failed: ${outcome.message}`,
    );
  }
  const finished = { ...begun, finishedAt: ports.clock.now(), detail: outcome.detail };
  const stored = await ports.journal.put(cutover.name, finished);
  return stored.ok ? { kind: "did", action } : stop(`the journal could not be written: ${stored.failure.message}`);
};

const actOn = (
  ports: DecommissionPorts,
  cutover: CutoverBindings,
  state: CutoverState,
  action: DecommissionAction,
  before: JsonObject,
  entries: readonly JournalEntry[],
): Promise<ActOutcome> | ActOutcome => {
  if (action === "point-of-no-return") return passPointOfNoReturn(ports, cutover, state, entries);
  if (action === "outwait-rollback") return outwaitRollback(ports.clock.now(), cutover, entries);
  if (action === "fence-blue") return fenceBlue(ports, cutover, entries);
  return ports.acts[action](cutover, before);
};

/** A fence that failed is tried again minutes later: until then somebody may have sent users to blue. */
const fenceBlue = async (
  ports: DecommissionPorts,
  cutover: CutoverBindings,
  entries: readonly JournalEntry[],
): Promise<ActOutcome> => {
  const confirmed = entries.find(({ action }) => action === "confirm-green")?.finishedAt;
  const isFresh = confirmed !== undefined && ports.clock.now() <= later(confirmed, CONFIRMED_FOR_MS);
  const again = isFresh ? null : await ports.acts["confirm-green"](cutover);
  return again === null || again.kind === "done" ? ports.acts["fence-blue"](cutover) : again;
};

/** Whoever was told that it stopped is told that it goes on. The item has moved by that: the next turn looks again. */
const goOn = async (ports: DecommissionPorts, state: CutoverState): Promise<Turn> => {
  const summary = `${state.stoppedAct?.action} has come about; it goes on`;
  const told = { kind: "decommission-goes-on", says: "decommission goes on", summary };
  return stop((await record(ports, state, [{ kind: "actWentOn" }], told)) ?? MOVED);
};

/** One conditional write decides between this and a latch. A write whose answer was lost shows in the state next time. */
const passPointOfNoReturn = async (
  ports: DecommissionPorts,
  cutover: CutoverBindings,
  state: CutoverState,
  entries: readonly JournalEntry[],
): Promise<ActOutcome> => {
  if (state.wayBack === "restorable") return { kind: "done", detail: { wayBack: state.wayBack } };
  const now = ports.clock.now();
  const refusals = pointOfNoReturnRefusals(state, now);
  if (refusals.length > 0) return { kind: "waiting", for: refusals.join("; ") };
  const inTheWay = await lastLook(ports, cutover, state);
  if (inTheWay.length > 0) return { kind: "waiting", for: inTheWay.join("; ") };
  // Asked last: it costs green, and is for nothing while anything else is in the way.
  if (!comparedLately(entries, now)) return compareAgain(ports, cutover, comparisonAnew(entries, state.epoch, now));
  const refused = await record(ports, state, [{ kind: "pointOfNoReturn", at: now }], {
    kind: "pointOfNoReturn",
    says: "past the point of no return",
    summary: `approved by ${state.approval?.by ?? "nobody"}: ${state.approval?.reason ?? ""}; a rollback is no longer one rule`,
  });
  return refused === null ? { kind: "done", detail: { at: toIso(now) } } : { kind: "waiting", for: refused };
};

/** Only the journal changes: the next turn finds the comparison begun and not finished, and makes it under the same permit. */
const compareAgain = async (
  ports: DecommissionPorts,
  cutover: CutoverBindings,
  anew: JournalEntry,
): Promise<ActOutcome> => {
  const begun = await ports.journal.put(cutover.name, anew);
  const why = begun.ok ? MOVED : `the journal could not be written: ${begun.failure.message}`;
  return { kind: "waiting", for: why };
};

/**
 * A rollback that began before the latch was refused may still write; it and its last request are over after this. One
 * without a pin refuses itself by a look, and may have looked at what was there S before.
 */
const outwaitRollback = (now: EpochMs, cutover: CutoverBindings, entries: readonly JournalEntry[]): ActOutcome => {
  const gone = entries.find(({ action }) => action === "delete-pin")?.finishedAt;
  if (gone === undefined) return { kind: "failed", message: "the journal does not show when the pin was deleted" };
  const until = later(gone, ROLLBACK_LIFE_MS + APPLY_BOUND_MS + (hasPlainRoute(cutover) ? DESCRIBE_LAG_MS : 0));
  return now < until
    ? { kind: "waiting", for: `${toIso(until)}, when no rollback begun before can still write` }
    : { kind: "done", detail: { since: toIso(gone), until: toIso(until) } };
};

const complete = async (ports: DecommissionPorts, state: CutoverState): Promise<Turn> => {
  const refused = await record(ports, state, [{ kind: "completed" }], {
    kind: "completed",
    says: "completed, green is alone",
    summary: "CDC is taken apart and its absence verified; green is alone",
  });
  if (refused !== null) return stop(refused);
  const read = await ports.state.read(state.cutover, STATE_TIMEOUT_MS);
  return read.ok && read.value !== null ? retire(ports, read.value) : stop("complete, and still listed as active");
};

/** It is served until its last record and message have arrived: nobody comes by afterwards. */
const retire = async (ports: DecommissionPorts, state: CutoverState): Promise<Turn> => {
  const { outbox } = await flushLeftBehind(ports, state);
  if (outbox.length > 0) return stop(`complete, with ${outbox.length} records or messages still to be delivered`);
  const removed = await ports.active.remove(state.cutover);
  return stop(removed.ok ? "complete" : `complete, but still listed as active: ${removed.failure.message}`);
};

/** How an event is recorded, by its kind, and how people are told of it, in words. */
interface Told {
  readonly kind: string;
  readonly says: string;
  readonly summary: string;
}

/** @returns null when committed, else why not. */
const record = async (
  ports: DecommissionPorts,
  state: CutoverState,
  events: readonly CutoverEvent[],
  { kind, says, summary }: Told,
): Promise<string | null> => {
  const change: Change = {
    events,
    account: {
      kind,
      summary,
      at: ports.clock.now(),
      tick: null,
      detail: { wayBack: state.wayBack },
      notify: { subject: `${state.cutover}: ${says}`, body: summary, urgency: "info" },
    },
  };
  const outcome = await commit(ports, state, change);
  if (outcome.kind === "committed") {
    await flushOutbox(ports, outcome.state);
    return null;
  }
  return outcome.kind === "moved" ? MOVED : outcome.message;
};
