import { describe, expect, it } from "vitest";
import { ROLLBACK_TIMEOUT_MS } from "../../../src/decision/bounds.ts";
import { NOTIFY_TIMEOUT_MS } from "../../../src/guard/limits.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { SnapBackReport } from "../../../src/guard/tell-rollback.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { durationMs } from "../../../src/kernel/units.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const HOSTS = ORDERS.alarms.find(({ severity }) => severity === "hard-down")?.arn ?? "";
/** The last instant of a run at which a message still has its time before the kill. */
const LAST_CALL_MS = ROLLBACK_TIMEOUT_MS - NOTIFY_TIMEOUT_MS;

const at50 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("50 %", () => world.state().weightPercent === 50);
  return world;
};

interface Ended {
  readonly report: SnapBackReport;
  readonly tookMs: number;
  /** Since the start of the run. */
  readonly pagedAtMs: readonly number[];
}

/** As the function runs it: killed when its time is over. */
const withLife = async (world: FakeWorld): Promise<Ended> => {
  const began = world.clock.now();
  const since = () => world.clock.now() - began;
  const pagedAtMs: number[] = [];
  const notify: typeof world.notify = {
    sent: world.notify.sent,
    send: (...told) => {
      pagedAtMs.push(since());
      return world.notify.send(...told);
    },
  };
  const report = await snapBack(
    { ...world.ports, notify, timeLeftMs: () => ROLLBACK_TIMEOUT_MS - since() },
    world.cutover,
    { kind: "alarm", alarmArn: HOSTS, severity: "hard-down", alarmAt: began },
  );
  return { report, tookMs: since(), pagedAtMs };
};

const hangs = (world: FakeWorld): void => {
  for (let write = 0; write < 60; write += 1) world.rules.fates.push({ kind: "timed-out", lands: "never" });
};

/** The n-th look at the rules is throttled to its end, and those after it while `also` says so. */
const throttled = (world: FakeWorld, nth: number, also = 1): void => {
  const { readListener } = world.rules;
  let looks = 0;
  world.rules.readListener = async (...asked) => {
    looks += 1;
    if (looks < nth || looks >= nth + also) return readListener.apply(world.rules, asked);
    world.clock.spend(durationMs(2_000));
    return outsideFailure("throttled", "DescribeRules: Rate exceeded");
  };
};

/** What the ledger has refused for so long that many records wait. */
const waitingRecords = async (world: FakeWorld, count: number): Promise<void> => {
  const append = async () => outsideFailure("refused", "AccessDenied");
  const through = { ...world.ports, ledger: { ...world.ports.ledger, append } };
  world.store.put({ ...world.state(), pause: { by: "olga", reason: "to look", at: world.clock.now() } });
  while (world.state().outbox.length < count) await world.minute(through);
};

/** Each record is taken, just before its time is over. */
const slowly = (world: FakeWorld): FakeWorld["ledger"]["append"] => {
  const { append } = world.ledger;
  return async (...asked) => {
    world.clock.spend(durationMs(700));
    return append(...asked);
  };
};

const endsInTime = ({ tookMs, pagedAtMs }: Ended): void => {
  expect(tookMs).toBeLessThan(ROLLBACK_TIMEOUT_MS);
  for (const at of pagedAtMs) expect(at).toBeLessThanOrEqual(LAST_CALL_MS);
};

describe("a rollback that is killed when its time is over", () => {
  it.each([
    ["the load balancer answers no write", false, hangs],
    [
      "the load balancer answers nothing",
      false,
      (world: FakeWorld) => {
        hangs(world);
        world.rules.describeFails = true;
      },
    ],
    ["neither the load balancer nor the table answers", true, hangs],
    [
      "the rules cannot be read",
      false,
      (world: FakeWorld) => {
        world.rules.describeFails = true;
      },
    ],
    [
      "the rules cannot be read, nor the table",
      true,
      (world: FakeWorld) => {
        world.rules.describeFails = true;
      },
    ],
    ["every look after the first is throttled", false, (world: FakeWorld) => throttled(world, 3, 100)],
  ] as const)("has told of it before, where %s", async (_what, noTable, breaks) => {
    const world = await at50();
    world.store.down = noTable;
    breaks(world);
    const ended = await withLife(world);
    expect(ended.report.kind).toBe("unverified");
    expect(ended.pagedAtMs).toHaveLength(1);
    endsInTime(ended);
  });

  it("still tries each pin more than once, for as long as that leaves time to tell", async () => {
    const world = await at50();
    hangs(world);
    await withLife(world);
    expect(world.rules.writes.filter(({ what }) => what === "pin raised").length).toBeGreaterThanOrEqual(4);
  });

  it("looks again at once where the second look was throttled, and is verified and recorded in time", async () => {
    const world = await at50();
    throttled(world, 3);
    const ended = await withLife(world);
    expect(ended.report.kind).toBe("verified");
    expect(world.state().phase).toBe("rolledBack");
    endsInTime(ended);
  });

  it("is verified as ever where everything answers", async () => {
    const world = await at50();
    const ended = await withLife(world);
    expect(ended.report.kind).toBe("verified");
    endsInTime(ended);
  });

  it("tells of it in time although the ledger has much to take, and takes it slowly", async () => {
    const world = await at50();
    await waitingRecords(world, 25);
    world.ledger.append = slowly(world);
    const ended = await withLife(world);
    expect(ended.report.kind).toBe("verified");
    expect(ended.pagedAtMs.length).toBeGreaterThan(0);
    for (const at of ended.pagedAtMs) expect(at).toBeLessThanOrEqual(LAST_CALL_MS);
  });

  it("begins no second look that it would not live to see", async () => {
    const world = await at50();
    const began = world.clock.now();
    const timeLeftMs = () => 12_000 - (world.clock.now() - began);
    const report = await snapBack({ ...world.ports, timeLeftMs }, world.cutover, {
      ...{ kind: "alarm", alarmArn: HOSTS, severity: "hard-down", alarmAt: began },
    });
    expect(report.kind).toBe("unverified");
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.clock.now() - began).toBeLessThan(12_000);
  });
});
