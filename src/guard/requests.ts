import { adoptionRefusals, type Takeover, takeoverOf } from "../decision/adoption.ts";
import { requestRefusal } from "../decision/operator-request.ts";
import type { CutoverState, OperatorRequest } from "../decision/state.ts";
import { toIso } from "../kernel/instant.ts";
import { durationMs, type EpochMs, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import { type Change, commitOnto } from "./commit.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import { flushOutbox, type OutboxPorts } from "./outbox.ts";
import type { GuardPorts } from "./ports.ts";

export type RequestPorts = OutboxPorts;
export type OfferedVerb = "pause" | "resume" | "approve" | "adopt";

/** Who asks, and why; of an adoption also for what. */
export type Asked = Pick<OperatorRequest, "by" | "reason" | "policyDigest" | "restartStep">;

export type RequestReport =
  /** Waiting in the state for this tick. */
  | { readonly kind: "accepted"; readonly takenAt: EpochMs; readonly state: CutoverState }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

const REQUEST_LIFE_MS = durationMs(300_000);

/**
 * Puts an operator's verb into the state. It is meant for the epoch that stood when it was asked, and void five minutes
 * later. A tick that writes while it is asked changes nothing for the operator: it is held against what stands then.
 */
export const requestVerb = async (
  ports: RequestPorts,
  cutover: string,
  verb: OfferedVerb,
  asked: Asked,
): Promise<RequestReport> => {
  const read = await ports.state.read(cutover, STATE_TIMEOUT_MS);
  if (!read.ok) return { kind: "failed", why: read.failure.message };
  const seen = read.value;
  if (seen === null) return { kind: "refused", why: "it was never armed" };
  const at = ports.clock.now();
  const requestOf = ({ version }: CutoverState): OperatorRequest => ({
    verb,
    ...asked,
    epoch: seen.epoch,
    version,
    at,
    expiresAt: later(at, REQUEST_LIFE_MS),
  });
  const slow = slowClock(seen, requestOf(seen));
  if (slow !== null) return { kind: "refused", why: slow };
  let why: string | null = null;
  const outcome = await commitOnto(ports, seen, (state) => {
    const request = requestOf(state);
    why = refusalOf(state, request);
    return why === null ? changeOf(request) : null;
  });
  if (outcome.kind === "moved") return { kind: "refused", why: why ?? "it changed while you were asking; ask again" };
  if (outcome.kind === "unknown") return { kind: "failed", why: outcome.message };
  const flushed = await flushOutbox(ports, outcome.state);
  return { kind: "accepted", takenAt: later(minuteOf(at), MINUTE_MS), state: flushed };
};

const changeOf = (request: OperatorRequest): Change => ({
  events: [{ kind: "requested", request }],
  account: {
    kind: "request",
    summary: `${request.verb} asked for by ${request.by}: ${request.reason}`,
    at: request.at,
    tick: null,
    detail: { ...request },
  },
});

const refusalOf = (state: CutoverState, request: OperatorRequest): string | null => {
  if (state.phase === "complete") return "it is complete";
  const waiting = state.request;
  return (
    requestRefusal(state, request, request.at) ??
    (waiting !== undefined && request.at <= waiting.expiresAt
      ? `${waiting.verb} by ${waiting.by} is still waiting for its tick`
      : null)
  );
};

/** A machine whose clock is behind asks for what has expired before any tick could take it, and would be told that it was accepted. */
const slowClock = ({ lastTick }: CutoverState, { at, expiresAt }: OperatorRequest): string | null =>
  lastTick !== null && expiresAt <= later(lastTick, MINUTE_MS)
    ? `this machine's clock shows ${toIso(at)}, and the tick of ${toIso(lastTick)} has been judged: set the clock, and ask again`
    : null;

type Request = (
  ports: RequestPorts,
  cutover: string,
  who: { readonly by: string; readonly reason: string },
) => Promise<RequestReport>;

/** Nothing is promoted while paused. A pause never blocks a rollback. */
export const requestPause: Request = (ports, cutover, who) => requestVerb(ports, cutover, "pause", who);
export const requestResume: Request = (ports, cutover, who) => requestVerb(ports, cutover, "resume", who);
/** Leave to take CDC apart once the soak is over: given while soaking, for this epoch, good for 24 h. */
export const requestApprove: Request = (ports, cutover, who) => requestVerb(ports, cutover, "approve", who);

export type AdoptReport =
  | Exclude<RequestReport, { kind: "accepted" }>
  | (Extract<RequestReport, { kind: "accepted" }> & { readonly takeover: Takeover | "withdrawn" });

/**
 * Asks for another published policy. It is held against the policy in force and against where the cutover stands, here
 * and again when it takes over: a tick takes the request, and what then still waits, waits in the state.
 */
export const requestAdopt = async (
  ports: RequestPorts & Pick<GuardPorts, "policies">,
  cutover: string,
  asked: Asked & { readonly policyDigest: string },
): Promise<AdoptReport> => {
  const state = await ports.state.read(cutover, STATE_TIMEOUT_MS);
  if (!state.ok) return { kind: "failed", why: state.failure.message };
  if (state.value === null) return { kind: "refused", why: "it was never armed" };
  const [current, next] = await Promise.all(
    [state.value.policyDigest, asked.policyDigest].map((digest) => ports.policies.read(digest, STATE_TIMEOUT_MS)),
  );
  if (current?.ok !== true || next?.ok !== true) {
    const failures = [current, next].flatMap((read) => (read?.ok === false ? [read.failure] : []));
    // What the table holds and nobody here can judge by does not come with asking again.
    const kind = failures.some((failure) => failure.kind === "malformed") ? "refused" : "failed";
    const why = new Set(failures.map(({ message }) => message));
    return { kind, why: `the policies cannot be read: ${[...why].join("; ")}` };
  }
  if (next.value === null) return { kind: "refused", why: `no policy ${asked.policyDigest} is published` };
  if (current.value === null) return { kind: "refused", why: "the policy in force is not in the table" };
  const refusals = adoptionRefusals(state.value, current.value, next.value, asked);
  if (refusals.length > 0) return { kind: "refused", why: refusals.join("; ") };
  const report = await requestVerb(ports, cutover, "adopt", asked);
  if (report.kind !== "accepted") return report;
  // In force as it is put: a step that was committed while it was asked may have brought another one in.
  const withdraws = asked.policyDigest === report.state.policyDigest;
  return { ...report, takeover: withdraws ? "withdrawn" : takeoverOf(report.state, asked) };
};
