import { describe, expect, it } from "vitest";
import { runPromote } from "../../../src/guard/promote.ts";
import { requestPause, requestResume } from "../../../src/guard/requests.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { epochMs, later, minuteOf } from "../../../src/kernel/units.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { type FakeWorld, fakeWorld, ORDERS, sha256, wholeLedger } from "../../support/fake-world.ts";
import { Killed, mortal } from "../../support/mortal.ts";

const ALARM = ORDERS.alarms[0]?.arn ?? "";

/** One minute before the tick that takes the first step. */
const beforeFirstStep = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  const minutes = await world.until("10 %", () => world.state().weightPercent === 10);
  const again = fakeWorld();
  await again.arm();
  await again.minutes(minutes - 1);
  expect(again.state().weightPercent).toBe(0);
  return again;
};

const at10 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  return world;
};

const bringsBack = (world: FakeWorld, through = world.ports) =>
  snapBack(through, world.cutover, {
    kind: "alarm",
    alarmArn: ALARM,
    severity: "degraded",
    alarmAt: world.clock.now(),
  });

const consistent = (world: FakeWorld): void => {
  const { weightPercent, latch } = world.state();
  expect(world.rules.greenPercent()).toBe(latch === undefined ? weightPercent : 0);
  expect(verifyLedger(wholeLedger(world), sha256, world.state().ledgerHead)).toMatchObject({ intact: true });
};

describe("promote, killed at any call of the tick that steps", () => {
  it("never goes further than one listed step, and the next ticks bring it to rest", async () => {
    const probe = await beforeFirstStep();
    const counted = mortal(probe.ports, null);
    await probe.minute(counted.ports);
    const calls = counted.calls();
    expect(calls).toBeGreaterThan(10);

    for (let call = 1; call <= calls; call += 1)
      for (const when of ["before", "after"] as const) {
        const world = await beforeFirstStep();
        const dying = mortal(world.ports, { call, when });
        await world.minute(dying.ports).catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
        world.invoke.jobs.length = 0;
        const risen = world.rules.history.map(({ greenPercent }) => greenPercent);
        expect([[], [10]]).toContainEqual(risen);
        await world.until(
          "at rest",
          () => world.state().weightPercent === 10 && world.state().intent === undefined,
          12,
        );
        consistent(world);
      }
  }, 120_000);
});

describe("snap back, killed at any call", () => {
  it("is finished by the ticks that follow", async () => {
    const probe = await at10();
    const counted = mortal(probe.ports, null);
    await bringsBack(probe, counted.ports);
    for (let call = 1; call <= counted.calls(); call += 1)
      for (const when of ["before", "after"] as const) {
        const world = await at10();
        const dying = mortal(world.ports, { call, when });
        await bringsBack(world, dying.ports).catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
        world.truth.firing.add(ALARM);
        await world.until("blue", () => world.state().phase === "rolledBack", 3);
        expect(world.rules.greenPercent()).toBe(0);
        consistent(world);
      }
  }, 120_000);
});

describe("a step whose answer never came", () => {
  it("is committed when it had landed", async () => {
    const world = await beforeFirstStep();
    world.rules.fates.push({ kind: "timed-out", lands: "now" });
    await world.minute();
    expect(world.state()).toMatchObject({ weightPercent: 10, phase: "shifting" });
  });

  it("stays open until it can neither land nor be read wrongly any more, and then is cleared", async () => {
    const world = await beforeFirstStep();
    world.rules.fates.push({ kind: "timed-out", lands: "never" });
    await world.minute();
    await world.minutes(3);
    expect(world.state()).toMatchObject({ weightPercent: 0, intent: { to: 10 } });
    const open = world.state().intent;
    await world.until("settled", () => world.state().intent?.intentAt !== open?.intentAt, 3);
    expect(world.clock.now()).toBeGreaterThan((open?.notAfter ?? 0) + 40_000);
    // Every gate still passes, so that the very tick that clears it may announce the step once more.
    expect(world.rules.history.map(({ greenPercent }) => greenPercent)).toEqual([10]);
  });

  it("is not given up on a look from before its time was over, however late the tick goes on", async () => {
    const world = await beforeFirstStep();
    world.rules.fates.push({ kind: "timed-out", lands: "never" });
    await world.minute();
    const open = world.state().intent;
    const over = (open?.notAfter ?? 0) + 40_000;
    while (minuteOf(later(world.clock.now(), 60_000)) + 2_000 + 55_000 < over) await world.minute();
    const tick = world.nextMinute();
    const metrics = {
      ...world.ports.metrics,
      // What is read beside the rules takes so long that the tick goes on when the intent's time is over.
      read: async (...asked: Parameters<typeof world.ports.metrics.read>) => {
        const read = await world.ports.metrics.read(...asked);
        await Promise.resolve().then(
          () => world.clock.now() <= over && world.clock.spend(over + 1 - world.clock.now()),
        );
        return read;
      },
    };
    expect(world.clock.now()).toBeLessThan(over);
    await runPromote({ ...world.ports, metrics }, world.cutover, tick);
    expect(world.clock.now()).toBeGreaterThan(over);
    expect(world.state().intent?.intentAt).toBe(open?.intentAt);
    await world.until("settled", () => world.state().intent?.intentAt !== open?.intentAt, 3);
  });

  it("is committed when it lands late", async () => {
    const world = await beforeFirstStep();
    world.rules.fates.push({ kind: "timed-out", lands: { afterMs: 29_000 } });
    await world.minute();
    await world.minutes(1);
    expect(world.state()).toMatchObject({ weightPercent: 0, intent: { to: 10 } });
    await world.until("committed", () => world.state().weightPercent === 10, 5);
    consistent(world);
  });

  it("is never committed under a latch, and does not keep it from being settled", async () => {
    const world = await beforeFirstStep();
    world.rules.fates.push({ kind: "timed-out", lands: { afterMs: 29_000 } });
    await world.minute();
    await bringsBack(world);
    expect(world.rules.greenPercent()).toBe(0);
    await world.until("cleared", () => world.state().intent === undefined, 6);
    expect(world.state()).toMatchObject({ phase: "rolledBack", weightPercent: 0 });
    expect(world.rules.greenPercent()).toBe(0);
  });

  it.each(["lost", "applied-unanswered"] as const)("is not even asked for when its intent was %s", async (fate) => {
    const world = await beforeFirstStep();
    world.store.fates.push(fate);
    await world.minute();
    expect(world.rules.writes).toEqual([]);
    await world.until("10 %", () => world.state().weightPercent === 10, 8);
    consistent(world);
  });

  it("that is refused is cleared at once and told", async () => {
    const world = await beforeFirstStep();
    world.rules.fates.push({ kind: "refused", code: "ThrottlingException" });
    await world.minute();
    expect(world.state().intent).toBeUndefined();
    expect(world.state().weightPercent).toBe(0);
    expect(world.notify.sent.some(({ subject }) => subject.includes("refused 10 %"))).toBe(true);
  });
});

describe("after a rollback", () => {
  const pinAt = (world: FakeWorld, priority: number) =>
    world.rules.edit(world.cutover.routes[0]?.pin.ruleArn ?? "", (rule) => ({ ...rule, priority }));

  it("the pin is raised again when somebody lowers it", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    await bringsBack(world);
    pinAt(world, 101);
    await world.minute();
    const raised = world.rules.writes.filter(({ what }) => what === "pin raised");
    expect(raised).toHaveLength(2);
    expect(world.notify.sent.some(({ body }) => body.includes("drift:unpinned"))).toBe(true);
  });

  it("blue is asserted once more when a step that was under way can no longer arrive", async () => {
    const world = await beforeFirstStep();
    world.rules.fates.push({ kind: "timed-out", lands: { afterMs: 29_000 } });
    await world.minute();
    await bringsBack(world);
    const { reassertAfter } = world.state().latch ?? {};
    expect(reassertAfter).toBeGreaterThan(world.clock.now());
    await world.until("asserted again", () => world.state().latch?.reassertAfter === undefined, 6);
    expect(world.clock.now()).toBeGreaterThan((reassertAfter ?? 0) + 30_000);
    expect(world.rules.writes.filter(({ what }) => what === "pin raised")).toHaveLength(2);
  });
});

describe("a tick", () => {
  it("that comes twice is judged once", async () => {
    const world = await beforeFirstStep();
    const tick = world.nextMinute();
    const [first, second] = await Promise.all([
      runPromote(world.ports, world.cutover, tick),
      runPromote(world.ports, world.cutover, tick),
    ]);
    const third = await runPromote(world.ports, world.cutover, tick);
    expect([first.kind, second.kind].sort()).toEqual(["dropped", "judged"]);
    expect(third).toMatchObject({ kind: "dropped" });
    expect(world.rules.history.map(({ greenPercent }) => greenPercent)).toEqual([10]);
    expect(world.snapshots.all.filter((one) => one.tick === tick)).toHaveLength(1);
  });

  it("that comes late is dropped: old evidence moves no traffic", async () => {
    const world = await beforeFirstStep();
    const tick = world.nextMinute();
    world.clock.advanceTo(later(tick, 121_000));
    expect(await runPromote(world.ports, world.cutover, tick)).toMatchObject({ kind: "dropped" });
    expect(world.rules.writes).toEqual([]);
  });

  it("without the table changes nothing", async () => {
    const world = await beforeFirstStep();
    world.store.down = true;
    world.outage.table = true;
    expect(await runPromote(world.ports, world.cutover, world.nextMinute())).toMatchObject({ kind: "failed" });
    expect(world.rules.writes).toEqual([]);
  });
});

describe("a rollback without the table", () => {
  it("raises the pin all the same, tells somebody, and is latched once the table answers", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.store.down = true;
    world.outage.table = true;
    expect(await bringsBack(world)).toMatchObject({ kind: "verified-unrecorded" });
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.notify.sent.some(({ subject }) => subject.includes("not recorded"))).toBe(true);
    world.store.down = false;
    world.outage.table = false;
    await world.until("latched", () => world.state().phase === "rolledBack", 5);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it.each(["at once", "when all is on blue"])(
    "is recorded by this run where the table answers again %s",
    async (when) => {
      const world = await at10();
      world.store.fates.push("lost", ...(when === "at once" ? [] : (["lost"] as const)));
      expect(await bringsBack(world)).toMatchObject({ kind: "verified" });
      expect(world.state()).toMatchObject({ phase: "rolledBack", latch: { cause: { kind: "alarm" } } });
      expect(world.rules.greenPercent()).toBe(0);
    },
  );

  it.each([2, 3])(
    "that slept through a re-arm before try %i to latch raises the pin again: what it saw before proves nothing",
    async (last) => {
      const world = await at10();
      for (let tried = 1; tried < last; tried += 1) world.store.fates.push("lost");
      let latches = 0;
      const state = {
        ...world.store,
        latch: async (...asked: Parameters<typeof world.store.latch>) => {
          latches += 1;
          // The laptop's lid was closed: somebody rolled back, armed again and walked on meanwhile.
          if (latches === last) {
            world.clock.spend(3_600_000);
            world.rules.edit(world.cutover.routes[0]?.pin.ruleArn ?? "", (rule) => ({ ...rule, priority: 101 }));
            world.rules.edit(world.cutover.routes[0]?.weightedRuleArn ?? "", (rule) => ({
              ...rule,
              forward: {
                targets: [{ targetGroupArn: world.cutover.routes[0]?.green ?? "", weight: 1 }],
                sticky: false,
              },
            }));
          }
          return world.store.latch(...asked);
        },
      };
      const operator = { kind: "operator", by: "olga", reason: "enough", acceptLoss: false } as const;
      expect((await snapBack({ ...world.ports, state }, world.cutover, operator)).kind).toBe("verified");
      expect(latches).toBe(last);
      expect(world.state().latch?.verifiedAt).toBeDefined();
      expect(world.rules.greenPercent()).toBe(0);
      const latchedAt = world.state().latch?.at ?? Number.POSITIVE_INFINITY;
      expect(world.state().latch?.pinAnsweredAt).toBeGreaterThanOrEqual(latchedAt);
    },
  );

  it("writes nothing when the pin is gone, whatever else is unknown", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("100 %", () => world.state().weightPercent === 100);
    const [route] = world.cutover.routes;
    world.rules.remove(route?.pin.ruleArn ?? "");
    world.store.down = true;
    world.outage.table = true;
    const before = world.rules.writes.length;
    expect(await bringsBack(world)).toMatchObject({ kind: "pin-gone" });
    expect(world.rules.greenPercent()).toBe(100);
    expect(world.rules.writes.slice(before).map(({ what }) => what)).toEqual(["pin raised"]);
    expect(world.notify.sent.at(-1)?.body).toContain("pawl restore");
  });
});

describe("verified", () => {
  it("needs this latch's own answered write: two reads of an old pin prove nothing", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    const [route] = world.cutover.routes;
    const move = (priority: number) => world.rules.edit(route?.pin.ruleArn ?? "", (rule) => ({ ...rule, priority }));
    move(99);
    world.clock.spend(120_000);
    move(101);
    world.rules.describeLagMs = 60_000;
    for (let attempt = 0; attempt < 60; attempt += 1) world.rules.fates.push({ kind: "timed-out", lands: "never" });
    expect((await bringsBack(world)).kind).toBe("unverified");
    expect(world.state().latch?.verifiedAt).toBeUndefined();
    expect(world.rules.greenPercent()).toBe(10);
    world.rules.fates.length = 0;
    world.rules.describeLagMs = 0;
    await world.until("blue", () => world.state().phase === "rolledBack", 3);
  });

  it("needs two reads that cannot both be stale: the second one at least S after the first", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    const [route] = world.cutover.routes;
    const reads: number[] = [];
    const rules = {
      ...world.rules,
      readListener: async (...asked: Parameters<typeof world.rules.readListener>) => {
        reads.push(world.clock.now());
        // Somebody lowers the pin again, right after it was first seen above.
        if (reads.length === 3) world.rules.edit(route?.pin.ruleArn ?? "", (rule) => ({ ...rule, priority: 101 }));
        return world.rules.readListener(...asked);
      },
    };
    expect((await bringsBack(world, { ...world.ports, rules })).kind).toBe("verified");
    expect(world.rules.greenPercent()).toBe(0);
    expect((reads.at(-1) ?? 0) - (reads.at(-2) ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect(world.rules.writes.filter(({ what }) => what === "pin raised")).toHaveLength(2);
  });

  it("is not said while the pin is refused, but the weighted rule goes to blue at once", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.rules.fates.push({ kind: "refused", code: "PriorityInUse" });
    const report = await bringsBack(world);
    expect(world.rules.writes.map(({ what }) => what).slice(-4)).toContain("weight 0");
    expect(world.rules.history.at(-1)).toMatchObject({ greenPercent: 0, by: "weight 0" });
    expect(report.kind).toBe("verified");
  });

  it("goes by the weighted rule too where another rule has taken the pin's number", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    const [route] = world.cutover.routes;
    if (route === undefined) throw new Error("no route");
    const forward = { targets: [{ targetGroupArn: route.blue, weight: 1 }], sticky: false };
    const conditions = [{ Field: "host-header", HostHeaderConfig: { Values: ["other.example"] } }];
    world.rules.add(route.listenerArn, { ruleArn: "squatter", priority: 99, conditions, forward, otherActions: [] });
    const refused = { kind: "refused", code: "PriorityInUse", message: "99 is taken" } as const;
    const rules = { ...world.rules, movePin: async () => refused };
    const report = await bringsBack(world, { ...world.ports, rules });
    expect(report.kind).toBe("unverified");
    expect(world.rules.greenPercent()).toBe(0);
  });
});

describe("a second run of a tick", () => {
  it("takes no step from rules that somebody has moved since the first one looked", async () => {
    const world = await beforeFirstStep();
    await world.until("10 %", () => world.state().weightPercent === 10);
    const { weightedRuleArn, blue } = world.cutover.routes[0] ?? { weightedRuleArn: "", blue: "" };
    let announces = false;
    const state: FakeWorld["ports"]["state"] = {
      ...world.ports.state,
      read: (...asked) => world.store.read(...asked),
      // The first run dies as it announces the next step: its snapshot is stored, and nothing else.
      transition: (expected, next, timeoutMs) => {
        if (next.intent === undefined) return world.store.transition(expected, next, timeoutMs);
        announces = true;
        throw new Killed("killed");
      },
    };
    let tick = world.nextMinute();
    for (let minutes = 0; minutes < 15; minutes += 1, tick = world.nextMinute()) {
      await world.deliver({ kind: "worker", name: "observe", cutover: "orders", tick });
      await runPromote({ ...world.ports, state }, world.cutover, tick).catch(() => {});
      if (announces) break;
    }
    expect(announces).toBe(true);
    const forward = { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false };
    world.rules.edit(weightedRuleArn, (rule) => ({ ...rule, forward }));
    const report = await runPromote(world.ports, world.cutover, tick);
    expect(report).toMatchObject({ kind: "dropped" });
    expect(world.rules.greenPercent()).toBe(0);
  });
});

describe("a snapshot whose storing is not answered", () => {
  it("is named by no record: another run of the tick may have stored one of its own", async () => {
    const world = await at10();
    const putOnce = async () => outsideFailure("timed-out", "PutItem: no answer");
    await world.minute({ ...world.ports, snapshots: { ...world.ports.snapshots, putOnce } });
    expect(world.state().blocking.map(({ what }) => what)).toContain("snapshot");
    expect(wholeLedger(world).at(-1)).toMatchObject({ kind: "hold", detail: { evidence: "could not be stored" } });
    await world.minute();
    expect(wholeLedger(world).at(-1)?.detail["evidence"]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a pause", () => {
  it("stops steps until it is resumed, and never a rollback", async () => {
    const world = await beforeFirstStep();
    await requestPause(world.ports, "orders", { by: "olga", reason: "lunch" });
    await world.minutes(3);
    expect(world.state()).toMatchObject({ weightPercent: 0, pause: { by: "olga" } });
    await requestResume(world.ports, "orders", { by: "olga", reason: "back" });
    await world.until("10 %", () => world.state().weightPercent === 10, 3);
    await requestPause(world.ports, "orders", { by: "olga", reason: "tea" });
    world.truth.greenErrorRatio = 0.5;
    await world.until("blue", () => world.state().phase === "rolledBack", 6);
  });

  it("asked for by somebody who is not obeyed in time is void", async () => {
    const world = await beforeFirstStep();
    await requestPause(world.ports, "orders", { by: "olga", reason: "lunch" });
    world.clock.spend(301_000);
    await world.minute();
    expect(world.state().pause).toBeUndefined();
    expect(world.state().request).toBeUndefined();
  });
});

describe("a run that was frozen and thaws under a newer tick's latch", () => {
  it("joins it, and leaves the newer tick the last that was judged", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    const [alarm] = ORDERS.alarms;
    if (alarm === undefined) throw new Error("the orders cutover has alarms");
    const before = world.state();
    world.truth.firing.add(alarm.arn);
    const older = world.nextMinute();
    const newer = world.nextMinute();
    await runPromote(world.ports, ORDERS, newer);
    expect(world.state()).toMatchObject({ lastTick: newer, latch: { cause: { kind: "alarm" } } });

    const remembers = { ...world.ports.state, read: async () => ok(before) };
    await runPromote({ ...world.ports, state: remembers }, ORDERS, older);
    expect(world.state()).toMatchObject({ lastTick: newer, epoch: before.epoch + 1 });
    expect(wholeLedger(world).filter(({ kind }) => kind === "latch")).toHaveLength(1);
  });

  it("puts none of its own where the newer tick saw no reason to", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    const [alarm] = ORDERS.alarms;
    if (alarm === undefined) throw new Error("the orders cutover has alarms");
    const before = world.state();
    const older = world.nextMinute();
    const newer = world.nextMinute();
    await runPromote(world.ports, ORDERS, newer);
    world.truth.firing.add(alarm.arn);
    const remembers = { ...world.ports.state, read: async () => ok(before) };
    expect(await runPromote({ ...world.ports, state: remembers }, ORDERS, older)).toMatchObject({ kind: "dropped" });
    expect(world.state()).toMatchObject({ lastTick: newer, epoch: before.epoch });
    expect(world.rules.greenPercent()).toBe(10);
  });

  it.each([
    ["the newer one has the last word over what it asks for", 60_000, "ignored", 10],
    ["what the last one asks for is carried out", 0, "verified", 0],
  ] as const)("whose latch was not answered: %s", async (_what, lateMs, kind, greenPercent) => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    const { epoch, lastTick } = world.state();
    const asked = { kind: "promote", epoch, tick: epochMs((lastTick ?? 0) - lateMs) } as const;
    expect((await snapBack(world.ports, ORDERS, asked)).kind).toBe(kind);
    expect(world.rules.greenPercent()).toBe(greenPercent);
  });
});
