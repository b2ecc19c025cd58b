import type { LedgerRecord } from "../decision/record.ts";
import { type JudgedTick, judgeTick } from "../guard/judge-tick.ts";
import { canonicalJson } from "../kernel/json.ts";
import type { StoredTick, TickReader } from "./stored-tick.ts";

export type Recomputed =
  /** It names no evidence: nothing was judged. */
  { readonly kind: "not-judged" } | { readonly kind: "same" } | { readonly kind: "different"; readonly what: string };

const different = (what: string): Recomputed => ({ kind: "different", what });

/**
 * Judges a record's tick again from what was stored for it, and compares everything it came to. Neither the evidence,
 * nor a snapshot, nor the policy can have been changed or removed without being seen.
 * @throws whatever the reader throws where a store does not answer.
 */
export const recompute = async (record: LedgerRecord, read: TickReader): Promise<Recomputed> => {
  const found = await read(record);
  if (found === null) return { kind: "not-judged" };
  return found.ok ? judgeAgain(found.value) : different(found.failure);
};

const judgeAgain = (stored: StoredTick): Recomputed => {
  const { cutover, state, policy, tick } = stored;
  try {
    return compare(stored, judgeTick(cutover, state, policy?.body ?? null, stored, tick));
  } catch (error) {
    // Whoever can rewrite the whole chain can also have it name evidence that this engine never wrote.
    return different(`what it names cannot be judged: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const compare = (stored: StoredTick, again: JudgedTick): Recomputed => {
  const pairs: readonly (readonly [what: string, then: unknown, now: unknown])[] = [
    ["decision", stored.decision, again.decision],
    ["verdicts", stored.judgement, again.judgement],
    ["accumulators", stored.accumulated, again.evidence],
    ["corrections", stored.corrections, again.corrections],
    ["decision named by the record", stored.record.detail["decision"], again.decision.kind],
  ];
  const differing = pairs.filter(([, then, now]) => canonicalJson(then) !== canonicalJson(now));
  if (differing.length === 0) return { kind: "same" };
  const kinds = `${stored.decision.kind} was recorded, ${again.decision.kind} comes out`;
  return different(`${differing.map(([what]) => what).join(", ")} come out otherwise (${kinds})`);
};
