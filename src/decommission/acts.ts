import type { JsonObject } from "../kernel/json.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import type { DecommissionAction } from "./plan.ts";

/** How an act ended. Each act looks first, so that one that was done before a crash is `done` again at once. */
export type ActOutcome =
  | { readonly kind: "done"; readonly detail: JsonObject }
  /** Not finished, nothing wrong: what it waits for, with the value seen. The next tick goes on. */
  | { readonly kind: "waiting"; readonly for: string }
  /** As much as one act may take is done, and there is more: the next turn goes on from `detail`, which the journal keeps. */
  | { readonly kind: "partly"; readonly detail: JsonObject; readonly soFar: string }
  /** Somebody has to look: what happened, why, what to do. Nothing further is done until it succeeds. */
  | { readonly kind: "failed"; readonly message: string };

export const done = (detail: JsonObject): ActOutcome => ({ kind: "done", detail });
export const waiting = (what: string): ActOutcome => ({ kind: "waiting", for: what });
export const failed = (message: string): ActOutcome => ({ kind: "failed", message });

/** Acts that only the state or the clock carry out are the executor's own. */
export type OutsideAction = Exclude<DecommissionAction, "point-of-no-return" | "outwait-rollback">;

/**
 * What each act does to the outside world. Idempotent; bounded in time; trouble is an outcome, not an exception.
 * `before` is what an earlier turn left of it in the journal, for one that goes on in parts.
 */
export type DecommissionActs = Readonly<
  Record<OutsideAction, (cutover: CutoverBindings, before?: JsonObject) => Promise<ActOutcome>>
>;
