import { describe, expect, it } from "vitest";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { AlarmSeverity } from "../../../src/signals/bindings.ts";
import { aroundCalls } from "../../support/around-calls.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { mortal } from "../../support/mortal.ts";

const RATIO = ORDERS.alarms[0]?.arn ?? "";
const HOSTS = ORDERS.alarms.find(({ severity }) => severity === "hard-down")?.arn ?? "";

const alarm = (world: FakeWorld, severity: AlarmSeverity, ports: GuardPorts = world.ports) =>
  snapBack(ports, world.cutover, {
    kind: "alarm",
    alarmArn: severity === "degraded" ? RATIO : HOSTS,
    severity,
    alarmAt: world.clock.now(),
  });

const at = async (weight: number): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm({ ...DRILL, whenNotLossless: "hold" });
  await world.until(`${weight} %`, () => world.state().weightPercent === weight);
  return world;
};

/** No gate asks for it, and going back would not be lossless. */
const sequencesMeet = (world: FakeWorld): void => void world.truth.streams.set("sequences.headroomSeconds", 0);

const subjects = (world: FakeWorld): readonly string[] =>
  world.notify.sent.filter(({ urgency }) => urgency === "page").map(({ subject }) => subject);

/** The same ports; the first time that this is called, something else comes before it. */
const ahead = (world: FakeWorld, name: string, act: () => Promise<unknown>): GuardPorts => {
  let done = false;
  return aroundCalls(world.ports, async (call, called) => {
    if (called === name && !done) {
      done = true;
      await act();
    }
    return call();
  });
};

/** Rollback's function runs before promote goes on from asking it. */
const atOnce = (world: FakeWorld): GuardPorts =>
  aroundCalls(world.ports, async (call, name) => {
    const answer = await call();
    const job = name === "invoke.rollback" ? world.invoke.jobs.pop() : undefined;
    if (job !== undefined) await world.deliver(job);
    return answer;
  });

describe("a rollback that the policy holds back", () => {
  it("leaves traffic where it is although the latch of the tick that finds the reason is not answered", async () => {
    for (const fate of ["lost", "applied-unanswered"] as const) {
      const world = await at(50);
      sequencesMeet(world);
      await world.minutes(2);
      world.truth.firing.add(RATIO);
      const ports = ahead(world, "state.latch", async () => world.store.fates.push(fate));
      await world.minute(ports);
      expect(world.rules.greenPercent()).toBe(50);
      await world.minutes(2);
      expect(world.rules.greenPercent()).toBe(50);
      expect(world.state().latch?.mode).toBe("held");
      expect(subjects(world)).toContain("orders: held, going back would lose writes");
    }
  });

  it("leaves it where a tick joins an alarm's latch whose run is killed before it holds, and tells somebody", async () => {
    const world = await at(50);
    sequencesMeet(world);
    await world.minutes(2);
    world.truth.firing.add(RATIO);
    const dies = mortal(world.ports, { call: 2, when: "before" });
    const ports = ahead(world, "state.latch", () => alarm(world, "degraded", dies.ports).catch(() => null));
    await world.minute(ports);
    expect(dies.log).toEqual(["state.latch", "state.transition"]);
    expect(world.rules.greenPercent()).toBe(50);
    expect(world.state().latch?.mode).toBe("held");
    expect(subjects(world)).toEqual(["orders: held, going back would lose writes"]);
    await world.minutes(1);
    expect(world.rules.greenPercent()).toBe(50);
  });

  it("leaves it where the alarm comes while a step is being made", async () => {
    const world = await at(10);
    sequencesMeet(world);
    await world.minutes(1);
    const asked: string[] = [];
    const ports = ahead(world, "rules.writeWeights", async () => {
      asked.push((await alarm(world, "degraded")).kind);
    });
    for (let minute = 0; minute < 12 && asked.length === 0; minute += 1) await world.minute(ports);
    expect(asked).toEqual(["held"]);
    expect(world.rules.greenPercent()).toBe(50);
    await world.minutes(6);
    expect(world.rules.greenPercent()).toBe(50);
    expect(world.state()).toMatchObject({ weightPercent: 10, latch: { mode: "held" } });
  });

  it("is over where somebody raises the pin by hand, as two ticks see it", async () => {
    const world = await at(50);
    sequencesMeet(world);
    await world.minutes(2);
    expect((await alarm(world, "degraded")).kind).toBe("held");
    await world.minutes(1);
    const { pin } = world.cutover.routes[0] ?? {};
    world.rules.edit(pin?.ruleArn ?? "", (rule) => ({ ...rule, priority: pin?.raisedPriority ?? 0 }));
    await world.minutes(3);
    expect(world.state()).toMatchObject({ phase: "rolledBack", latch: { mode: "snapped" } });
  });
});

describe("a rollback that promote asks for is not held", () => {
  it("where the tick that found the reason has measured that nothing would be lost, and the state does not say so yet", async () => {
    const world = await at(50);
    sequencesMeet(world);
    await world.minutes(2);
    world.truth.streams.delete("sequences.headroomSeconds");
    await world.minute();
    expect(world.state().rollbackSafety.label).toBe("bounded");
    world.truth.firing.add(RATIO);
    const ports = atOnce(world);
    await world.minute(ports);
    expect(world.state()).toMatchObject({ phase: "rolledBack", latch: { mode: "snapped" } });
  });

  it("where a hard-down alarm was found by a tick whose latch is lost", async () => {
    const world = await at(50);
    sequencesMeet(world);
    await world.minutes(2);
    world.truth.firing.add(HOSTS);
    const ports = ahead(world, "state.latch", async () => world.store.fates.push("lost"));
    await world.minute(ports);
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state()).toMatchObject({ phase: "rolledBack", latch: { mode: "snapped" } });
  });
});

describe("a tick that ends a hold", () => {
  it.each<[string, (world: FakeWorld) => void]>([
    ["because nothing would be lost any more", (world) => world.truth.streams.delete("sequences.headroomSeconds")],
    ["for a hard-down alarm whose event was lost", (world) => world.truth.firing.add(HOSTS)],
  ])("%s, has the pin raised at once, however quickly rollback's function is there", async (_, ends) => {
    const world = await at(50);
    sequencesMeet(world);
    await world.minutes(2);
    await alarm(world, "degraded");
    await world.minutes(1);
    ends(world);
    const ports = atOnce(world);
    for (let minute = 0; minute < 3 && world.state().latch?.mode === "held"; minute += 1) await world.minute(ports);
    expect(world.state()).toMatchObject({ phase: "rolledBack", latch: { mode: "snapped" } });
    expect(world.rules.writes.filter(({ what }) => what === "pin raised")).toHaveLength(1);
  });
});
