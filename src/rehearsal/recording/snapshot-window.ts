import type { Snapshot } from "../../snapshot/snapshot.ts";

/** Snapshots of one epoch in the order of their ticks, with one more; another epoch begins anew. */
export const withSnapshot = (snapshots: readonly Snapshot[], one: Snapshot): readonly Snapshot[] => {
  const newest = snapshots.at(-1);
  if (newest === undefined || newest.epoch !== one.epoch) return [one];
  if (newest.tick < one.tick) return [...snapshots, one];
  return [...snapshots.filter(({ tick }) => tick !== one.tick), one].sort((a, b) => a.tick - b.tick);
};
