import { flushLeftBehind } from "../../../src/guard/outbox.ts";
import { requestAdopt, requestPause } from "../../../src/guard/requests.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import { beginDecommission, type Decommissioning } from "../decommission.ts";
import { type FakeWorld, sha256 } from "../fake-world.ts";
import { Killed, mortal } from "../mortal.ts";
import { forked } from "../races/fork.ts";
import { OTHER_POLICY } from "../races/situations.ts";
import type { Standing } from "./killed-anywhere.ts";
import { ROLLBACK_STORIES } from "./rollback-stories.ts";
import {
  aMinuteOf,
  hasJudged,
  judged,
  minuteBefore,
  type Story,
  situation,
  standing,
  stepped,
  told,
} from "./standing.ts";

/** Green's weights are moved by hand to what nobody recorded. */
const byHand = (world: FakeWorld): void => {
  const [route] = world.cutover.routes;
  world.rules.edit(route?.weightedRuleArn ?? "", (rule) => ({
    ...rule,
    forward: {
      sticky: false,
      targets: [
        { targetGroupArn: route?.blue ?? "", weight: 23 },
        { targetGroupArn: route?.green ?? "", weight: 77 },
      ],
    },
  }));
};

/** Kills the next minute of a world at the first call of that name, and loses what it had asked for. */
const diesAt = async (world: FakeWorld, call: string): Promise<void> => {
  const twin = await forked(world);
  const counted = mortal(twin.ports, null);
  await twin.minute(counted.ports);
  const at = counted.log.indexOf(call) + 1;
  if (at === 0) throw new RangeError(`${call} is never called`);
  await world.minute(mortal(world.ports, { call: at, when: "before" }).ports).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  world.invoke.jobs.length = 0;
};

/** The executor alone, minute by minute with a permit each, as one process that may be killed and then its successors. */
const decommissionMinutes = (of: Decommissioning, minutes: number): Standing => {
  const aMinute = async (through: Parameters<Standing["run"]>[0]) => {
    of.world.clock.spend(MINUTE_MS);
    of.grantPermit();
    await of.run(through);
  };
  return {
    world: of.world,
    run: async (through) => {
      for (let minute = 0; minute < minutes; minute += 1) await aMinute(through);
    },
    later: aMinute,
    rests: () => of.world.state().phase === "complete",
  };
};

/** Every kind of run that leaves a message, right before it. */
export const STORIES: Readonly<Record<string, Story>> = {
  "a step": {
    begin: async () => stepped(await situation("before the first step")),
    messages: 1,
    told: [/green has 10 %/],
  },
  "a step that the load balancer refuses": {
    begin: async () => {
      const world = await situation("before the first step");
      world.rules.fates.push({ kind: "refused", code: "ThrottlingException" });
      return stepped(world);
    },
    messages: 2,
    told: [/green has 10 %/],
  },
  "a step whose answer never came, settled": {
    begin: async () => {
      const come = async () => {
        const world = await situation("before the first step");
        world.rules.fates.push({ kind: "timed-out", lands: { afterMs: 29_000 } });
        return world;
      };
      return stepped(
        await standing("settled", () => minuteBefore(come, (world) => world.state().weightPercent === 10)),
      );
    },
    messages: 1,
    told: [/green has 10 %/],
  },
  "a hold that is told": {
    begin: async () => {
      const world = await situation("before the next step");
      byHand(world);
      return { ...judged(world), rests: hasJudged(world) };
    },
    messages: 1,
    told: [/needs somebody/],
  },
  "the end of the soak": {
    begin: async () => {
      const come = () =>
        standing("soaks", async () => {
          const world = await situation("before the next step");
          await world.until("100 %", () => world.state().weightPercent === 100);
          return world;
        });
      const world = await standing("soaked", () => minuteBefore(come, told(/the soak is over/)));
      // A minute that nobody observed does not count, and the soak ends a minute later.
      return aMinuteOf(world, () => told(/the soak is over/)(world));
    },
    messages: 1,
    told: [/the soak is over/],
  },
  "another policy": {
    begin: async () => {
      const world = await standing("dwells", async () => {
        const stepping = await situation("before the next step");
        await stepping.until("50 %", () => stepping.state().weightPercent === 50);
        return stepping;
      });
      const asked = { by: "olga", reason: "she knows better", restartStep: true };
      await requestAdopt(world.ports, "orders", { ...asked, policyDigest: policyDigest(OTHER_POLICY, sha256) });
      return judged(world);
    },
    messages: 1,
    told: [/its policy/],
  },
  "an operator's request": {
    begin: async () => {
      const world = await situation("before the next step");
      const asked = { by: "olga", reason: "she looks" };
      return { ...aMinuteOf(world, () => true), run: (through) => requestPause(through, "orders", asked) };
    },
    messages: 0,
    told: [],
  },
  "a tick that takes over what a dead run left": {
    begin: async () => {
      const world = await situation("before the first step");
      await diesAt(world, "notify.send");
      return { ...stepped(world), run: (through) => world.minute(through) };
    },
    messages: 1,
    told: [/green has 10 %/],
  },
  "a tick after the topic was dead": {
    begin: async () => {
      const world = await situation("before the first step");
      world.outage.topic = true;
      await world.minute();
      byHand(world);
      await world.minute();
      world.outage.topic = false;
      return { ...judged(world), rests: hasJudged(world) };
    },
    messages: 2,
    told: [/green has 10 %/, /needs somebody/],
  },
  "the acts of decommission, to the end": {
    begin: async () => decommissionMinutes(await beginDecommission(), 9),
    messages: 3,
    told: [/past the point of no return/, /way back is closed/, /completed/],
  },
  "an act of decommission that fails, and comes about after all": {
    begin: async () => {
      const of = await beginDecommission();
      of.instead.set("final-diff", { kind: "failed", message: "2 of 900 rows differ." });
      const all = decommissionMinutes(of, 2);
      return {
        ...all,
        run: async (through) => {
          await all.run(through);
          of.instead.clear();
          await all.later(through);
        },
        later: async (through) => {
          if (told(/stopped at final-diff/)(of.world)) of.instead.clear();
          await all.later(through);
          // As promote does at every minute: an executor that gets nowhere writes nothing.
          await flushLeftBehind(through, of.world.state());
        },
      };
    },
    messages: 5,
    told: [/stopped at final-diff/, /decommission goes on/, /completed/],
  },
  "the last act, whose message was left": {
    begin: async () => {
      const of = await beginDecommission();
      const all = decommissionMinutes(of, 1);
      of.world.outage.topic = true;
      for (let minute = 0; minute < 9; minute += 1) await all.later(of.world.ports);
      of.world.outage.topic = false;
      return all;
    },
    messages: 3,
    told: [/past the point of no return/, /way back is closed/, /completed/],
  },
  ...ROLLBACK_STORIES,
};
