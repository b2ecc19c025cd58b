import type { Decision } from "../decision/decision.ts";
import type { CutoverEvent, Judged } from "../decision/events.ts";
import type { CutoverState } from "../decision/state.ts";
import type { JsonObject } from "../kernel/json.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import type { Adopting } from "./adopt.ts";
import type { JudgedTick } from "./judge-tick.ts";
import type { Look } from "./look.ts";
import type { GuardPorts } from "./ports.ts";

export type PromotePorts = Pick<
  GuardPorts,
  | "clock"
  | "newId"
  | "digest"
  | "state"
  | "observed"
  | "snapshots"
  | "policies"
  | "ledger"
  | "evidence"
  | "metrics"
  | "hosts"
  | "alarms"
  | "rules"
  | "notify"
  | "invoke"
>;

export type PromoteReport =
  /** Nothing was looked at: late, done already, not armed, or over. */
  | { readonly kind: "dropped"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "judged"; readonly decision: Decision["kind"]; readonly reasons: readonly string[] }
  | { readonly kind: "latched"; readonly doing: string };

/** What a tick comes to whose own write somebody else's has overtaken: the next one goes on from there. */
export const OVERTAKEN: PromoteReport = { kind: "dropped", why: "somebody else's write came first" };

/** Everything one tick works with, so that the parts of promote need no long lists of arguments. */
export interface Tick {
  readonly cutover: CutoverBindings;
  readonly at: EpochMs;
  readonly policy: Policy | null;
  readonly seen: Look;
  /** The policy that waits to take over; null where none does, or it could not be read. */
  readonly adopting: Adopting | null;
  /** Events of this tick that come before its decision: a settled intent, a request taken, a policy adopted. */
  readonly first: readonly CutoverEvent[];
}

/** What a record keeps of what came before the decision, each under its name; what did not happen is left out. */
export const sayings = (said: Readonly<Record<string, string | null>>): JsonObject =>
  Object.fromEntries(Object.entries(said).filter(([, sentence]) => sentence !== null));

/** What every judged tick leaves in the state, whatever it decided. */
export const judgedEvent = (
  at: EpochMs,
  { decision, safety, evidence }: JudgedTick,
): { readonly kind: "judged" } & Judged => ({
  kind: "judged",
  tick: at,
  blocking: decision.blocking,
  blindSince: decision.blindSince,
  unprovenSince: decision.unprovenSince,
  safety,
  evidence,
  ...(decision.kind === "soak" || decision.kind === "decommission" ? { soak: decision.soak } : {}),
  ...(decision.kind === "decommission" ? { permit: decision.permit } : {}),
});

/** What a judged tick comes to in the state where nothing has to be asked of the load balancer. */
export const judgedEvents = (at: EpochMs, state: CutoverState, judged: JudgedTick): readonly CutoverEvent[] => {
  const { decision } = judged;
  const event = judgedEvent(at, judged);
  return decision.kind === "decommission" && state.phase === "soaking"
    ? [event, { kind: "decommissioningBegan", permit: decision.permit }]
    : [event];
};
