import { isOnBlue } from "../actuation/observed-route.ts";
import { weightStands } from "../actuation/plan-writes.ts";
import { APPLY_BOUND_MS, DESCRIBE_LAG_MS, INTENT_LIFE_MS, ROLLBACK_LIFE_MS } from "../decision/bounds.ts";
import type { Footing } from "../decision/events.ts";
import { isOfDrill } from "../decision/rollback-drill.ts";
import type { CutoverState, Intent } from "../decision/state.ts";
import { toIso } from "../kernel/instant.ts";
import { durationMs, type EpochMs, epochMs, later, parseDuration, weightPercent } from "../kernel/units.ts";
import { policyDigest } from "../policy/policy-digest.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { pinnedRoutes } from "../signals/routes.ts";
import type { ArmPorts, ArmReport } from "./arm.ts";
import { type ArmOptions, checkFooting } from "./arm-checks.ts";
import { askOnceMore, askToLower, isBeingLowered } from "./ask-to-lower.ts";
import { lowerGreen } from "./change-weight.ts";
import { type Change, commitOnto } from "./commit.ts";
import { sayCause } from "./latch-first.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import { readRoutes } from "./look.ts";
import { flushOutbox } from "./outbox.ts";

/**
 * Long enough that rollback's function has two and a half minutes to start, look twice and ask, and can still be killed
 * late. Ten real seconds of it remain where a rehearsal's clock runs fifteen times as fast.
 */
const LOWER_PIN_LIFE_MS = durationMs(ROLLBACK_LIFE_MS + 150_000);

/**
 * Arms again after a rollback that is verified, settled and cooled down. The weights go to 0 behind the raised pin and
 * are read twice; then one write starts the new epoch and announces the lowering of the pin, which rollback's function
 * carries out. Without a pin nothing is left to lower. Interrupted anywhere, traffic is on blue.
 */
export const rearm = async (
  ports: ArmPorts,
  cutover: CutoverBindings,
  policy: Policy,
  by: string,
  options: ArmOptions,
): Promise<ArmReport> => {
  const read = await ports.state.read(cutover.name, STATE_TIMEOUT_MS);
  if (!read.ok) return { kind: "failed", why: read.failure.message, unread: true };
  const state = read.value;
  if (state === null) return { kind: "refused", refusals: ["it was never armed: pawl arm"] };
  if (isBeingLowered(state)) return askOnceMore(ports, cutover, policy, state);
  const early = rearmRefusals(state, policy, ports.clock.now(), options);
  if (early.length > 0) return { kind: "refused", refusals: early };
  const checked = await checkFooting(ports, cutover, policy, "raised", options);
  if (!checked.ok) return { kind: "refused", refusals: checked.refusals };
  // What has no pin above it has just been seen at 0, and lowering it would hide what somebody gives green from now on.
  await lowerGreen(ports, { ...cutover, routes: pinnedRoutes(cutover) }, checked.sights);
  if (!(await restsAtZero(ports, cutover)))
    return { kind: "failed", why: "behind the raised pin the weighted rule did not go to 0; nothing else was changed" };
  return beginEpoch(ports, cutover, { policy, by, options }, state, checked.footing);
};

/** Why a rolled-back cutover may not be armed again yet. */
export const rearmRefusals = (
  state: CutoverState,
  policy: Policy,
  now: EpochMs,
  { ofDrill }: Pick<ArmOptions, "ofDrill"> = {},
): readonly string[] => {
  const { latch } = state;
  if (latch === undefined) return ["it is not rolled back"];
  if (state.wayBack !== "open") return ["it is past the point of no return: pawl restore"];
  // A rehearsal has heated nothing up; what an announced change may still do is waited for all the same.
  const cooled = isOfDrill(state) ? latch.at : later(latch.at, parseDuration(policy.afterRollback.cooldown));
  const quiet = later(latch.at, INTENT_LIFE_MS + APPLY_BOUND_MS);
  const earliest = epochMs(Math.max(cooled, quiet));
  return [
    ...(ofDrill === true && !isOfDrill(state)
      ? [`it has been rolled back in earnest meanwhile (${sayCause(latch.cause)}), and cools down first`]
      : []),
    ...(latch.mode === "held" ? ["it is held: it has to go back first"] : []),
    ...(latch.verifiedAt === undefined ? ["the rollback is not verified"] : []),
    ...(state.settled === undefined ? ["the rollback is not settled: the reverse stream is not proven empty"] : []),
    ...(state.intent === undefined ? [] : ["an announced change is not settled"]),
    ...(now < earliest ? [`it cools down until ${toIso(earliest)}`] : []),
  ];
};

const restsAtZero = async (ports: ArmPorts, cutover: CutoverBindings): Promise<boolean> => {
  for (const waitMs of [DESCRIBE_LAG_MS, DESCRIBE_LAG_MS]) {
    await ports.clock.sleep(durationMs(waitMs));
    const { sights } = await readRoutes(ports, cutover);
    const zero = sights.every((sight) => sight.kind === "seen" && isOnBlue(sight) && weightStands(sight.observed, 0));
    if (sights.length === 0 || !zero) return false;
  }
  return true;
};

const lowerPinIntent = (epoch: number, at: EpochMs): Intent => ({
  kind: "lowerPin",
  epoch,
  to: weightPercent(0),
  intentAt: at,
  notAfter: later(at, LOWER_PIN_LIFE_MS),
});

const beginEpoch = async (
  ports: ArmPorts,
  cutover: CutoverBindings,
  { policy, by, options }: { readonly policy: Policy; readonly by: string; readonly options: ArmOptions },
  state: CutoverState,
  footing: Footing,
): Promise<ArmReport> => {
  const digest = policyDigest(policy, ports.digest);
  const stored = await ports.policies.put(policy, digest);
  if (!stored.ok) return { kind: "failed", why: stored.failure.message };
  const at = ports.clock.now();
  const epoch = state.epoch + 1;
  const lowering = pinnedRoutes(cutover).length > 0 ? { intent: lowerPinIntent(epoch, at) } : {};
  const { whenNotLossless } = policy;
  const drill = policy.drill === true;
  const rearmed = { at, by, policyDigest: digest, whenNotLossless, drill, ...lowering, ...footing };
  const change: Change = {
    events: [{ kind: "rearmed", rearm: rearmed }],
    account: {
      kind: "rearm",
      summary: `armed again by ${by} with policy ${policy.name}`,
      at,
      tick: null,
      detail: {
        policy: digest,
        ...(footing.withoutPin === undefined ? {} : { withoutPin: `accepted by ${footing.withoutPin.by}` }),
      },
    },
  };
  // Looking takes longer than a minute may have left, and every latched tick writes; what it writes changes nothing here.
  const outcome = await commitOnto(ports, state, (now) =>
    now.epoch === state.epoch && rearmRefusals(now, policy, at, options).length === 0 ? change : null,
  );
  if (outcome.kind === "moved") return { kind: "failed", why: "its state changed meanwhile; look and try again" };
  if (outcome.kind === "unknown") return { kind: "failed", why: outcome.message };
  const flushed = await flushOutbox(ports, outcome.state);
  return flushed.intent === undefined ? { kind: "armed", state: flushed } : askToLower(ports, cutover, flushed);
};
