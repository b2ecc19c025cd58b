import { describe, expect, it } from "vitest";
import { classify, type DesiredRules, observeRoutes } from "../../../src/actuation/drift.ts";
import { planSnapBack, planWeight } from "../../../src/actuation/plan-writes.ts";
import type { ForwardTarget, ObservedRule } from "../../../src/actuation/rules-port.ts";
import { epochMs, weightPercent } from "../../../src/kernel/units.ts";
import { ORDERS } from "../../support/fake-world.ts";

const [route] = ORDERS.routes;
if (route === undefined) throw new Error("unreachable");
const { blue, green, pin, weightedRuleArn, listenerArn } = route;

const paths = (...values: string[]) => [{ Field: "path-pattern", PathPatternConfig: { Values: values } }];
const split = (greenWeight: number, blueWeight = 100 - greenWeight): readonly ForwardTarget[] => [
  { targetGroupArn: blue, weight: blueWeight },
  { targetGroupArn: green, weight: greenWeight },
];

const weighted = (change: Partial<ObservedRule> = {}): ObservedRule => ({
  ruleArn: weightedRuleArn,
  priority: 100,
  conditions: paths("/*"),
  forward: { targets: split(50), sticky: true },
  otherActions: [],
  ...change,
});
const pinned = (change: Partial<ObservedRule> = {}): ObservedRule => ({
  ruleArn: pin.ruleArn,
  priority: 101,
  conditions: paths("/*"),
  forward: { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false },
  otherActions: [],
  ...change,
});

const AT_50: DesiredRules = { greenPercent: 50, pin: ["parked"] };
const drift = (rules: readonly ObservedRule[], desired = AT_50) => {
  const readAt = epochMs(1_000);
  return classify(observeRoutes(ORDERS, [{ listenerArn, readAt, rules }]), desired, readAt);
};

describe("the rules at 50 %", () => {
  it.each([
    [
      "are in sync with any denominator",
      [weighted({ forward: { targets: split(7, 7), sticky: true } }), pinned()],
      "in-sync",
      50,
    ],
    ["show more green", [weighted({ forward: { targets: split(60), sticky: true } }), pinned()], "more-green", 60],
    ["show more blue", [weighted({ forward: { targets: split(10), sticky: true } }), pinned()], "more-blue", 10],
    ["show a raised pin: nothing on green", [weighted(), pinned({ priority: 99 })], "pin-raised", 0],
    ["have lost the pin", [weighted()], "foreign-shape", 50],
    ["have lost the weighted rule", [pinned()], "foreign-shape", null],
    [
      "forward to a stranger",
      [weighted({ forward: { targets: [...split(50), { targetGroupArn: "x", weight: 1 }], sticky: true } }), pinned()],
      "foreign-shape",
      null,
    ],
    ["have a pin with other conditions", [weighted(), pinned({ conditions: paths("/a") })], "foreign-shape", null],
    [
      "have a pin that sends to green",
      [weighted(), pinned({ forward: { targets: split(50), sticky: false } })],
      "foreign-shape",
      null,
    ],
    [
      "have a sticky pin",
      [weighted(), pinned({ forward: { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: true } })],
      "foreign-shape",
      null,
    ],
    [
      "have lost their stickiness",
      [weighted({ forward: { targets: split(50), sticky: false } }), pinned()],
      "foreign-shape",
      50,
    ],
    ["are not forwarding at all", [weighted({ forward: null }), pinned()], "foreign-shape", null],
  ] as const)("%s", (_what, rules, expected, percent) => {
    expect(drift(rules)).toMatchObject({ drift: expected, greenPercent: percent });
  });

  it("are foreign where another rule leads to green", () => {
    const other = weighted({
      ruleArn: "other",
      priority: 200,
      conditions: paths("/beta"),
      forward: { targets: split(100, 0), sticky: false },
    });
    expect(drift([weighted(), pinned(), other]).drift).toBe("foreign-shape");
  });

  it("are foreign where a rule above takes their requests, and not where it takes others", () => {
    const above = (conditions: ObservedRule["conditions"]) =>
      weighted({
        ruleArn: "other",
        priority: 5,
        conditions,
        forward: { targets: [{ targetGroupArn: "x", weight: 1 }], sticky: false },
      });
    const host = (value: string) => [{ Field: "host-header", HostHeaderConfig: { Values: [value] } }];
    const ours = [weighted({ conditions: host("shop.example") }), pinned({ conditions: host("shop.example") })];
    expect(drift([...ours, above(host("*.example"))]).drift).toBe("foreign-shape");
    expect(drift([...ours, above(host("blog.example"))]).drift).toBe("in-sync");
  });

  it("may show the weight of an announced change, and nothing above it", () => {
    const announced: DesiredRules = { greenPercent: 10, alsoGreenPercent: 50, pin: ["parked"] };
    expect(drift([weighted(), pinned()], announced).drift).toBe("in-sync");
    expect(drift([weighted({ forward: { targets: split(51), sticky: true } }), pinned()], announced).drift).toBe(
      "more-green",
    );
  });

  it("are unreadable, not foreign, where a listener was not read", () => {
    expect(classify([], AT_50, epochMs(1))).toMatchObject({ drift: "unreadable", greenPercent: null });
  });
});

describe("planned writes", () => {
  it("raise the pin before they touch the weighted rule", () => {
    const { pins, weights } = planSnapBack(ORDERS);
    expect([pins, weights].map((writes) => writes.map(({ kind }) => kind))).toEqual([["movePin"], ["setWeight"]]);
  });

  it("keep a client on its side below 100 and let go of it at 0 and 100", () => {
    const sticky = (percent: number) =>
      planWeight(ORDERS, weightPercent(percent)).map(
        (write) => write.kind === "setWeight" && write.write.stickySeconds !== null,
      );
    expect([sticky(0), sticky(10), sticky(50), sticky(100)]).toEqual([[false], [true], [true], [false]]);
  });
});
