import { fromIso } from "../kernel/instant.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../kernel/json.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { type EpochMs, MINUTE_MS } from "../kernel/units.ts";
import type { Evidence, Readings } from "../snapshot/snapshot.ts";
import { NOTHING_OBSERVED, type Subject } from "./evaluate-plain.ts";

type Minutes = Evidence["minutes"];

/** A time without a zone would mean another instant on every machine. */
const ZONED = /T.*(Z|[+-]\d{2}:?\d{2})$/;

/** null where it is none. */
export const instantAt = (value: JsonValue | undefined): EpochMs | null =>
  typeof value === "string" && ZONED.test(value) ? fromIso(value) : null;

export const AN_INSTANT = "an instant such as 2026-01-05T12:00:00Z";

/**
 * What a request says about what to evaluate over: `{"data": …}`, `{"window": [{"at": …, …}], "now": …}`, or both.
 *
 * @returns What is wrong and what to do, where it says nothing that can be used.
 */
export const readSubject = (request: JsonObject): Result<Subject, string> => {
  const own = (name: string): JsonValue | undefined => (Object.hasOwn(request, name) ? request[name] : undefined);
  const data = own("data");
  const window = own("window");
  const over = data === undefined ? {} : { data };
  if (window === undefined) return ok({ data: null, ...over, ...NOTHING_OBSERVED });
  const now = instantAt(own("now"));
  if (now === null) {
    const given = own("now") === undefined ? '"now" is missing' : '"now" is no instant';
    return fail(`${given}; a window is looked at from somewhere. Give ${AN_INSTANT}`);
  }
  const minutes = readMinutes(window);
  return minutes.ok ? ok({ ...over, now, minutes: minutes.value }) : minutes;
};

const readMinutes = (window: JsonValue): Result<Minutes, string> => {
  if (!Array.isArray(window)) return fail('"window" is no list. Give its minutes: [{"at": …, "green": {…}}, …]');
  const minutes: { at: EpochMs; readings: Readings }[] = [];
  const seen = new Set<EpochMs>();
  for (const [index, row] of window.entries()) {
    if (!isJsonObject(row)) return fail(`row ${index} of the window is no object. Give {"at": …, "green": {…}}`);
    const { at: written, ...values } = row;
    const at = instantAt(written);
    if (at === null) return fail(`"at" of row ${index} is no instant. Give the start of its minute, ${AN_INSTANT}`);
    if (at % MINUTE_MS !== 0)
      return fail(`"at" of row ${index} is within a minute. Give the start of the minute that its values speak for`);
    if (seen.has(at)) return fail(`row ${index} repeats the minute of an earlier row. Give each minute once`);
    seen.add(at);
    minutes.push({ at, readings: { values: values as unknown as Readings["values"], absent: {} } });
  }
  return ok(minutes.sort((one, other) => one.at - other.at));
};
