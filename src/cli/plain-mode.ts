import { APPLY_BOUND_MS, INTENT_LIFE_MS } from "../decision/bounds.ts";

const VERIFIED_AFTER_S = (INTENT_LIFE_MS + APPLY_BOUND_MS) / 1_000;
const BOUND_S = APPLY_BOUND_MS / 1_000;

/** What a cutover with a route without a pin promises, and what it does not; said where one is armed and looked at. */
export const PLAIN_MODE_GIVES_UP =
  `without a pin a rollback writes the weights: a step under way may still arrive after it, so that it is verified no ` +
  `earlier than ${VERIFIED_AFTER_S} s after its latch; a request that arrives more than ${BOUND_S} s late raises green ` +
  "until the next tick";
