import type { LedgerRecord } from "../../decision/record.ts";
import type {
  ActivePort,
  EvidencePort,
  JournalEntry,
  JournalPort,
  LedgerPort,
  Observed,
  ObservedPort,
  PoliciesPort,
  SnapshotsPort,
} from "../../guard/ports.ts";
import type { Digest } from "../../kernel/digest.ts";
import { toIso } from "../../kernel/instant.ts";
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from "../../kernel/json.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../../kernel/result.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { policyIn } from "../../policy/policy-form.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { Item } from "./found-item.ts";
import type { Table } from "./table.ts";

/** Sorts behind everything that begins with what stands before it. */
const END = "~";
const EVERYTHING = { from: " ", to: END };

const mapped = <From, To>(
  result: Result<From, OutsideFailure>,
  change: (value: From) => To,
): Result<To, OutsideFailure> => (result.ok ? ok(change(result.value)) : result);

/** Items come back as they were put; the type is the one this module put there. */
const as = <Value>(item: Item): Value => item as unknown as Value;
const asOrNull = <Value>(item: Item | null): Value | null => (item === null ? null : as<Value>(item));

export const dynamodbActive = (table: Table): ActivePort => ({
  list: async (timeoutMs) =>
    mapped(await table.range("active", EVERYTHING, { timeoutMs }), (items) =>
      items.map((item) => {
        const { cutover, listedAt } = as<{ cutover: string; listedAt?: EpochMs }>(item);
        return { cutover, listedAt: listedAt ?? null };
      }),
    ),
  put: (cutover, listedAt) => table.put({ pk: "active", sk: cutover }, { cutover, listedAt }),
  remove: (cutover) => table.remove({ pk: "active", sk: cutover }),
});

export const dynamodbObserved = (table: Table): ObservedPort => ({
  put: (observed, timeoutMs) =>
    table.put({ pk: `observed#${observed.cutover}`, sk: toIso(observed.tick) }, observed, timeoutMs),
  latest: async (cutover, tick, timeoutMs) =>
    mapped(
      await table.range(`observed#${cutover}`, { from: " ", to: toIso(tick) }, { newest: 1, timeoutMs }),
      ([item]) => (item === undefined ? null : as<Observed>(item)),
    ),
});

/** One snapshot a tick, whatever the epoch: a tick that another epoch has judged is not judged again. */
const snapshotKey = ({ cutover, tick }: Snapshot) => ({ pk: `snapshot#${cutover}`, sk: toIso(tick) });

export const dynamodbSnapshots = (table: Table): SnapshotsPort => ({
  putOnce: async (snapshot, timeoutMs) => {
    const stored = await table.putOnce(snapshotKey(snapshot), snapshot, timeoutMs);
    if (!stored.ok) return stored;
    if (stored.value === "stored") return ok(snapshot);
    return mapped(await table.get(snapshotKey(snapshot), timeoutMs), (item) => asOrNull<Snapshot>(item) ?? snapshot);
  },
  range: async (cutover, epoch, from, to, timeoutMs) =>
    mapped(await table.range(`snapshot#${cutover}`, { from: toIso(from), to: toIso(to) }, { timeoutMs }), (items) =>
      items.map((item) => as<Snapshot>(item)).filter((snapshot) => snapshot.epoch === epoch),
    ),
});

const notKnown = (digest: string, fault: string): string =>
  `This release cannot judge by the policy ${digest}: ${fault}. Deploy, or use, the release that published it; or roll ` +
  "back, and arm again with a policy that this one knows";

/** A policy is fixed by its digest, and no further than the digest is computed again: what was edited in the table is none. */
export const dynamodbPolicies = (table: Table, digestOf: Digest): PoliciesPort => ({
  read: async (digest, timeoutMs) => {
    const found = await table.get({ pk: "policy", sk: digest }, timeoutMs);
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
    const { policy } = as<{ policy?: JsonObject }>(found.value);
    if (policy === undefined || digestOf(canonicalJson(policy)) !== digest)
      return outsideFailure(
        "malformed",
        `What the table holds as the policy ${digest} is not that policy; publish it again`,
      );
    const known = policyIn(policy);
    return known.ok ? known : outsideFailure("malformed", notKnown(digest, known.failure));
  },
  put: (policy, digest) => table.put({ pk: "policy", sk: digest }, { policy }),
});

const ledgerKey = (cutover: string, seq: number) => ({
  pk: `ledger#${cutover}`,
  sk: String(seq).padStart(12, "0"),
});

/** The number of the record whose place this is; the key itself where a record never has it. */
const placeOf = (sk: string): number | string => (/^\d{12}$/.test(sk) && Number(sk) > 0 ? Number(sk) : sk);

/** Entries that are asked for at once. */
const PAGE = 500;

export const dynamodbLedger = (table: Table): LedgerPort => ({
  append: async (cutover, record, timeoutMs) => {
    const key = ledgerKey(cutover, record.seq);
    const stored = await table.putOnce(key, record, timeoutMs);
    if (!stored.ok) return stored;
    if (stored.value === "stored") return ok(undefined);
    const there = await table.get(key, timeoutMs);
    if (!there.ok) return there;
    const hash = asOrNull<LedgerRecord>(there.value)?.hash;
    return hash === record.hash
      ? ok(undefined)
      : outsideFailure("refused", `Record ${record.seq} of ${cutover} is there already with the hash ${hash}`);
  },
  read: async (cutover, behind) => {
    const sk = typeof behind === "number" ? ledgerKey(cutover, behind).sk : behind;
    return mapped(await table.behind(`ledger#${cutover}`, sk, PAGE), (all) =>
      all.map(({ sk, item }) => ({ place: placeOf(sk), content: item })),
    );
  },
});

const objectIn = (text: unknown): JsonObject | null => {
  try {
    const value = JSON.parse(String(text)) as JsonValue;
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
};

/**
 * Named by digest: what is there already under the same name is the same. Kept as text: DynamoDB's numbers end at 1e126,
 * and those of a long proof do not.
 */
export const dynamodbEvidence = (table: Table): EvidencePort => ({
  put: async (cutover, digest, body, timeoutMs) =>
    mapped(
      await table.putOnce({ pk: `evidence#${cutover}`, sk: digest }, { text: canonicalJson(body) }, timeoutMs),
      () => undefined,
    ),
  read: async (cutover, digest) => {
    const found = await table.get({ pk: `evidence#${cutover}`, sk: digest });
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
    const body = objectIn(as<{ text?: unknown }>(found.value).text);
    return body === null ? outsideFailure("malformed", `The evidence ${digest} of ${cutover} is no JSON`) : ok(body);
  },
});

const startedFirst = (a: { startedAt: EpochMs }, b: { startedAt: EpochMs }): number => a.startedAt - b.startedAt;

export const dynamodbJournal = (table: Table): JournalPort => ({
  list: async (cutover) =>
    mapped(await table.range(`journal#${cutover}`, EVERYTHING), (items) =>
      items.map((item) => as<JournalEntry>(item)).sort(startedFirst),
    ),
  put: (cutover, entry) => table.put({ pk: `journal#${cutover}`, sk: `${entry.epoch}#${entry.action}` }, entry),
});
