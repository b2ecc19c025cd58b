import { adoptionRefusals, takeoverOf } from "../decision/adoption.ts";
import type { CutoverEvent } from "../decision/events.ts";
import type { CutoverState } from "../decision/state.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { Account } from "../ledger/compose.ts";
import type { Policy } from "../policy/policy-file.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import type { GuardPorts } from "./ports.ts";

/** A policy that somebody wants to take over. `policy`: null where the table has none of this digest. */
export interface Adopting {
  readonly digest: string;
  readonly policy: Policy | null;
}

/** The policy that waits, or is about to. null: none does, or it could not be read now. */
export const readAdopting = async (
  ports: Pick<GuardPorts, "policies">,
  { request, adoption }: CutoverState,
): Promise<Adopting | null> => {
  const digest = request?.policyDigest ?? adoption?.policyDigest;
  if (digest === undefined) return null;
  const read = await ports.policies.read(digest, STATE_TIMEOUT_MS);
  return read.ok ? { digest, policy: read.value } : null;
};

/**
 * What becomes of the adoption that waits in this state: it takes over, is dropped with the reason, or goes on waiting.
 * What cannot be read waits; the policy in force goes on judging. Pure.
 *
 * @param stepped - The step before these events was just committed: nothing of it has been judged yet.
 */
export const adoptionEvents = (
  state: CutoverState,
  {
    current,
    adopting,
    at,
    stepped,
  }: {
    readonly current: Policy | null;
    readonly adopting: Adopting | null;
    readonly at: EpochMs;
    readonly stepped: boolean;
  },
): readonly CutoverEvent[] => {
  const { adoption } = state;
  if (adoption === undefined || state.latch !== undefined) return [];
  if (current === null || adopting === null || adopting.digest !== adoption.policyDigest) return [];
  const { policy } = adopting;
  if (policy === null) return [{ kind: "adoptionDropped", adoption, why: "the table has no policy of this digest" }];
  const restarts = !stepped;
  const takesOver = stepped || takeoverOf(state, adoption) === "next-tick";
  const asked = stepped ? { restartStep: true } : adoption;
  const refusals = adoptionRefusals(state, current, policy, asked);
  if (refusals.length > 0) return [{ kind: "adoptionDropped", adoption, why: refusals.join("; ") }];
  if (!takesOver) return [];
  const { whenNotLossless } = policy;
  return [{ kind: "policyAdopted", adoption, at, whenNotLossless, drill: policy.drill === true, restarts }];
};

/** What a record says of these events; null where none of them is about a policy. */
export const sayAdoption = (events: readonly CutoverEvent[]): string | null => {
  for (const event of events) {
    if (event.kind === "policyAdopted")
      return `policy ${event.adoption.policyDigest} judges from here on, adopted by ${event.adoption.by}: ${event.adoption.reason}`;
    if (event.kind === "adoptionDropped")
      return `policy ${event.adoption.policyDigest}, asked for by ${event.adoption.by}, is not adopted: ${event.why}`;
  }
  return null;
};

/** What people are told of that where nothing else is said to them. */
export const adoptionNotice = (cutover: string, body: string): NonNullable<Account["notify"]> => ({
  subject: `${cutover}: its policy`,
  body,
  urgency: "info",
});
