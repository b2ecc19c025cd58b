import { CLOCK_SKEW_MS } from "../decision/bounds.ts";
import type { CutoverState } from "../decision/state.ts";
import { STATE_TIMEOUT_MS } from "../guard/limits.ts";
import type { GuardPorts, JournalEntry } from "../guard/ports.ts";
import { toIso } from "../kernel/instant.ts";
import { type EpochMs, later } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { lastWentOn, unfinished, wentOn } from "./comparison-age.ts";
import { complete, retire } from "./ending.ts";
import { type ActPorts, actOn } from "./own-acts.ts";
import { actsSince, nextAction, type PlannedAction } from "./plan.ts";
import { MOVED, record } from "./record.ts";
import { tellStopped } from "./stopped-act.ts";

export type DecommissionPorts = ActPorts &
  Pick<GuardPorts, "active"> & {
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

/** So often at once; what is left then, the next tick does. */
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
  if (state?.phase === "complete") return stop(await retire(ports, state));
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
  if (planned === null) return state.wayBack === "closed" ? stop(await complete(ports, state)) : stop(MOVED);
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

/** Whoever was told that it stopped is told that it goes on. The item has moved by that: the next turn looks again. */
const goOn = async (ports: DecommissionPorts, state: CutoverState): Promise<Turn> => {
  const summary = `${state.stoppedAct?.action} has come about; it goes on`;
  const told = { kind: "decommission-goes-on", says: "decommission goes on", summary };
  return stop((await record(ports, state, [{ kind: "actWentOn" }], told)) ?? MOVED);
};
