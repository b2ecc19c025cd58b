import { describe, expect, it } from "vitest";
import type { CutoverState } from "../../../src/decision/state.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { requestResume } from "../../../src/guard/requests.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { type EpochMs, earlier, MINUTE_MS, minuteOf } from "../../../src/kernel/units.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { DRILL, type FakeWorld, fakeWorld, wholeLedger } from "../../support/fake-world.ts";

const NO_ANSWER = outsideFailure("timed-out", "Query of snapshot#: no answer");

/** The table answers everything but the question for earlier snapshots. */
const unread = ({ ports }: FakeWorld): GuardPorts => ({
  ...ports,
  snapshots: { ...ports.snapshots, range: async () => NO_ANSWER },
});

/** The table takes everything but this tick's snapshot. */
const unstored = ({ ports }: FakeWorld): GuardPorts => ({
  ...ports,
  snapshots: { ...ports.snapshots, putOnce: async () => NO_ANSWER },
});

/** Held at 10 %, so that only what is asked for here changes. */
const pausedAt10 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  world.truth.greenErrorRatio = 0.0004;
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  world.store.put({ ...world.state(), pause: { by: "olga", reason: "to look", at: world.clock.now() } });
  await world.minutes(12);
  return world;
};

const sumsOf = ({ evidence: { gates, rollback } }: CutoverState) => ({ gates, rollback });
const blockers = (world: FakeWorld) => world.state().blocking.map(({ what }) => what);
const told = (world: FakeWorld, body: RegExp) => world.notify.sent.filter((one) => body.test(one.body));

describe("a tick before which many records have waited for the ledger", () => {
  it("judges before it carries them all there: a table that answers slowly again ends no tick", async () => {
    const world = await pausedAt10();
    const refused = async () => outsideFailure("refused", "AccessDenied");
    const cutOff = { ...world.ports, ledger: { ...world.ports.ledger, append: refused } };
    while (world.state().outbox.length < 25) await world.minute(cutOff);
    const done: string[] = [];
    const through: GuardPorts = {
      ...world.ports,
      ledger: {
        ...world.ports.ledger,
        append: (...asked) => {
          done.push("record");
          return world.ports.ledger.append(...asked);
        },
      },
      snapshots: {
        ...world.ports.snapshots,
        putOnce: (...asked) => {
          done.push("looked");
          return world.ports.snapshots.putOnce(...asked);
        },
      },
    };
    await world.minute(through);
    expect(done.indexOf("looked")).toBeLessThanOrEqual(5);
    await world.minutes(2);
    expect(world.state().outbox).toEqual([]);
  });
});

describe("a tick that cannot read the snapshots before its own, or not store its own", () => {
  it.each([
    ["read", unread, "snapshots"],
    ["stored", unstored, "snapshot"],
  ])("counts no minute twice: what cannot be %s is added up by the ticks after it", async (_what, broken, obstacle) => {
    const [whole, world] = [await pausedAt10(), await pausedAt10()];
    await world.minute(broken(world));
    expect(blockers(world)).toContain(obstacle);
    await world.minutes(3);
    await whole.minutes(4);

    expect(Object.keys(sumsOf(world.state()).gates ?? {}).length).toBeGreaterThan(0);
    expect(sumsOf(world.state())).toEqual(sumsOf(whole.state()));
    expect(wholeLedger(world).filter(({ detail }) => "corrections" in detail)).toEqual([]);
  });

  it("loses no bad news that came with that very tick", async () => {
    const [inTime, world] = [await pausedAt10(), await pausedAt10()];
    const worse = (from: FakeWorld, through: GuardPorts): GuardPorts => {
      const counted = earlier(minuteOf(from.clock.now()), 7 * MINUTE_MS);
      return { ...through, metrics: withErrors(through, counted, 40) };
    };
    const late = worse(world, world.ports);
    await world.minute({ ...unread(world), metrics: late.metrics });
    await world.minute(late);
    const known = worse(inTime, inTime.ports);
    await inTime.minute(known);
    await inTime.minute(known);

    const corrected = wholeLedger(world).filter(({ detail }) => "corrections" in detail);
    expect(corrected).toHaveLength(1);
    expect(JSON.stringify(corrected[0]?.detail["corrections"])).toMatch(/got worse after it was final \(\d,\d+ → 40,/);
    expect(sumsOf(world.state())).toEqual(sumsOf(inTime.state()));
  });

  it("does not begin the soak anew for what is missing from its look alone", async () => {
    const world = fakeWorld();
    await world.arm(askingForCoverage(DRILL));
    await world.until("soaking", () => world.state().phase === "soaking", 200);
    await world.until("counting", () => world.state().soak.healthyMs > 0, 60);
    await world.minutes(5);
    const { restarts } = world.state().soak;
    await world.minute(unread(world));

    expect(blockers(world)).toContain("snapshots");
    expect(world.state().soak.restarts).toBe(restarts);
    const before = world.state().soak.healthyMs;
    await world.minutes(3);
    expect(world.state().soak.healthyMs).toBe(before + 4 * MINUTE_MS);
  });

  it("tells somebody when it lasts", async () => {
    const world = await pausedAt10();
    for (let minute = 0; minute < 6; minute += 1) await world.minute(unread(world));
    expect(told(world, /snapshots: .*no answer/)).toHaveLength(1);
  });
});

describe("a ledger that takes nothing while everything else works", () => {
  const stuck = ({ ports }: FakeWorld): GuardPorts => ({
    ...ports,
    ledger: { ...ports.ledger, append: async () => outsideFailure("refused", "PutItem: not authorized") },
  });

  it("is told of, and nothing more is begun", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    for (let minute = 0; minute < 13; minute += 1) await world.minute(stuck(world));
    const stopped = world.rules.greenPercent();
    for (let minute = 0; minute < 30; minute += 1) await world.minute(stuck(world));

    expect(told(world, /ledger: \d+ records wait, the oldest since /).length).toBeGreaterThan(1);
    expect(blockers(world)).toContain("ledger");
    expect(world.rules.greenPercent()).toBe(stopped);
    await world.minutes(8);
    expect(blockers(world)).not.toContain("ledger");
  });

  it("leaves no record out of what an operator asked, however long it lasts", async () => {
    const world = await pausedAt10();
    const through = stuck(world);
    for (let minute = 0; minute < 75; minute += 1) await world.minute(through);
    await requestResume(through, "orders", { by: "ada", reason: "looked" });
    await world.minute(through);
    expect(world.state().pause).toBeUndefined();

    await world.minutes(8);
    expect(wholeLedger(world).some(({ summary }) => summary.includes("resume by ada: taken (looked)"))).toBe(true);
  });

  it("swallows no page: what is in the way an hour later is told all the same", async () => {
    const world = await pausedAt10();
    const through = stuck(world);
    for (let minute = 0; minute < 75; minute += 1) await world.minute(through);
    expect(world.state().outbox.filter(({ record }) => record !== undefined).length).toBeGreaterThanOrEqual(60);
    world.notify.sent.length = 0;
    world.truth.hostsFail = true;
    for (let minute = 0; minute < 6; minute += 1) await world.minute(through);

    expect(told(world, /blind: /)).toHaveLength(1);
    expect(world.state().outbox.filter(({ notification }) => notification !== undefined)).toEqual([]);
  });
});

/** As CloudWatch reports once one minute of green turns out to hold so many errors. */
const withErrors = ({ metrics }: GuardPorts, at: EpochMs, errors: number): GuardPorts["metrics"] => ({
  read: async (...asked) => {
    const read = await metrics.read(...asked);
    if (!read.ok) return read;
    const series = read.value.series.map((each) =>
      each.of === "green" && each.metric === "errors5xx"
        ? { ...each, minutes: each.minutes.map((minute) => (minute.at === at ? { at, value: errors } : minute)) }
        : each,
    );
    return ok({ ...read.value, series });
  },
});

/** A gate that fails, and is not merely unknown, where minutes are missing. */
const askingForCoverage = (policy: Policy): Policy => ({
  ...policy,
  gates: {
    ...policy.gates,
    seen: { why: "enough of it was seen", rule: { ">=": [{ coverage: ["18m"] }, 0.9] } },
  },
  steps: policy.steps.map((step, index) =>
    index === policy.steps.length - 1 ? { ...step, promoteWhen: [...step.promoteWhen, "seen"] } : step,
  ),
});
