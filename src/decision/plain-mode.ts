import { type EpochMs, epochMs, later } from "../kernel/units.ts";
import { APPLY_BOUND_MS, INTENT_LIFE_MS } from "./bounds.ts";
import type { Latch } from "./state.ts";

/**
 * From then on nothing that was sent towards green before this latch can still arrive. Below a raised pin that changes
 * no traffic; where a route has none, a rollback is verified only by what is written and read after it.
 *
 * The intent that the latch found counts, and so does every run of promote that began before: one may be putting routes
 * that differ back to the recorded weight, for which there is no intent of its own.
 */
export const quietFrom = ({ at, reassertAfter }: Pick<Latch, "at" | "reassertAfter">): EpochMs =>
  later(epochMs(Math.max(later(at, INTENT_LIFE_MS), reassertAfter ?? 0)), APPLY_BOUND_MS);
