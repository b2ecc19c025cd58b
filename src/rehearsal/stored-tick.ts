import { type Decision, ENGINE_VERSION } from "../decision/decision.ts";
import type { LedgerRecord } from "../decision/record.ts";
import type { CutoverState } from "../decision/state.ts";
import type { Look } from "../guard/look.ts";
import type { Digest } from "../kernel/digest.ts";
import { fromIso } from "../kernel/instant.ts";
import { canonicalJson, type JsonObject } from "../kernel/json.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import type { EpochMs } from "../kernel/units.ts";
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
  evidence(digest: string): Promise<JsonObject | "unreadable" | null>;
  snapshot(epoch: number, tick: EpochMs): Promise<Snapshot | "unreadable" | null>;
  policy(digest: string): Promise<Policy | "changed" | null>;
}

/** Everything that a judged tick rested on and came to, each checked against the digest that names it. */
export interface StoredTick extends Omit<StoredEvidence, "snapshots" | "policy"> {
  readonly record: LedgerRecord;
  readonly tick: EpochMs;
  /** Digest of the input state, by the record. */
  readonly stateDigest: string;
  readonly snapshots: Snapshots;
  /** null where it could not be read when the tick was judged. */
  readonly policy: { readonly digest: string; readonly body: Policy } | null;
}

/** Whether a record names the evidence of a judged tick. */
const namesEvidence = ({ detail, tick }: LedgerRecord): boolean =>
  typeof detail["evidence"] === "string" && tick !== null && "decision" in detail;

/** In words where a judged tick was judged by the rules of another release, which this one does not have; null where not. */
export const otherEngineOf = (record: LedgerRecord): string | null => {
  const engine = record.detail["engine"];
  return namesEvidence(record) && engine !== ENGINE_VERSION
    ? `engine ${JSON.stringify(engine)} judged it, and this is ${ENGINE_VERSION}`
    : null;
};

/** What a judged record rested on; in words why it cannot be had; null where the record names nothing that was judged. */
export type TickReader = (record: LedgerRecord) => Promise<Result<StoredTick, string> | null>;

/**
 * Looks up what records name. Nothing is taken on trust: a body, a snapshot or a policy that is missing, or is not what
 * its digest says, is a failure in words. What the stores hand out twice is hashed once, so it must not change meanwhile.
 * The reader throws whatever the stores throw where they do not answer.
 */
export const tickReader = (stores: Stores, digest: Digest): TickReader => {
  const digests = new WeakMap<object, string | null>();
  const digestOf = (value: object): string | null => {
    const known = digests.get(value);
    if (known !== undefined) return known;
    const made = canonicalDigest(value, digest);
    digests.set(value, made);
    return made;
  };
  return async (record) => {
    if (!namesEvidence(record) || record.tick === null) return null;
    const { tick, detail } = record;
    const otherEngine = otherEngineOf(record);
    if (otherEngine !== null) return fail(otherEngine);
    const stored = await evidenceOf(String(detail["evidence"]), stores, digestOf);
    if (!stored.ok) return stored;
    const snapshots = await snapshotsOf(stored.value, stores, digestOf);
    if (!snapshots.ok) return snapshots;
    const policy = await policyOf(stored.value.policy, stores, digestOf);
    if (!policy.ok) return policy;
    const found = { snapshots: snapshots.value, policy: policy.value };
    return ok({ ...stored.value, ...found, record, tick, stateDigest: String(detail["state"]) });
  };
};

type DigestOf = (value: object) => string | null;

/** What has no canonical form was not stored by pawl, and has no digest. */
const canonicalDigest = (value: object, digest: Digest): string | null => {
  try {
    return digest(canonicalJson(value));
  } catch {
    return null;
  }
};

const evidenceOf = async (
  named: string,
  stores: Stores,
  digestOf: DigestOf,
): Promise<Result<StoredEvidence, string>> => {
  const body = await stores.evidence(named);
  if (body === null) return fail(`its evidence ${named.slice(0, 12)} is not there`);
  if (body === "unreadable") return fail(`its evidence ${named.slice(0, 12)} cannot be read`);
  // What the digest vouches for has the form in which this engine wrote it.
  return digestOf(body) === named
    ? ok(body as unknown as StoredEvidence)
    : fail(`its evidence ${named.slice(0, 12)} was changed`);
};

const snapshotsOf = async (
  { state, snapshots }: StoredEvidence,
  stores: Stores,
  digestOf: DigestOf,
): Promise<Result<Snapshots, string>> => {
  const found: Snapshot[] = [];
  for (const { tick, digest: expected } of snapshots) {
    const at = fromIso(tick);
    const snapshot = at === null ? null : await stores.snapshot(state.epoch, at);
    if (snapshot === null) return fail(`its snapshot of ${tick} is not there`);
    if (snapshot === "unreadable") return fail(`its snapshot of ${tick} cannot be read`);
    if (digestOf(snapshot) !== expected) return fail(`its snapshot of ${tick} was changed`);
    found.push(snapshot);
  }
  const own = found.pop();
  return own === undefined ? fail("it names no snapshot") : ok([...found, own]);
};

const policyOf = async (
  named: string | null,
  stores: Stores,
  digestOf: DigestOf,
): Promise<Result<StoredTick["policy"], string>> => {
  if (named === null) return ok(null);
  const body = await stores.policy(named);
  if (body === null) return fail(`its policy ${named.slice(0, 12)} is not there`);
  // By policyDigest's rule: the canonical JSON of the policy as written.
  return body !== "changed" && digestOf(body) === named
    ? ok({ digest: named, body })
    : fail(`its policy ${named.slice(0, 12)} was changed`);
};
