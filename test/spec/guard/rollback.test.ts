import { describe, expect, it } from "vitest";
import { applyLatch } from "../../../src/decision/latch.ts";
import type { LatchCause, UnchainedRecord } from "../../../src/decision/state.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { durationMs, type EpochMs, earlier, later, MINUTE_MS } from "../../../src/kernel/units.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS, sha256 } from "../../support/fake-world.ts";

const RATIO_ALARM = ORDERS.alarms[0]?.arn ?? "";
const HOSTS_ALARM = ORDERS.alarms.find(({ severity }) => severity === "hard-down")?.arn ?? "";

const at50 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("50 %", () => world.state().weightPercent === 50);
  await world.minutes(2);
  return world;
};

const alarm = (world: FakeWorld, alarmArn = RATIO_ALARM) => {
  const { severity } = ORDERS.alarms.find(({ arn }) => arn === alarmArn) ?? { severity: "degraded" as const };
  world.truth.firing.add(alarmArn);
  return snapBack(world.ports, world.cutover, { kind: "alarm", alarmArn, severity, alarmAt: world.clock.now() });
};

/** Requests that green had taken before, and keeps answering a few of in every minute. */
const answeringOnGreen = ({ ports }: FakeWorld): GuardPorts => ({
  ...ports,
  metrics: {
    read: async (cutover, tick, timeoutMs) => {
      const read = await ports.metrics.read(cutover, tick, timeoutMs);
      if (!read.ok) return read;
      const everyMinute = Array.from({ length: 10 }, (_, index) => earlier(tick, (index + 1) * MINUTE_MS));
      const series = read.value.series.map((one) =>
        one.of === "green" && (one.metric === "requests" || one.metric === "answered")
          ? { ...one, minutes: everyMinute.toReversed().map((at) => ({ at, value: 12 })) }
          : one,
      );
      return ok({ ...read.value, series });
    },
  },
});

const settledBack = async (world: FakeWorld) => {
  world.truth.firing.clear();
  await world.until("settled", () => world.state().settled !== undefined);
};

const unchained = (at: EpochMs): UnchainedRecord => ({
  id: "orders/2/latch",
  cutover: "orders",
  epoch: 2,
  tick: null,
  at,
  kind: "latch",
  summary: "rolling back",
  detail: {},
});

const cause = (world: FakeWorld): LatchCause | undefined => world.state().latch?.cause;

describe("an alarm at 50 %", () => {
  it("sends everything to blue by the pin, latches, and says it was expected to lose nothing", async () => {
    const world = await at50();
    const report = await alarm(world);
    expect(report.kind).toBe("verified");
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state()).toMatchObject({
      phase: "rolledBack",
      weightPercent: 0,
      epoch: 2,
      latch: { mode: "snapped", fromPercent: 50, expected: { label: "lossless" } },
    });
  });

  it("that could not read the rules raises the pin, and the next tick lowers the weighted rule in its shadow", async () => {
    const world = await at50();
    const [route] = world.cutover.routes;
    const weights = async () => {
      const read = await world.rules.readListener(route?.listenerArn ?? "", durationMs(1_000));
      const rules = read.ok ? read.value.rules : [];
      return rules.find(({ ruleArn }) => ruleArn === route?.weightedRuleArn)?.forward;
    };
    let fails = true;
    const rules: FakeWorld["rules"] = Object.create(world.rules);
    rules.readListener = async (...asked) => {
      if (!fails) return world.rules.readListener(...asked);
      fails = false;
      return outsideFailure("throttled", "DescribeRules: Rate exceeded");
    };
    world.truth.firing.add(RATIO_ALARM);
    const trigger = { kind: "alarm", alarmArn: RATIO_ALARM, severity: "degraded", alarmAt: world.clock.now() } as const;
    expect((await snapBack({ ...world.ports, rules }, world.cutover, trigger)).kind).toBe("verified");
    expect(await weights()).toMatchObject({ sticky: true });
    await world.minute();
    expect(await weights()).toMatchObject({
      targets: [
        { targetGroupArn: route?.blue, weight: 100 },
        { targetGroupArn: route?.green, weight: 0 },
      ],
      sticky: false,
    });
  });

  it("comes twice, directly and by EventBridge, and is one rollback", async () => {
    const world = await at50();
    await Promise.all([alarm(world), alarm(world)]);
    await alarm(world);
    expect(world.state().epoch).toBe(2);
    expect(world.rules.history.at(-1)?.greenPercent).toBe(0);
    expect(verifyLedger(world.ledger.records, sha256, world.state().ledgerHead)).toMatchObject({ intact: true });
    expect(world.ledger.records.filter(({ kind }) => kind === "latch")).toHaveLength(1);
  });

  it("settles lossless once green is quiet, its transactions are over and reverse is proven empty", async () => {
    const world = await at50();
    await alarm(world);
    world.truth.openTransactions = 1;
    await world.minutes(6);
    expect(world.state().settled).toBeUndefined();
    expect(
      world
        .state()
        .blocking.map(({ value }) => value)
        .join(),
    ).toContain("transactions on green");
    world.truth.openTransactions = 0;
    world.truth.drains = false;
    await world.minutes(2);
    expect(world.state().settled).toBeUndefined();
    world.truth.drains = true;
    await settledBack(world);
    expect(world.state().settled).toMatchObject({ label: "lossless" });
  });

  it("does not settle while green still answers requests, though everything else is proven", async () => {
    const world = await at50();
    await alarm(world);
    const busy = answeringOnGreen(world);
    for (let minute = 0; minute < 8; minute += 1) await world.minute(busy);
    expect(world.state().settled).toBeUndefined();
    expect(world.state().blocking.map(({ value }) => value)).toContain(
      "a whole minute after the snap-back without a request on green",
    );
    // It is quiet for a minute before that is known.
    await world.minute();
    expect(world.state().settled).toBeUndefined();
    await settledBack(world);
    expect(world.state().settled).toMatchObject({ label: "lossless" });
  });

  it("does not settle in a tick that sees traffic on green, whatever was proven before", async () => {
    const scout = await at50();
    await alarm(scout);
    scout.truth.firing.clear();
    const minutes = await scout.until("settled", () => scout.state().settled !== undefined);
    const world = await at50();
    await alarm(world);
    world.truth.firing.clear();
    await world.minutes(minutes - 1);
    const pin = world.cutover.routes[0]?.pin;
    world.rules.edit(pin?.ruleArn ?? "", (rule) => ({ ...rule, priority: pin?.parkedPriority ?? null }));
    await world.minute();
    expect(world.state().settled).toBeUndefined();
    expect(world.state().blocking).toContainEqual(
      expect.objectContaining({ what: "settle", value: "all traffic on blue" }),
    );
    await settledBack(world);
    expect(world.state().settled).toMatchObject({ label: "lossless" });
  });

  it("settles as bounded where rows were written on both sides", async () => {
    const world = await at50();
    await alarm(world);
    world.truth.streams.set("conflicts.total", 3);
    await settledBack(world);
    expect(world.state().settled).toMatchObject({ label: "bounded" });
  });

  it("is noticed by the next tick when its event was lost", async () => {
    const world = await at50();
    world.truth.firing.add(RATIO_ALARM);
    await world.minute();
    expect(world.rules.greenPercent()).toBe(0);
    expect(cause(world)).toMatchObject({ kind: "alarm", alarmArn: RATIO_ALARM });
    expect(world.state().phase).toBe("rolledBack");
  });

  it("is ignored when its event is older than this epoch and it is quiet now", async () => {
    const world = await at50();
    const old = { kind: "alarm", alarmArn: RATIO_ALARM, severity: "degraded", alarmAt: 0 as never } as const;
    expect((await snapBack(world.ports, world.cutover, old)).kind).toBe("ignored");
    expect(world.rules.greenPercent()).toBe(50);
    world.truth.alarmsFail = true;
    expect((await snapBack(world.ports, world.cutover, old)).kind).toBe("verified");
    expect(world.rules.greenPercent()).toBe(0);
  });
});

describe("a rollback rule of the policy", () => {
  it("sends everything back by promote's weight and rollback's pin", async () => {
    const world = await at50();
    world.truth.greenErrorRatio = 0.3;
    await world.until("blue", () => world.state().phase === "rolledBack", 3);
    expect(cause(world)).toEqual({ kind: "policy", rules: ["breaker", "slow-burn"] });
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.rules.writes.map(({ what }) => what)).toContain("pin raised");
  });

  it("sends everything back when pawl has been blind for ten minutes, and not before", async () => {
    const world = await at50();
    world.truth.metricsFail = true;
    await world.minutes(9);
    expect(world.rules.greenPercent()).toBe(50);
    await world.until("blue", () => world.rules.greenPercent() === 0, 10);
    expect(cause(world)).toEqual({ kind: "policy", rules: ["blind"] });
  });
});

describe("a policy that would call old news evidence", () => {
  it("is blind all the same after five minutes without a metric, and is sent back", async () => {
    const world = fakeWorld();
    await world.arm({ ...DRILL, data: { ...DRILL.data, maxAge: "24h" } });
    await world.until("50 %", () => world.state().weightPercent === 50);
    await world.minutes(2);
    world.truth.metricsFail = true;
    await world.until("blue", () => world.rules.greenPercent() === 0, 18);
    expect(cause(world)).toEqual({ kind: "policy", rules: ["blind"] });
  });
});

describe("a rollback that would lose writes", () => {
  const behind = async () => {
    const world = await at50();
    world.truth.streams.set("reverse.lagSeconds", 40);
    await world.minutes(2);
    return world;
  };

  it("is held for a degraded alarm: traffic stays, nothing advances, somebody is told", async () => {
    const world = await behind();
    expect((await alarm(world)).kind).toBe("held");
    expect(world.rules.greenPercent()).toBe(50);
    await world.minutes(3);
    expect(world.rules.greenPercent()).toBe(50);
    expect(world.state()).toMatchObject({ latch: { mode: "held" } });
    expect(world.notify.sent.some(({ subject }) => subject.includes("held"))).toBe(true);
  });

  it.each(["lost", "applied-unanswered"] as const)(
    "is held although the table's answer to the hold does not come (%s), and the next tick tells somebody",
    async (fate) => {
      const world = await behind();
      world.store.fates.push("answered", fate);
      expect((await alarm(world)).kind).toBe("held");
      expect(world.rules.greenPercent()).toBe(50);
      await world.minutes(2);
      expect(world.rules.greenPercent()).toBe(50);
      expect(world.state()).toMatchObject({ latch: { mode: "held" } });
      expect(world.notify.sent.some(({ subject }) => subject.includes("held"))).toBe(true);
    },
  );

  it("goes by itself as soon as it would lose nothing", async () => {
    const world = await behind();
    await alarm(world);
    world.truth.streams.delete("reverse.lagSeconds");
    await world.until("blue", () => world.state().phase === "rolledBack", 4);
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state().latch).toMatchObject({ mode: "snapped", expected: { label: "lossless" } });
  });

  it("goes when an operator accepts the loss", async () => {
    const world = await behind();
    await alarm(world);
    const operator = { kind: "operator", by: "olga", reason: "green is lost" } as const;
    expect((await snapBack(world.ports, world.cutover, { ...operator, acceptLoss: false })).kind).toBe("held");
    expect((await snapBack(world.ports, world.cutover, { ...operator, acceptLoss: true })).kind).toBe("verified");
    expect(world.rules.greenPercent()).toBe(0);
    expect(cause(world)).toEqual({ kind: "operator", by: "olga", reason: "green is lost" });
  });

  it("never holds back a hard-down alarm or an operator", async () => {
    const hardDown = await behind();
    expect((await alarm(hardDown, HOSTS_ALARM)).kind).toBe("verified");
    const asked = await behind();
    const operator = { kind: "operator", by: "olga", reason: "enough", acceptLoss: false } as const;
    expect((await snapBack(asked.ports, asked.cutover, operator)).kind).toBe("verified");
  });

  it("goes when a tick finds a hard-down alarm whose event never came", async () => {
    const world = await behind();
    await alarm(world);
    expect(world.state().latch?.mode).toBe("held");
    world.truth.firing.add(HOSTS_ALARM);
    await world.until("blue", () => world.state().phase === "rolledBack", 3);
    expect(world.rules.greenPercent()).toBe(0);
    expect(cause(world)).toMatchObject({ kind: "alarm", alarmArn: HOSTS_ALARM, severity: "hard-down" });
  });

  it("is judged by what the tick itself sees, not by the label that the tick before stored", async () => {
    const world = await at50();
    world.truth.streams.set("reverse.dataGap", true);
    await world.minutes(1);
    expect(world.state().rollbackSafety.label).toBe("lossless");
    world.truth.firing.add(RATIO_ALARM);
    await world.minutes(1);
    expect(world.state().latch).toMatchObject({ mode: "held", expected: { label: "lossy" } });
    expect(world.rules.greenPercent()).toBe(50);
  });

  it("is not called lossless by a label that no tick has renewed", async () => {
    const world = await at50();
    const state = world.state();
    const at = later(state.rollbackSafety.at, 3_600_000);
    const latched = applyLatch(
      state,
      { mode: "snapped", cause: { kind: "policy", rules: ["breaker"] }, at, record: unchained(at) },
      "late",
    );
    expect(latched.latch?.expected).toMatchObject({ label: "unknown", reasons: ["last measured 3600 s before"] });
  });

  it("goes where the policy says snap", async () => {
    const world = fakeWorld();
    await world.arm({ ...DRILL, whenNotLossless: "snap" });
    await world.until("50 %", () => world.state().weightPercent === 50);
    world.truth.streams.set("reverse.lagSeconds", 40);
    await world.minutes(2);
    expect((await alarm(world)).kind).toBe("verified");
    expect(world.state().latch?.expected.label).toBe("bounded");
  });
});

describe("a rollback by hand", () => {
  it("by a raised pin is taken for what it is, at the second look", async () => {
    const world = await at50();
    const [route] = world.cutover.routes;
    world.rules.edit(route?.pin.ruleArn ?? "", (rule) => ({ ...rule, priority: 99 }));
    await world.minute();
    expect(world.state().latch).toBeUndefined();
    await world.minute();
    expect(cause(world)).toMatchObject({ kind: "outsider" });
    expect(world.state().phase).toBe("rolledBack");
  });

  it("by a raised pin is taken for what it is at 100 %, too", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("100 %", () => world.state().phase === "soaking", 200);
    const [route] = world.cutover.routes;
    world.rules.edit(route?.pin.ruleArn ?? "", (rule) => ({ ...rule, priority: 99 }));
    await world.minutes(2);
    expect(cause(world)).toMatchObject({ kind: "outsider" });
    expect(world.state().phase).toBe("rolledBack");
  });

  it("by less weight for green is taken for what it is, at the second look", async () => {
    const world = await at50();
    const [route] = world.cutover.routes;
    world.rules.edit(route?.weightedRuleArn ?? "", (rule) => ({
      ...rule,
      forward: { targets: [{ targetGroupArn: route?.blue ?? "", weight: 1 }], sticky: false },
    }));
    await world.minutes(2);
    expect(cause(world)).toMatchObject({ kind: "outsider" });
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("with more green stops everything and is told, never adopted", async () => {
    const world = await at50();
    const [route] = world.cutover.routes;
    world.rules.edit(route?.weightedRuleArn ?? "", (rule) => ({
      ...rule,
      forward: { targets: [{ targetGroupArn: route?.green ?? "", weight: 1 }], sticky: false },
    }));
    await world.minutes(12);
    expect(world.state()).toMatchObject({ weightPercent: 50, phase: "shifting" });
    expect(world.state().blocking.map(({ what }) => what)).toContain("drift:more-green");
    expect(world.notify.sent.some(({ body }) => body.includes("drift:more-green"))).toBe(true);
  });
});

describe("arming again", () => {
  const again = (world: FakeWorld) =>
    rearm(world.ports, world.cutover, DRILL, "olga", { rehearsal: true, doctor: async () => [] });

  it("is refused until the rollback is verified, settled and cooled down", async () => {
    const world = await at50();
    await alarm(world);
    world.truth.firing.clear();
    const early = await again(world);
    expect(early).toMatchObject({ kind: "refused" });
    expect(early.kind === "refused" && early.refusals.join()).toMatch(/not settled.*cools down/s);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("starts a new epoch from 0, lowers the pin last, and walks again", async () => {
    const world = await at50();
    await alarm(world);
    await settledBack(world);
    await world.minutes(6);
    expect((await again(world)).kind).toBe("armed");
    expect(world.state()).toMatchObject({ epoch: 3, phase: "armed", intent: { kind: "lowerPin" } });
    expect(world.state().latch).toBeUndefined();
    await world.deliverAll();
    expect(world.state().intent).toBeUndefined();
    expect(world.rules.greenPercent()).toBe(0);
    await world.until("10 %", () => world.state().weightPercent === 10);
    expect(world.rules.greenPercent()).toBe(10);
  });

  it("puts the weights right behind the raised pin before it is lowered", async () => {
    const world = await at50();
    await alarm(world);
    await settledBack(world);
    await world.minutes(6);
    const [route] = world.cutover.routes;
    world.rules.edit(route?.weightedRuleArn ?? "", (rule) => ({
      ...rule,
      forward: { targets: [{ targetGroupArn: route?.green ?? "", weight: 1 }], sticky: true },
    }));
    expect((await again(world)).kind).toBe("armed");
    await world.deliverAll();
    expect(world.state().intent).toBeUndefined();
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("that never got its pin lowered is rolled back again instead of walking in the shadow", async () => {
    const world = await at50();
    await alarm(world);
    await settledBack(world);
    await world.minutes(6);
    await again(world);
    world.invoke.jobs.length = 0;
    await world.until("latched again", () => world.state().latch !== undefined, 12);
    expect(world.state().epoch).toBe(4);
    expect(cause(world)).toMatchObject({ what: "the pin stayed up after it should have been lowered" });
    await world.until("blue", () => world.state().phase === "rolledBack", 3);
    expect(world.rules.greenPercent()).toBe(0);
  });
});
