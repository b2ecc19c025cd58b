import { describe, expect, it } from "vitest";
import { applyLatch } from "../../../src/decision/latch.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import { arm } from "../../../src/guard/arm.ts";
import { lowerPin } from "../../../src/guard/lower-pin.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { requestApprove } from "../../../src/guard/requests.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { runTick } from "../../../src/guard/tick.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { epochMs, later } from "../../../src/kernel/units.ts";
import { byOperator } from "../../contract/sample-state.ts";
import { stateOf } from "../../support/decide-input.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS, wholeLedger } from "../../support/fake-world.ts";

const [route] = ORDERS.routes;
const weightedRule = route?.weightedRuleArn ?? "";
const pinRule = route?.pin.ruleArn ?? "";

const toGreen = (world: FakeWorld, weight: number) =>
  world.rules.edit(weightedRule, (rule) => ({
    ...rule,
    forward: {
      targets: [
        { targetGroupArn: route?.blue ?? "", weight: 100 - weight },
        { targetGroupArn: route?.green ?? "", weight },
      ],
      sticky: false,
    },
  }));

describe("arming is refused", () => {
  const refused = async (prepare: (world: FakeWorld) => unknown, why: RegExp) => {
    const world = fakeWorld();
    prepare(world);
    const report = await world.arm();
    expect(report.kind === "refused" ? report.refusals.join("\n") : report.kind).toMatch(why);
    expect(world.rules.writes).toEqual([]);
    expect(() => world.state()).toThrow("never armed");
  };

  it.each<[string, (world: FakeWorld) => unknown, RegExp]>([
    ["with traffic on green", (world) => toGreen(world, 10), /green has 10 %/],
    ["without a pin", (world) => world.rules.remove(pinRule), /the pin is gone/],
    [
      "with the pin raised",
      (world) => world.rules.edit(pinRule, (rule) => ({ ...rule, priority: 99 })),
      /the pin is raised/,
    ],
    [
      "with a way to green in another listener",
      (world) =>
        world.rules.add("arn:another-listener", {
          ruleArn: "arn:other",
          priority: null,
          conditions: [],
          forward: { targets: [{ targetGroupArn: route?.green ?? "", weight: 1 }], sticky: false },
          otherActions: [],
        }),
      /arn:other also forwards to green/,
    ],
    [
      "with a login that the pin would take away",
      (world) => world.rules.edit(weightedRule, (rule) => ({ ...rule, otherActions: [{ Type: "authenticate-oidc" }] })),
      /the pin's actions before the forward/,
    ],
    [
      "where the rules cannot be read",
      (world) => Object.assign(world.rules, { describeFails: true }),
      /rules cannot be read/,
    ],
    ["without green's hosts", (world) => Object.assign(world.truth.healthy, { green: 3 }), /3 of 4 healthy hosts/],
    ["without blue's hosts", (world) => Object.assign(world.truth.healthy, { blue: 0 }), /blue has no healthy host/],
    [
      "with an alarm in ALARM, which would never fire",
      (world) => void world.truth.firing.add(ORDERS.alarms[0]?.arn ?? ""),
      /is ALARM/,
    ],
    [
      "where alarms cannot be read",
      (world) => Object.assign(world.truth, { alarmsFail: true }),
      /alarms cannot be read/,
    ],
    [
      "where conflicts cannot be counted",
      (world) => void world.truth.streams.set("conflicts.total", null),
      /conflicts cannot be read/,
    ],
  ])("%s", (_what, prepare, why) => refused(prepare, why));

  it("for a drill that is no rehearsal, and for whatever doctor finds", async () => {
    const world = fakeWorld();
    const report = await arm(world.ports, ORDERS, DRILL, "olga", {
      rehearsal: false,
      doctor: async () => ["the VPN is up"],
    });
    expect(report).toMatchObject({ kind: "refused" });
    expect(report.kind === "refused" && report.refusals.join()).toMatch(/no rehearsal.*VPN/);
  });

  it.each<[string, Partial<CutoverState>, string]>([
    ["twice", {}, "it is armed already (armed)"],
    [
      "under a latch, which is armed again",
      { phase: "rolledBack", latch: applyLatch(stateOf(), byOperator, "w").latch as never },
      "it is armed already, and a rollback is latched (rolledBack): pawl arm --again",
    ],
    [
      "once it is complete",
      { phase: "complete" },
      "it is armed already (complete): moving again is a new cutover, under another name",
    ],
  ])("%s", async (_, is, why) => {
    const world = fakeWorld();
    await world.arm();
    world.store.put({ ...world.state(), ...is });
    const before = world.state();
    expect(await world.arm()).toEqual({ kind: "refused", refusals: [why] });
    expect(world.state()).toEqual(before);
  });
});

describe("arming fails, and nothing is armed,", () => {
  const NO_ANSWER = outsideFailure("timed-out", "no answer");
  const armedBy = (world: FakeWorld, without: Partial<GuardPorts>) =>
    arm({ ...world.ports, ...without }, ORDERS, DRILL, "olga", { rehearsal: true, doctor: async () => [] });

  it("where not even the state could be read: nobody has looked where traffic is", async () => {
    const world = fakeWorld();
    const state = { ...world.ports.state, read: async () => NO_ANSWER };
    expect(await armedBy(world, { state })).toEqual({ kind: "failed", why: "no answer", unread: true });
  });

  it.each<[string, (ports: GuardPorts) => Partial<GuardPorts>]>([
    [
      "where its policy cannot be stored",
      ({ policies }) => ({ policies: { ...policies, put: async () => NO_ANSWER } }),
    ],
    [
      "where it cannot be listed: it would never be served",
      ({ active }) => ({ active: { ...active, put: async () => NO_ANSWER } }),
    ],
  ])("%s", async (_, without) => {
    const world = fakeWorld();
    expect(await armedBy(world, without(world.ports))).toEqual({ kind: "failed", why: "no answer" });
    expect(() => world.state()).toThrow("never armed");
  });

  it("where the table does not answer the write", async () => {
    const world = fakeWorld();
    world.store.fates.push("lost");
    expect(await armedBy(world, {})).toEqual({ kind: "failed", why: "the table did not answer" });
    expect(() => world.state()).toThrow("never armed");
  });

  it("where somebody else was first: theirs stands", async () => {
    const [world, theirs] = [fakeWorld(), fakeWorld()];
    await theirs.arm();
    const put: GuardPorts["active"]["put"] = async (...asked) => {
      world.store.put({ ...theirs.state(), armedBy: "ada" });
      return world.ports.active.put(...asked);
    };
    expect(await armedBy(world, { active: { ...world.ports.active, put } })).toEqual({
      kind: "failed",
      why: "somebody else armed it just now",
    });
    expect(world.state().armedBy).toBe("ada");
  });
});

describe("what was armed", () => {
  it.each([true, false])(
    "stands in the ledger with who did it, by which policy, and whether it is a drill: %s",
    async (drill) => {
      const world = fakeWorld();
      await world.arm({ ...DRILL, drill });
      expect(world.state()).toMatchObject({ drill, phase: "armed", writeId: expect.stringMatching(/./) });
      expect(world.state()).not.toHaveProperty("withoutPin");
      expect(wholeLedger(world)[0]).toMatchObject({
        kind: "arm",
        summary: `armed by ${world.state().armedBy} with policy ${DRILL.name}`,
        detail: { drill, policy: world.state().policyDigest, blueHosts: world.state().blueHostsAtArm },
      });
    },
  );
});

describe("lowering the pin", () => {
  it("is for a re-arm of this epoch alone", async () => {
    const world = fakeWorld();
    await world.arm();
    world.rules.edit(pinRule, (rule) => ({ ...rule, priority: 99 }));
    expect(await lowerPin(world.ports, ORDERS, 1)).toMatchObject({
      kind: "refused",
      why: "no re-arm is waiting for it",
    });
    expect(await lowerPin(world.ports, ORDERS, 7)).toMatchObject({ kind: "refused" });
    expect(world.rules.writes).toEqual([]);
  });

  it("is refused while the weighted rule behind it gives green anything", async () => {
    const world = fakeWorld();
    await world.arm();
    const { notAfter } = { notAfter: later(world.clock.now(), 360_000) };
    const intentAt = world.clock.now();
    world.store.put({ ...world.state(), intent: { kind: "lowerPin", epoch: 1, to: 0 as never, intentAt, notAfter } });
    world.rules.edit(pinRule, (rule) => ({ ...rule, priority: 99 }));
    toGreen(world, 10);
    expect(await lowerPin(world.ports, ORDERS, 1)).toMatchObject({ kind: "refused" });
    toGreen(world, 0);
    world.clock.spend(61_000);
    expect(await lowerPin(world.ports, ORDERS, 1)).toMatchObject({
      kind: "refused",
      why: "the intent's time is nearly over",
    });
    expect(world.rules.writes).toEqual([]);
  });
});

describe("past the point of no return", () => {
  it("a rollback writes nothing and says what to do", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("100 %", () => world.state().weightPercent === 100);
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    const before = world.rules.writes.length;
    const trigger = { kind: "operator", by: "olga", reason: "green is slow", acceptLoss: true } as const;
    expect(await snapBack(world.ports, ORDERS, trigger)).toMatchObject({ kind: "no-way-back" });
    await world.minutes(2);
    expect(world.rules.writes.length).toBe(before);
    expect(world.notify.sent.some(({ body }) => body.includes("pawl restore orders"))).toBe(true);
  });

  it("permits go on without the streams, and stop when an alarm fires", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("100 %", () => world.state().weightPercent === 100);
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    world.rules.remove(pinRule);
    for (const name of ["forward", "reverse"])
      world.truth.streams.set(`${name}.lagRecords`, null).set(`${name}.state`, "ABSENT");
    await world.minutes(15);
    expect(world.state().permit).toMatchObject({ action: "teardown" });
    world.truth.firing.add(ORDERS.alarms[0]?.arn ?? "");
    await world.minute();
    expect(world.state().permit).toBeUndefined();
    expect(world.state().blocking.map(({ what }) => what)).toContain("rollback-asked");
  });
});

describe("approval", () => {
  it("is given in soaking and nowhere else", async () => {
    const world = fakeWorld();
    await world.arm();
    const asked = await requestApprove(world.ports, "orders", { by: "olga", reason: "early" });
    expect(asked).toMatchObject({ kind: "refused" });
  });
});

describe("the schedule", () => {
  it("starts two workers of every active cutover, and the third one while it is taken apart", async () => {
    const world = fakeWorld();
    await world.arm();
    const tick = world.nextMinute();
    expect(await runTick(world.ports, tick)).toMatchObject({
      started: [{ workers: ["observe", "promote"] }],
      failures: [],
    });
    world.store.put({ ...world.state(), phase: "decommissioning" });
    expect((await runTick(world.ports, tick)).started[0]?.workers).toEqual(["observe", "promote", "decommission"]);
  });

  it("says how long the stalest cutover has not been judged", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.minute();
    world.clock.spend(240_000);
    const report = await runTick(world.ports, world.nextMinute());
    expect(report.stalestSeconds).toBe(300);
  });

  describe("finds a cutover on the list that has no state", () => {
    const ticks = async (listedMsAgo: number | null) => {
      const world = fakeWorld();
      const tick = world.nextMinute();
      const entry = { cutover: "orders", listedAt: listedMsAgo === null ? null : epochMs(tick - listedMsAgo) };
      const active = { list: async () => ok([entry]) };
      return runTick({ ...world.ports, active }, tick);
    };

    it("and leaves it alone while somebody may be arming it", async () => {
      for (const msAgo of [-3_000, 0, 60_000])
        expect(await ticks(msAgo)).toMatchObject({ started: [], failures: [], stalestSeconds: 0 });
    });

    it.each([
      ["after some minutes", 180_000],
      ["at once where a release before this one listed it", null],
    ])("and calls it unserved, by name, %s", async (_when, msAgo) => {
      const report = await ticks(msAgo);
      expect(report).toMatchObject({ started: [], stalestSeconds: null });
      expect(report.failures).toEqual([expect.stringMatching(/^orders is listed as active.* no state of it/)]);
    });

    it("and serves the others all the same", async () => {
      const world = fakeWorld();
      await world.arm();
      await world.active.put("payments", epochMs(0));
      const report = await runTick(world.ports, world.nextMinute());
      expect(report.started).toMatchObject([{ cutover: "orders", workers: ["observe", "promote"] }]);
      expect(report.failures).toHaveLength(1);
    });
  });

  it("serves what it can when a state cannot be read, and says so", async () => {
    const world = fakeWorld();
    await world.arm();
    world.store.down = true;
    const report = await runTick(world.ports, world.nextMinute());
    expect(report.started[0]?.workers).toEqual(["observe", "promote"]);
    expect(report.failures).toHaveLength(1);
  });

  it("leaves one that is complete to decommission, which takes it off the list; itself it writes nothing", async () => {
    const world = fakeWorld();
    await world.arm();
    world.store.put({ ...world.state(), phase: "complete" });
    world.clock.spend(240_000);
    expect(await runTick(world.ports, world.nextMinute())).toMatchObject({
      started: [{ workers: ["decommission"] }],
      stalestSeconds: 0,
    });
    expect(await world.active.list(1_000 as never)).toMatchObject({ ok: true, value: [{ cutover: "orders" }] });
  });
});
