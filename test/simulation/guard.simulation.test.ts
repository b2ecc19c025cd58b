import { describe, expect, it } from "vitest";
import { rearm } from "../../src/guard/re-arm.ts";
import { requestPause, requestResume } from "../../src/guard/requests.ts";
import { snapBack } from "../../src/guard/snap-back.ts";
import { runTick } from "../../src/guard/tick.ts";
import { later } from "../../src/kernel/units.ts";
import { verifyLedger } from "../../src/ledger/verify-ledger.ts";
import type { WriteFate } from "../support/fake-rules.ts";
import type { Job } from "../support/fake-stores.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS, sha256, wholeLedger } from "../support/fake-world.ts";
import { Killed, mortal } from "../support/mortal.ts";

const SEEDS = 40;
const FAULTY_MINUTES = 85;
/** Long enough for the slowest thing there is: a lowering of the pin that nobody carried out, and the rollback after it. */
const CLEAN_MINUTES = 25;
const WEIGHTS = [0, ...DRILL.steps.map(({ weight }) => weight)];
/** Hard time-outs as the guard sees them where its clock runs fifteen times as fast as its processes. */
const LIFE_MS = { promote: 150_000, observe: 150_000, decommission: 150_000, rollback: 300_000 } as const;

type Random = { chance(p: number): boolean; below(n: number): number; of<Value>(values: readonly Value[]): Value };

/** mulberry32: the same seed, the same world. */
const random = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    chance: (p) => next() < p,
    below,
    of: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new RangeError("nothing to choose from");
      return value;
    },
  };
};

/** The promises, checked by the truth at the very moment green's share rises; independent of everything the guard says. */
const watchPromises = (world: FakeWorld): string[] => {
  const broken: string[] = [];
  world.rules.watch = ({ from, to, by }) => {
    if (to <= from) return;
    const { weightPercent, latch, epoch } = world.state();
    const next = WEIGHTS[WEIGHTS.indexOf(weightPercent) + 1] ?? 100;
    if (latch?.verifiedAt !== undefined)
      broken.push(`green rose ${from} → ${to} (${by}) after epoch ${epoch} was verified`);
    if (to > next) broken.push(`green rose ${from} → ${to} (${by}), recorded ${weightPercent}`);
    if (!by.startsWith("weight")) broken.push(`green rose ${from} → ${to} by ${by}`);
  };
  return broken;
};

const fate = (dice: Random): WriteFate =>
  dice.of<WriteFate>([
    { kind: "answered" },
    { kind: "refused", code: "ThrottlingException" },
    { kind: "timed-out", lands: "now" },
    { kind: "timed-out", lands: "never" },
    { kind: "timed-out", lands: { afterMs: 1_000 + dice.below(28_000) } },
  ]);

const misbehave = (world: FakeWorld, dice: Random): void => {
  const { rules, truth, store, outage } = world;
  rules.describeLagMs = dice.chance(0.3) ? dice.below(10_000) : 0;
  rules.describeFails = dice.chance(0.05);
  if (dice.chance(0.3)) rules.fates.push(...Array.from({ length: 1 + dice.below(4) }, () => fate(dice)));
  if (dice.chance(0.15)) store.fates.push(dice.of(["applied-unanswered", "lost", "answered"]));
  store.down = dice.chance(0.04);
  outage.table = store.down || dice.chance(0.02);
  outage.topic = dice.chance(0.05);
  truth.metricsFail = dice.chance(0.03);
  truth.hostsFail = dice.chance(0.03);
  truth.greenErrorRatio = dice.chance(0.02) ? 0.4 : 0;
  if (dice.chance(0.03)) truth.streams.set("reverse.lagSeconds", 30);
  else if (dice.chance(0.5)) truth.streams.clear();
};

const behave = ({ rules, truth, store, outage }: FakeWorld): void => {
  Object.assign(rules, { describeLagMs: 0, describeFails: false });
  rules.fates.length = 0;
  store.fates.length = 0;
  Object.assign(store, { down: false });
  Object.assign(outage, { table: false, topic: false });
  Object.assign(truth, { metricsFail: false, hostsFail: false, greenErrorRatio: 0 });
  truth.streams.clear();
  truth.firing.clear();
};

/** One process: it may be killed at any call, always is at its time-out, and lets others in between its calls. */
const living = async (
  world: FakeWorld,
  dice: Random,
  kind: keyof typeof LIFE_MS,
  run: (ports: FakeWorld["ports"]) => Promise<unknown>,
): Promise<void> => {
  const death = dice.chance(0.12) ? { call: 1 + dice.below(20), when: dice.of(["before", "after"] as const) } : null;
  const between = async () => {
    for (let turns = dice.below(12); turns > 0; turns -= 1) await Promise.resolve();
  };
  const expiresAt = later(world.clock.now(), LIFE_MS[kind]);
  try {
    await run(mortal(world.ports, death, { between, expiresAt }).ports);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
};

const alarm = ORDERS.alarms[0];

const peopleAndAlarms = (world: FakeWorld, dice: Random): Promise<void>[] => {
  const acts: Promise<void>[] = [];
  const who = { by: "olga", reason: "simulated" };
  if (dice.chance(0.02) && alarm !== undefined) {
    world.truth.firing.add(alarm.arn);
    const trigger = {
      kind: "alarm",
      alarmArn: alarm.arn,
      severity: alarm.severity,
      alarmAt: world.clock.now(),
    } as const;
    for (let copies = dice.below(3); copies > 0; copies -= 1)
      acts.push(living(world, dice, "rollback", (ports) => snapBack(ports, world.cutover, trigger)));
  } else if (dice.chance(0.3)) world.truth.firing.clear();
  if (dice.chance(0.01))
    acts.push(
      living(world, dice, "rollback", (ports) =>
        snapBack(ports, world.cutover, { kind: "operator", ...who, acceptLoss: true }),
      ),
    );
  if (dice.chance(0.03)) acts.push(living(world, dice, "promote", (ports) => requestPause(ports, "orders", who)));
  if (dice.chance(0.2)) acts.push(living(world, dice, "promote", (ports) => requestResume(ports, "orders", who)));
  if (world.state().settled !== undefined && dice.chance(0.3))
    acts.push(
      living(world, dice, "rollback", (ports) =>
        rearm(ports, world.cutover, DRILL, "olga", { rehearsal: true, doctor: async () => [] }),
      ),
    );
  return acts;
};

const minute = async (world: FakeWorld, dice: Random, late: Job[]): Promise<void> => {
  const tick = world.nextMinute();
  misbehave(world, dice);
  await living(world, dice, "promote", (ports) => runTick(ports, tick));
  const start = (job: Job) =>
    living(world, dice, job.kind === "rollback" ? "rollback" : job.name, (ports) => world.deliver(job, ports));
  const due: Job[] = late.splice(0);
  for (const job of world.invoke.jobs.splice(0)) {
    if (dice.chance(0.1)) late.push(job);
    else due.push(job);
    if (dice.chance(0.05)) late.push(job);
  }
  await Promise.all([...due.map(start), ...peopleAndAlarms(world, dice)]);
  await Promise.all(world.invoke.jobs.splice(0).map(start));
};

const atRest = (world: FakeWorld): readonly string[] => {
  const { intent, latch, weightPercent, phase } = world.state();
  const green = world.rules.greenPercent();
  return [
    ...(intent === undefined ? [] : [`an intent (${intent.kind} ${intent.to}) is still open`]),
    ...(latch !== undefined && (latch.verifiedAt === undefined || phase !== "rolledBack")
      ? ["latched and not verified"]
      : []),
    ...(latch !== undefined && green !== 0 ? [`latched with ${green} % green`] : []),
    ...(latch === undefined && green !== weightPercent ? [`${green} % green, recorded ${weightPercent}`] : []),
  ];
};

const simulate = async (seed: number): Promise<FakeWorld> => {
  const dice = random(seed);
  const world = fakeWorld();
  const broken = watchPromises(world);
  expect((await world.arm()).kind).toBe("armed");
  const late: Job[] = [];
  for (let done = 0; done < FAULTY_MINUTES; done += 1) await minute(world, dice, late);
  behave(world);
  await world.minutes(CLEAN_MINUTES);
  expect({ seed, broken, unrest: atRest(world) }).toEqual({ seed, broken: [], unrest: [] });
  expect(verifyLedger(wholeLedger(world), sha256, world.state().ledgerHead), `seed ${seed}`).toMatchObject({
    intact: true,
  });
  return world;
};

describe("the guard in a bad world", () => {
  it(`keeps its promises and comes to rest, for ${SEEDS} seeds`, async () => {
    const seen = { steps: 0, rollbacks: 0, rearms: 0 };
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const world = await simulate(seed);
      const kinds = wholeLedger(world).map(({ kind }) => kind);
      seen.steps += kinds.filter((kind) => kind === "step").length;
      seen.rollbacks += kinds.filter((kind) => kind === "verified").length;
      seen.rearms += kinds.filter((kind) => kind === "rearm").length;
    }
    // A world in which nothing ever happens proves nothing.
    expect(seen.steps).toBeGreaterThan(SEEDS);
    expect(seen.rollbacks).toBeGreaterThan(SEEDS / 2);
    expect(seen.rearms).toBeGreaterThan(3);
  }, 600_000);
});
