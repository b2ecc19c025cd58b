import { describe, expect, test } from "vitest";
import { isOfDrill } from "../../../src/decision/rollback-drill.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import { answerRollback } from "../../../src/edge/answer-rollback.ts";
import { drillRollback } from "../../../src/guard/drill-rollback.ts";
import type { DrillReport } from "../../../src/guard/drill-walk.ts";
import type { TransitionOutcome } from "../../../src/guard/ports.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import { requestPause } from "../../../src/guard/requests.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { SnapBackTrigger } from "../../../src/guard/snap-back-trigger.ts";
import { epochMs, later } from "../../../src/kernel/units.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { drillIn, LINKS, type Wiring } from "../../support/drill.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS, sha256, wholeLedger } from "../../support/fake-world.ts";
import { plainWorld } from "../../support/plain-cutover.ts";

/** Armed, and judged once, with a start that its gates would open at once if nothing held it. */
const armed = async (policy = DRILL) => {
  const world = fakeWorld();
  world.truth.streams.set("forward.lagRecords", 5_000);
  await world.arm(policy);
  await world.minutes(2);
  expect(world.state()).toMatchObject({ phase: "armed", weightPercent: 0 });
  world.truth.streams.delete("forward.lagRecords");
  return { world, drill: drillIn(world) };
};
type Scene = Awaited<ReturnType<typeof armed>>;
const rehearse = ({ world, drill }: Scene, over: Partial<Scene["drill"]["options"]> = {}): Promise<DrillReport> =>
  drillRollback(drill.ports, world.cutover, { ...drill.options, ...over });

const BY_ADA = { kind: "operator", by: "ada", reason: "green is bad", acceptLoss: false } as const;
const spans = (report: DrillReport): Record<string, number> => {
  const marks = "marks" in report ? report.marks : [];
  return Object.fromEntries(marks.map(({ what, at }, index) => [what, at - (marks[index - 1]?.at ?? at)]));
};
const untouched = (world: FakeWorld) => expect(world.rules.history).toEqual([]);

describe("a rehearsal of the rollback", () => {
  test("goes the whole way and ends where it began: armed, pin parked, green without traffic throughout", async () => {
    const scene = await armed();
    const report = await rehearse(scene);

    expect(report).toMatchObject({ kind: "passed", via: "action" });
    const { world } = scene;
    expect(world.state()).toMatchObject({ phase: "armed", epoch: 3, weightPercent: 0 });
    for (const gone of ["latch", "intent", "rollbackDrill"]) expect(world.state()).not.toHaveProperty(gone);
    expect(world.rules.writes.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["pin raised", "weight 0", "pin parked"]),
    );
    untouched(world);
    expect(scene.drill.set).toEqual(["ALARM", "OK"]);
  });

  test("leaves a pause that somebody else has set, although it arms again", async () => {
    const scene = await armed();
    await requestPause(scene.world.ports, "orders", { by: "olga", reason: "over night" });
    await scene.world.minute();
    expect(await rehearse(scene)).toMatchObject({ kind: "passed" });
    expect(scene.world.state()).toMatchObject({ epoch: 3, pause: { by: "olga" } });
  });

  test("times every link by the clocks of those who did it", async () => {
    const took = spans(await rehearse(await armed()));
    expect(Object.keys(took)).toEqual(LINKS);
    expect(took["latched"]).toBeGreaterThanOrEqual(400);
    expect(took["latched"]).toBeLessThan(3_000);
    expect(took["pin raised"]).toBeLessThan(500);
    // Two reads, ten seconds apart.
    expect(took["verified on blue"]).toBeGreaterThanOrEqual(10_000);
  });

  test("begins early in a tick's minute, so that a slow event is not overtaken by the next tick", async () => {
    const scene = await armed();
    const { world, drill } = scene;
    world.truth.streams.set("forward.lagRecords", 5_000);
    Object.assign(drill.wiring, { afterMs: 30_000, evaluates: false });
    world.clock.spend(58_000 - (world.clock.now() % 60_000));
    expect(await rehearse(scene)).toMatchObject({ kind: "passed", via: "action" });
  });

  test.each<[string, (scene: Scene) => Promise<unknown>, RegExp]>([
    [
      "somebody rolled it back",
      ({ world }) => snapBack(world.ports, world.cutover, BY_ADA),
      /it is rolled back already/,
    ],
    [
      "green got its first share",
      ({ world }) => world.until("10 %", () => world.state().weightPercent === 10),
      /green has 10 %/,
    ],
  ])(
    "is refused where %s while it waited for that minute: no alarm is set, nothing announced",
    async (_what, meanwhile, why) => {
      const scene = await armed();
      const { world, drill } = scene;
      world.clock.spend(58_000 - (world.clock.now() % 60_000));
      drill.pending.push({ at: world.clock.now(), deliver: () => meanwhile(scene) });
      const report = await rehearse(scene);
      expect(report.kind === "refused" ? report.refusals.join("; ") : report.kind).toMatch(why);
      expect(drill.set).toEqual([]);
      expect(wholeLedger(world).filter(({ kind }) => kind === "rollback-drill")).toEqual([]);
    },
  );

  test("is told, begun and ended in the ledger, with its times; the chain holds", async () => {
    const scene = await armed();
    await rehearse(scene);
    const records = wholeLedger(scene.world);
    const [began, ended, ...more] = records.filter(({ kind }) => kind === "rollback-drill");
    expect(began).toMatchObject({ epoch: 1, detail: { by: "olga", alarmArn: scene.drill.options.alarm.arn } });
    expect(ended).toMatchObject({ epoch: 3, detail: { via: "action", marks: expect.any(Array) } });
    expect(more).toEqual([]);
    expect(verifyLedger(records, sha256, scene.world.state().ledgerHead)).toMatchObject({ intact: true });
    expect(
      scene.world.notify.sent.some(({ subject }) => subject === "orders: a rehearsal: all traffic is on blue"),
    ).toBe(true);
  });

  test("needs no cooldown after it, and waits all the same until nothing announced before can arrive", async () => {
    const scene = await armed({ ...DRILL, afterRollback: { cooldown: "24h" } });
    const report = await rehearse(scene);
    expect(report.kind).toBe("passed");
    const at = (what: string) =>
      report.kind === "passed" ? (report.marks.find((mark) => mark.what === what)?.at ?? 0) : 0;
    expect(at("armed again") - at("latched")).toBeGreaterThanOrEqual(180_000);
  });

  test.each([
    ["at once", ["applied-unanswered"] as const],
    ["when all is on blue", ["lost", "lost"] as const],
  ])(
    "is taken over by a rollback in earnest whose first latch is not answered, and answered %s",
    async (_when, fates) => {
      const { world, drill } = await armed();
      world.store.put({
        ...world.state(),
        rollbackDrill: {
          by: "olga",
          at: world.clock.now(),
          alarmArn: drill.options.alarm.arn,
          notAfter: later(world.clock.now(), 1_800_000),
        },
      });
      const alarm = { alarmArn: drill.options.alarm.arn, severity: "degraded", alarmAt: world.clock.now() } as const;
      expect((await snapBack(world.ports, world.cutover, { kind: "alarm", ...alarm })).kind).toBe("verified");
      expect(isOfDrill(world.state())).toBe(true);

      world.store.fates.push(...fates);
      const report = await snapBack(world.ports, world.cutover, {
        ...BY_ADA,
      });
      expect(report.kind).toBe("verified");
      expect(isOfDrill(world.state())).toBe(false);
      expect(world.notify.sent.filter(({ subject }) => /rolled back in earnest/.test(subject))).toHaveLength(1);
    },
  );

  test("lets the cutover go on afterwards, and its second event, late, does nothing", async () => {
    const scene = await armed();
    await rehearse(scene);
    const { world } = scene;
    await world.until("10 %", () => world.state().weightPercent === 10);
    const { arn } = scene.drill.options.alarm;
    const answers = await answerRollback(world.ports, [world.cutover], {
      kind: "alarm",
      alarmArn: arn,
      state: "ALARM",
      alarmAt: epochMs(world.state().armedAt - 240_000),
      via: "eventbridge",
    });
    expect(answers).toMatchObject([{ report: { kind: "ignored" } }]);
    expect(world.rules.greenPercent()).toBe(10);
  });

  test("holds the first step while it lasts, and no longer than half an hour if it is killed", async () => {
    const { world, drill } = await armed();
    const { alarmSetter } = drill.ports;
    const killed = drillRollback(
      { ...drill.ports, alarmSetter: { ...alarmSetter, set: async () => Promise.reject(new Error("killed")) } },
      world.cutover,
      drill.options,
    );
    await expect(killed).rejects.toThrow("killed");
    await world.minutes(25);
    expect(world.state()).toMatchObject({ phase: "armed", weightPercent: 0 });
    expect(world.state().blocking.map(({ what }) => what)).toEqual(["rollback-drill"]);
    await world.until("10 %", () => world.state().weightPercent === 10, 10);
  });
});

test("a cutover without a pin is rehearsed by its weights, and verified once nothing late can arrive", async () => {
  const world = plainWorld();
  world.truth.streams.set("forward.lagRecords", 5_000);
  await world.arm();
  await world.minutes(2);
  world.truth.streams.delete("forward.lagRecords");
  const drill = drillIn(world);
  const report = await drillRollback(drill.ports, world.cutover, drill.options);
  expect(report).toMatchObject({ kind: "passed", state: { phase: "armed", withoutPin: { by: "olga" } } });
  const took = spans(report);
  expect((took["weights on blue"] ?? 0) + (took["verified on blue"] ?? 0)).toBeGreaterThanOrEqual(180_000);
});

describe("a rehearsal is refused, and nothing is done,", () => {
  const refusals = async (scene: Scene): Promise<string> => {
    const before = JSON.stringify(scene.world.state());
    const report = await rehearse(scene);
    expect(JSON.stringify(scene.world.state())).toBe(before);
    expect(scene.drill.set).toEqual([]);
    return report.kind === "refused" ? report.refusals.join("; ") : `it ${report.kind}`;
  };

  test("with traffic on green", async () => {
    const { world } = await armed();
    await world.until("10 %", () => world.state().weightPercent === 10);
    expect(await refusals({ world, drill: drillIn(world) })).toMatch(/it is shifting.*green has 10 %/);
  });

  test.each<[string, (scene: Scene) => void | Promise<void>, RegExp]>([
    ["with the pin up", ({ world }) => raisePin(world), /the pin is raised, it must be parked/],
    ["with weights that somebody changed", ({ world }) => giveGreen(world), /gives green 100 %/],
    [
      "with an alarm that fires",
      ({ world, drill }) => void world.truth.firing.add(drill.options.alarm.arn),
      /is ALARM/,
    ],
    ["where no tick has judged it", ({ world }) => void world.clock.spend(200_000), /no tick has judged it since/],
    ["where its policy is gone", ({ world }) => world.policies.all.clear(), /policy it was armed with cannot be read/],
    [
      "where it would be held",
      async ({ world }) => {
        world.truth.streams.set("reverse.lagSeconds", 60);
        world.truth.streams.set("forward.lagRecords", 5_000);
        await world.minutes(2);
      },
      /would be held, not snapped: the reverse token is 60 s old/,
    ],
    ["with the table down", ({ world }) => void Object.assign(world.store, { down: true }), /state cannot be read/],
  ])("%s", async (_what, spoil, why) => {
    const scene = await armed();
    await spoil(scene);
    const report = await rehearse(scene);
    expect(report).toMatchObject({ kind: "refused" });
    expect(report.kind === "refused" ? report.refusals.join("; ") : "").toMatch(why);
    expect(scene.drill.set).toEqual([]);
  });

  test("before it is armed, and while somebody else rehearses it", async () => {
    const bare = fakeWorld();
    expect(await drillRollback(drillIn(bare).ports, bare.cutover, drillIn(bare).options)).toMatchObject({
      refusals: ["it was never armed: pawl arm"],
    });
    const { world, drill } = await armed();
    const at = world.clock.now();
    const rollbackDrill = { by: "ada", at, alarmArn: drill.options.alarm.arn, notAfter: epochMs(at + 60_000) };
    world.store.put({ ...world.state(), rollbackDrill });
    expect(await refusals({ world, drill })).toMatch(/ada is rehearsing it since/);
  });
});

test("a rehearsal whose announcement nobody answers sets no alarm, and says until when it may hold the first step", async () => {
  const scene = await armed();
  scene.world.store.fates.push("applied-unanswered", "lost", "lost", "lost");
  const report = await rehearse(scene);
  expect(report).toMatchObject({ kind: "unannounced", until: scene.world.state().rollbackDrill?.notAfter });
  expect(scene.drill.set).toEqual([]);
});

test("a rehearsal whose announcement landed, and was overtaken before that was known, is under way and goes on", async () => {
  const scene = await armed();
  const { world, drill } = scene;
  let made = 0;
  const { transition } = drill.ports.state;
  const state: typeof drill.ports.state = {
    ...drill.ports.state,
    read: (...asked) => world.store.read(...asked),
    transition: async (...wanted) => {
      const outcome = await transition.call(drill.ports.state, ...wanted);
      made += 1;
      if (made > 1) return outcome;
      const there = world.state();
      world.store.put({ ...there, version: there.version + 1, writeId: "another" });
      return { kind: "moved", state: world.state() };
    },
  };
  expect(await drillRollback({ ...drill.ports, state }, world.cutover, drill.options)).toMatchObject({
    kind: "passed",
  });
});

/** Its machine sleeps as the alarm is set, until the cutover has gone on to 10 %; `meanwhile` happens then. */
const sleepsPastTheHold = (
  { world, drill }: Scene,
  meanwhile: (alarm: string) => Promise<void> = async () => {},
): void => {
  drill.wiring.ways = [];
  const { set } = drill.ports.alarmSetter;
  Object.assign(drill.ports.alarmSetter, {
    set: async (...args: Parameters<typeof set>) => {
      const answer = await set(...args);
      world.truth.firing.clear();
      await world.until("10 %", () => world.state().weightPercent === 10, 120);
      await meanwhile(args[0]);
      return answer;
    },
  });
};

describe("a rehearsal that does not arrive names the link that is broken:", () => {
  const broken = async (
    spoil: (wiring: Wiring, scene: Scene) => void,
    over: Partial<Scene["drill"]["options"]> = {},
  ) => {
    const scene = await armed();
    spoil(scene.drill.wiring, scene);
    return { scene, report: await rehearse(scene, over) };
  };

  test("no right to set the alarm; it is armed as before", async () => {
    const { scene, report } = await broken((wiring) => {
      wiring.setFails = true;
    });
    expect(report).toMatchObject({
      kind: "broken",
      link: "alarm",
      why: expect.stringMatching(/not authorized/),
      standing: "armed",
    });
    expect(scene.world.state()).toMatchObject({ phase: "armed", epoch: 1 });
    expect(scene.world.state()).not.toHaveProperty("rollbackDrill");
  });

  test("no answer from CloudWatch is no broken link where the alarm was set all the same", async () => {
    const { report } = await broken((wiring) => {
      wiring.setUnanswered = true;
    });
    expect(report).toMatchObject({ kind: "passed", via: "action" });
  });

  test("no answer from CloudWatch, and nothing latched", async () => {
    const { report } = await broken((wiring) => {
      Object.assign(wiring, { setUnanswered: true, ways: [] });
    });
    expect(report).toMatchObject({ kind: "broken", link: "alarm", why: "no answer", standing: "armed" });
  });

  test("no event within the time; it is armed as before, and the event, hours late, moves nothing", async () => {
    const { scene, report } = await broken((wiring) => {
      wiring.afterMs = 3 * 3_600_000;
    });
    const { world, drill } = scene;
    expect(report).toMatchObject({ kind: "broken", link: "event", standing: "armed" });
    expect(world.state()).not.toHaveProperty("rollbackDrill");
    expect(wholeLedger(world).at(-1)).toMatchObject({ kind: "rollback-drill", detail: { link: "event" } });
    await world.minutes(185);
    expect(world.state().weightPercent).toBeGreaterThan(0);
    const share = world.rules.greenPercent();
    await drill.happen();
    expect(drill.pending).toEqual([]);
    expect(world.state()).not.toHaveProperty("latch");
    expect(world.rules.greenPercent()).toBe(share);
  });

  test("a machine that slept past the hold, and a cutover that went on: it is left alone, and so is the alarm", async () => {
    const scene = await armed();
    const { world, drill } = scene;
    sleepsPastTheHold(scene);
    const { armedAt } = world.state();
    const report = await rehearse(scene);

    expect(report).toMatchObject({ kind: "broken", link: "event", standing: "gone-on" });
    expect(world.state()).toMatchObject({ phase: "shifting", armedAt });
    expect(drill.set).toEqual(["ALARM"]);
  });

  test("a machine that slept before it set the alarm: none is set any more", async () => {
    const scene = await armed();
    const { world, drill } = scene;
    const { state } = world.ports;
    let slept = false;
    Object.assign(drill.ports, {
      state: {
        ...state,
        transition: async (...args: Parameters<typeof state.transition>) => {
          const outcome = await state.transition(...args);
          if (!slept && args[1].rollbackDrill !== undefined) {
            slept = true;
            await world.until("10 %", () => world.state().weightPercent === 10, 120);
          }
          return outcome;
        },
      },
    });
    const report = await rehearse(scene);

    expect(report).toMatchObject({ kind: "broken", link: "alarm", standing: "gone-on" });
    expect(drill.set).toEqual([]);
    expect(world.state()).toMatchObject({ phase: "shifting" });
    expect(world.state()).not.toHaveProperty("latch");
  });

  test("a rollback in earnest while it slept is not taken for its own, and its alarm is not silenced", async () => {
    const scene = await armed();
    const { world, drill } = scene;
    sleepsPastTheHold(scene, async (alarm) => {
      world.truth.firing.add(alarm);
      await world.until("blue", () => world.state().phase === "rolledBack", 6);
    });
    const report = await rehearse(scene);

    expect(report).toMatchObject({
      kind: "broken",
      link: "event",
      why: expect.stringMatching(/something else/),
      standing: "rolledBack",
    });
    expect(drill.set).toEqual(["ALARM"]);
    expect(world.state().latch?.fromPercent).toBe(10);
  });

  test("an event that is lost, where a tick found the alarm: that is not the way that was to be shown", async () => {
    const { scene, report } = await broken((wiring) => {
      wiring.ways = [];
      wiring.evaluates = false;
    });
    expect(report).toMatchObject({
      kind: "broken",
      link: "event",
      why: expect.stringMatching(/a tick found the alarm/),
      standing: "rolledBack",
    });
    // One over other alarms would ring on, and nobody could arm again.
    expect(scene.drill.set).toEqual(["ALARM", "OK"]);
    untouched(scene.world);
  });

  test("a pin that does not go up", async () => {
    const { scene, report } = await broken((_wiring, { world }) => {
      const { movePin } = world.rules;
      world.rules.movePin = async (route, to, limits) =>
        to === "raised"
          ? { kind: "refused", code: "PriorityInUse", message: "Priority 99 is in use" }
          : movePin.call(world.rules, route, to, limits);
    });
    expect(report).toMatchObject({ kind: "broken", link: "pin", why: "the pin is not up", standing: "rolledBack" });
    expect(scene.drill.set).toEqual(["ALARM", "OK"]);
    untouched(scene.world);
  });

  test("a stream that cannot be proven empty", async () => {
    const { report } = await broken((_wiring, { world }) => {
      world.truth.drains = false;
    });
    expect(report).toMatchObject({
      kind: "broken",
      link: "settle",
      why: expect.stringMatching(/settle: /),
      standing: "rolledBack",
    });
  });

  test("something that stands against arming again; arm --again ends it later without a cooldown", async () => {
    const { scene, report } = await broken(() => {}, { doctor: async () => ["green lacks a host"] });
    expect(report).toMatchObject({ kind: "broken", link: "re-arm", why: "green lacks a host", standing: "rolledBack" });
    expect(scene.world.state()).toMatchObject({ phase: "rolledBack", rollbackDrill: expect.any(Object) });
    const again = await rearm(scene.drill.ports, scene.world.cutover, DRILL, "olga", {
      rehearsal: true,
      doctor: async () => [],
    });
    expect(again.kind).toBe("armed");
  });

  test("somebody else who arms it again meanwhile: it is not said to be rolled back, nor to be on blue", async () => {
    const scene = await armed();
    const { world, drill } = scene;
    const doctor = async (): Promise<readonly string[]> => {
      await rearm(drill.ports, world.cutover, DRILL, "olga", { rehearsal: true, doctor: async () => [] });
      await world.deliverAll();
      return [];
    };
    const report = await rehearse(scene, { doctor });
    expect(report).toMatchObject({ kind: "broken", link: "re-arm", standing: "armed-again" });
    expect(world.state()).toMatchObject({ phase: "armed", armedBy: "olga" });
    expect(world.state()).not.toHaveProperty("latch");
  });

  test("a table that does not say, behind its own latch, how it stands", async () => {
    const scene = await armed();
    const doctor = async (): Promise<readonly string[]> => {
      Object.assign(scene.world.store, { down: true });
      return ["green lacks a host"];
    };
    expect(await rehearse(scene, { doctor })).toMatchObject({ kind: "broken", link: "re-arm", standing: "unknown" });
  });

  test("nobody who lowers the pin", async () => {
    const { report } = await broken((_wiring, { world }) => {
      const { movePin } = world.rules;
      world.rules.movePin = async (route, to, limits) =>
        to === "parked" ? { kind: "unknown", message: "no answer" } : movePin.call(world.rules, route, to, limits);
    });
    expect(report).toMatchObject({ kind: "broken", link: "pin-lowered", standing: "unknown" });
  });
});

const raisePin = (world: FakeWorld): void =>
  world.rules.edit(world.cutover.routes[0]?.pin.ruleArn ?? "", (rule) => ({ ...rule, priority: 99 }));
const giveGreen = (world: FakeWorld): void => {
  const [route] = world.cutover.routes;
  world.rules.edit(route?.weightedRuleArn ?? "", (rule) => ({
    ...rule,
    forward: { targets: [{ targetGroupArn: route?.green ?? "", weight: 1 }], sticky: false },
  }));
};

describe("a rollback in earnest during a rehearsal", () => {
  const other = ORDERS.alarms.at(-1)?.arn ?? "";

  test.each<[string, (world: FakeWorld) => SnapBackTrigger, RegExp]>([
    [
      "by an operator",
      () => ({ kind: "operator", by: "ada", reason: "green is bad", acceptLoss: false }),
      /earnest meanwhile \(ada: green is bad\)/,
    ],
    [
      "by another alarm, which is quiet again before it is to be armed",
      (world) => ({ kind: "alarm", alarmArn: other, severity: "hard-down", alarmAt: world.clock.now() }),
      /earnest meanwhile \(.*is in ALARM \(hard-down\)\)/,
    ],
  ])("%s stays, recorded and told, and is armed again by nobody's rehearsal", async (_what, trigger, why) => {
    const policy = { ...DRILL, afterRollback: { cooldown: "1h" } };
    const scene = await armed(policy);
    const { world } = scene;
    const report = await rehearse(scene, {
      progress: ({ what }) => {
        if (what !== "verified on blue") return;
        const deliver = () => snapBack(world.ports, world.cutover, trigger(world));
        scene.drill.pending.push({ at: world.clock.now(), deliver });
      },
    });
    expect(report).toMatchObject({
      kind: "broken",
      link: "re-arm",
      standing: "rolledBack",
      why: expect.stringMatching(why),
    });
    expect(world.state()).toMatchObject({
      phase: "rolledBack",
      weightPercent: 0,
      latch: { cause: trigger(world).kind === "operator" ? { by: "ada" } : { alarmArn: other } },
    });
    expect(world.state()).not.toHaveProperty("rollbackDrill");
    const again = await rearm(world.ports, world.cutover, policy, "olga", { rehearsal: true, doctor: async () => [] });
    expect(again).toMatchObject({ kind: "refused", refusals: [expect.stringContaining("cools down")] });
    expect(world.notify.sent.some(({ subject }) => subject === "orders: rolled back in earnest")).toBe(true);
    const records = wholeLedger(world);
    expect(records.some(({ summary }) => summary.startsWith("no rehearsal any more"))).toBe(true);
    expect(verifyLedger(records, sha256, world.state().ledgerHead)).toMatchObject({ intact: true });
  });

  test.each<[string, (state: CutoverState) => TransitionOutcome]>([
    ["because the table does not answer", () => ({ kind: "unknown", message: "no answer" })],
    ["because others write first each time", (state) => ({ kind: "moved", state })],
  ])("that cannot be recorded, %s, says so: the rehearsal may still arm again", async (_why, outcome) => {
    const scene = await armed();
    const { world } = scene;
    const kinds: string[] = [];
    await rehearse(scene, {
      progress: ({ what }) => {
        if (what !== "verified on blue") return;
        const deliver = async () => {
          const state = {
            ...world.store,
            transition: async () => outcome(world.state()),
          };
          const trigger = { kind: "operator", by: "ada", reason: "green is bad", acceptLoss: false } as const;
          kinds.push((await snapBack({ ...world.ports, state }, world.cutover, trigger)).kind);
        };
        scene.drill.pending.push({ at: world.clock.now(), deliver });
      },
    });
    expect(kinds).toEqual(["verified-unrecorded"]);
  });

  test("is not what the second event of its own alarm is", async () => {
    const scene = await armed();
    scene.drill.wiring.ways = ["action", "eventbridge", "sns"];
    expect(await rehearse(scene)).toMatchObject({ kind: "passed" });
  });
});
