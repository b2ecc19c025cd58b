import { type OutsideFailure, ok, outsideFailure, type Result } from "../kernel/result.ts";
import { durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import type { DrainPort } from "../signals/ports.ts";
import { digestsByKey, queryTimeout, type Suspect } from "./diff-slices.ts";
import type { CdcPorts, TableRows } from "./ports.ts";

const ROUNDS = 6;
const DRAIN_MS = 20_000;
/** Less is not enough for a drain and a look. */
const ROUND_MS = 1_000;

export interface Settling {
  readonly ports: CdcPorts;
  readonly drain: DrainPort;
  readonly cutover: CutoverBindings;
  /** Streams to drain before suspects are read again: those that run. */
  readonly directions: readonly Direction[];
  readonly rowsOf: (table: string) => Promise<Result<TableRows, OutsideFailure>>;
  readonly queryMs: number;
  /** Real milliseconds left. */
  readonly leftMs: () => number;
}

export interface Settled {
  /** Still different after a drain, and neither side had moved since. */
  readonly different: readonly Suspect[];
  /** Changed on every look. */
  readonly unsettled: readonly Suspect[];
}

/** As they are now, those that are still unequal. */
const lookAgain = async (
  { ports: { databases }, rowsOf, queryMs, leftMs }: Settling,
  suspects: readonly Suspect[],
): Promise<Result<readonly (readonly [before: Suspect, now: Suspect])[], OutsideFailure>> => {
  const still: (readonly [Suspect, Suspect])[] = [];
  for (const table of new Set(suspects.map((of) => of.table))) {
    const rows = await rowsOf(table);
    if (!rows.ok) return rows;
    const asked = suspects.filter((of) => of.table === table);
    const keys = asked.map(({ key }) => key);
    const timeoutMs = queryTimeout(queryMs, leftMs());
    const [blue, green] = await Promise.all([
      databases.blue.rowsByKey(rows.value, keys, timeoutMs),
      databases.green.rowsByKey(rows.value, keys, timeoutMs),
    ]);
    if (!blue.ok) return blue;
    if (!green.ok) return green;
    const [left, right] = [digestsByKey(blue.value), digestsByKey(green.value)];
    for (const before of asked) {
      const now = { ...before, blue: left.get(before.key) ?? null, green: right.get(before.key) ?? null };
      if (now.blue !== now.green) still.push([before, now]);
    }
  }
  return ok(still);
};

/** A suspect is read again after a drain proof, and counts when it still differs and neither side moved. */
export const settleSuspects = async (
  settling: Settling,
  first: readonly Suspect[],
): Promise<Result<Settled, OutsideFailure>> => {
  const { drain, cutover, directions, leftMs } = settling;
  let open = first;
  const different: Suspect[] = [];
  for (let round = 0; round < ROUNDS && open.length > 0; round += 1) {
    for (const direction of directions) {
      if (leftMs() < ROUND_MS)
        return outsideFailure(
          "timed-out",
          `${open.length} rows differ at first sight, and there was no time left to drain the streams and look again`,
        );
      const proof = await drain.prove(cutover, direction, durationMs(Math.trunc(Math.min(DRAIN_MS, leftMs()))));
      if (!proof.ok) return outsideFailure("refused", `${direction} is not drained: ${proof.failure.message}`);
    }
    const looked = await lookAgain(settling, open);
    if (!looked.ok) return looked;
    const stands = ([before, now]: readonly [Suspect, Suspect]): boolean =>
      before.blue === now.blue && before.green === now.green;
    different.push(...looked.value.filter(stands).map(([, now]) => now));
    open = looked.value.filter((pair) => !stands(pair)).map(([, now]) => now);
  }
  return ok({ different, unsettled: open });
};
