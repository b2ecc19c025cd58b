import { fromIso } from "../../kernel/instant.ts";
import type { JsonObject, JsonValue } from "../../kernel/json.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { Snapshots } from "../../snapshot/evidence.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { checkPicture, checkSnapshot } from "./check-picture.ts";
import { type FlatSnapshot, movedOn, unflat } from "./flat-snapshot.ts";
import { patched } from "./json-delta.ts";
import { expectedNext, type Picture, withBookkeeping } from "./picture.ts";
import type { Action, RecordedTick, RecordingItem } from "./recorded-tick.ts";
import { withSnapshot } from "./snapshot-window.ts";

/** Checks a policy of a recording. @throws {Error} it is none, or is not what its digest says. */
export type AcceptPolicy = (body: JsonValue, digest: string) => Policy;

/** Reads what `recordingWriter` wrote, line after line; the header has been read. */
export const guardLines = (
  acceptPolicy: AcceptPolicy,
): ((line: JsonObject, number: number) => readonly RecordingItem[]) => {
  const policies = new Map<string, Policy>();
  let before: Picture | undefined;
  let flat: FlatSnapshot | undefined;
  let told: readonly Snapshot[] = [];
  let lastTick = -1;

  const tell = (columns: FlatSnapshot): Snapshot => {
    checkSnapshot(columns, flat);
    flat = columns;
    const snapshot = unflat(columns);
    told = withSnapshot(told, snapshot);
    return snapshot;
  };

  const readSnapshot = (line: JsonObject): RecordingItem => {
    const tick = instantOf(line["snapshot"], "snapshot");
    const base = flat === undefined ? undefined : movedOn(flat, tick);
    return { kind: "snapshot", snapshot: tell(patched(asJson(base), line["change"]) as unknown as FlatSnapshot) };
  };

  const follow = (line: JsonObject): EpochMs => {
    const tick = instantOf(line["tick"], "tick");
    if (tick === lastTick) throw new RangeError(`the tick ${String(line["tick"])} is there twice`);
    if (tick < lastTick) throw new RangeError(`the tick ${String(line["tick"])} is earlier than the one before it`);
    lastTick = tick;
    return tick;
  };

  const readTick = (line: JsonObject, number: number): readonly RecordingItem[] => {
    const tick = follow(line);
    const base = flat === undefined ? undefined : movedOn(flat, tick);
    const expected = before === undefined ? base && { snapshot: base } : { ...expectedNext(before), snapshot: base };
    const picture = patched(asJson(expected), line["change"]) as unknown as Picture;
    checkPicture(picture, before, tick);
    before = picture;
    const snapshot = tell(picture.snapshot);
    const oldest = told.findIndex((each) => each.tick >= tick - picture.back);
    if (oldest > 0) told = told.slice(oldest);
    const recorded = recordedTick(picture, number, lookedAt(told, picture.looked), policies);
    return [
      { kind: "snapshot", snapshot },
      { kind: "tick", tick: recorded },
    ];
  };

  return (line, number) => {
    if ("tick" in line && "change" in line) return readTick(line, number);
    if ("snapshot" in line) return [readSnapshot(line)];
    if ("policy" in line) {
      const digest = String(line["policy"]);
      policies.set(digest, acceptPolicy(line["is"] ?? null, digest));
      return [];
    }
    if (!("record" in line)) throw new RangeError("it is no line of a recording that pawl ledger export wrote");
    return "missing" in line
      ? [{ kind: "missing", line: number, what: `record ${String(line["record"])}: ${String(line["missing"])}` }]
      : [];
  };
};

/** Of the snapshots that were told, those that a tick looked at: all, or the named ones. */
const lookedAt = (told: readonly Snapshot[], named: Picture["looked"]): Snapshots => {
  const seen = named === null ? told : told.filter(({ tick }) => named.includes(tick));
  const newest = seen.at(-1);
  if (newest === undefined || (named !== null && seen.length !== named.length))
    throw new RangeError("it names a snapshot that no line holds");
  return seen as Snapshots;
};

const recordedTick = (
  picture: Picture,
  line: number,
  looked: Snapshots,
  policies: ReadonlyMap<string, Policy>,
): RecordedTick => {
  const { cutover, state, policy: digest, trouble, decision, verdicts, operands } = picture;
  const policy = digest === null ? null : policies.get(digest);
  if (policy === undefined) throw new RangeError(`no line before it holds its policy ${digest?.slice(0, 12)}`);
  return {
    ...{ line, cutover, trouble },
    tick: looked.at(-1)?.tick ?? looked[0].tick,
    state: withBookkeeping(state),
    guard: { looked, policy, digest },
    action: actionIn(decision),
    outcome: {
      decision: decision.kind,
      whole: decision as unknown as JsonValue,
      reasons: decision.reasons,
      verdicts,
      operands,
    },
  };
};

/** The move that a decision makes; null where it waits. */
export const actionIn = (decision: Picture["decision"]): Action | null => {
  switch (decision.kind) {
    case "advance":
      return { kind: "advance", to: decision.to };
    case "rollback":
      return { kind: "rollback", to: 0 };
    case "decommission":
      return { kind: "decommission", to: null };
    default:
      return null;
  }
};

const asJson = (value: unknown): JsonValue | undefined => value as JsonValue | undefined;

const instantOf = (written: JsonValue | undefined, name: string): EpochMs => {
  const at = typeof written === "string" ? fromIso(written) : null;
  if (at === null) throw new RangeError(`"${name}" is no instant such as 2026-01-05T12:00:00.000Z`);
  return at;
};
