import { describe, expect, it } from "vitest";
import { answerRollback } from "../../../src/edge/answer-rollback.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { AlarmWay } from "../../../src/guard/snap-back-trigger.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const RATIO = ORDERS.alarms[0]?.arn ?? "";
const [route] = ORDERS.routes;
if (route === undefined) throw new Error("unreachable");

const at50 = async (policy = DRILL): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm(policy);
  await world.until("50 %", () => world.state().weightPercent === 50);
  return world;
};

const comes = (world: FakeWorld, via: AlarmWay) =>
  answerRollback(world.ports, [ORDERS], {
    kind: "alarm",
    alarmArn: RATIO,
    state: "ALARM",
    alarmAt: world.clock.now(),
    via,
  });

const toldOf = (world: FakeWorld, subject: RegExp) => world.notify.sent.filter((one) => subject.test(one.subject));
const recorded = (world: FakeWorld, kind: string) => world.ledger.records.filter((record) => record.kind === kind);

describe("an alarm that comes by its action and by EventBridge at once", () => {
  it("is told of once, and recorded once", async () => {
    const world = await at50();
    world.truth.firing.add(RATIO);
    const answers = await Promise.all([comes(world, "action"), comes(world, "eventbridge")]);
    expect(answers.flat().map(({ report }) => report.kind)).toEqual(["verified", "verified"]);
    await world.minutes(3);
    expect(toldOf(world, /all traffic is on blue/)).toHaveLength(1);
    expect(recorded(world, "verified")).toHaveLength(1);
  });

  it("is told of once where it is held", async () => {
    const world = await at50({ ...DRILL, whenNotLossless: "hold" });
    world.truth.streams.set("reverse.lagSeconds", 60);
    await world.minutes(2);
    const answers = await Promise.all([comes(world, "action"), comes(world, "eventbridge")]);
    expect(answers.flat().map(({ report }) => report.kind)).toEqual(["held", "held"]);
    expect(toldOf(world, /held/)).toHaveLength(1);
    expect(recorded(world, "held")).toHaveLength(1);
  });
});

describe("a message that the topic refuses", () => {
  it("keeps none of those behind it from being sent", async () => {
    const world = await at50();
    const send: typeof world.ports.notify.send = async (notification, timeoutMs) =>
      /needs somebody/.test(notification.subject)
        ? outsideFailure("refused", "Publish: InvalidParameter")
        : world.ports.notify.send(notification, timeoutMs);
    const through = { ...world.ports, notify: { send } };
    world.rules.edit(route.weightedRuleArn ?? "", (rule) => ({ ...rule, conditions: [] }));
    for (let minute = 0; minute < 3; minute += 1) await world.minute(through);
    expect(world.state().outbox.some(({ notification }) => notification !== undefined)).toBe(true);
    world.rules.edit(route.pin.ruleArn, (rule) => ({ ...rule, conditions: [] }));
    await snapBack(through, world.cutover, { kind: "operator", by: "olga", reason: "enough", acceptLoss: true });
    for (let minute = 0; minute < 2; minute += 1) await world.minute(through);
    expect(toldOf(world, /all traffic is on blue/)).toHaveLength(1);
  });
});

describe("messages that the topic refuses, more than are tried at once", () => {
  const refusing =
    (world: Awaited<ReturnType<typeof at50>>, what: RegExp): typeof world.ports.notify.send =>
    async (notification, timeoutMs) =>
      what.test(notification.subject)
        ? outsideFailure("refused", "Publish: InvalidParameter")
        : world.ports.notify.send(notification, timeoutMs);

  it("keep no newer one from being sent", async () => {
    const world = await at50();
    const through = { ...world.ports, notify: { send: refusing(world, /needs somebody/) } };
    world.rules.edit(route.weightedRuleArn ?? "", (rule) => ({ ...rule, conditions: [] }));
    const refused = () => world.state().outbox.filter(({ notification }) => notification !== undefined).length;
    for (let minute = 0; minute < 120 && refused() < 7; minute += 1) await world.minute(through);
    expect(refused()).toBe(7);
    await snapBack(through, world.cutover, { kind: "operator", by: "olga", reason: "enough", acceptLoss: true });
    expect(toldOf(world, /going back|rolling back|on blue/).length).toBeGreaterThan(0);
    for (let minute = 0; minute < 5; minute += 1) await world.minute(through);
    expect(refused()).toBe(7);
  });

  it("cost few requests where the topic refuses everything", async () => {
    const world = await at50();
    let asked = 0;
    const send: typeof world.ports.notify.send = async () => {
      asked += 1;
      return outsideFailure("refused", "Publish: AuthorizationError");
    };
    world.rules.edit(route.weightedRuleArn ?? "", (rule) => ({ ...rule, conditions: [] }));
    const waiting = () => world.state().outbox.filter(({ notification }) => notification !== undefined).length;
    const through = { ...world.ports, notify: { send } };
    for (let minute = 0; minute < 240 && waiting() < 9; minute += 1) await world.minute(through);
    expect(waiting()).toBe(9);
    asked = 0;
    await world.minute(through);
    // A tick delivers twice: what was left behind, and its own.
    expect(asked).toBeLessThanOrEqual(12);
  });
});

describe("a rollback that is verified and has to be carried out again", () => {
  it("is recorded, and wakes nobody: the tick that found it has told", async () => {
    const world = await at50();
    await comes(world, "action");
    world.rules.edit(route.pin.ruleArn, (rule) => ({ ...rule, priority: route.pin.parkedPriority }));
    await comes(world, "action");
    expect(world.rules.greenPercent()).toBe(0);
    expect(recorded(world, "verified")).toHaveLength(2);
    expect(toldOf(world, /all traffic is on blue/)).toHaveLength(1);
  });
});

describe("a rollback that cannot be verified, minute after minute", () => {
  it("is told of once in a quarter of an hour, retries of the function included", async () => {
    const world = await at50();
    world.rules.add(route.listenerArn, {
      ruleArn: "arn:other",
      priority: route.pin.raisedPriority,
      conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/maintenance"] } }],
      forward: { targets: [{ targetGroupArn: route.blue, weight: 1 }], sticky: false },
      otherActions: [],
    });
    await comes(world, "action");
    const request = { kind: "promote", epoch: world.state().epoch, tick: world.clock.now() } as const;
    await snapBack(world.ports, world.cutover, request);
    await snapBack(world.ports, world.cutover, request);
    await world.minutes(15);
    const told = toldOf(world, /could not be verified on blue yet/);
    const ids = new Set(told.map(({ id }) => id));
    // Of the alarm's run, and of the quarters that these minutes lie in, each once.
    expect(ids.size).toBeGreaterThanOrEqual(1);
    expect(ids.size).toBeLessThanOrEqual(3);
    expect(told).toHaveLength(ids.size);
  });

  it("is told of anew in the next quarter, and in another epoch", async () => {
    const world = await at50();
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    const { epoch } = world.state();
    const quarter = 15 * 60_000;
    const latched = await snapBack(world.ports, world.cutover, { kind: "promote", epoch, tick: 0 as never });
    expect(latched.kind).toBe("ignored");
    await comes(world, "action");
    world.notify.sent.length = 0;
    for (const tick of [4 * quarter, 5 * quarter - 60_000, 5 * quarter])
      await snapBack(world.ports, world.cutover, { kind: "promote", epoch: epoch + 1, tick: tick as never });
    await snapBack(world.ports, world.cutover, { kind: "promote", epoch: epoch + 2, tick: (4 * quarter) as never });
    const [first, again, later, other] = world.notify.sent.map(({ id }) => id);
    expect(again).toBe(first);
    expect(new Set([first, later, other]).size).toBe(3);
  });
});
