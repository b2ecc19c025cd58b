import type { CutoverState, OutboxEntry } from "../decision/state.ts";
import { durationMs, later } from "../kernel/units.ts";
import { cleared, type Delivered, isOfNewest } from "../ledger/compose.ts";
import type { CommitPorts } from "./commit.ts";
import { COMMIT_ATTEMPTS, NOTIFY_TIMEOUT_MS, STATE_TIMEOUT_MS } from "./limits.ts";
import type { GuardPorts } from "./ports.ts";

export type OutboxPorts = CommitPorts & Pick<GuardPorts, "clock" | "ledger" | "notify">;

/** Whoever made a transition tells people of it at once. Older than this, nobody is about to any more. */
const LEFT_BEHIND_MS = durationMs(30_000);
/** What is left of a long outage is delivered over several ticks: a tick has seconds, and has to judge in them. */
const RECORDS_A_FLUSH = 20;
/** Ahead of people, or of the tick's own work: a table that is slow takes most of a second for each. */
const RECORDS_AHEAD = 5;
const MESSAGES_A_FLUSH = 3;
/** So many refusals speak of the topic and not of a message; a refusal is an answer, and comes at once. */
const REFUSED_A_FLUSH = 5;

/**
 * Carries the outbox where it belongs, after a transition of this run's own: records into the ledger, messages to people.
 * A message of another run's is left to that run for half a minute, so that two at once do not both send it. What could
 * not be delivered stays for the next run, and a crash makes a message come twice only between its sending and the write
 * that takes it out; both times it carries the same id.
 * @param committed - as this run has just written it.
 * @returns the state as it is afterwards, as far as this run knows it; others may have written meanwhile.
 */
export const flushOutbox = (ports: OutboxPorts, committed: CutoverState): Promise<CutoverState> =>
  deliver(ports, committed, {
    isOurs: (entry) => isOfNewest(committed, entry) || isLeftBehind(ports, entry),
    records: RECORDS_A_FLUSH,
  });

/** The same for what an earlier write of this run has left to be said, in the state as it is by now. */
export const flushLate = (ports: OutboxPorts, now: CutoverState, earlier: CutoverState): Promise<CutoverState> =>
  deliver(ports, now, { isOurs: (entry) => isOfNewest(earlier, entry), records: RECORDS_AHEAD });

/** The same for a state that was only read: no message of it is this run's own. */
export const flushLeftBehind = (ports: OutboxPorts, read: CutoverState): Promise<CutoverState> =>
  deliver(ports, read, { isOurs: (entry) => isLeftBehind(ports, entry), records: RECORDS_AHEAD });

const isLeftBehind = ({ clock }: Pick<OutboxPorts, "clock">, { at }: OutboxEntry): boolean =>
  clock.now() > later(at, LEFT_BEHIND_MS);

const deliver = async (
  ports: OutboxPorts,
  state: CutoverState,
  { isOurs, records }: { readonly isOurs: (entry: OutboxEntry) => boolean; readonly records: number },
): Promise<CutoverState> => {
  const tells = state.outbox.some((entry) => entry.notification !== undefined && isOurs(entry));
  const recorded = await appendRecords(ports, state, tells ? RECORDS_AHEAD : records);
  const told = await tellPeople(ports, state, isOurs);
  return recorded.size + told.size === 0 ? state : takeOut(ports, state, { recorded, told });
};

/** In order, and no further than the first that fails: a ledger with a hole reads like one that was cut. */
const appendRecords = async (
  ports: OutboxPorts,
  { cutover, outbox }: CutoverState,
  most: number,
): Promise<ReadonlySet<string>> => {
  const recorded = new Set<string>();
  for (const { id, record } of outbox) {
    if (record === undefined) continue;
    if (recorded.size === most) break;
    const stored = await ports.ledger.append(cutover, record, STATE_TIMEOUT_MS);
    if (!stored.ok) break;
    recorded.add(id);
  }
  return recorded;
};

/**
 * Whether or not the ledger can be reached. Where one is not answered no other is sent: each costs its time-out. One that
 * is refused may be so for what it says, and keeps none of those behind it; nor do many: the newest is tried in any case.
 */
const tellPeople = async (
  ports: OutboxPorts,
  { cutover, outbox }: CutoverState,
  isOurs: (entry: OutboxEntry) => boolean,
): Promise<ReadonlySet<string>> => {
  const told = new Set<string>();
  let refused = 0;
  const ours = outbox.filter((entry) => entry.notification !== undefined && isOurs(entry));
  for (const entry of ours) {
    const { id, notification } = entry;
    if (told.size === MESSAGES_A_FLUSH) break;
    if (notification === undefined || (refused === REFUSED_A_FLUSH && entry !== ours.at(-1))) continue;
    const sent = await ports.notify.send({ ...notification, id, cutover }, NOTIFY_TIMEOUT_MS);
    if (sent.ok) told.add(id);
    else if (sent.failure.kind === "refused") refused += 1;
    else break;
  }
  return told;
};

/** Out of the item as it is by then: what stays in would be sent again. */
const takeOut = async (ports: OutboxPorts, state: CutoverState, delivered: Delivered): Promise<CutoverState> => {
  let seen = state;
  for (let attempt = 1; attempt <= COMMIT_ATTEMPTS; attempt += 1) {
    const next = cleared(seen, delivered, ports.newId());
    if (next === seen) return seen;
    const outcome = await ports.state.transition(seen.version, next, STATE_TIMEOUT_MS);
    if (outcome.kind === "committed") return outcome.state;
    if (outcome.kind === "unknown" || outcome.state === null) return state;
    seen = outcome.state;
  }
  return state;
};
