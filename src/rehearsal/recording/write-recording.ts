import { ENGINE_VERSION } from "../../decision/decision.ts";
import type { LedgerRecord } from "../../decision/record.ts";
import { toIso } from "../../kernel/instant.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../kernel/json.ts";
import { oncePerObject } from "../../kernel/memo.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import type { Snapshots } from "../../snapshot/evidence.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { StoredTick } from "../stored-tick.ts";
import { type FlatSnapshot, flat, movedOn, unflat } from "./flat-snapshot.ts";
import { type Delta, deltaOf } from "./json-delta.ts";
import { expectedNext, FORMAT, operandsIn, type Picture, verdictsIn, withoutBookkeeping } from "./picture.ts";

/** Turns a cutover's records, in order, into lines of a recording. Remembers one tick and the names of a few snapshots. */
export interface RecordingWriter {
  readonly header: (cutover: CutoverBindings) => JsonObject;
  /**
   * A judged tick: its own line, and before it those of a policy and of snapshots that no line has told yet. Fails where
   * it looked at a snapshot that a recording cannot hold, such as one of another release.
   */
  readonly tick: (stored: StoredTick) => Result<readonly JsonObject[], string>;
  /** Anything else: a step made, a latch, an arming; or a tick whose evidence cannot be had, and why. */
  readonly note: (record: LedgerRecord, missing?: string) => JsonObject;
  /** The last line: how many lines were made before it, so that a file that lost some is found out. */
  readonly end: () => JsonObject;
}

export const recordingWriter = (): RecordingWriter => {
  const policies = new Set<string>();
  const snapshots = snapshotTeller();
  let before: Picture | undefined;
  let made = 0;
  const counted = <Lines extends readonly JsonObject[]>(...lines: Lines): Lines => {
    made += lines.length;
    return lines;
  };

  const policyLines = ({ policy }: StoredTick): readonly JsonObject[] => {
    if (policy === null || policies.has(policy.digest)) return [];
    policies.add(policy.digest);
    return [{ policy: policy.digest, is: policy.body as unknown as JsonValue }];
  };

  return {
    header: (cutover) => counted({ format: FORMAT, engine: ENGINE_VERSION, cutover: cutover.name })[0],
    end: () => ({ end: { lines: made } }),
    note: ({ seq, tick, at, kind, epoch, summary }, missing) =>
      counted({
        ...{ record: seq, epoch, at: toIso(at), tick: tick === null ? null : toIso(tick), kind, summary },
        ...(missing === undefined ? {} : { missing }),
      })[0],
    tick: (stored) => {
      const strange = stored.snapshots.find((one) => !fits(one));
      if (strange !== undefined)
        return fail(`the snapshot of ${toIso(strange.tick)} is not one that a recording can hold`);
      const others = snapshots.tellOthers(stored.snapshots);
      const own = snapshots.tell(stored.snapshots.at(-1) ?? stored.snapshots[0]);
      const looked = snapshots.areAllOf(stored.snapshots) ? null : stored.snapshots.map(({ tick }) => tick);
      const picture = pictureOf(stored, own.columns, looked);
      const expected = before === undefined ? undefined : { ...expectedNext(before), snapshot: own.base };
      before = picture;
      const change = changeOf(expected, picture);
      const line = { tick: toIso(stored.tick), record: stored.record.seq, state: stored.stateDigest, change };
      return ok(counted(...policyLines(stored), ...others, line));
    },
  };
};

/** Whether the columns give the very snapshot that was judged: what they cannot carry must not be recorded wrongly. */
const fits = oncePerObject((one: Snapshot): boolean => {
  try {
    return canonicalJson(unflat(flat(one))) === canonicalJson(one);
  } catch {
    return false;
  }
});

/** Remembers which snapshots the recording has told since the oldest that is still looked at. */
const snapshotTeller = () => {
  let newest: FlatSnapshot | undefined;
  let told: readonly EpochMs[] = [];
  let epoch = 0;
  const tell = (one: Snapshot): { readonly columns: FlatSnapshot; readonly base: FlatSnapshot | undefined } => {
    const columns = flat(one);
    const base = newest === undefined ? undefined : movedOn(newest, one.tick);
    newest = columns;
    told = [...told, one.tick];
    return { columns, base };
  };
  return {
    tell,
    /** Lines of those that are looked at beside the tick's own, and that no line has told yet. */
    tellOthers: (looked: Snapshots): readonly JsonObject[] => {
      if (looked[0].epoch !== epoch) [epoch, told] = [looked[0].epoch, []];
      told = told.filter((each) => each >= looked[0].tick);
      return looked
        .slice(0, -1)
        .filter(({ tick }) => !told.includes(tick))
        .map((one) => {
          const { columns, base } = tell(one);
          return { snapshot: toIso(one.tick), change: changeOf(base, columns) };
        });
    },
    areAllOf: (looked: Snapshots): boolean => looked.length === told.length,
  };
};

const pictureOf = (stored: StoredTick, snapshot: FlatSnapshot, looked: readonly number[] | null): Picture => ({
  cutover: stored.cutover,
  snapshot,
  back: stored.tick - stored.snapshots[0].tick,
  looked,
  state: withoutBookkeeping(stored.state),
  policy: stored.policy?.digest ?? null,
  trouble: stored.trouble,
  decision: stored.decision,
  verdicts: verdictsIn(stored.judgement),
  operands: operandsIn(stored.judgement),
});

/** Both are plain JSON by their making; `{}` where nothing changed. */
const changeOf = (before: object | undefined, after: object): JsonValue =>
  (deltaOf(before as JsonValue | undefined, after as JsonValue) as Exclude<Delta, undefined> | undefined) ?? {};
