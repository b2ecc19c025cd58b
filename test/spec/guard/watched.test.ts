import { describe, expect, test } from "vitest";
import { createCloudWatch } from "../../../lab/aws/cloudwatch/cloudwatch.ts";
import { guardAlarms } from "../../../scripts/template/guard-alarms.ts";
import { runTick } from "../../../src/guard/tick.ts";
import { durationMs, type EpochMs, earlier, later, MINUTE_MS, minuteOf } from "../../../src/kernel/units.ts";
import { type FakeWorld, fakeWorld } from "../../support/fake-world.ts";
import { manualClock } from "../../support/lab-account.ts";

/** An alarm is seen to change 35 to 80 s after the end of the period that decided (aws.md 2, delay). */
const [EARLIEST_MS, LATEST_MS] = [35_000, 80_000];
const PROMISED_MS = 7 * MINUTE_MS;

interface Life {
  readonly world: FakeWorld;
  /** Where within its minute the schedule fires. */
  readonly firesAfterMs: number;
  /** How long after it was sent a number can be read. */
  readonly visibleAfterMs?: number;
}

/**
 * The generated template's own alarm on the guard, judged by CloudWatch's rules over what the real tick sends. Counts
 * the minutes of a life in which things go wrong, and says when somebody was paged, at the latest CloudWatch may.
 */
const watched = ({ world, firesAfterMs, visibleAfterMs = 10_000 }: Life) => {
  const clock = { ...manualClock(), now: () => world.clock.now() };
  const cloudwatch = createCloudWatch({ clock, dir: "", log: () => {} }, { evaluateByItself: false });
  const pages: EpochMs[] = [];
  cloudwatch.onTransition(({ to, at }) => {
    if (to === "ALARM") pages.push(later(minuteOf(at), LATEST_MS));
  });
  const alarm = guardAlarms()["StalestCutoverAlarm"];
  if (alarm === undefined) throw new Error("the template has no alarm on the guard");
  const { AlarmActions, OKActions, ...properties } = alarm.Properties as Record<string, unknown>;
  const created = cloudwatch.resources.create("StalestCutoverAlarm", alarm.Type, properties);

  const tick = async (minute: EpochMs, serves: boolean): Promise<void> => {
    const { stalestSeconds } = await runTick(world.ports, minute);
    const at = world.clock.now();
    if (stalestSeconds !== null)
      cloudwatch.store.put({
        namespace: "Pawl",
        metric: "StalestCutoverSeconds",
        dimensions: { service: "pawl" },
        at,
        samples: [{ value: stalestSeconds, count: 1 }],
        visibleAt: later(at, visibleAfterMs),
      });
    if (!serves) world.invoke.jobs.length = 0;
    await world.deliverAll();
  };

  const advance = (at: EpochMs): void => world.clock.advanceTo(at > world.clock.now() ? at : world.clock.now());

  /** Lives on for so many minutes; `ticks`: the schedule fires; `serves`: what it asks for is done. */
  const live = async (minutes: number, { ticks = true, serves = true } = {}): Promise<void> => {
    await created;
    for (let done = 0; done < minutes; done += 1) {
      const minute = later(minuteOf(earlier(world.clock.now(), firesAfterMs)), MINUTE_MS);
      const happenings = [
        { at: later(minute, firesAfterMs), happen: async () => (ticks ? tick(minute, serves) : undefined) },
        { at: later(minute, EARLIEST_MS), happen: async () => cloudwatch.evaluateAlarms() },
      ].sort((a, b) => a.at - b.at);
      for (const { at, happen } of happenings) {
        advance(at);
        await happen();
      }
    }
  };
  const tells = [AlarmActions, OKActions];
  return { live, pages, tells, lastJudged: () => world.state().lastTick ?? world.state().armedAt };
};

const PHASES = [0, 20_000, 34_000, 36_000, 59_000];

const armed = async (firesAfterMs: number, visibleAfterMs?: number) => {
  const world = fakeWorld();
  await world.arm();
  const guard = watched({ world, firesAfterMs, ...(visibleAfterMs === undefined ? {} : { visibleAfterMs }) });
  await guard.live(5);
  // A stack that has just been deployed has been silent so far.
  guard.pages.length = 0;
  return { world, guard };
};

describe.each(PHASES)("with a schedule that fires %i ms into its minute", (firesAfterMs) => {
  test("a guard that is dead, and runs no tick at all, pages within seven minutes of the last judged tick", async () => {
    const { guard } = await armed(firesAfterMs);
    const last = guard.lastJudged();
    await guard.live(8, { ticks: false });
    expect(guard.pages).toHaveLength(1);
    expect((guard.pages[0] ?? 0) - last).toBeLessThanOrEqual(PROMISED_MS);
  });

  test("a cutover that is not judged, while ticks run, pages within seven minutes", async () => {
    const { guard } = await armed(firesAfterMs);
    const last = guard.lastJudged();
    await guard.live(8, { serves: false });
    expect(guard.pages).toHaveLength(1);
    expect((guard.pages[0] ?? 0) - last).toBeLessThanOrEqual(PROMISED_MS);
  });

  test("so does a tick that cannot read what it should serve", async () => {
    const { world, guard } = await armed(firesAfterMs);
    const last = guard.lastJudged();
    world.store.down = true;
    await guard.live(8);
    expect(guard.pages).toHaveLength(1);
    expect((guard.pages[0] ?? 0) - last).toBeLessThanOrEqual(PROMISED_MS);
  });

  test("a cutover that is on hold is judged all the same, and pages nobody here; its own page says what blocks", async () => {
    const { world, guard } = await armed(firesAfterMs);
    world.truth.streams.set("forward.lagRecords", 5_000);
    await guard.live(5);
    const { weightPercent } = world.state();
    await guard.live(85);
    expect(world.state().weightPercent).toBe(weightPercent);
    expect(world.state().blocking.map(({ what }) => what)).toContain("gate:lag");
    expect(guard.pages).toEqual([]);
  });

  test("one tick that is missed pages nobody", async () => {
    const { guard } = await armed(firesAfterMs);
    await guard.live(1, { serves: false });
    await guard.live(5);
    await guard.live(1, { ticks: false });
    await guard.live(5);
    expect(guard.pages).toEqual([]);
  });

  test("numbers that are a minute late page nobody", async () => {
    const { guard } = await armed(firesAfterMs, durationMs(70_000));
    await guard.live(30);
    expect(guard.pages).toEqual([]);
  });
});

test("a guard with nothing to serve is quiet as long as it ticks, and pages when it does not", async () => {
  const world = fakeWorld();
  const guard = watched({ world, firesAfterMs: 2_000 });
  await guard.live(5);
  guard.pages.length = 0;
  await guard.live(20);
  expect(guard.pages).toEqual([]);
  await guard.live(8, { ticks: false });
  expect(guard.pages).toHaveLength(1);
});

test("whoever is told of silence is told of its end, too", () => {
  const { tells } = watched({ world: fakeWorld(), firesAfterMs: 0 });
  expect(tells).toEqual([[{ Ref: "Topic" }], [{ Ref: "Topic" }]]);
});
