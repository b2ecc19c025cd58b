import { rearm } from "../../../src/guard/re-arm.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { DRILL, type FakeWorld, ORDERS } from "../fake-world.ts";
import type { Standing } from "./killed-anywhere.ts";
import { aMinuteOf, back, hasJudged, minuteBefore, type Story, situation, standing, told } from "./standing.ts";

const alarmIn = (world: FakeWorld): Standing => {
  const [alarm] = ORDERS.alarms;
  if (alarm === undefined) throw new RangeError("the cutover lists no alarm");
  const { arn: alarmArn, severity } = alarm;
  const alarmAt = world.clock.now();
  world.truth.firing.add(alarmArn);
  return {
    ...back(world),
    run: (through) => snapBack(through, world.cutover, { kind: "alarm", alarmArn, severity, alarmAt }),
  };
};

const rolledBack = async (): Promise<FakeWorld> => {
  const world = await situation("before the next step");
  await alarmIn(world).run(world.ports);
  return world;
};

const unsafe = (world: FakeWorld): FakeWorld => {
  world.truth.streams.set("reverse.lagSeconds", 60);
  return world;
};

/** Long enough for the guard to have read it: going back would not be lossless. */
const laggingReverse = async (): Promise<FakeWorld> => {
  const world = unsafe(await situation("before the next step"));
  await world.minutes(2);
  return world;
};

/** Every kind of run on the way back, and on the way out of it, right before it. */
export const ROLLBACK_STORIES: Readonly<Record<string, Story>> = {
  "a rollback by an alarm": {
    begin: async () => alarmIn(await situation("before the next step")),
    messages: 1,
    told: [/all traffic is on blue/],
  },
  "a rollback by an alarm, held": {
    begin: async () => {
      const world = unsafe(await standing("unsafe", laggingReverse));
      return { ...alarmIn(world), rests: () => world.state().latch?.mode === "held" };
    },
    messages: 1,
    told: [/held/],
  },
  "a rollback by policy": {
    begin: async () =>
      back(
        await standing("green fails", () =>
          minuteBefore(
            () => situation("green has failed"),
            (world) => world.state().latch !== undefined,
          ),
        ),
      ),
    messages: 2,
    told: [/all traffic is on blue/],
  },
  "a rollback by policy, held": {
    begin: async () => {
      const come = async () => {
        const failing = await laggingReverse();
        failing.truth.greenErrorRatio = 0.5;
        return failing;
      };
      const world = unsafe(
        await standing("green fails, lagging", () => minuteBefore(come, (each) => each.state().latch !== undefined)),
      );
      const judges = hasJudged(world);
      return { ...back(world), rests: () => world.state().latch?.mode === "held" && judges() };
    },
    messages: 1,
    told: [/held/],
  },
  "a rollback by an outsider's pin": {
    begin: async () => {
      const world = await situation("before the next step");
      world.rules.edit(world.cutover.routes[0]?.pin?.ruleArn ?? "", (rule) => ({ ...rule, priority: 99 }));
      return back(world);
    },
    messages: 2,
    told: [/all traffic is on blue/],
  },
  "what a rollback cost, settled": {
    begin: async () => {
      const world = await standing("settles", () => minuteBefore(rolledBack, told(/settled lossless/)));
      return aMinuteOf(world, () => world.state().settled !== undefined);
    },
    messages: 1,
    told: [/settled lossless/],
  },
  "arming again": {
    begin: async () => {
      const world = await situation("ready to arm again");
      const options = { rehearsal: true, doctor: async () => [] };
      return {
        ...aMinuteOf(world, () => true),
        run: async (through) => {
          await rearm(through, world.cutover, DRILL, "olga", options);
          await world.deliverAll(through);
        },
      };
    },
    messages: 0,
    told: [],
  },
  "an arm whose pin stayed up": {
    begin: async () => {
      const come = async () => {
        const world = await situation("armed again, its pin still up");
        world.invoke.jobs.length = 0;
        return world;
      };
      return back(await standing("stays up", () => minuteBefore(come, (world) => world.state().latch !== undefined)));
    },
    messages: 2,
    told: [/all traffic is on blue/],
  },
};
