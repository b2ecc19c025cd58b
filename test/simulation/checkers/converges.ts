import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

/** P6: however it was interrupted, it comes to rest where an undisturbed run may, and leaves nothing half done. */
export const converges = (): Checker => {
  /** Whether green's share is what somebody else made of it. */
  let meddled = false;
  return {
    promise: "P6",
    watch: (event, world) => {
      switch (event.kind) {
        case "threw":
          return `${event.run.kind} threw: ${event.error instanceof Error ? event.error.message : String(event.error)}`;
        case "changed":
          if (event.effective.from !== event.effective.to) meddled = event.run === null;
          return unannounced(world, event);
        case "stored":
          return disorder(event);
        default:
          return null;
      }
    },
    end: (world) => unrest(world, meddled),
  };
};

const disorder = ({ before, after }: Extract<WorldEvent, { kind: "stored" }>): string | null => {
  if (before === null) return null;
  if (after.version !== before.version + 1) return `version ${before.version} was followed by ${after.version}`;
  const again = before.lastTick !== null && (after.lastTick ?? 0) < before.lastTick;
  return again ? `tick ${after.lastTick} was judged after ${before.lastTick}` : null;
};

/** A request that arrives while nothing in the table says that it may: nobody would have settled it. */
const unannounced = (world: World, event: Extract<WorldEvent, { kind: "changed" }>): string | null => {
  const state = world.state();
  const { run, weighted } = event;
  if (run === null || weighted.to <= weighted.from || state === null) return null;
  const expected = state.latch !== undefined || state.intent?.to === weighted.to || state.weightPercent === weighted.to;
  return expected ? null : `${weighted.to} % arrived unannounced, ${state.weightPercent} % recorded`;
};

const unrest = (world: World, meddled: boolean): readonly string[] => {
  const state = world.state();
  if (state === null) return [];
  const green = world.rules.greenPercent();
  const found: string[] = [];
  const { latch, intent, phase, weightPercent, wayBack } = state;
  if (intent !== undefined) found.push(`an intent (${intent.kind} ${intent.to}) is still open`);
  const back = latch !== undefined && latch.mode === "snapped" && wayBack === "open";
  if (back && (latch.verifiedAt === undefined || phase !== "rolledBack")) found.push("latched and not verified");
  if (latch === undefined && green !== weightPercent && !meddled && !isForeign(world))
    found.push(`${green} % green, ${weightPercent} % recorded`);
  if (phase === "complete" && ((green !== 100 && !meddled) || !world.cdc.acts.has("verify-absence")))
    found.push(`complete with ${green} % green`);
  if (state.outbox.length > 0) found.push(`${state.outbox.length} records never left the outbox`);
  return found;
};

/** Rules that another writer has left behind are told to people, and not the guard's to put right. */
const isForeign = (world: World): boolean =>
  world.state()?.blocking.some(({ what }) => what.startsWith("drift:")) ?? false;
