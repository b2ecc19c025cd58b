import { expect, test } from "vitest";
import { loadBalancerActs } from "../../../src/decommission/load-balancer-acts.ts";
import { ONE_ATTEMPT } from "../../../src/guard/limits.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { ruleOf } from "../../support/route-rules.ts";

const [route] = ORDERS.routes;
const allGreen = async () => {
  const world = fakeWorld();
  if (route === undefined) throw new Error("a cutover without routes");
  await world.rules.writeWeights({ route, greenPercent: 100, stickySeconds: null }, [], ONE_ATTEMPT);
  const disabled: string[] = [];
  const alarmSwitch = {
    disableActions: async (arns: readonly string[]) => {
      disabled.push(...arns);
      return ok(undefined);
    },
  };
  return { ...world, route, disabled, acts: loadBalancerActs({ ...world.ports, alarmSwitch }) };
};

test("deleting the pin twice is as good as once", async () => {
  const { acts, route } = await allGreen();
  const done = { kind: "done", detail: { pins: [route.pin.ruleArn] } };
  expect(await acts["delete-pin"](ORDERS)).toEqual(done);
  expect(await acts["delete-pin"](ORDERS)).toEqual(done);
});

test("a pin that somebody has raised is not deleted: that would send everybody to green again", async () => {
  const { acts, rules, route } = await allGreen();
  await rules.movePin(route, "raised", ONE_ATTEMPT);
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({
    kind: "failed",
    message: expect.stringContaining("A pin is raised"),
  });
  expect(rules.greenPercent()).toBe(0);
  rules.describeFails = true;
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({ kind: "waiting" });
  rules.describeFails = false;
  await rules.movePin(route, "parked", ONE_ATTEMPT);
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({ kind: "done" });
});

test("a raised pin is not deleted either while a rule above makes the route look foreign", async () => {
  const { acts, rules, route } = await allGreen();
  await rules.movePin(route, "raised", ONE_ATTEMPT);
  rules.add(route.listenerArn, ruleOf({ ruleArn: "arn:maintenance", priority: 5 }));
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({
    kind: "failed",
    message: expect.stringContaining("arn:maintenance"),
  });
  expect(rules.greenPercent()).toBe(0);
});

test("a pin that was raised a moment ago is not deleted, although a look does not show it yet", async () => {
  const { acts, rules, route, clock } = await allGreen();
  clock.spend(20_000);
  await rules.movePin(route, "raised", ONE_ATTEMPT);
  rules.describeLagMs = 9_000;
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({
    kind: "failed",
    message: expect.stringContaining("A pin is raised"),
  });
  expect(rules.greenPercent()).toBe(0);
});

test("a pin is not deleted while the weighted rule below it names blue", async () => {
  const { acts, rules, route } = await allGreen();
  await rules.writeWeights({ route, greenPercent: 50, stickySeconds: null }, [], ONE_ATTEMPT);
  const writes = rules.writes.length;
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({ kind: "failed", message: expect.stringContaining("50 %") });
  expect(rules.writes).toHaveLength(writes);
});

test("a deletion that is not answered, or throttled, is asked again: nobody is called", async () => {
  const { acts, rules, route } = await allGreen();
  rules.fates.push({ kind: "timed-out", lands: "never" }, { kind: "refused", code: "Throttling" });
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({ kind: "waiting" });
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({
    kind: "waiting",
    for: expect.stringMatching(`^the deletion of a pin: Throttling.*tried again.*pin ${route.pin.ruleArn}`),
  });
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({ kind: "done" });
});

test("a deletion that is refused calls somebody, with which pin it is and what to do", async () => {
  const { acts, rules, route } = await allGreen();
  rules.fates.push({ kind: "refused", code: "AccessDenied" });
  expect(await acts["delete-pin"](ORDERS)).toMatchObject({
    kind: "failed",
    message: expect.stringMatching(
      `^The load balancer refuses the deletion of a pin\\. AccessDenied.*redeploy the generated template.*pin ${route.pin.ruleArn}`,
    ),
  });
});

test("green is confirmed by two reads further apart than a Describe is behind", async () => {
  const { acts, clock } = await allGreen();
  await acts["delete-pin"](ORDERS);
  const before = clock.now();
  expect(await acts["confirm-green"](ORDERS)).toEqual({ kind: "done", detail: { confirmedAt: clock.now() } });
  expect(clock.now() - before).toBeGreaterThanOrEqual(10_000);
});

test.each([
  ["the pin is still there", (world: Awaited<ReturnType<typeof allGreen>>) => world],
  [
    "somebody sends traffic to blue",
    async (world: Awaited<ReturnType<typeof allGreen>>) => {
      await world.acts["delete-pin"](ORDERS);
      const half = { route: world.route, greenPercent: 50, stickySeconds: null };
      await world.rules.writeWeights(half, [], ONE_ATTEMPT);
    },
  ],
])("blue is not fenced while %s", async (_why, arrange) => {
  const world = await allGreen();
  await arrange(world);
  expect(await world.acts["confirm-green"](ORDERS)).toMatchObject({
    kind: "failed",
    message: expect.stringContaining("blue must not be fenced"),
  });
});

test("what the first look shows to be wrong is told at once: nobody waits for a second one", async () => {
  const { acts, clock } = await allGreen();
  const before = clock.now();
  expect(await acts["confirm-green"](ORDERS)).toMatchObject({ kind: "failed" });
  expect(clock.now() - before).toBeLessThan(10_000);
});

test("rules that cannot be read are waited for, not judged", async () => {
  const { acts, rules } = await allGreen();
  rules.describeFails = true;
  expect(await acts["confirm-green"](ORDERS)).toMatchObject({
    kind: "waiting",
    for: expect.stringMatching(/^a look at the rules: ./),
  });
});

test("the operator's own alarms are left as they are: they call others too, and may send another cutover back", async () => {
  const { acts, disabled } = await allGreen();
  const own = ORDERS.alarms[0]?.arn.replace("pawl-orders-green-5xx-ratio", "shop-down") ?? "";
  const withOwn = { ...ORDERS, alarms: [...ORDERS.alarms, { arn: own, severity: "hard-down" as const }] };

  const outcome = await acts["alarm-actions-off"](withOwn);

  expect(own).toMatch(/:alarm:shop-down$/);
  expect(disabled).toEqual(ORDERS.alarms.map(({ arn }) => arn));
  expect(outcome).toMatchObject({ kind: "waiting", for: expect.not.stringContaining("shop-down") });
});

test("alarms are silenced, and believed to be silent only when they say so", async () => {
  const { acts, ports, disabled } = await allGreen();
  const arns = ORDERS.alarms.map(({ arn }) => arn);
  expect(await acts["alarm-actions-off"](ORDERS)).toMatchObject({
    kind: "waiting",
    for: `alarms that still act: ${arns.join(", ")}`,
  });
  expect(disabled).toEqual(arns);
  const quiet = {
    read: async () =>
      ok(
        arns.map((arn) => ({
          arn,
          state: "OK" as const,
          stateChangedAt: ports.clock.now(),
          actionsEnabled: false,
          actions: [],
        })),
      ),
  };
  const own = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop-down";
  const withOwn = { ...ORDERS, alarms: [...ORDERS.alarms, { arn: own, severity: "hard-down" as const }] };
  const again = loadBalancerActs({
    ...ports,
    alarms: quiet,
    alarmSwitch: { disableActions: async () => ok(undefined) },
  });
  expect(await again["alarm-actions-off"](ORDERS)).toEqual({ kind: "done", detail: { alarms: arns, others: [] } });
  // Whoever reads the journal sees which alarms of the cutover still call somebody.
  expect(await again["alarm-actions-off"](withOwn)).toEqual({ kind: "done", detail: { alarms: arns, others: [own] } });
  const refused = { disableActions: async () => outsideFailure("refused", "DisableAlarmActions failed: AccessDenied") };
  const denied = loadBalancerActs({ ...ports, alarmSwitch: refused });
  expect(await denied["alarm-actions-off"](ORDERS)).toEqual({
    kind: "waiting",
    for: "DisableAlarmActions failed: AccessDenied",
  });
  const unread = { read: async () => outsideFailure("timed-out", "DescribeAlarms: no answer") };
  const blind = loadBalancerActs({
    ...ports,
    alarms: unread,
    alarmSwitch: { disableActions: async () => ok(undefined) },
  });
  expect(await blind["alarm-actions-off"](ORDERS)).toEqual({ kind: "waiting", for: "DescribeAlarms: no answer" });
});
