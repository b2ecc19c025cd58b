import { describe, expect, it } from "vitest";
import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import { lastLook } from "../../../src/decommission/last-look.ts";
import { ONE_ATTEMPT } from "../../../src/guard/limits.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { durationMs, weightPercent } from "../../../src/kernel/units.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { weightedArn } from "../../../src/signals/routes.ts";
import { beginDecommission } from "../../support/decommission.ts";
import { ORDERS } from "../../support/fake-world.ts";
import { PLAIN, plainWorld } from "../../support/plain-cutover.ts";

const [ROUTE] = ORDERS.routes;
const ALARM = ORDERS.alarms[0]?.arn ?? "";
if (ROUTE === undefined) throw new Error("a cutover without routes");

const BACK = { kind: "operator", by: "olga", reason: "green is wrong", acceptLoss: true } as const;
const NO_ANSWER = outsideFailure("timed-out", "GetItem: no answer");

/** What keeps the way back open: empty where the look finds nothing. */
const seen = async (change: (of: Awaited<ReturnType<typeof beginDecommission>>) => void): Promise<string> => {
  const of = await beginDecommission();
  change(of);
  return (await lastLook(of.world.ports, ORDERS, of.world.state())).join("; ");
};

const shareOf = (greenPercent: number) => (rule: ObservedRule) => ({
  ...rule,
  forward: {
    targets: [
      { targetGroupArn: ROUTE.blue, weight: 100 - greenPercent },
      { targetGroupArn: ROUTE.green, weight: greenPercent },
    ],
    sticky: false,
  },
});

describe("the last look before the point of no return", () => {
  it("finds nothing where every alarm is quiet, and green has everything below a parked pin", async () => {
    expect(await seen(() => {})).toBe("");
  });

  it("does not call an alarm quiet that CloudWatch cannot evaluate fully", async () => {
    const { world } = await beginDecommission();
    const { ports } = world;
    const read = await ports.alarms.read([ALARM], durationMs(1_000));
    const impaired = ok((read.ok ? read.value : []).map((alarm) => ({ ...alarm, impaired: "EVALUATION_FAILURE" })));
    const doubtful = { ...ports, alarms: { read: async () => impaired } };
    const cutover = { ...ORDERS, alarms: ORDERS.alarms.slice(0, 1) };
    expect(await lastLook(doubtful, cutover, world.state())).toEqual([
      `alarms that CloudWatch cannot evaluate fully: ${ALARM}`,
    ]);
  });

  it.each<[string, Parameters<typeof seen>[0], string]>([
    [
      "a raised pin",
      ({ world }) => world.rules.edit(ROUTE.pin.ruleArn, (pin) => ({ ...pin, priority: ROUTE.pin.raisedPriority })),
      "the rules do not send everything to green as they were left: the pin is raised: all traffic is on blue",
    ],
    // Gone is what decommission leaves behind, and only then.
    ["a pin that somebody deleted", ({ world }) => world.rules.remove(ROUTE.pin.ruleArn), "as they were left: "],
    [
      "a rule that gives green less",
      ({ world }) => world.rules.edit(weightedArn(ROUTE), shareOf(99)),
      "green has 99 %, recorded are 100 %",
    ],
    [
      "rules that cannot be read",
      ({ world }) => {
        world.rules.describeFails = true;
      },
      "the rules could not be read: DescribeRules",
    ],
    [
      "an alarm and a rule, both named",
      ({ world }) => {
        world.truth.firing.add(ORDERS.alarms[0]?.arn ?? "");
        world.rules.edit(weightedArn(ROUTE), shareOf(0));
      },
      `alarms that are not OK: ${ORDERS.alarms[0]?.arn}; the rules do not send everything to green`,
    ],
  ])("finds %s", async (_what, change, says) => {
    expect(await seen(change)).toContain(says);
  });

  it.each(Object.entries(PLAIN))("finds blue on %s", async (_mode, cutover: CutoverBindings) => {
    const world = plainWorld(cutover);
    await world.arm();
    const [route] = cutover.routes;
    if (route === undefined) throw new Error("a cutover without routes");
    const write = (greenPercent: number) =>
      world.rules.writeWeights({ route, greenPercent, stickySeconds: null }, [], ONE_ATTEMPT);
    const look = () => lastLook(world.ports, cutover, { ...world.state(), weightPercent: weightPercent(100) });
    await write(100);
    expect(await look()).toEqual([]);
    await write(0);
    expect((await look()).join()).toContain("green has 0 %, recorded are 100 %");
  });
});

it("a rollback that the table does not answer keeps the way back open, and promote takes it for one", async () => {
  const { world, run } = await beginDecommission();
  const state = {
    ...world.ports.state,
    read: async () => NO_ANSWER,
    latch: async () => ({ kind: "unknown", message: "the table did not answer" }) as const,
  };
  await snapBack({ ...world.ports, state }, world.cutover, BACK);
  expect(world.rules.greenPercent()).toBe(0);
  expect(world.state().latch).toBeUndefined();

  const progress = await run();
  expect(progress.done).toEqual(["final-diff"]);
  expect(progress.stopped).toMatch(/^point-of-no-return waits: .*the pin is raised/);
  await world.minutes(3);
  expect(world.state()).toMatchObject({ wayBack: "open", latch: { mode: "snapped", cause: { kind: "outsider" } } });
});
