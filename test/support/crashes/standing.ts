import { type FakeWorld, ORDERS } from "../fake-world.ts";
import { forked } from "../races/fork.ts";
import { unrest } from "../races/laws.ts";
import { SITUATIONS, type Situation } from "../races/situations.ts";
import type { Standing } from "./killed-anywhere.ts";

export interface Story {
  readonly begin: () => Promise<Standing>;
  /** How many come until it rests where nothing kills it. */
  readonly messages: number;
  /** What people are told whatever happens, by subject. */
  readonly told: readonly RegExp[];
}

const known = new Map<string, Promise<FakeWorld>>();

/** A world of one's own that stands where the situation does; coming there minute by minute is done once. */
export const standing = async (name: string, prepare: () => Promise<FakeWorld>): Promise<FakeWorld> => {
  const prepared = known.get(name) ?? prepare();
  known.set(name, prepared);
  return forked(await prepared);
};

export const situation = (name: Situation): Promise<FakeWorld> => standing(name, () => SITUATIONS[name](ORDERS));

export const aMinuteOf = (world: FakeWorld, rests: () => boolean): Standing => ({
  world,
  run: (through) => world.minute(through),
  later: (through) => world.minute(through),
  rests: () => unrest(world).length === 0 && rests(),
});

export const stepped = (world: FakeWorld): Standing => aMinuteOf(world, () => world.state().weightPercent === 10);
export const back = (world: FakeWorld): Standing => aMinuteOf(world, () => world.state().phase === "rolledBack");

/** At the next minute or after it. */
export const hasJudged = (world: FakeWorld): (() => boolean) => {
  const now = world.clock.now();
  return () => (world.state().lastTick ?? 0) > now;
};

export const judged = (world: FakeWorld): Standing => aMinuteOf(world, hasJudged(world));

/** The minute before the one in which it happens. */
export const minuteBefore = async (come: () => Promise<FakeWorld>, happens: (world: FakeWorld) => boolean) => {
  const world = await come();
  const minutes = await world.until("what the story is about", () => happens(world));
  const again = await come();
  await again.minutes(minutes - 1);
  return again;
};

export const told = (pattern: RegExp) => (world: FakeWorld) =>
  world.notify.sent.some(({ subject }) => pattern.test(subject));
