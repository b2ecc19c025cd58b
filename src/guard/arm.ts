import type { Footing } from "../decision/events.ts";
import { NO_SOAK } from "../decision/soak.ts";
import type { CutoverState } from "../decision/state.ts";
import { type EpochMs, weightPercent } from "../kernel/units.ts";
import { EMPTY_LEDGER } from "../ledger/chain.ts";
import { compose } from "../ledger/compose.ts";
import { policyDigest } from "../policy/policy-digest.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { type ArmOptions, checkFooting } from "./arm-checks.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import { flushOutbox } from "./outbox.ts";
import type { GuardPorts } from "./ports.ts";

export type ArmPorts = Pick<
  GuardPorts,
  | "clock"
  | "newId"
  | "digest"
  | "state"
  | "active"
  | "policies"
  | "ledger"
  | "hosts"
  | "alarms"
  | "streams"
  | "rules"
  | "notify"
  | "invoke"
>;

export type ArmReport =
  | { readonly kind: "armed"; readonly state: CutoverState }
  /** Armed again behind a pin that nobody could be asked to lower: asked again in time, or a tick latches once more. */
  | { readonly kind: "unasked"; readonly state: CutoverState; readonly why: string }
  /** Nothing was done to traffic; each sentence says what has to change first. */
  | { readonly kind: "refused"; readonly refusals: readonly string[] }
  /** `unread`: not even the state could be read, so that nobody has looked where traffic is. */
  | { readonly kind: "failed"; readonly why: string; readonly unread?: true };

/** The first arm of a cutover. Traffic is on blue, the pin is parked, and stays so until a tick takes the first step. */
export const arm = async (
  ports: ArmPorts,
  cutover: CutoverBindings,
  policy: Policy,
  by: string,
  options: ArmOptions,
): Promise<ArmReport> => {
  const read = await ports.state.read(cutover.name, STATE_TIMEOUT_MS);
  if (!read.ok) return { kind: "failed", why: read.failure.message, unread: true };
  if (read.value !== null) return { kind: "refused", refusals: [armedAlready(read.value)] };
  const checked = await checkFooting(ports, cutover, policy, "parked", options);
  if (!checked.ok) return { kind: "refused", refusals: checked.refusals };
  const digest = policyDigest(policy, ports.digest);
  const stored = await ports.policies.put(policy, digest);
  if (!stored.ok) return { kind: "failed", why: stored.failure.message };
  // Before the state: an entry without a state is told of, a state without an entry is never served.
  const listed = await ports.active.put(cutover.name, ports.clock.now());
  if (!listed.ok) return { kind: "failed", why: listed.failure.message };
  const first = firstState(cutover, policy, { by, at: ports.clock.now(), digest, footing: checked.footing });
  const next = compose(first, first, armAccount(first, policy), { writeId: ports.newId(), digest: ports.digest });
  const outcome = await ports.state.transition(null, next, STATE_TIMEOUT_MS);
  if (outcome.kind === "committed") return { kind: "armed", state: await flushOutbox(ports, outcome.state) };
  return { kind: "failed", why: outcome.kind === "unknown" ? outcome.message : "somebody else armed it just now" };
};

/** Why a cutover that has a state is not armed for the first time, and what there is to do instead. */
export const armedAlready = ({ phase, latch }: CutoverState): string => {
  if (latch !== undefined) return `it is armed already, and a rollback is latched (${phase}): pawl arm --again`;
  return phase === "complete"
    ? "it is armed already (complete): moving again is a new cutover, under another name"
    : `it is armed already (${phase})`;
};

const firstState = (
  cutover: CutoverBindings,
  policy: Policy,
  of: { readonly by: string; readonly at: EpochMs; readonly digest: string; readonly footing: Footing },
): CutoverState => ({
  cutover: cutover.name,
  version: 0,
  writeId: "",
  epoch: 1,
  armedAt: of.at,
  armedBy: of.by,
  phase: "armed",
  step: -1,
  weightPercent: weightPercent(0),
  steppedAt: of.at,
  verifiedAt: of.at,
  wayBack: "open",
  soak: NO_SOAK,
  evidence: {},
  policyDigest: of.digest,
  whenNotLossless: policy.whenNotLossless,
  drill: policy.drill === true,
  blueHostsAtArm: of.footing.blueHosts,
  conflictsAtArm: of.footing.conflicts,
  shapesAtArm: of.footing.shapes,
  otherActionsAtArm: of.footing.otherActions,
  rollbackSafety: of.footing.safety,
  ...(of.footing.withoutPin === undefined ? {} : { withoutPin: of.footing.withoutPin }),
  blocking: [],
  lastTick: null,
  ledgerHead: EMPTY_LEDGER,
  outbox: [],
});

const armAccount = (state: CutoverState, policy: Policy) => ({
  kind: "arm",
  summary: `armed by ${state.armedBy} with policy ${policy.name}`,
  at: state.armedAt,
  tick: null,
  detail: {
    policy: state.policyDigest,
    drill: state.drill,
    blueHosts: state.blueHostsAtArm,
    conflicts: state.conflictsAtArm,
    ...(state.withoutPin === undefined ? {} : { withoutPin: `accepted by ${state.withoutPin.by}` }),
  },
});
