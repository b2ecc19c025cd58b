import { describe, expect, it } from "vitest";
import type { GuardPorts } from "../../src/guard/ports.ts";
import { epochMs, MINUTE_MS, weightPercent } from "../../src/kernel/units.ts";
import { armedWorld, LATCH, ONCE, START, TIMEOUT_MS } from "./armed-world.ts";
import { endingOf } from "./ending.ts";
import type { Run } from "./world/run.ts";
import { minuteAfter } from "./world/world.ts";

const TICK = minuteAfter(START);

const unanswered = async (_: GuardPorts, run: Run): Promise<void> => {
  run.unanswered = true;
};

describe("the checkers of going back without delay fail where it is delayed", () => {
  it("P2: a rollback that the table does not answer, and that asks for nothing", async () => {
    const { does, weighs, says, route } = await armedWorld();
    await weighs("promote", 10, TICK);
    await does("rollback", unanswered, null, true);
    expect(says("P2")).toEqual(["a rollback that the table did not answer ended without asking for blue"]);
    const asks = async (ports: GuardPorts, run: Run): Promise<void> => {
      await unanswered(ports, run);
      await ports.rules.movePin(route, "raised", ONCE);
    };
    await does("rollback", asks, null, true);
    expect(says("P2")).toHaveLength(1);
  });

  it("P2: promote sees an alarm, has no answer to its latch, and leaves it at that", async () => {
    const { does, shows, weighs, says, world } = await armedWorld();
    await weighs("promote", 10, TICK);
    await shows(TICK, { weightPercent: weightPercent(10) });
    const later = TICK + MINUTE_MS;
    await world.time.runTo(later);
    world.alarms.setOff();
    await does(
      "promote",
      async (ports, run) => {
        const { listenerArn } = world.cutover.routes[0] ?? {};
        await ports.rules.readListener(String(listenerArn), TIMEOUT_MS);
        const read = await ports.state.read("orders", TIMEOUT_MS);
        await ports.alarms.read(
          world.cutover.alarms.map(({ arn }) => arn),
          TIMEOUT_MS,
        );
        const epoch = (read.ok ? read.value : null)?.epoch ?? 0;
        await ports.snapshots.putOnce({ tick: epochMs(later), epoch, cutover: "orders" } as never, TIMEOUT_MS);
        run.unanswered = true;
      },
      later,
    );
    expect(says("P2")).toContain("promote saw an alarm, got no answer to its latch, and left green where it was");
  });

  it("P2: a hard-down alarm rings for minutes, and green goes on", async () => {
    const { weighs, says, world } = await armedWorld();
    await weighs("promote", 10, TICK);
    world.alarms.setOff();
    for (const minute of [0, 5, 6]) world.tell({ kind: "minute", at: START + minute * MINUTE_MS });
    expect(says("P2")).toEqual(["a hard-down alarm has rung for 6 min, and green has 10 %"]);
  });
});

describe("the checkers of giving up fail where something is given up unasked", () => {
  it("P1: a step that is given up and leaves green with more than is recorded", async () => {
    const { store, weighs, says } = await armedWorld();
    const at = epochMs(START);
    await store({ intent: { kind: "setWeight", epoch: 1, to: weightPercent(10), intentAt: at, notAfter: at } });
    await weighs("promote", 10, TICK);
    await store({ intent: undefined } as never);
    expect(says("P1")).toContain("a step was given up, and route 0 has 10 %, 0 % recorded");
  });

  it("P5: decommission that begins in a pause, on bad evidence and on an approval of days ago, long after the tick", async () => {
    const { store, says } = await armedWorld();
    await store({ phase: "soaking", lastTick: epochMs(START - 10 * MINUTE_MS) });
    const pause = { by: "olga", reason: "to look", at: epochMs(START) };
    await store({ phase: "decommissioning", pause });
    expect(says("P5")).toEqual(
      expect.arrayContaining([
        "decommission began in a pause",
        "decommission began although: the tick's snapshot was never stored",
        expect.stringMatching(/^decommission began on an approval of \d+ min ago$/),
        expect.stringMatching(/^decommission began 6\d\d s after the last judged tick$/),
      ]),
    );
    await store({ wayBack: "restorable" });
    expect(says("P5")).toContain("the way back was given up in a pause");
  });

  it("P5: a soak and an approval that outlive their policy, and an act long after the last tick", async () => {
    const { does, store, says, world } = await armedWorld();
    const approval = { by: "olga", reason: "seen", at: epochMs(START), epoch: 1 };
    await store({ phase: "soaking", soak: { healthyMs: MINUTE_MS } as never, approval });
    await store({ policyDigest: "another" });
    expect(says("P5")).toEqual(
      expect.arrayContaining([
        "another policy took over, and the soak of the one before counts",
        "another policy took over, and the approval of the one before counts",
      ]),
    );
    await store({ lastTick: epochMs(START - 10 * MINUTE_MS) });
    await does("decommission", async (ports, run) => {
      await ports.state.read("orders", TIMEOUT_MS);
      await world.cdc.actsOf(run, ports)["final-diff"](world.cutover);
    });
    expect(says("P5").join()).toMatch(/final-diff 7\d\d s after the last judged tick/);
  });

  it("P5: a soak that goes on over a green without hosts, and one that never begins again over what one tick alone saw", async () => {
    const { does, says } = await armedWorld();
    const sees = (minute: number, served: Partial<Run["served"]>, healthyMs: number) =>
      does(
        "promote",
        async (ports, run) => {
          Object.assign(run.served, served);
          const tick = epochMs(TICK + minute * MINUTE_MS);
          await ports.snapshots.putOnce({ tick, epoch: 1, cutover: "orders" } as never, TIMEOUT_MS);
          const read = await ports.state.read("orders", TIMEOUT_MS);
          const state = read.ok ? read.value : null;
          if (state === null) throw new Error("not armed");
          const soak = { startedAt: START, healthyMs, lastMinute: null, restarts: 0 } as never;
          const next = { ...state, phase: "soaking", soak, verifiedAt: epochMs(START - 20 * MINUTE_MS) } as const;
          const write = { version: state.version + 1, writeId: "rogue", lastTick: tick };
          await ports.state.transition(state.version, { ...next, ...write }, TIMEOUT_MS);
        },
        TICK + minute * MINUTE_MS,
      );
    const hosts = [{ side: "green", targetGroupArn: "", healthy: 0, unhealthy: 4 }] as const;
    await sees(0, {}, MINUTE_MS);
    await sees(1, { hosts, isAlone: true }, MINUTE_MS);
    expect(says("P5").join()).not.toMatch(/was seen: hosts of green/);
    await sees(2, { hosts }, MINUTE_MS);
    expect(says("P5")).toContain("the soak went on although this was seen: hosts of green");
    await sees(8, {}, MINUTE_MS);
    expect(says("P5")).toContain("the soak never began again although this was seen: hosts of green");
  });

  it("P7: all on blue, and a weight of green is still recorded", async () => {
    const { store, says } = await armedWorld();
    await store({ weightPercent: weightPercent(10), latch: { ...LATCH, verifiedAt: epochMs(START) } });
    expect(says("P7")).toContain("on blue by its own word, and 10 % is recorded");
  });

  it("the end: a page of hours ago tells nobody what it waits for now", async () => {
    const { does, world } = await armedWorld();
    await does("observe", (ports) =>
      ports.notify.send({ id: "1", subject: "orders: a page", body: "", urgency: "page" } as never, TIMEOUT_MS),
    );
    expect(endingOf(world, true)).toBe("waiting: orders: a page");
    await world.time.runTo(world.time.now() + 76 * MINUTE_MS);
    expect(endingOf(world, true)).toBeNull();
  });
});
