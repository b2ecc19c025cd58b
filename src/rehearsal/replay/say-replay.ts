import { ENGINE_VERSION } from "../../decision/decision.ts";
import { cutShort } from "../../kernel/cut.ts";
import { toIso } from "../../kernel/instant.ts";
import { type EpochMs, MINUTE_MS } from "../../kernel/units.ts";
import { OBSERVED_BY } from "../../snapshot/evidence.ts";
import type { Action } from "../recording/recorded-tick.ts";
import type { Change, Comparison, VerdictChange } from "./comparison.ts";
import type { ReplayResult } from "./replay.ts";

/** What `--json` prints. Instants are ISO 8601. */
export interface ReplayDocument {
  /** False where something that was recorded did not come out again. */
  readonly ok: boolean;
  readonly recording: string;
  readonly form: "guard" | "plain";
  readonly ticks: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly reproduced: {
    readonly ticks: number;
    readonly differing: number;
    readonly differences: readonly { readonly line: number; readonly tick: string; readonly what: string }[];
  };
  readonly missing: readonly string[];
  /** Where the rules of another release judged what was recorded; left out where it was this one's. */
  readonly otherEngine?: { readonly recorded: string | null; readonly here: string };
  /** What changes from `was` to `would`; null where only what was recorded is reproduced. */
  readonly comparison: ComparisonDocument | null;
}

interface ComparisonDocument extends Names {
  readonly divergence: { readonly tick: string; readonly was: Action | null; readonly would: Action | null } | null;
  readonly counterfactualFrom: string | null;
  readonly changes: readonly {
    readonly action: Action;
    readonly was: string | null;
    readonly would: string | null;
    readonly laterSeconds: number | null;
    readonly because: readonly string[];
    readonly counterfactual: boolean;
    readonly said: string;
  }[];
  readonly more: number;
  readonly verdicts: readonly (Omit<VerdictChange, "first"> & { readonly first: string })[];
  readonly decisions: Comparison["decisions"];
  readonly blocking: ReplayResult["blocking"];
}

/** What the two sides of a comparison are called. */
export interface Names {
  readonly was: string;
  readonly would: string;
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
const sayChange = ({ action, was, would, because, counterfactual }: Change): string => {
  const mark = counterfactual ? " (counterfactual)" : "";
  const what = move(action);
  const why = because.length === 0 ? "" : reasonsOf(because);
  if (was === null && would !== null)
    return `would have ${what} at ${minute(would)}${mark}${why === "" ? "" : ` because of ${why}`}`;
  if (was !== null && would === null)
    return `would not have ${what}, as happened at ${minute(was)}${mark}${why === "" ? "" : `: ${why}`}`;
  if (was === null || would === null) return `would have ${what}`;
  const late = `${span(would - was)} ${would > was ? "later" : "earlier"}`;
  return `would have ${what} ${late}, at ${minute(would)} instead of ${minute(was)}${mark}${why === "" ? "" : `: ${why}`}`;
};

const sayVerdict = ({ gate, first, ticks, was, would }: VerdictChange): string =>
  `gate ${cutShort(gate)}: ${would} instead of ${was} from ${minute(first)} on, in ${ticks} ${ticks === 1 ? "tick" : "ticks"}`;

const sayCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, ticks]) => `${name} ${ticks}`)
    .join(", ") || "nothing";

const sayReproduced = ({ reproduced, missing }: ReplayResult): readonly string[] => {
  const { ticks, differing, differences } = reproduced;
  return [
    ...(ticks === 0
      ? []
      : [`${ticks} ticks judged again by the recorded policy, ${differing} come out otherwise than recorded`]),
    ...differences.slice(0, MOST_SAID).map(({ line, tick, what }) => `  line ${line}, ${minute(tick)}: ${what}`),
    ...(differences.length > MOST_SAID ? [`  and ${differences.length - MOST_SAID} more; --json lists them`] : []),
    ...(missing.length === 0 ? [] : ["Missing from it:"]),
    ...missing.slice(0, MOST_SAID).map((what) => `  ${what}`),
  ];
};

const sayComparison = (
  { divergence, counterfactualFrom, changes, more, verdicts, decisions }: Comparison,
  blocking: ReplayResult["blocking"],
  names: Names,
): readonly string[] => [
  `${names.would}, against ${names.was}:`,
  ...(divergence === null ? ["  makes every move at the same tick"] : []),
  ...changes.map((change) => `  ${sayChange(change)}`),
  ...(more === 0 ? [] : [`  and ${more} more moves`]),
  ...verdicts.map((verdict) => `  ${sayVerdict(verdict)}`),
  ...(counterfactualFrom === null || (divergence !== null && counterfactualFrom > divergence.tick)
    ? []
    : [
        `  From ${minute(counterfactualFrom)} on everything is counterfactual: by then a policy had moved otherwise than`,
        "  the recording, and other weights would have given other traffic.",
      ]),
  ...(divergence === null
    ? []
    : [
        `  Everything after ${minute(divergence.tick)} is counterfactual: there ${names.was} ${didOrNot(divergence.was)},`,
        `  and ${names.would} ${didOrNot(divergence.would)}; other weights would have given other traffic.`,
      ]),
  `  ticks: ${sayCounts(decisions.would)}`,
  ...(Object.keys(decisions.was).length === 0 ? [] : [`  before: ${sayCounts(decisions.was)}`]),
  ...(Object.keys(blocking).length === 0
    ? []
    : [`  held most by: ${sayCounts(Object.fromEntries(Object.entries(blocking).slice(0, 5)))}`]),
];

/** A soak that stands still for want of a signal that no rule reads would be a riddle. */
const sayUnseen = (unseen: ReplayResult["unseen"], ticks: number): readonly string[] => {
  const lacking = Object.entries(unseen);
  if (lacking.length === 0) return [];
  const each = lacking.map(([path, minutes]) => `${path} in ${minutes} of ${ticks}`).join(", ");
  return [`  The soak clock counts a minute only where all of ${OBSERVED_BY.join(", ")} were read; missing: ${each}.`];
};

const didOrNot = (action: Action | null): string => (action === null ? "stays where it is" : `has ${move(action)}`);

/** What is replayed, as its file says of itself. */
export interface Recording {
  readonly file: string;
  readonly form: ReplayDocument["form"];
  /** Null where it names none. */
  readonly engine: string | null;
}

const isOtherEngine = ({ form, engine }: Recording): boolean => form === "guard" && engine !== ENGINE_VERSION;

/** By other rules much comes out otherwise, and nobody has changed anything. */
const sayEngine = (recording: Recording): readonly string[] =>
  isOtherEngine(recording)
    ? [
        `Engine ${JSON.stringify(recording.engine)} judged it, and this is ${ENGINE_VERSION}: what comes out otherwise may do so by that alone. To hold it against`,
        "what was recorded, replay it in a checkout of the release that exported it.",
      ]
    : [];

export const sayReplay = (recording: Recording, result: ReplayResult, names: Names): readonly string[] => {
  const { ticks, from, to, comparison, blocking, unseen } = result;
  const { file, form } = recording;
  const span = from === null || to === null ? "" : `, ${minute(from)} to ${minute(to)} UTC`;
  return [
    `${file}: ${ticks} ${form === "guard" ? "judged tick" : "minute"}${ticks === 1 ? "" : "s"}${span}`,
    ...sayEngine(recording),
    ...sayReproduced(result),
    ...(comparison === null ? [] : sayComparison(comparison, blocking, names)),
    ...(comparison?.decisions.would["soak"] === undefined ? [] : sayUnseen(unseen, ticks)),
  ];
};

export const documentOf = (
  recording: Recording,
  { ticks, from, to, reproduced, missing, comparison, blocking }: ReplayResult,
  names: Names,
): ReplayDocument => ({
  ok: reproduced.differing === 0 && missing.length === 0,
  ...{ recording: recording.file, form: recording.form, ticks, from: iso(from), to: iso(to), missing },
  reproduced: {
    ...reproduced,
    differences: reproduced.differences.map(({ line, tick, what }) => ({ line, tick: toIso(tick), what })),
  },
  ...(isOtherEngine(recording) ? { otherEngine: { recorded: recording.engine, here: ENGINE_VERSION } } : {}),
  comparison: comparison === null ? null : { ...names, blocking, ...comparisonDocument(comparison) },
});

const iso = (at: EpochMs | null): string | null => (at === null ? null : toIso(at));

const comparisonDocument = ({ divergence, counterfactualFrom, changes, more, verdicts, decisions }: Comparison) => ({
  divergence: divergence === null ? null : { ...divergence, tick: toIso(divergence.tick) },
  counterfactualFrom: iso(counterfactualFrom),
  changes: changes.map((change) => ({
    ...change,
    was: iso(change.was),
    would: iso(change.would),
    laterSeconds: change.was === null || change.would === null ? null : (change.would - change.was) / 1_000,
    said: sayChange(change),
  })),
  more,
  verdicts: verdicts.map((verdict) => ({ ...verdict, first: toIso(verdict.first) })),
  decisions,
});
