import type { CutoverState, OutboxEntry } from "../../../src/decision/state.ts";
import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

/** P7: a weight that is recorded has been on every route, none is once all is on blue, and what was put down to be kept or told was, once. */
export const recordedWasMade = (): Checker => {
  /** What each route's weighted rule has had since the open intent was announced. */
  let stood = new Map<number, Set<number>>();
  let intentAt: number | null = null;
  const entries = new Map<string, OutboxEntry>();
  const latches = new Set<string>();

  const look = (world: World, route: number): void => {
    const seen = stood.get(route) ?? new Set<number>();
    stood.set(route, seen.add(world.rules.weightedPercent(route)));
  };
  const lookAtAll = (world: World): void => world.cutover.routes.forEach((_, route) => void look(world, route));

  const stored = (world: World, { before, after }: Extract<WorldEvent, { kind: "stored" }>): readonly string[] => {
    for (const entry of after.outbox) entries.set(entry.id, entry);
    if (after.latch !== undefined) latches.add(after.latch.record.id);
    const risen = after.weightPercent > (before?.weightPercent ?? 0);
    const unmade = risen && [...stood.values()].some((weights) => !weights.has(after.weightPercent));
    if (after.intent?.intentAt !== intentAt && after.intent !== undefined) {
      intentAt = after.intent.intentAt;
      stood = new Map();
      lookAtAll(world);
    }
    return [
      ...(unmade ? [`${after.weightPercent} % is recorded, and a route has never had it`] : []),
      ...(isNewlyOnBlue(before, after) && after.weightPercent !== 0
        ? [`on blue by its own word, and ${after.weightPercent} % is recorded`]
        : []),
    ];
  };

  return {
    promise: "P7",
    watch: (event, world) => {
      if (event.kind === "changed") look(world, event.route);
      return event.kind === "stored" ? stored(world, event) : null;
    },
    end: (world) => {
      const waiting = world.state()?.outbox ?? [];
      const told = new Set(world.told.map(({ id }) => id));
      return [...untold(entries, waiting, told), ...unrecorded(world, latches, world.state())];
    },
  };
};

const isNewlyOnBlue = (before: CutoverState | null, { latch }: CutoverState): boolean =>
  latch?.verifiedAt !== undefined && before?.latch?.verifiedAt === undefined;

const untold = (
  entries: ReadonlyMap<string, OutboxEntry>,
  waiting: readonly OutboxEntry[],
  told: ReadonlySet<string>,
): readonly string[] =>
  [...entries.values()]
    .filter(({ id, notification }) => notification !== undefined && !told.has(id))
    .filter(({ id }) => !waiting.some((entry) => entry.id === id))
    .map(({ id }) => `nobody was told ${id}`);

/** Every latch has its one line, once a commit has come after it. */
const unrecorded = (world: World, latches: ReadonlySet<string>, state: CutoverState | null): readonly string[] => {
  const ids = [...world.table.records, ...(state?.outbox ?? []).flatMap(({ record }) => record ?? [])];
  const lines = new Map<string, Set<number>>();
  for (const { id, seq } of ids) lines.set(id, (lines.get(id) ?? new Set()).add(seq));
  const pending = state?.latch?.chainedSeq === undefined ? state?.latch?.record.id : undefined;
  return [...latches]
    .filter((id) => id !== pending && lines.get(id)?.size !== 1)
    .map((id) => `${lines.get(id)?.size ?? 0} records of the latch ${id}`);
};
