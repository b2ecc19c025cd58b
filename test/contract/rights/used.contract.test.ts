import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sayGrant } from "../../../lab/aws/iam/grants.ts";
import { createScheduler } from "../../../lab/aws/scheduler/scheduler.ts";
import { arm } from "../../../src/guard/arm.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import { requestApprove } from "../../../src/guard/requests.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { type EpochMs, earlier } from "../../../src/kernel/units.ts";
import { DRILL, ORDERS } from "../../support/fake-world.ts";
import { racingClock } from "../../support/lab-account.ts";
import { eventually } from "../../support/lab-compute.ts";
import { FUNCTIONS } from "./guarded-account.ts";
import { type GuardedWorld, startGuardedWorld } from "./guarded-world.ts";

let guarded: GuardedWorld;
beforeAll(async () => {
  // Real time-outs say nothing here, and a busy machine must not make a rollback go on without its table.
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => new AbortController().signal);
  guarded = await startGuardedWorld();
}, 180_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await guarded?.account.stop();
});

const [ALARM] = ORDERS.alarms.map(({ arn }) => arn) as [string];
const BY = { by: "olga", reason: "she has looked" };
const options = { rehearsal: true, doctor: async () => [] };

const direct = (at: EpochMs) => ({
  alarmArn: ALARM,
  alarmData: { state: { value: "ALARM", timestamp: toIso(at) } },
});
const byEventBridge = (at: EpochMs) => ({
  "detail-type": "CloudWatch Alarm State Change",
  resources: [ALARM],
  detail: { state: { value: "ALARM", timestamp: toIso(at) } },
});

const settledAndArmed = async (): Promise<void> => {
  const { world, until, operator } = guarded;
  await until("settled", ({ settled }) => settled !== undefined);
  world.clock.spend(3_600_000);
  expect(await rearm(operator, ORDERS, DRILL, BY.by, options)).toMatchObject({ kind: "armed" });
  await until("the pin is lowered", ({ intent }) => intent === undefined, 5);
};
const at10 = () => guarded.until("10 %", ({ weightPercent }) => weightPercent === 10);

/** A run of promote that dies between what it has put into the table and its last write. */
class Died extends Error {}
const dyingAfter = <Port extends object>(port: Port, method: keyof Port): Port => ({
  ...port,
  [method]: async (...args: unknown[]) => {
    await (port[method] as (...of: unknown[]) => Promise<unknown>)(...args);
    throw new Died();
  },
});
const leavesItsRecordBehind = async (): Promise<void> => {
  const dying = { ledger: dyingAfter(guarded.promote.ledger, "append") };
  await expect(guarded.minute({ promote: dying })).rejects.toThrow(Died);
  guarded.account.accepted.length = 0;
};

const unused = () =>
  guarded.account.compute.roles
    .uses()
    .filter(({ times }) => times === 0)
    .map(({ role, grant }) => `${role}: ${sayGrant(grant)}`);
const denied = () => guarded.account.compute.roles.denials().map(({ message }) => message);

describe("every path, each function in its own role", () => {
  test("what Lambda and the schedule do in a role's name: network, logs, tick, dead letters", async () => {
    const { compute } = guarded.account;
    await eventually(() => compute.lambda.invocations().some(({ functionName }) => functionName === "pawl-tick"));
    compute.scheduler.stop();
    for (const name of FUNCTIONS) await compute.lambda.find(`pawl-${name}`)?.invoke("{}");
    compute.lambda.find("pawl-rollback")?.accept('{"fail":true}');
    await eventually(() => compute.sqs.messages("pawl-failed").length === 1);
    await scheduleWithoutTarget();
    await eventually(() => compute.sqs.messages("pawl-failed").length === 2);
  }, 300_000);

  test("a hold, a tick that was killed and comes again, a step", async () => {
    const { operator, promote, minute, world } = guarded;
    expect(await arm(operator, ORDERS, DRILL, BY.by, options)).toMatchObject({ kind: "armed" });
    await expect(minute({ promote: { snapshots: dyingAfter(promote.snapshots, "putOnce") } })).rejects.toThrow(Died);
    guarded.account.accepted.length = 0;
    await guarded.again("promote");
    await at10();
    expect(world.rules.greenPercent()).toBe(10);
  }, 300_000);

  test("an alarm by its direct action: back to blue, settled, armed again, the pin lowered", async () => {
    await leavesItsRecordBehind();
    const [answer] = await guarded.rollback(direct(guarded.world.clock.now()));
    expect(answer?.report.kind).toBe("verified");
    await settledAndArmed();
  }, 300_000);

  test("an alarm by EventBridge, older than the arming: the alarm itself is asked", async () => {
    await at10();
    guarded.world.truth.firing.add(ALARM);
    const [answer] = await guarded.rollback(byEventBridge(earlier(guarded.world.clock.now(), 7_200_000)));
    expect(answer?.report.kind).toBe("verified");
    guarded.world.truth.firing.clear();
    await settledAndArmed();
  }, 300_000);

  test("promote decides to go back: it latches, lowers the weight and asks rollback", async () => {
    await at10();
    guarded.world.truth.greenErrorRatio = 0.5;
    await guarded.until("blue", ({ phase }) => phase === "rolledBack", 20);
    guarded.world.truth.greenErrorRatio = 0;
    await settledAndArmed();
  }, 300_000);

  test("the soak, the approval and every act of decommission", async () => {
    const { until, operator, world, progress } = guarded;
    await until("the soak", ({ blocking }) => blocking.map(({ what }) => what).join() === "approval", 300);
    expect((await requestApprove(operator, "orders", BY)).kind).toBe("accepted");
    await until("approved", ({ phase }) => phase === "decommissioning", 3);
    const dying = { decommission: { ledger: dyingAfter(guarded.decommission.ledger, "append") } };
    while ((await guarded.state()).wayBack !== "closed")
      await guarded.minute(dying).catch((error: unknown) => expect(error).toBeInstanceOf(Died));
    await guarded.again("decommission");
    await until("complete", ({ phase }) => phase === "complete", 30);
    await until("delivered", ({ outbox }) => outbox.length === 0, 3);
    expect(progress.at(-1)?.stopped).toBe("complete");
    expect(await operator.active.list(5_000 as never)).toEqual({ ok: true, value: [] });
    expect(world.rules.greenPercent()).toBe(100);
  }, 300_000);

  test("no right was missing, and none is there that nobody needs", () => {
    expect(denied()).toEqual([]);
    expect(unused()).toEqual([]);
    expect(guarded.account.compute.roles.uses().length).toBeGreaterThan(60);
  });
});

/** The same schedule, its target gone: what cannot be delivered goes to the queue, by the schedule's own role. */
const scheduleWithoutTarget = async (): Promise<void> => {
  const { compute } = guarded.account;
  const role = compute.roles.all().find(({ name }) => name === "ScheduleRole");
  const queueArn = "arn:aws:sqs:us-east-1:000000000000:pawl-failed";
  const { lambda, roles, sqs: queues } = compute;
  const without = { find: () => undefined } as unknown as typeof lambda;
  const context = { clock: racingClock(), dir: "", log: () => {} };
  const lost = createScheduler({ context, lambda: without, roles, queues });
  await lost.provider.create("Lost", "AWS::Scheduler::Schedule", {
    ScheduleExpression: "rate(1 minute)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn: lambda.find("pawl-tick")?.arn,
      RoleArn: role?.arn,
      DeadLetterConfig: { Arn: queueArn },
    },
  });
  await eventually(() => queues.messages("pawl-failed").length >= 2);
  lost.stop();
};
