import { holdsInstead } from "../decision/rollback-safety.ts";
import type { JudgedTick } from "../guard/judge-tick.ts";
import type { Policy } from "../policy/policy-file.ts";

/** Whether a rollback moves nothing: going back would lose writes, or nobody can say, and the policy rather waits. */
export const isHeld = (
  { decision, safety }: Pick<JudgedTick, "decision" | "safety">,
  { whenNotLossless }: Pick<Policy, "whenNotLossless">,
): boolean => decision.kind === "rollback" && holdsInstead(decision.cause, safety, whenNotLossless);
