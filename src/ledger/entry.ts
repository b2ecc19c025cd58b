import type { LedgerRecord } from "../decision/record.ts";
import { isInstant } from "../kernel/instant.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kernel/json.ts";
import { fail, ok, type Result } from "../kernel/result.ts";

/** What stands at one place of a ledger, whoever put it there. */
export interface LedgerEntry {
  /** The number of the record whose place it is; as text, in the store's own words, where it is the place of none. */
  readonly place: number | string;
  /** In words where it holds what is no JSON. */
  readonly content: Result<JsonObject, string>;
}

export const entryOf = (record: LedgerRecord): LedgerEntry => ({
  place: record.seq,
  content: ok(record as unknown as JsonObject),
});

/** The record of an entry; in words why what stands there is none, or not the one of that place. */
export const recordAt = ({ place, content }: LedgerEntry): Result<LedgerRecord, string> => {
  if (typeof place === "string") return fail(`${JSON.stringify(place)} is the place of no record`);
  if (!content.ok) return fail(`it is no record: ${content.failure}`);
  const flaw = flawIn(content.value);
  if (flaw !== null) return fail(`it is no record: ${flaw}`);
  const record = content.value as unknown as LedgerRecord;
  return record.seq === place ? ok(record) : fail(`it says that it is record ${record.seq}`);
};

type Member = readonly [what: string, holds: (value: JsonValue) => boolean];

const TEXT: Member = ["a text", (value) => typeof value === "string"];
const COUNT: Member = ["a whole number", (value) => Number.isSafeInteger(value)];
const MEMBERS: Readonly<Record<keyof LedgerRecord, Member>> = {
  seq: COUNT,
  previous: TEXT,
  hash: TEXT,
  id: TEXT,
  cutover: TEXT,
  epoch: COUNT,
  tick: ["an instant or null", (value) => value === null || isInstant(value)],
  at: ["an instant", isInstant],
  kind: TEXT,
  summary: TEXT,
  detail: ["an object", isJsonObject],
};

/** Whoever reads a record relies on no more than this; what the rest of it is, its hash tells. */
const flawIn = (content: JsonObject): string | null => {
  for (const [name, [what, holds]] of Object.entries(MEMBERS)) {
    const value = content[name];
    if (value === undefined) return `${name} is missing`;
    if (!holds(value)) return `${name} is not ${what}`;
  }
  return null;
};
