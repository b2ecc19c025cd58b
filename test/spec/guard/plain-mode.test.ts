import { describe, expect, it } from "vitest";
import { quietFrom } from "../../../src/decision/plain-mode.ts";
import { ONE_ATTEMPT } from "../../../src/guard/limits.ts";
import { runPromote } from "../../../src/guard/promote.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { DRILL, fakeWorld, ORDERS, sha256, wholeLedger, worldOf } from "../../support/fake-world.ts";
import { ACCEPTED, PLAIN, type PlainWorld, plainWorld } from "../../support/plain-cutover.ts";

const MODES = Object.entries(PLAIN);
const ALARM = ORDERS.alarms[0]?.arn ?? "";

const at = async (percent: number, cutover = PLAIN["the default action"]): Promise<PlainWorld> => {
  const world = plainWorld(cutover);
  expect(await world.arm()).toMatchObject({ kind: "armed" });
  await world.until(`${percent} %`, () => world.state().weightPercent === percent);
  return world;
};

const alarm = (world: PlainWorld, ports = world.ports) =>
  snapBack(ports, world.cutover, {
    kind: "alarm",
    alarmArn: ALARM,
    severity: "degraded",
    alarmAt: world.clock.now(),
  });

/** One minute before the tick that takes the first step, whose request is to end like this. */
const beforeFirstStep = async (cutover = PLAIN["the default action"]): Promise<PlainWorld> => {
  const minutes = await (async () => {
    const probe = plainWorld(cutover);
    await probe.arm();
    return probe.until("10 %", () => probe.state().weightPercent === 10);
  })();
  const world = plainWorld(cutover);
  await world.arm();
  await world.minutes(minutes - 1);
  expect(world.state().weightPercent).toBe(0);
  return world;
};

const verifiedAt = (world: PlainWorld): number => world.state().latch?.verifiedAt ?? Number.NaN;

describe("arming a route without a pin", () => {
  it.each(MODES)("with %s is refused until somebody accepts what it gives up", async (_, cutover) => {
    const world = worldOf(cutover);
    expect(await world.arm()).toMatchObject({
      kind: "refused",
      refusals: [expect.stringContaining("--without-pin --accept-late-landing")],
    });
    expect(await world.arm(DRILL, ACCEPTED)).toMatchObject({ kind: "armed" });
    expect(world.state().withoutPin).toMatchObject({ by: "olga" });
    expect(wholeLedger(world)[0]?.detail).toMatchObject({ withoutPin: "accepted by olga" });
  });

  it("is not what a cutover with a pin on every route is armed with", async () => {
    const world = fakeWorld();
    expect(await world.arm(DRILL, ACCEPTED)).toMatchObject({
      kind: "refused",
      refusals: ["every route has its pin: arm it without --without-pin"],
    });
    await world.arm();
    expect(world.state()).not.toHaveProperty("withoutPin");
  });

  it("holds a cutover whose pin has gone from the bindings since it was armed, and tells somebody why", async () => {
    const world = fakeWorld();
    await world.arm();
    const bound = PLAIN["a rule without a pin"];
    for (let minute = 0; minute < 12; minute += 1) await runPromote(world.ports, bound, world.nextMinute());
    expect(world.state().weightPercent).toBe(0);
    expect(world.state().blocking.map(({ what }) => what)).toContain("plain-mode");
    expect(
      world.notify.sent.filter(({ body }) => /plain-mode: a route of the deployed bindings/.test(body)),
    ).toHaveLength(1);
  });
});

describe.each(MODES)("a walk by %s", (_, cutover) => {
  it("goes up step by step to 100 %, as it does beside a pin", async () => {
    const world = await at(100, cutover);
    const beside = fakeWorld();
    await beside.arm();
    await beside.until("100 %", () => beside.state().weightPercent === 100);
    const shares = (of: { readonly rules: PlainWorld["rules"] }) =>
      of.rules.history.map((change) => change.greenPercent);
    expect(shares(world)).toEqual(shares(beside));
    expect(world.rules.writes.every(({ what }) => what.startsWith("weight"))).toBe(true);
  });

  it("goes back at once, and is verified when nothing sent before can arrive any more", async () => {
    const world = await at(50, cutover);
    const report = await alarm(world);
    expect(report.kind).toBe("asserted");
    expect(world.rules.greenPercent()).toBe(0);
    const latch = world.state().latch;
    if (latch === undefined) throw new Error("not latched");
    expect(latch.verifiedAt).toBeUndefined();
    expect(quietFrom(latch) - latch.at).toBe(180_000);
    await world.until("verified", () => world.state().phase === "rolledBack", 5);
    expect(verifiedAt(world)).toBeGreaterThan(quietFrom(latch));
    expect(world.state()).toMatchObject({ weightPercent: 0, latch: { fromPercent: 50 } });
    expect(verifyLedger(wholeLedger(world), sha256, world.state().ledgerHead)).toMatchObject({ intact: true });
  });

  it("writes blue again in every minute until then", async () => {
    const world = await at(50, cutover);
    await alarm(world);
    const before = world.rules.writes.length;
    await world.minutes(2);
    expect(world.rules.writes.slice(before).filter(({ what }) => what === "weight 0").length).toBeGreaterThanOrEqual(4);
    expect(world.state().latch?.verifiedAt).toBeUndefined();
  });

  it("is sent back again when somebody gives green a share after it was verified", async () => {
    const world = await at(50, cutover);
    await alarm(world);
    await world.until("verified", () => world.state().phase === "rolledBack", 5);
    const [route] = cutover.routes;
    if (route === undefined) throw new Error("unreachable");
    await world.rules.writeWeights({ route, greenPercent: 40, stickySeconds: 60 }, [], ONE_ATTEMPT);
    await world.minute();
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.notify.sent.some(({ body }) => body.includes("drift:unpinned"))).toBe(true);
  });
});

/** Rises of green's share after the rollback was recorded as verified. */
const risesAfterVerified = (world: PlainWorld): readonly number[] => {
  const { history } = world.rules;
  return history.flatMap(({ at: instant, greenPercent }, index) =>
    instant > verifiedAt(world) && greenPercent > (history[index - 1]?.greenPercent ?? 0) ? [instant] : [],
  );
};

describe("a step that is under way when a rollback comes", () => {
  const landing = async (afterMs: number) => {
    const world = await beforeFirstStep();
    world.rules.fates.push({ kind: "timed-out", lands: { afterMs } });
    await world.minute();
    expect(world.state().intent).toMatchObject({ to: 10 });
    await alarm(world);
    world.truth.firing.clear();
    await world.until("verified", () => world.state().phase === "rolledBack", 6);
    await world.minutes(6);
    return world;
  };

  // The last of them leaves when the life of its intent ends, and arrives D later.
  it.each([2_000, 15_000, 29_000, 90_000, 150_000, 179_000])(
    "and arrives after %i ms raises nothing once it is verified",
    async (afterMs) => {
      const world = await landing(afterMs);
      expect(world.rules.history.map(({ greenPercent }) => greenPercent)).toEqual([10, 0]);
      expect(risesAfterVerified(world)).toEqual([]);
      expect(world.state()).toMatchObject({ phase: "rolledBack", weightPercent: 0 });
      expect(world.state().intent).toBeUndefined();
      expect(world.rules.greenPercent()).toBe(0);
    },
  );

  it("and arrives later than D raises green after all, for no longer than until the next tick", async () => {
    const world = await landing(400_000);
    const [rise] = risesAfterVerified(world);
    expect(rise).toBeDefined();
    const back = world.rules.history.find(
      ({ at: instant, greenPercent }) => instant > (rise ?? 0) && greenPercent === 0,
    );
    expect((back?.at ?? Number.POSITIVE_INFINITY) - (rise ?? 0)).toBeLessThanOrEqual(62_000);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("is not outwaited by one run: the rollback ends, and the ticks go on", async () => {
    const world = await beforeFirstStep();
    const before = world.clock.now();
    world.rules.fates.push({ kind: "timed-out", lands: "never" });
    await world.minute();
    const started = world.clock.now();
    expect(await alarm(world)).toMatchObject({ kind: "asserted" });
    expect(world.clock.now() - started).toBeLessThan(20_000);
    expect(started).toBeGreaterThan(before);
  });
});

describe("a rollback without the table and without a pin", () => {
  const down = (world: PlainWorld, isDown: boolean) => {
    world.store.down = isDown;
    world.outage.table = isDown;
  };

  it("writes blue, says that it cannot know whether it stays, and is latched once the table answers", async () => {
    const world = await at(50);
    down(world, true);
    expect(await alarm(world)).toMatchObject({
      kind: "unverified",
      why: expect.stringContaining("two reads show blue"),
    });
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.notify.sent.at(-1)?.subject).toContain("not verified");
    down(world, false);
    await world.until("verified", () => world.state().phase === "rolledBack", 8);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("writes nothing where blue is left out of the rule, and tells of pawl restore", async () => {
    const world = await at(100);
    const [route] = world.cutover.routes;
    if (route === undefined) throw new Error("unreachable");
    const alone = { route, greenPercent: 100, stickySeconds: null, alone: "green" } as const;
    await world.rules.writeWeights(alone, [], ONE_ATTEMPT);
    down(world, true);
    const before = world.rules.writes.length;
    expect(await alarm(world)).toMatchObject({ kind: "pin-gone" });
    expect(world.rules.writes.slice(before)).toEqual([]);
    expect(world.notify.sent.at(-1)?.body).toContain("pawl restore");
  });

  it("writes nothing that it has not looked at", async () => {
    const world = await at(50);
    down(world, true);
    world.rules.describeFails = true;
    const before = world.rules.writes.length;
    expect(await alarm(world)).toMatchObject({ kind: "unverified" });
    expect(world.rules.writes.slice(before)).toEqual([]);
  });

  it("looks again when it slept between its look and its write", async () => {
    const world = await at(100);
    down(world, true);
    const [route] = world.cutover.routes;
    if (route === undefined) throw new Error("unreachable");
    let reads = 0;
    const rules = {
      ...world.rules,
      readListener: async (...asked: Parameters<typeof world.rules.readListener>) => {
        const read = await world.rules.readListener(...asked);
        reads += 1;
        if (reads > 1) return read;
        // Closed lid: meanwhile CDC was taken apart.
        world.clock.spend(3_600_000);
        const alone = { route, greenPercent: 100, stickySeconds: null, alone: "green" } as const;
        await world.rules.writeWeights(alone, [], ONE_ATTEMPT);
        return read;
      },
    };
    expect(await alarm(world, { ...world.ports, rules })).toMatchObject({ kind: "pin-gone" });
    expect(world.rules.greenPercent()).toBe(100);
    expect(world.rules.writes.filter(({ what }) => what === "weight 0")).toEqual([]);
  });
});

describe("a latched rollback without a pin", () => {
  it("writes without a look what the rule was armed with, where the rules cannot be read", async () => {
    const login = { Type: "authenticate-cognito", Order: 1 };
    const world = plainWorld();
    const [listener] = world.cutover.routes.map(({ listenerArn }) => `${listenerArn}/default`);
    world.rules.edit(listener ?? "", (rule) => ({ ...rule, otherActions: [login] }));
    await world.arm();
    await world.until("50 %", () => world.state().weightPercent === 50);
    world.rules.describeFails = true;
    expect((await alarm(world)).kind).toBe("asserted");
    expect(world.rules.greenPercent()).toBe(0);
    world.rules.describeFails = false;
    const read = await world.rules.readListener(world.cutover.routes[0]?.listenerArn ?? "", ONE_ATTEMPT.timeoutMs);
    expect(read.ok && read.value.rules.find(({ priority }) => priority === null)?.otherActions).toEqual([login]);
  });

  it("sends back a rule that somebody made into something else", async () => {
    const world = await at(50);
    const [route] = world.cutover.routes;
    world.rules.edit(`${route?.listenerArn}/default`, (rule) => ({
      ...rule,
      forward: {
        targets: [
          { targetGroupArn: route?.green ?? "", weight: 50 },
          { targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/other/1", weight: 50 },
        ],
        sticky: false,
      },
    }));
    await alarm(world);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("is armed again with nothing to lower, and walks", async () => {
    const world = await at(50);
    await alarm(world);
    world.truth.firing.clear();
    await world.until("settled", () => world.state().settled !== undefined, 12);
    await world.minutes(6);
    const again = (accepted: object) =>
      rearm(world.ports, world.cutover, DRILL, "olga", { rehearsal: true, doctor: async () => [], ...accepted });
    expect(await again({})).toMatchObject({ kind: "refused" });
    expect(await again(ACCEPTED)).toMatchObject({ kind: "armed" });
    expect(world.state()).toMatchObject({ epoch: 3, phase: "armed", withoutPin: { by: "olga" } });
    expect(world.state().intent).toBeUndefined();
    await world.until("10 %", () => world.state().weightPercent === 10);
    expect(world.rules.greenPercent()).toBe(10);
  });
});

describe("the default action", () => {
  const [route] = PLAIN["the default action"].routes;
  const rule = (targetGroupArn: string | undefined) => ({
    ruleArn: "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/orders/1/2/3",
    priority: 7,
    conditions: [{ Field: "path-pattern", Values: ["/admin/*"] }],
    forward: targetGroupArn === undefined ? null : { targets: [{ targetGroupArn, weight: 1 }], sticky: false },
    otherActions: targetGroupArn === undefined ? [{ Type: "redirect", Order: 1 }] : [],
  });

  it.each([
    ["redirects", undefined],
    ["forwards to another application", "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/other/1"],
  ])("may stand below a rule that %s", async (_, target) => {
    const world = plainWorld();
    world.rules.add(route?.listenerArn ?? "", rule(target));
    expect(await world.arm()).toMatchObject({ kind: "armed" });
  });

  it.each([
    ["keeps some requests on blue", route?.blue],
    ["sends some requests to green", route?.green],
  ])("may not stand below a rule that %s", async (_, target) => {
    const world = plainWorld();
    world.rules.add(route?.listenerArn ?? "", rule(target));
    expect(await world.arm()).toMatchObject({ kind: "refused", refusals: [expect.stringContaining("not as bound")] });
  });
});
