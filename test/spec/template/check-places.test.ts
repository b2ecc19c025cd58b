import { join } from "node:path";
import { expect, test } from "vitest";
import { alarmFaults } from "../../../scripts/template/check-alarms.ts";
import { placeFaults } from "../../../scripts/template/check-places.ts";
import { readCutovers } from "../../../scripts/template/read-cutovers.ts";
import { madeAlarms } from "../../../src/signals/made-alarms.ts";
import type { PinnedCutover } from "../../../src/signals/routes.ts";

const [orders] = readCutovers(join(import.meta.dirname, "../../..")) as readonly [PinnedCutover];
const elsewhere = (from: string, to: string): PinnedCutover => ({
  ...orders,
  name: "payments",
  loadBalancerArn: orders.loadBalancerArn.replace(from, to),
});

test("the cutovers of one stack are of one account and Region: where they are not, the fault names both", () => {
  expect(placeFaults([])).toEqual([]);
  expect(placeFaults([orders, { ...orders, name: "payments" }])).toEqual([]);
  for (const [from, to] of [
    ["us-east-1", "eu-west-1"],
    [":000000000000:", ":111111111111:"],
  ] as const)
    expect(placeFaults([orders, elsewhere(from, to)])).toEqual([
      expect.stringMatching(
        /policies\/payments\/cutover\.json is of .* policies\/orders\/cutover\.json of .* one account and Region/,
      ),
    ]);
});

test("more groups of blue than one alarm can look at are a fault in words", () => {
  const [route] = orders.routes;
  const routes = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...route,
      blue: `${route?.blue}${index}`,
    })) as PinnedCutover["routes"];
  expect(alarmFaults({ ...orders, routes: routes(8) })).toEqual([]);
  expect(alarmFaults({ ...orders, routes: routes(9) })).toEqual([
    "policies/orders/cutover.json has 9 target groups of blue, and one alarm can look at 8: make two cutovers of it.",
  ]);
});

test("of the listed alarms those are the stack's own that carry the cutover's name", () => {
  const own = { arn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:shop-down", severity: "degraded" as const };
  expect(madeAlarms({ ...orders, alarms: [...orders.alarms, own] })).toEqual(orders.alarms.map(({ arn }) => arn));
});
