import { describe, expect, it } from "vitest";
import type { ObservedRule } from "../../src/actuation/rules-port.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import type { GuardPorts } from "../../src/guard/ports.ts";
import { requestPause } from "../../src/guard/requests.ts";
import { durationMs, epochMs, MINUTE_MS, weightPercent } from "../../src/kernel/units.ts";
import type { PinnedRoute } from "../../src/signals/routes.ts";
import { armedWorld, LATCH, ONCE, START, TIMEOUT_MS } from "./armed-world.ts";
import { endingOf } from "./ending.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { minuteAfter, type World } from "./world/world.ts";

/** A step, and the same step again. */
const twice = async (ports: GuardPorts, route: PinnedRoute): Promise<void> => {
  for (const greenPercent of [10, 50]) {
    await ports.rules.readListener(route.listenerArn, TIMEOUT_MS);
    await ports.rules.writeWeights({ route, greenPercent, stickySeconds: null }, [], ONCE);
  }
};

const half = ({ targets, sticky }: NonNullable<ObservedRule["forward"]>) => ({
  targets: targets.map((target) => ({ ...target, weight: 50 })),
  sticky,
});

const isLong = ({ truth }: World, from: number, to: number): boolean =>
  to - from > 10 * MINUTE_MS && truth.standsSince("reverse", from) !== null;

describe("each checker fails on a history that breaks its promise", () => {
  it("none says anything of an armed cutover", async () => {
    const { broken, world } = await armedWorld();
    world.deadMan.evaluate(world.time.now());
    expect(broken).toEqual([]);
  });

  it("P1: one run that asks for a step twice, and a tick of minutes ago that asks for one", async () => {
    const { does, route, weighs, says, world } = await armedWorld();
    const tick = minuteAfter(START);
    await does("promote", (ports) => twice(ports, route), tick);
    expect(says("P1")).toContain("one run asked for more green on route 0 again");
    await world.time.runTo(tick + 4 * MINUTE_MS);
    await weighs("promote", 100, tick);
    expect(says("P1").join()).toMatch(/100 % green asked for by a tick of 2[0-9]{2}(\.\d+)? s ago/);
  });

  it("P3: a rollback for an outsider whom nobody has seen", async () => {
    const { store, says } = await armedWorld();
    await store({ latch: { ...LATCH, cause: { kind: "outsider", what: "imagined" } }, epoch: 2 });
    expect(says("P3")).toContain("went back for an outsider, and nobody had touched the rules");
  });

  it("P3: an outsider whom everybody has seen, and nobody takes at their word, or tells anybody of", async () => {
    const { store, says, shows, world } = await armedWorld();
    for (const minute of [1, 2, 3]) await shows(START + minute * MINUTE_MS, { weightPercent: weightPercent(10) });
    expect(says("P3")).toContain("somebody sent traffic back, 3 looks saw it, and nothing is latched");
    await store({ weightPercent: weightPercent(0) });
    world.rules.edit(0, "by hand", (rules) =>
      rules.map((rule) => (rule.forward?.targets.length === 2 ? { ...rule, forward: half(rule.forward) } : rule)),
    );
    for (const minute of [4, 5, 6, 7, 8]) await shows(START + minute * MINUTE_MS, { weightPercent: weightPercent(0) });
    expect(says("P3")).toContain("somebody gave green more than is recorded, 5 looks saw it, and nobody was told");
  });

  it("P4: a way back that is given up unasked, and traffic sent there by somebody who knows that it is gone", async () => {
    const { store, says, does, route } = await armedWorld();
    await store({ wayBack: "restorable" });
    expect(says("P4").join()).toMatch(/given up with \d alarms that were not seen to be quiet/);
    expect(says("P4")).toContain("the way back was given up, and route 0 was not seen on green alone");
    await does("promote", async (ports) => {
      await ports.state.read("orders", TIMEOUT_MS);
      await ports.rules.writeWeights({ route, greenPercent: 0, stickySeconds: null }, [], ONCE);
    });
    expect(says("P4")).toContain("promote asked for weight although it knew that the way back is restorable");
  });

  it("P4: a rollback that may wait, over a reverse stream that stands still", async () => {
    const { store, says, does, route, world } = await armedWorld(
      FAULT_KINDS.filter((kind) => kind !== "stream-stalled"),
    );
    const stalled = world.faults.spells("stream-stalled").find(({ from, to }) => isLong(world, from, to));
    if (stalled === undefined) throw new Error("reverse stands still for long in this seed");
    await world.time.runTo(stalled.to - MINUTE_MS);
    await store({ latch: { ...LATCH, at: epochMs(world.time.now()) }, epoch: 2 });
    await does("rollback", async (ports) => {
      await ports.state.read("orders", TIMEOUT_MS);
      await ports.rules.movePin(route, "raised", ONCE);
    });
    expect(says("P4")).toContain("sent back over a reverse stream that stood still, and the policy says to hold");
  });

  it("P6: what an operator asked of another epoch, or long ago, and is carried out all the same", async () => {
    const { world, store, says, does } = await armedWorld();
    const ask = () => does("operator", (ports) => requestPause(ports, "orders", { by: "olga", reason: "to look" }));
    await ask();
    const pause = { by: "olga", reason: "to look" };
    await store({ epoch: 2 });
    await store({ request: undefined, pause: { ...pause, at: epochMs(1) } } as unknown as Partial<CutoverState>);
    expect(says("P6")).toContain("pause of epoch 1 was carried out in 2");
    await ask();
    await world.time.runTo(world.time.now() + 6 * MINUTE_MS);
    await store({ request: undefined, pause: { ...pause, at: epochMs(2) } } as unknown as Partial<CutoverState>);
    expect(says("P6").join()).toMatch(/pause was carried out \d+ s after it had expired/);
  });

  it("P1: two steps at once, and green asked for by somebody else than promote", async () => {
    const { weighs, says } = await armedWorld();
    await weighs("promote", 50, minuteAfter(START));
    expect(says("P1")).toContain("0 % → 50 % is not one listed step");
    await weighs("rollback", 100);
    expect(says("P1")).toContain("rollback asked for 100 % green");
  });

  it("P2: said to be on blue while it is not, green raised afterwards, the pin let down under it", async () => {
    const { weighs, store, says, does, route, world } = await armedWorld();
    await weighs("promote", 10, minuteAfter(START));
    const latch = { ...LATCH, verifiedAt: epochMs(START + 1) };
    await store({ latch, epoch: 2 });
    expect(says("P2")).toContain("said to be on blue while route 0 has 10 % green");
    await weighs("promote", 50, minuteAfter(START));
    expect(says("P2")).toContain("green rose to 50 % after it was said to be on blue");
    await does("rollback", (ports) => ports.rules.movePin(route, "parked", { attempts: 1, timeoutMs: TIMEOUT_MS }));
    expect(says("P2")).toContain("the pin was let down under a verified rollback");
    world.tell({ kind: "minute", at: world.time.now() + 20 * MINUTE_MS });
    expect(says("P2").at(-1)).toMatch(/50 % green, 8 min after/);
  });

  it("P3: a step without evidence, and a rollback for nothing", async () => {
    const { weighs, store, says, world } = await armedWorld();
    await weighs("promote", 10, minuteAfter(START));
    expect(says("P3").join()).toMatch(/without knowing: the tick's snapshot was never stored/);
    await store({
      latch: { ...LATCH, cause: { kind: "alarm", alarmArn: "a", severity: "degraded", alarmAt: epochMs(1) } },
    });
    expect(says("P3")).toContain("rolled back for an alarm of before it was armed");
    expect(world.alarms.isFiring()).toBe(false);
  });

  it("P4: blue fenced while it has traffic, and rows of green left behind by what is called settled", async () => {
    const { does, says, world, weighs, store } = await armedWorld();
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["fence-blue"](world.cutover));
    expect(says("P4")).toContain("blue was fenced while it had traffic");
    await weighs("promote", 10, minuteAfter(START));
    await store({ settled: { label: "lossless", at: epochMs(START), reasons: [] } });
    expect(says("P4").at(-1)).toMatch(/settled as lossless, and rows of .* on green alone/);
  });

  it("P4: forward stopped with rows on blue alone; none are where blue was fenced first, whoever sends requests there", async () => {
    const early = await armedWorld();
    await early.does("decommission", (ports, run) =>
      early.world.cdc.actsOf(run, ports)["stop-forward"](early.world.cutover),
    );
    expect(early.says("P4").join()).toMatch(/forward was stopped with \d+ ms of rows on blue alone/);
    const { does, says, world, weighs } = await armedWorld();
    await weighs("promote", 100, minuteAfter(START));
    await world.time.runTo(world.time.now() + MINUTE_MS);
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["fence-blue"](world.cutover));
    await world.time.runTo(world.time.now() + MINUTE_MS);
    await weighs("promote", 0);
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["stop-forward"](world.cutover));
    expect(says("P4")).toEqual([]);
  });

  it("P5: an act before the soak, before the point of no return, out of order, and traffic sent to a fenced blue", async () => {
    const { does, says, world, weighs } = await armedWorld();
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["drop-reverse-slot"](world.cutover));
    expect(says("P5")).toEqual(
      expect.arrayContaining([
        "decommission began without green at 100 %",
        "decommission began without an approval",
        "drop-reverse-slot came before final-diff",
        "drop-reverse-slot before the point of no return",
      ]),
    );
    await weighs("promote", 10, minuteAfter(START));
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["fence-blue"](world.cutover));
    await weighs("promote", 0);
    expect(says("P5")).toContain("promote sent traffic to a fenced blue");
  });

  it("P6: an exception, a call left behind, a change that nobody announced, and unrest at the end", async () => {
    const { does, says, weighs, store, atEnd } = await armedWorld();
    await does("observe", () => Promise.reject(new Error("a bug")));
    expect(says("P6")).toContain("observe threw: a bug");
    await does("observe", async (ports) => void ports.clock.sleep(durationMs(5_000)));
    expect(says("P6").join()).toMatch(/observe ended with 1 calls still under way/);
    await weighs("promote", 10, minuteAfter(START));
    expect(says("P6")).toContain("10 % arrived unannounced, 0 % recorded");
    const at = epochMs(START);
    await store({ intent: { kind: "setWeight", epoch: 1, to: weightPercent(50), intentAt: at, notAfter: at } });
    await atEnd();
    expect(says("P6")).toEqual(
      expect.arrayContaining(["an intent (setWeight 50) is still open", "10 % green, 0 % recorded"]),
    );
  });

  it("P7: a rise that no record explains, and a ledger that was touched", async () => {
    const { weighs, says, atEnd, does, world } = await armedWorld();
    await weighs("promote", 10, minuteAfter(START));
    const [first] = world.table.records;
    if (first === undefined) throw new Error("arming is recorded");
    await does("promote", (ports) => ports.ledger.append("orders", { ...first, seq: 2 }, TIMEOUT_MS));
    await atEnd();
    expect(says("P7")).toContain("no record explains 10 % green");
    expect(says("P7").join()).toMatch(/the ledger is broken/);
  });

  it("P8: silence that nobody was told of, and a rollback that nobody was told of", async () => {
    const { world, says, store, atEnd } = await armedWorld();
    world.tell({ kind: "minute", at: world.time.now() + 8 * MINUTE_MS });
    expect(says("P8").join()).toMatch(/nobody was told after .* s without a judged tick/);
    await store({ latch: LATCH });
    await atEnd();
    expect(says("P8")).toContain("a rollback that nobody was told of");
  });

  it("the end: a cutover that just stands there, and nobody was told, has not ended", async () => {
    const { world } = await armedWorld();
    expect(endingOf(world, true)).toBeNull();
  });
});
