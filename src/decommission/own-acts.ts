import { APPLY_BOUND_MS, DESCRIBE_LAG_MS, ROLLBACK_LIFE_MS } from "../decision/bounds.ts";
import { pointOfNoReturnRefusals } from "../decision/decommission-events.ts";
import type { CutoverState } from "../decision/state.ts";
import type { OutboxPorts } from "../guard/outbox.ts";
import type { GuardPorts, JournalEntry } from "../guard/ports.ts";
import { toIso } from "../kernel/instant.ts";
import type { JsonObject } from "../kernel/json.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import type { ActOutcome, DecommissionActs } from "./acts.ts";
import { comparedLately, comparisonAnew } from "./comparison-age.ts";
import { lastLook } from "./last-look.ts";
import type { DecommissionAction } from "./plan.ts";
import { MOVED, record } from "./record.ts";

const CONFIRMED_FOR_MS = durationMs(30_000);

export type ActPorts = OutboxPorts &
  Pick<GuardPorts, "clock" | "journal" | "alarms" | "rules"> & { readonly acts: DecommissionActs };

/** Acts on the world, but for the three that rest on the state and on what the journal shows of acts before them. */
export const actOn = (
  ports: ActPorts,
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
  ports: ActPorts,
  cutover: CutoverBindings,
  entries: readonly JournalEntry[],
): Promise<ActOutcome> => {
  const confirmed = entries.find(({ action }) => action === "confirm-green")?.finishedAt;
  const isFresh = confirmed !== undefined && ports.clock.now() <= later(confirmed, CONFIRMED_FOR_MS);
  const again = isFresh ? null : await ports.acts["confirm-green"](cutover);
  return again === null || again.kind === "done" ? ports.acts["fence-blue"](cutover) : again;
};

/** One conditional write decides between this and a latch. A write whose answer was lost shows in the state next time. */
const passPointOfNoReturn = async (
  ports: ActPorts,
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
const compareAgain = async (ports: ActPorts, cutover: CutoverBindings, anew: JournalEntry): Promise<ActOutcome> => {
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
