import { type Decision, ENGINE_VERSION } from "../decision/decision.ts";
import type { LedgerRecord } from "../decision/record.ts";
import type { CutoverState } from "../decision/state.ts";
import { judgeTick } from "../guard/judge-tick.ts";
import type { Look } from "../guard/look.ts";
import type { Digest } from "../kernel/digest.ts";
import { fromIso } from "../kernel/instant.ts";
import { canonicalJson, type JsonObject } from "../kernel/json.ts";
import type { EpochMs } from "../kernel/units.ts";
import { policyDigest } from "../policy/policy-digest.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { Judgement } from "../policy/verdict.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import type { Snapshots } from "../snapshot/evidence.ts";
import type { EvidenceState } from "../snapshot/evidence-state.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

/** A stored `evidence#` body, as this engine writes it. */
interface StoredEvidence {
  readonly cutover: CutoverBindings;
  readonly state: CutoverState;
  readonly policy: string | null;
  readonly snapshots: readonly { readonly tick: string; readonly digest: string }[];
  readonly trouble: Look["trouble"];
  readonly judgement: Judgement;
  readonly decision: Decision;
  readonly accumulated: EvidenceState;
  readonly corrections: readonly string[];
}

/** Where what a record names is looked up; null where it is not there. */
export interface Stores {
  evidence(digest: string): Promise<JsonObject | null>;
  snapshot(epoch: number, tick: EpochMs): Promise<Snapshot | null>;
  policy(digest: string): Promise<Policy | null>;
}

export type Recomputed =
  /** It names no evidence: nothing was judged. */
  { readonly kind: "not-judged" } | { readonly kind: "same" } | { readonly kind: "different"; readonly what: string };

const different = (what: string): Recomputed => ({ kind: "different", what });

/**
 * Judges a record's tick again from what was stored for it. Everything is checked against the digest that names it, so that
 * neither the evidence, nor a snapshot, nor the policy can have been changed without being seen.
 */
export const recompute = async (record: LedgerRecord, stores: Stores, digest: Digest): Promise<Recomputed> => {
  const named = record.detail["evidence"];
  if (typeof named !== "string" || record.tick === null || !("decision" in record.detail))
    return { kind: "not-judged" };
  if (record.detail["engine"] !== ENGINE_VERSION)
    return different(`engine ${JSON.stringify(record.detail["engine"])} judged it, and this is ${ENGINE_VERSION}`);
  const body = await stores.evidence(named);
  if (body === null) return different(`its evidence ${named.slice(0, 12)} is not there`);
  if (digest(canonicalJson(body)) !== named) return different(`its evidence ${named.slice(0, 12)} was changed`);
  // What the digest vouches for has the form in which this engine wrote it.
  const stored = body as unknown as StoredEvidence;
  const snapshots = await snapshotsOf(stored, stores, digest);
  if (typeof snapshots === "string") return different(snapshots);
  const policy = stored.policy === null ? null : await stores.policy(stored.policy);
  if (stored.policy !== null && (policy === null || policyDigest(policy, digest) !== stored.policy))
    return different(`its policy ${stored.policy.slice(0, 12)} ${policy === null ? "is not there" : "was changed"}`);
  return compare(
    stored,
    judgeTick(stored.cutover, stored.state, policy, { ...stored, snapshots }, record.tick),
    record,
  );
};

const snapshotsOf = async (
  { state, snapshots }: StoredEvidence,
  stores: Stores,
  digest: Digest,
): Promise<Snapshots | string> => {
  const found: Snapshot[] = [];
  for (const { tick, digest: expected } of snapshots) {
    const at = fromIso(tick);
    const snapshot = at === null ? null : await stores.snapshot(state.epoch, at);
    if (snapshot === null) return `its snapshot of ${tick} is not there`;
    if (digest(canonicalJson(snapshot)) !== expected) return `its snapshot of ${tick} was changed`;
    found.push(snapshot);
  }
  const own = found.pop();
  return own === undefined ? "it names no snapshot" : [...found, own];
};

const compare = (stored: StoredEvidence, again: ReturnType<typeof judgeTick>, record: LedgerRecord): Recomputed => {
  const pairs: readonly (readonly [what: string, then: unknown, now: unknown])[] = [
    ["decision", stored.decision, again.decision],
    ["verdicts", stored.judgement, again.judgement],
    ["accumulators", stored.accumulated, again.evidence],
    ["corrections", stored.corrections, again.corrections],
    ["decision named by the record", record.detail["decision"], again.decision.kind],
  ];
  const differing = pairs.filter(([, then, now]) => canonicalJson(then) !== canonicalJson(now));
  if (differing.length === 0) return { kind: "same" };
  const kinds = `${stored.decision.kind} was recorded, ${again.decision.kind} comes out`;
  return different(`${differing.map(([what]) => what).join(", ")} come out otherwise (${kinds})`);
};
