import type fc from "fast-check";
import type { CutoverState } from "../../../src/decision/state.ts";
import type { GuardPorts, StatePort } from "../../../src/guard/ports.ts";
import { ok } from "../../../src/kernel/result.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { aroundCalls } from "../around-calls.ts";
import type { WriteFate } from "../fake-rules.ts";
import type { Job } from "../fake-stores.ts";
import type { FakeWorld } from "../fake-world.ts";
import { type Death, Killed, mortal } from "../mortal.ts";
import { overheard } from "../overheard.ts";
import { ACTS, type Act } from "./acts.ts";
import { forked } from "./fork.ts";
import { brokenLaws, unrest, watchRises } from "./laws.ts";
import { SITUATIONS, type Situation } from "./situations.ts";

/** One of the runs. Left to chance alone, one that comes late would almost never meet the end of another. */
export interface Runner {
  readonly act: Act;
  /** Turns of the scheduler it lets pass before its first call. */
  readonly startsAfter: number;
}

export interface Race {
  readonly situation: Situation;
  readonly runners: readonly Runner[];
  /** What becomes of the first writes to the load balancer. */
  readonly fates: readonly WriteFate[];
  /** Of the first of the runners. */
  readonly death: Death | null;
}

export interface Raced {
  /** The item before the race, and after it. */
  readonly first: CutoverState;
  readonly raced: CutoverState;
  /** When it has come to rest. */
  readonly last: CutoverState;
  /** What is broken, after the race and after the calm behind it, one sentence each. */
  readonly broken: readonly string[];
}

/** Longer than anything that is announced lives, with a rollback after it. */
const CALM_MINUTES = 16;
/** At rest for as long as this, it stays so. */
const RESTS_MINUTES = 2;

const known = new Map<string, Promise<FakeWorld>>();

const prepared = (situation: Situation, cutover: CutoverBindings): Promise<FakeWorld> => {
  const key = `${situation} of ${cutover.name}`;
  const world = known.get(key) ?? SITUATIONS[situation](cutover);
  known.set(key, world);
  return world;
};

/** One call at a time, in the order that the scheduler chooses; a call has ended before the next one begins. */
const scheduled = (ports: GuardPorts, scheduler: fc.Scheduler, who: string): GuardPorts =>
  aroundCalls(ports, async (call, name) => {
    let ended: () => void = () => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    await scheduler.schedule(Promise.resolve(), `${who}: ${name}`, undefined, async (release) => {
      await release();
      await end;
    });
    try {
      return await call();
    } finally {
      ended();
    }
  });

/** The store under a race: the world's own, or another that is given the item as the race finds it. */
export type StoreOf = (world: FakeWorld) => Promise<StatePort>;

export const inMemory: StoreOf = async (world) => world.store;

/**
 * Lets several runs of the guard loose on one cutover, their calls interleaved by the scheduler, and those they ask for
 * with them; then lets it come to rest.
 */
export const runRace = async (
  scheduler: fc.Scheduler,
  { situation, runners, fates, death }: Race,
  cutover: CutoverBindings,
  storeOf: StoreOf = inMemory,
): Promise<Raced> => {
  const world = await forked(await prepared(situation, cutover));
  const waiting = world.invoke.jobs.splice(0);
  const first = world.state();
  const written: CutoverState[] = [];
  const store = overheard(await storeOf(world), (state) => written.push(state));
  const rises = watchRises(world);
  const racing = { world, tick: world.nextMinute() };
  const runs: Promise<void>[] = [];
  let ids = 0;
  const ports: GuardPorts = {
    ...world.ports,
    state: store,
    // Not those of the world it was forked from.
    newId: () => {
      ids += 1;
      return `race-${ids}`;
    },
  };

  const start = (who: string, run: (ports: GuardPorts) => Promise<unknown>, end: Death | null = null): void => {
    const through = mortal(scheduled({ ...ports, invoke }, scheduler, who), end);
    const done = run(through.ports).then(
      () => {},
      (error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      },
    );
    runs.push(done);
  };
  const startJob = (job: Job): void => start(`asked ${runs.length}`, (ports) => world.deliver(job, ports));
  // Whoever is asked for runs as soon as the scheduler lets it, beside those that are under way.
  const invoke: GuardPorts["invoke"] = {
    ...world.ports.invoke,
    rollback: async (name, request) => {
      startJob({ kind: "rollback", cutover: name, request });
      return ok(undefined);
    },
  };

  world.rules.fates.push(...fates);
  for (const job of waiting) startJob(job);
  runners.forEach(({ act, startsAfter }, index) => {
    const run = async (through: GuardPorts) => {
      for (let turn = 0; turn < startsAfter; turn += 1) await scheduler.schedule(Promise.resolve());
      await ACTS[act](through, racing);
    };
    start(`${index} ${act}`, run, index === 0 ? death : null);
  });
  for (let ended = 0; ended < runs.length; ended = runs.length) await scheduler.waitFor(Promise.all(runs.slice()));

  world.rules.fates.length = 0;
  const raced = world.state();
  let rests = 0;
  for (let minute = 0; minute < CALM_MINUTES && rests < RESTS_MINUTES; minute += 1) {
    await world.minute({ ...ports, invoke: world.ports.invoke });
    rests = unrest(world).length === 0 ? rests + 1 : 0;
  }
  return {
    first,
    raced,
    last: world.state(),
    broken: [...rises, ...brokenLaws(world, first, written), ...unrest(world)],
  };
};
