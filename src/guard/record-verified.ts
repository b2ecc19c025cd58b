import { mayReachGreen } from "../actuation/observed-route.ts";
import { APPLY_BOUND_MS } from "../decision/bounds.ts";
import { isOfDrill } from "../decision/rollback-drill.ts";
import type { CutoverState, Latch } from "../decision/state.ts";
import { later } from "../kernel/units.ts";
import type { Account } from "../ledger/compose.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import { commitOnto } from "./commit.ts";
import { flushOutbox } from "./outbox.ts";
import type { SnapBackPorts } from "./snap-back-trigger.ts";
import type { SnapBackReport } from "./tell-rollback.ts";
import type { RaiseOutcome, Standing } from "./verify-pin.ts";

/** All that was asked for is answered for. */
export type Raised = Extract<RaiseOutcome, { kind: "answered" }>;

/** Records that all traffic was seen on blue, and tells people where nobody has before. */
export const recordVerified = async (
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
