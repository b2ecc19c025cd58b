import { describe, expect, it } from "vitest";
import type { CutoverState } from "../../../src/decision/state.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { ok } from "../../../src/kernel/result.ts";
import { type EpochMs, earlier, epochMs, later } from "../../../src/kernel/units.ts";
import { beginDecommission, type Decommissioning } from "../../support/decommission.ts";
import { type FakeWorld, ORDERS } from "../../support/fake-world.ts";

const ALARM = ORDERS.alarms[0]?.arn ?? "";
const PIN = ORDERS.routes[0]?.pin ?? { ruleArn: "", raisedPriority: 0 };
const permit = (of: Partial<NonNullable<CutoverState["permit"]>>): NonNullable<CutoverState["permit"]> => ({
  epoch: 1,
  action: "point-of-no-return",
  notAfter: epochMs(8_000_000_000_000_000),
  ...of,
});

const latch = (world: FakeWorld) =>
  snapBack(world.ports, world.cutover, { kind: "operator", by: "olga", reason: "green is wrong", acceptLoss: true });

describe("without its permit nothing is done:", () => {
  it.each<[string, (of: Decommissioning) => void, string]>([
    ["none at all", (of) => of.takePermit(), "final-diff waits for a permit: promote gives one from fresh evidence"],
    [
      "one for another act",
      (of) => of.change({ permit: permit({ action: "teardown" }) }),
      "final-diff needs a permit for point-of-no-return; there is one for teardown",
    ],
    [
      "one of another epoch",
      (of) => of.change({ permit: permit({ epoch: 2 }) }),
      "the permit is of epoch 2, this is 1",
    ],
    [
      // Within the skew of two clocks of its end, it has ended.
      "one that has run out",
      (of) => of.change({ permit: permit({ notAfter: later(of.world.clock.now(), 4_000) }) }),
      "the permit ran out at",
    ],
    ["a phase that is not decommissioning", (of) => of.change({ phase: "soaking" }), "it is soaking"],
  ])("%s", async (_what, arrange, stopped) => {
    const of = await beginDecommission();
    arrange(of);
    const progress = await of.run();
    expect(progress.done).toEqual([]);
    expect(progress.stopped).toContain(stopped);
    expect(of.effects).toEqual([]);
    expect(await of.world.journal.list("orders")).toEqual(ok([]));
  });
});

describe("the point of no return is not passed", () => {
  it.each<[string, (of: Decommissioning) => void, string]>([
    ["while an alarm is loud", ({ world }) => void world.truth.firing.add(ALARM), `alarms that are not OK: ${ALARM}`],
    [
      "while the alarms cannot be read",
      ({ world }) => {
        world.truth.alarmsFail = true;
      },
      "the alarms could not be read",
    ],
    [
      "while a pin is raised that the state knows nothing of",
      ({ world }) => world.rules.edit(PIN.ruleArn, (pin) => ({ ...pin, priority: PIN.raisedPriority })),
      "the pin is raised: all traffic is on blue",
    ],
    [
      "on an approval of the day before",
      (of) => of.change({ approval: approvalAt(earlier(of.world.clock.now(), 86_500_000)) }),
      "at most 24 h old",
    ],
    [
      "on an approval of another epoch",
      (of) => of.change({ approval: { ...approvalAt(of.world.clock.now()), epoch: 0 } }),
      "no approval of this epoch",
    ],
    [
      "while a change of the load balancer is not settled",
      (of) => {
        const now = of.world.clock.now();
        of.change({ intent: { kind: "setWeight", epoch: 1, to: 100 as never, intentAt: now, notAfter: now } });
      },
      "not settled",
    ],
  ])("%s", async (_when, arrange, why) => {
    const of = await beginDecommission();
    arrange(of);
    const progress = await of.run();
    expect(progress.done).toEqual(["final-diff"]);
    expect(progress.stopped).toContain(why);
    expect(of.effects).toEqual(["final-diff"]);
    expect(of.world.state().wayBack).toBe("open");
  });
});

const approvalAt = (at: EpochMs) => ({ by: "olga", reason: "the soak is over", epoch: 1, at });

describe("of a latch and the point of no return the first one wins:", () => {
  it("a latch that came before stops everything, and traffic goes back", async () => {
    const { world, effects, run, instead } = await beginDecommission();
    instead.set("final-diff", { kind: "waiting", for: "a drain" });
    await run();
    expect((await latch(world)).kind).toBe("verified");
    expect((await run()).done).toEqual([]);
    expect(effects).toEqual([]);
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state()).toMatchObject({ phase: "rolledBack", wayBack: "open" });
  });

  it("a latch between the last look and the write makes the write fail", async () => {
    const { world, effects, run } = await beginDecommission();
    let latched = false;
    const alarms = {
      read: async (...asked: Parameters<typeof world.ports.alarms.read>) => {
        const answer = await world.ports.alarms.read(...asked);
        if (!latched) await latch(world);
        latched = true;
        return answer;
      },
    };

    expect(await run({ ...world.ports, alarms })).toEqual({ done: ["final-diff"], stopped: "it is rolledBack" });
    expect(effects).toEqual(["final-diff"]);
    expect(world.state()).toMatchObject({ wayBack: "open", latch: { mode: "snapped" } });
  });

  it("a latch that comes while people are told that the way back is closed keeps reverse's slot", async () => {
    const { world, effects, grantPermit, run, runMinutes } = await beginDecommission();
    await run();
    await runMinutes(6);
    const notify: typeof world.notify = {
      ...world.notify,
      send: async (message, timeoutMs) => {
        if (message.subject.includes("the way back is closed")) await latch(world);
        return world.notify.send(message, timeoutMs);
      },
    };
    world.clock.spend(60_000);
    grantPermit();
    const progress = await run({ ...world.ports, notify });
    expect(progress.stopped).toBe("a rollback is latched");
    expect(world.state()).toMatchObject({ wayBack: "closed", latch: { mode: "snapped" } });
    expect(effects.at(-1)).toBe("stop-reverse-sink");
  });

  it("a latch that comes after it changes no rule, and stops the teardown until somebody has looked", async () => {
    const { world, effects, run, runMinutes } = await beginDecommission();
    await run();
    await runMinutes(1);
    const writes = world.rules.writes.length;

    expect((await latch(world)).kind).toBe("no-way-back");
    expect(world.rules.writes).toHaveLength(writes);
    expect((await runMinutes(8)).stopped).toBe("a rollback is latched");
    expect(effects).toEqual(["final-diff", "alarm-actions-off", "delete-pin"]);
  });
});

describe("after a latch past the point of no return", () => {
  it("a resume goes on where it stopped, though the epoch has moved", async () => {
    const { world, effects, premature, run, runMinutes } = await beginDecommission();
    await run();
    await runMinutes(1);
    await latch(world);
    const { latch: _seen, ...resumed } = world.state();
    world.store.put({ ...resumed, version: resumed.version + 1, writeId: "resumed" });

    expect((await runMinutes(8)).stopped).toContain("complete");
    expect(world.state()).toMatchObject({ phase: "complete", epoch: 2 });
    expect(effects.filter((action) => action === "final-diff")).toHaveLength(1);
    expect(effects).toHaveLength(17);
    expect(premature).toEqual([]);
  });
});
