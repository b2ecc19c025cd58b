import { ENGINE_VERSION } from "../../decision/decision.ts";
import type { LedgerRecord } from "../../decision/record.ts";
import { toIso } from "../../kernel/instant.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../kernel/json.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { StoredTick } from "../stored-tick.ts";
import { type FlatSnapshot, flat, movedOn, unflat } from "./flat-snapshot.ts";
import { type Delta, deltaOf } from "./json-delta.ts";
import { expectedNext, FORMAT, operandsIn, type Picture, verdictsIn, withoutBookkeeping } from "./picture.ts";

/** Turns a cutover's records, in order, into lines of a recording. Remembers one tick and the names of a few snapshots. */
export interface RecordingWriter {
  readonly header: (cutover: CutoverBindings) => JsonObject;
  /** A judged tick: its own line, and before it those of a policy and of snapshots that no line has told yet. */
  readonly tick: (stored: StoredTick) => readonly JsonObject[];
  /** Anything else: a step made, a latch, an arming; or a tick whose evidence cannot be had, and why. */
  readonly note: (record: LedgerRecord, missing?: string) => JsonObject;
}

export const recordingWriter = (): RecordingWriter => {
  const policies = new Set<string>();
  let before: Picture | undefined;
  let snapshot: FlatSnapshot | undefined;
  let told: readonly EpochMs[] = [];
  let epoch = 0;

  const toldFlat = (one: Snapshot): { readonly columns: FlatSnapshot; readonly base: FlatSnapshot | undefined } => {
    const columns = flat(one);
    // The columns have to give the very snapshot that was judged; what they cannot carry must not be recorded wrongly.
    if (canonicalJson(unflat(columns)) !== canonicalJson(one))
      throw new RangeError(`the snapshot of ${toIso(one.tick)} is not one that a recording can hold`);
    const base = snapshot === undefined ? undefined : movedOn(snapshot, one.tick);
    snapshot = columns;
    return { columns, base };
  };

  const alsoLooked = (one: Snapshot): JsonObject => {
    const { columns, base } = toldFlat(one);
    return { snapshot: toIso(one.tick), change: changeOf(base, columns) };
  };

  return {
    header: (cutover) => ({ format: FORMAT, engine: ENGINE_VERSION, cutover: cutover.name }),
    note: ({ seq, tick, at, kind, epoch: of, summary }, missing) => ({
      ...{ record: seq, epoch: of, at: toIso(at), tick: tick === null ? null : toIso(tick), kind, summary },
      ...(missing === undefined ? {} : { missing }),
    }),
    tick: (stored) => {
      const lines: JsonObject[] = [];
      if (stored.policy !== null && !policies.has(stored.policy.digest)) {
        policies.add(stored.policy.digest);
        lines.push({ policy: stored.policy.digest, is: stored.policy.body as unknown as JsonValue });
      }
      if (stored.state.epoch !== epoch) [epoch, told] = [stored.state.epoch, []];
      const looked = stored.snapshots.map(({ tick }) => tick);
      const oldest = looked[0] ?? stored.tick;
      told = told.filter((each) => each >= oldest);
      for (const one of stored.snapshots.slice(0, -1))
        if (!told.includes(one.tick)) {
          lines.push(alsoLooked(one));
          told = [...told, one.tick];
        }
      const { columns, base } = toldFlat(stored.snapshots.at(-1) ?? stored.snapshots[0]);
      told = [...told, stored.tick];
      const all = looked.length === told.length;
      const picture = pictureOf(stored, columns, all ? null : looked);
      const expected = before === undefined ? undefined : { ...expectedNext(before), snapshot: base };
      before = picture;
      lines.push({
        tick: toIso(stored.tick),
        record: stored.record.seq,
        state: stored.stateDigest,
        change: changeOf(expected, picture),
      });
      return lines;
    },
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
