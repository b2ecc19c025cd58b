import { ENGINE_VERSION } from "../../decision/decision.ts";
import { toIso } from "../../kernel/instant.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { Action } from "../recording/recorded-tick.ts";
import type { Comparison, VerdictChange } from "./comparison.ts";
import type { ReplayResult } from "./replay.ts";
import { sayChange } from "./say-change.ts";

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
    readonly held: string | null;
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

/** What is replayed, as its file says of itself. */
export interface Recording {
  readonly file: string;
  readonly form: ReplayDocument["form"];
  /** Null where it names none. */
  readonly engine: string | null;
}

/** Whether other rules than this release's judged what the guard recorded; minutes that somebody wrote nobody has judged. */
export const isOtherEngine = ({ form, engine }: Recording): boolean => form === "guard" && engine !== ENGINE_VERSION;

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
  comparison: comparison === null ? null : { ...names, blocking, ...comparisonDocument(comparison, names) },
});

const iso = (at: EpochMs | null): string | null => (at === null ? null : toIso(at));

const comparisonDocument = (
  { divergence, counterfactualFrom, changes, more, verdicts, decisions }: Comparison,
  { was }: Names,
) => ({
  divergence: divergence === null ? null : { ...divergence, tick: toIso(divergence.tick) },
  counterfactualFrom: iso(counterfactualFrom),
  changes: changes.map((change) => ({
    ...change,
    was: iso(change.was),
    would: iso(change.would),
    laterSeconds: change.was === null || change.would === null ? null : (change.would - change.was) / 1_000,
    said: sayChange(change, was),
  })),
  more,
  verdicts: verdicts.map((verdict) => ({ ...verdict, first: toIso(verdict.first) })),
  decisions,
});
