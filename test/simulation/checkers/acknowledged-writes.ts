import type { CutoverState } from "../../../src/decision/state.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

/** Readings are a minute old, and nobody may rest on those of more than a minute and a half. */
const KNOWN_AFTER_MS = 5 * MINUTE_MS;

/** The last instant at which a node of the load balancer still sent a request to this side. */
const lastTraffic = (world: World, side: "green" | "blue"): number => {
  const now = world.time.now();
  return Math.max(
    ...world.rules.shares.map((changes) => {
      const last = changes.at(-1);
      if (last === undefined) return 0;
      const takes = side === "green" ? last.greenPercent > 0 : last.greenPercent < 100;
      return takes ? now : Math.min(now, last.allNodesAt);
    }),
  );
};

/** P4: by the world's own rows, nothing that green or blue has acknowledged is left behind, and no label promises more. */
export const acknowledgedWrites = (): Checker => {
  const unapplied = (world: World): string | null => {
    const last = lastTraffic(world, "green");
    const applied = world.cdc.appliedUpTo("reverse");
    return applied >= last ? null : `rows of ${Math.ceil((last - applied) / 1_000)} s are on green alone`;
  };

  const settledWrongly = (world: World, at: number, state: CutoverState): readonly string[] => {
    const found: string[] = [];
    const rows = unapplied(world);
    // Over a gap nothing is applied any more, and lossy is the truth of it.
    const isTold = state.settled?.label === "lossy" && world.truth.reverseGap(at);
    if (rows !== null && !isTold) found.push(`settled as ${state.settled?.label}, and ${rows}`);
    if (state.settled?.label !== "lossless") return found;
    const began = world.truth.reverseGap(at) && world.truth.reverseGap(at - KNOWN_AFTER_MS);
    if (began) found.push("settled as lossless over a gap");
    const old = world.truth.conflicts(at - KNOWN_AFTER_MS) - state.conflictsAtArm;
    if (old > 0) found.push(`settled as lossless with ${old} rows written on both sides`);
    return found;
  };

  const promisedWrongly = (world: World, { expected }: NonNullable<CutoverState["latch"]>): readonly string[] => {
    const since = world.truth.standsSince("reverse", expected.at);
    const stoodMs = since === null ? 0 : expected.at - since;
    return expected.label === "lossless" && stoodMs > KNOWN_AFTER_MS
      ? ["sent back as lossless while reverse had stood still for minutes"]
      : [];
  };

  const stored = (world: World, event: Extract<WorldEvent, { kind: "stored" }>): readonly string[] => {
    const { before, after, at } = event;
    const found: string[] = [];
    if (after.settled !== undefined && before?.settled === undefined) found.push(...settledWrongly(world, at, after));
    if (before?.latch !== undefined && after.phase === "armed" && after.latch === undefined) {
      const rows = unapplied(world);
      if (rows !== null) found.push(`armed again, and ${rows}`);
    }
    const { latch } = after;
    const verifies = latch?.verifiedAt !== undefined && before?.latch?.verifiedAt === undefined;
    return verifies ? [...found, ...promisedWrongly(world, latch)] : found;
  };

  const acted = (world: World, { action }: Extract<WorldEvent, { kind: "act" }>): readonly string[] => {
    const applied = world.cdc.appliedUpTo("forward");
    // A fenced blue accepts nothing, whoever sends requests there.
    const fencedAt = world.cdc.acts.get("fence-blue") ?? Number.POSITIVE_INFINITY;
    const lastBlue = Math.min(lastTraffic(world, "blue"), fencedAt);
    switch (action) {
      case "fence-blue":
        return lastBlue >= world.time.now() ? ["blue was fenced while it had traffic"] : [];
      case "stop-forward":
        return applied < lastBlue ? [`forward was stopped with ${lastBlue - applied} ms of rows on blue alone`] : [];
      case "drop-reverse-slot":
        return world.state()?.wayBack === "closed" ? [] : ["reverse's slot went while a way back was promised"];
      default:
        return [];
    }
  };

  return {
    promise: "P4",
    watch: (event, world) => {
      if (event.kind === "stored") return stored(world, event);
      return event.kind === "act" ? acted(world, event) : null;
    },
  };
};
