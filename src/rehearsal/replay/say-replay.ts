import { toIso } from "../../kernel/instant.ts";
import { type EpochMs, MINUTE_MS } from "../../kernel/units.ts";
import type { Action } from "../recording/recorded-tick.ts";
import type { Change, Comparison, VerdictChange } from "./comparison.ts";
import type { ReplayResult } from "./replay.ts";

/** What the two sides of a comparison are called. */
export interface Names {
  readonly then: string;
  readonly now: string;
}

/** So many differences are told to people; all that were kept are in the document. */
const MOST_SAID = 20;

const NAMES_OF_ACTIONS: Readonly<Record<Action["kind"], string>> = {
  advance: "advanced",
  rollback: "rolled back",
  decommission: "begun to decommission",
};

/** "2026-11-22 14:07", UTC: the minute is what a tick is named by. */
const minute = (at: EpochMs): string => toIso(at).slice(0, 16).replace("T", " ");

/** "22 minutes", "1 minute", "26 h 10 min". */
const span = (ms: number): string => {
  const minutes = Math.round(Math.abs(ms) / MINUTE_MS);
  if (minutes === 1) return "1 minute";
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

const move = ({ kind, to }: Action): string =>
  kind === "advance" && to !== null ? `${NAMES_OF_ACTIONS[kind]} to ${to} %` : NAMES_OF_ACTIONS[kind];

const reasonsOf = (because: readonly string[]): string =>
  because.length > 3 ? `${because.slice(0, 3).join("; ")}; and ${because.length - 3} more` : because.join("; ");

/** One difference between the sides, as an operator says it. */
export const sayChange = ({ action, then, now, because, counterfactual }: Change): string => {
  const mark = counterfactual ? " (counterfactual)" : "";
  const what = move(action);
  const why = because.length === 0 ? "" : reasonsOf(because);
  if (then === null && now !== null)
    return `would have ${what} at ${minute(now)}${mark}${why === "" ? "" : ` because of ${why}`}`;
  if (then !== null && now === null)
    return `would not have ${what}, as happened at ${minute(then)}${mark}${why === "" ? "" : `: ${why}`}`;
  if (then === null || now === null) return `would have ${what}`;
  const late = `${span(now - then)} ${now > then ? "later" : "earlier"}`;
  return `would have ${what} ${late}, at ${minute(now)} instead of ${minute(then)}${mark}${why === "" ? "" : `: ${why}`}`;
};

const sayVerdict = ({ gate, first, ticks, then, now }: VerdictChange): string =>
  `gate ${gate}: ${now} instead of ${then} from ${minute(first)} on, in ${ticks} ${ticks === 1 ? "tick" : "ticks"}`;

const sayCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, ticks]) => `${name} ${ticks}`)
    .join(", ") || "nothing";

export const sayReproduced = ({ reproduced, missing }: ReplayResult): readonly string[] => {
  const { ticks, differing, differences } = reproduced;
  return [
    ...(ticks === 0
      ? []
      : [`${ticks} ticks judged again by the recorded policy, ${differing} come out otherwise than recorded`]),
    ...differences.slice(0, MOST_SAID).map(({ line, tick, what }) => `  line ${line}, ${minute(tick)}: ${what}`),
    ...(differences.length > MOST_SAID ? [`  and ${differences.length - MOST_SAID} more; --json lists them`] : []),
    ...(missing.length === 0 ? [] : [`${missing.length} ticks were judged and could not be exported:`]),
    ...missing.slice(0, MOST_SAID).map((what) => `  ${what}`),
  ];
};

export const sayComparison = (
  { divergence, changes, more, verdicts, decisions }: Comparison,
  blocking: ReplayResult["blocking"],
  { then, now }: Names,
): readonly string[] => [
  `${now}, against ${then}:`,
  ...(divergence === null ? ["  makes every move at the same tick"] : []),
  ...changes.map((change) => `  ${sayChange(change)}`),
  ...(more === 0 ? [] : [`  and ${more} more moves`]),
  ...verdicts.map((verdict) => `  ${sayVerdict(verdict)}`),
  ...(divergence === null
    ? []
    : [
        `  Everything after ${minute(divergence.tick)} is counterfactual: there the one ${didOrNot(divergence.then)} and the other`,
        `  ${didOrNot(divergence.now)}, and the traffic of another weight would have given other evidence.`,
      ]),
  `  ticks: ${sayCounts(decisions.now)}`,
  ...(Object.keys(decisions.then).length === 0 ? [] : [`  before: ${sayCounts(decisions.then)}`]),
  ...(Object.keys(blocking).length === 0
    ? []
    : [`  held most by: ${sayCounts(Object.fromEntries(Object.entries(blocking).slice(0, 5)))}`]),
];

const didOrNot = (action: Action | null): string => (action === null ? "stays where it is" : `has ${move(action)}`);
