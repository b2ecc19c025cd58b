import { fromIso } from "../kernel/instant.ts";
import { type EpochMs, epochMs, later, MINUTE_MS } from "../kernel/units.ts";
import type { Freeze, Policy } from "./policy-file.ts";

/** A freeze that holds now. `until`: the first instant that no window holds; null where nobody can say one. */
export interface Frozen {
  readonly why: string;
  readonly until: EpochMs | null;
}

/** A part of the week, in minutes from Monday 00:00 UTC. It may go over Sunday's end. */
export interface Weekly {
  readonly from: number;
  readonly to: number;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const WEEK = 7 * 24 * 60;
/** The first Monday after 1970-01-01, which was a Thursday. */
const FIRST_MONDAY = 4 * 24 * 60;

/** "Fri 16:00 - Mon 06:00", in UTC; null where the text is none. The dash may be a long one. */
export const parseWeekly = (text: string): Weekly | null => {
  const moment = `(${DAYS.join("|")}) ([01][0-9]|2[0-3]):([0-5][0-9])`;
  const match = new RegExp(`^${moment} ?[-–] ?${moment}$`).exec(text);
  if (match === null) return null;
  const minute = (at: number): number =>
    (DAYS.indexOf(String(match[at])) * 24 + Number(match[at + 1])) * 60 + Number(match[at + 2]);
  return { from: minute(1), to: minute(4) };
};

/** When the window that holds `at` ends; null where it does not hold; "unreadable" for what is no window. */
const endOf = (freeze: Freeze, at: EpochMs): EpochMs | null | "unreadable" => {
  if (freeze.weekly !== undefined) {
    const window = parseWeekly(freeze.weekly);
    return window === null ? "unreadable" : endOfWeekly(window, at);
  }
  const [from, to] = [instantOf(freeze.from), instantOf(freeze.to)];
  if (from === null || to === null) return "unreadable";
  return from <= at && at < to ? to : null;
};

const instantOf = (text: string | undefined): EpochMs | null => (text === undefined ? null : fromIso(text));

const minuteOfWeek = (at: EpochMs): number => (at / MINUTE_MS - FIRST_MONDAY + WEEK) % WEEK;

const endOfWeekly = ({ from, to }: Weekly, at: EpochMs): EpochMs | null => {
  const length = to > from ? to - from : to - from + WEEK;
  const into = (minuteOfWeek(at) - from + WEEK) % WEEK;
  return into < length ? epochMs(Math.round((at / MINUTE_MS - into + length) * MINUTE_MS)) : null;
};

/** Windows that follow each other without a gap for longer than this have no end worth naming. */
const LONGEST_CHAIN_MS = 53 * WEEK * MINUTE_MS;

/**
 * The freeze at this instant, or null. Pure. Windows that touch or overlap are one, so that the end is the one that
 * counts. What cannot be read freezes: not knowing never advances.
 */
export const frozenAt = ({ freeze }: Pick<Policy, "freeze">, at: EpochMs): Frozen | null => {
  const first = freeze.find((each) => endOf(each, at) !== null);
  if (first === undefined) return null;
  let until = at;
  while (until <= later(at, LONGEST_CHAIN_MS)) {
    const ends = freeze.map((each) => endOf(each, until));
    if (ends.includes("unreadable")) break;
    const latest = Math.max(...ends.map((end) => Number(end ?? 0)));
    if (latest === 0) return { why: first.why, until };
    until = epochMs(latest);
  }
  return { why: first.why, until: null };
};

/** When the next window begins, or null. Pure. Of an instant that none holds; what cannot be read holds every one. */
export const freezeBegins = ({ freeze }: Pick<Policy, "freeze">, at: EpochMs): EpochMs | null => {
  const begins = freeze.flatMap((each) => beginOf(each, at) ?? []);
  return begins.length === 0 ? null : epochMs(Math.min(...begins));
};

const beginOf = ({ weekly, from }: Freeze, at: EpochMs): EpochMs | null => {
  if (weekly === undefined) {
    const begin = instantOf(from);
    return begin !== null && begin > at ? begin : null;
  }
  const window = parseWeekly(weekly);
  if (window === null) return null;
  const ahead = (window.from - minuteOfWeek(at) + WEEK) % WEEK;
  return epochMs(Math.round((at / MINUTE_MS + ahead) * MINUTE_MS));
};

/** Whether these windows hold all of that one. Of a weekly one only weekly ones can; false where nobody can say. */
export const holdsAllOf = (freeze: readonly Freeze[], one: Freeze): boolean => {
  const span = one.weekly === undefined ? datesOf(one) : anyWeekOf(one.weekly);
  if (span === null) return false;
  const lasting = one.weekly === undefined ? freeze : freeze.filter(({ weekly }) => weekly !== undefined);
  const until = frozenAt({ freeze: lasting }, span.from)?.until ?? null;
  return until !== null && until >= span.to;
};

interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

const datesOf = (freeze: Freeze): Span | null => {
  const [from, to] = [instantOf(freeze.from), instantOf(freeze.to)];
  return from === null || to === null ? null : { from, to };
};

const anyWeekOf = (weekly: string): Span | null => {
  const window = parseWeekly(weekly);
  if (window === null) return null;
  const from = epochMs((FIRST_MONDAY + window.from) * MINUTE_MS);
  const to = endOfWeekly(window, from);
  return to === null ? null : { from, to };
};
