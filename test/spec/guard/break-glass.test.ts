import { describe, expect, test } from "vitest";
import { LATCH_TIMEOUT_MS } from "../../../src/guard/limits.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const RATIO = ORDERS.alarms[0]?.arn ?? "";

const at50 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("50 %", () => world.state().weightPercent === 50);
  return world;
};

const alarm = (world: FakeWorld) =>
  snapBack(world.ports, world.cutover, {
    kind: "alarm",
    alarmArn: RATIO,
    severity: "degraded",
    alarmAt: world.clock.now(),
  });

const fromNow = (world: FakeWorld) => {
  const [since, before] = [world.clock.now(), world.rules.writes.length];
  return () => world.rules.writes.slice(before).map(({ at, what }) => ({ after: at - since, what }));
};

describe("with DynamoDB down", () => {
  const tableLess = async () => {
    const world = await at50();
    world.store.down = true;
    world.outage.table = true;
    return world;
  };

  test("an alarm raises the pin once the latch has had its 300 ms, and not a second try", async () => {
    const world = await tableLess();
    const writes = fromNow(world);
    const report = await alarm(world);

    expect(report.kind).toBe("verified-unrecorded");
    expect(world.rules.greenPercent()).toBe(0);
    const [first] = writes();
    expect(first?.what).toBe("pin raised");
    // One call of the fake load balancer, the look at the rules, is on its way at the same time.
    expect((first?.after ?? 0) - LATCH_TIMEOUT_MS).toBeLessThanOrEqual(20);
    expect(world.notify.sent.at(-1)).toMatchObject({
      urgency: "page",
      subject: expect.stringMatching(/on blue, not recorded/),
    });
  });

  test("it stays so for as long as the table is away, and is latched and verified by the ticks after that", async () => {
    const world = await tableLess();
    await alarm(world);
    await world.minutes(30);
    expect(world.rules.greenPercent()).toBe(0);
    world.store.down = false;
    world.outage.table = false;
    await world.until("latched", () => world.state().phase === "rolledBack", 4);
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.rules.history.at(-1)).toMatchObject({ greenPercent: 0, by: "pin raised" });
  });

  test("the function's second try, after the table has come back, records it", async () => {
    const world = await tableLess();
    await alarm(world);
    world.store.down = false;
    world.outage.table = false;
    expect((await alarm(world)).kind).toBe("verified");
    expect(world.state()).toMatchObject({ phase: "rolledBack", epoch: 2 });
  });

  test("nobody can be told either, and going back does not mind", async () => {
    const world = await tableLess();
    world.outage.topic = true;
    world.truth.alarmsFail = true;
    expect((await alarm(world)).kind).toBe("verified-unrecorded");
    expect(world.rules.greenPercent()).toBe(0);
  });
});

describe("with a policy that is broken or cannot be read", () => {
  const lawless = async () => {
    const world = await at50();
    world.policies.all.clear();
    return world;
  };

  test("an alarm's event sends traffic back", async () => {
    const world = await lawless();
    expect((await alarm(world)).kind).toBe("verified");
    expect(world.rules.greenPercent()).toBe(0);
  });

  test("an alarm whose event was lost sends traffic back by the next tick", async () => {
    const world = await lawless();
    world.truth.firing.add(RATIO);
    await world.minute();
    expect(world.state().phase).toBe("rolledBack");
  });

  test("a gross failure that no alarm saw sends traffic back by the floor", async () => {
    const world = await lawless();
    world.truth.greenErrorRatio = 0.9;
    await world.until("blue", () => world.state().phase === "rolledBack", 5);
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state().latch?.cause.kind).toBe("policy");
  });

  test("nothing else moves, and somebody is told", async () => {
    const world = await lawless();
    await world.minutes(8);
    expect(world.state().weightPercent).toBe(50);
    expect(world.notify.sent.some(({ body }) => body.includes("policy: "))).toBe(true);
  });

  test("one that was edited in the table judges nothing", async () => {
    const world = await at50();
    for (const [digest, policy] of world.policies.all) world.policies.all.set(digest, { ...policy, gates: {} });
    await world.minutes(8);
    expect(world.state().weightPercent).toBe(50);
    expect(world.state().blocking[0]?.value).toMatch(
      /^the policy it was armed with cannot be read: \w+ is not that policy$/,
    );
    expect((await alarm(world)).kind).toBe("verified");
  });
});

describe("with the pin's priority taken by somebody else's rule", () => {
  const taken = (world: FakeWorld, times: number): void => {
    // The write of the weights comes after each refused one of the pin.
    for (let one = 0; one < times; one += 1)
      world.rules.fates.push({ kind: "refused", code: "PriorityInUse" }, { kind: "answered" });
  };

  test("the weighted rule goes to blue alone at once, without a pause before it", async () => {
    const world = await at50();
    taken(world, 1);
    const writes = fromNow(world);
    expect((await alarm(world)).kind).toBe("verified");
    const [pin, weight, again] = writes();
    expect([pin?.what, weight?.what, again?.what]).toEqual(["pin raised", "weight 0", "pin raised"]);
    expect((weight?.after ?? 0) - (pin?.after ?? 0)).toBeLessThanOrEqual(50);
    const change = world.rules.history.at(-1);
    expect(change).toMatchObject({ greenPercent: 0, by: "weight 0" });
  });

  test("it is not called verified for as long as only the weights say blue; every tick tries again", async () => {
    const world = await at50();
    taken(world, 12);
    expect(await alarm(world)).toMatchObject({ kind: "unverified", why: expect.stringMatching(/PriorityInUse/) });
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state().latch).not.toHaveProperty("verifiedAt");
    expect(world.notify.sent.at(-1)).toMatchObject({
      urgency: "page",
      subject: expect.stringMatching(/could not be verified on blue yet/),
    });
    world.rules.fates.length = 0;
    await world.minutes(2);
    expect(world.state()).toMatchObject({ phase: "rolledBack", latch: { verifiedAt: expect.any(Number) } });
  });

  test("blue alone holds with the listener unreadable, once it can be read for a moment", async () => {
    const world = await at50();
    taken(world, 12);
    const { readListener } = world.rules;
    let reads = 0;
    world.rules.readListener = async (...asked) => {
      reads += 1;
      world.rules.describeFails = reads < 2;
      return readListener.apply(world.rules, asked);
    };
    await alarm(world);
    expect(world.rules.greenPercent()).toBe(0);
  });
});
