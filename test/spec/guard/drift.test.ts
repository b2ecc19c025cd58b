import { describe, expect, it } from "vitest";
import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { PinnedRoute } from "../../../src/signals/routes.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const [route] = ORDERS.routes as readonly [PinnedRoute];
const { weightedRuleArn, pin, blue, green, listenerArn } = route;
const ELSEWHERE = listenerArn.replace(/.$/, "0");
const LOGIN = { Type: "authenticate-cognito", Order: 1, AuthenticateCognitoConfig: { UserPoolArn: "pool" } };

const at50 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("50 %", () => world.state().weightPercent === 50);
  return world;
};

const path = (value: string) => [{ Field: "path-pattern", PathPatternConfig: { Values: [value] } }];
const other = (change: Partial<ObservedRule>): ObservedRule => ({
  ruleArn: "arn:other",
  priority: 5,
  conditions: path("/blog/*"),
  forward: { targets: [{ targetGroupArn: "arn:elsewhere", weight: 1 }], sticky: false },
  otherActions: [],
  ...change,
});
const toGreen = { targets: [{ targetGroupArn: green, weight: 1 }], sticky: false };
const editWeighted = (world: FakeWorld, change: Partial<ObservedRule>) =>
  world.rules.edit(weightedRuleArn, (rule) => ({ ...rule, ...change }));
const editPin = (world: FakeWorld, change: Partial<ObservedRule>) =>
  world.rules.edit(pin.ruleArn, (rule) => ({ ...rule, ...change }));
const split = (greenWeight: number, sticky: { sticky: boolean; stickySeconds?: number } = { sticky: true }) => ({
  targets: [
    { targetGroupArn: blue, weight: 100 - greenWeight },
    { targetGroupArn: green, weight: greenWeight },
  ],
  ...sticky,
});
const rangeOf = (value: string) => [{ Field: "source-ip", SourceIpConfig: { Values: [value] } }];

/** For the next step, where nothing is in its way; and fewer than it takes to be called blind. */
const ENOUGH_MINUTES = 8;

type Change = readonly [string, (world: FakeWorld) => void, RegExp];

const STOPS: readonly Change[] = [
  [
    "another rule leads to green",
    ({ rules }) => rules.add(listenerArn, other({ priority: 200, forward: toGreen })),
    /arn:other also forwards to green/,
  ],
  [
    "the default rule leads to green",
    ({ rules }) => rules.edit(`${listenerArn}/default`, (rule) => ({ ...rule, forward: toGreen })),
    /default also forwards to green/,
  ],
  [
    "a rule of another listener leads to green",
    ({ rules }) => rules.add(ELSEWHERE, other({ priority: null, conditions: [], forward: toGreen })),
    /arn:other also forwards to green/,
  ],
  [
    "a rule above takes every request",
    ({ rules }) => rules.add(listenerArn, other({})),
    /stands above and takes requests/,
  ],
  [
    "a rule above takes those of one client",
    ({ rules }) => rules.add(listenerArn, other({ conditions: rangeOf("10.0.0.0/8") })),
    /stands above and takes requests/,
  ],
  [
    "a rule above takes those with a header",
    ({ rules }) =>
      rules.add(
        listenerArn,
        other({
          conditions: [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Beta", Values: ["1"] } }],
          forward: null,
          otherActions: [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_302" } }],
        }),
      ),
    /stands above and takes requests/,
  ],
  [
    "the weighted rule takes other requests",
    (world) => editWeighted(world, { conditions: path("/new/*") }),
    /the pin's conditions are not/,
  ],
  [
    "the weighted rule and the pin both take other requests",
    (world) => {
      editWeighted(world, { conditions: path("/new/*") });
      editPin(world, { conditions: path("/new/*") });
    },
    /not those it was armed with/,
  ],
  [
    "a login is put before the forward",
    (world) => editWeighted(world, { otherActions: [LOGIN] }),
    /not those it was armed with/,
  ],
  [
    "a login is put before both forwards",
    (world) => {
      editWeighted(world, { otherActions: [LOGIN] });
      editPin(world, { otherActions: [LOGIN] });
    },
    /not those it was armed with/,
  ],
  [
    "a login is put before the pin's forward",
    (world) => editPin(world, { otherActions: [LOGIN] }),
    /actions before the forward are not/,
  ],
  [
    "requests are rewritten",
    (world) => editWeighted(world, { transforms: [{ Type: "url-rewrite" }] }),
    /not those it was armed with/,
  ],
  [
    "requests are rewritten by the pin",
    (world) => editPin(world, { transforms: [{ Type: "url-rewrite" }] }),
    /the pin's transforms/,
  ],
  [
    "the weighted rule redirects",
    (world) => editWeighted(world, { forward: null, otherActions: [{ Type: "redirect", RedirectConfig: {} }] }),
    /does not forward/,
  ],
  [
    "stickiness is taken off",
    (world) => editWeighted(world, { forward: split(50, { sticky: false }) }),
    /stickiness of the weighted rule is off/,
  ],
  [
    "stickiness lasts for another time",
    (world) => editWeighted(world, { forward: split(50, { sticky: true, stickySeconds: 604_800 }) }),
    /lasts 604800 s/,
  ],
  [
    "the pin becomes sticky",
    (world) => editPin(world, { forward: { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: true } }),
    /blue alone/,
  ],
  ["the pin leads to green", (world) => editPin(world, { forward: toGreen }), /blue alone/],
  ["the pin is deleted", ({ rules }) => rules.remove(pin.ruleArn), /the pin is gone/],
  ["the pin is moved further down", (world) => editPin(world, { priority: 300 }), /neither of its numbers/],
  [
    "the weighted rule is moved above the pin's upper number",
    (world) => editWeighted(world, { priority: 50 }),
    /would not be above it/,
  ],
  [
    "five target groups share the traffic",
    (world) =>
      editWeighted(world, {
        forward: {
          targets: [...split(50).targets, ...["c", "d", "e"].map((arn) => ({ targetGroupArn: arn, weight: 1 }))],
          sticky: true,
        },
      }),
    /forwards to c/,
  ],
  [
    "all weights are 0",
    (world) =>
      editWeighted(world, {
        forward: {
          targets: [
            { targetGroupArn: blue, weight: 0 },
            { targetGroupArn: green, weight: 0 },
          ],
          sticky: true,
        },
      }),
    /all weights/,
  ],
  ["the weighted rule is deleted", ({ rules }) => rules.remove(weightedRuleArn), /the weighted rule is gone/],
];

describe("somebody else changes the rules at 50 %:", () => {
  it("nobody does, and the next step is taken in that time", async () => {
    const world = await at50();
    await world.minutes(ENOUGH_MINUTES);
    expect(world.state().weightPercent).toBe(100);
  });

  it.each(STOPS)("%s: pawl stops writing and pages", async (_what, change, detail) => {
    const world = await at50();
    change(world);
    const [writes, pages] = [world.rules.writes.length, world.notify.sent.length];

    await world.minutes(ENOUGH_MINUTES);

    const drift = world.state().blocking.find(({ what }) => what === "drift:foreign-shape");
    expect(drift?.value).toMatch(detail);
    expect(world.state()).toMatchObject({ weightPercent: 50 });
    expect(world.state().latch).toBeUndefined();
    expect(world.rules.writes).toHaveLength(writes);
    expect(world.notify.sent.slice(pages).some(({ urgency, body }) => urgency === "page" && detail.test(body))).toBe(
      true,
    );
  });

  it("a rule of other requests takes the pin's upper number: there would be no way back by one rule", async () => {
    const world = fakeWorld();
    for (const arn of [weightedRuleArn, pin.ruleArn])
      world.rules.edit(arn, (rule) => ({ ...rule, conditions: [{ Field: "host-header", Values: ["shop"] }] }));
    await world.arm();
    const conditions = [{ Field: "host-header", Values: ["blog"] }];
    world.rules.add(listenerArn, other({ priority: pin.raisedPriority, conditions }));
    await world.minutes(ENOUGH_MINUTES);
    expect(world.state()).toMatchObject({ weightPercent: 0 });
    expect(
      world
        .state()
        .blocking.map(({ value }) => value)
        .join(),
    ).toMatch(/arn:other has 99, the number that is reserved/);
  });

  it("more green is not taken for a step: it is held and paged", async () => {
    const world = await at50();
    editWeighted(world, { forward: split(60) });
    await world.minutes(3);
    expect(world.state().blocking.map(({ what }) => what)).toContain("drift:more-green");
    expect(world.state()).toMatchObject({ weightPercent: 50 });
    expect(world.notify.sent.some(({ urgency, body }) => urgency === "page" && /60 %/.test(body))).toBe(true);
  });

  it.each<readonly [string, (world: FakeWorld) => void]>([
    ["less on green", (world) => editWeighted(world, { forward: split(10) })],
    [
      "blue alone",
      (world) => editWeighted(world, { forward: { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false } }),
    ],
    ["the pin raised", (world) => editPin(world, { priority: pin.raisedPriority })],
    ["the pin raised to a number that is not its own", (world) => editPin(world, { priority: 1 })],
  ])("%s is a rollback by an outsider, once a second read a minute later shows it too", async (_what, change) => {
    const world = await at50();
    change(world);
    await world.minute();
    expect(world.state().latch).toBeUndefined();
    await world.until("latched", () => world.state().latch !== undefined, 2);
    expect(world.state().latch?.cause.kind).toBe("outsider");
    await world.until("verified", () => world.state().phase === "rolledBack", 3);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("less on green in one read alone is a Describe that lags, and nothing follows", async () => {
    const world = await at50();
    editWeighted(world, { forward: split(10) });
    await world.minute();
    editWeighted(world, { forward: split(50, { sticky: true, stickySeconds: 3_600 }) });
    await world.minutes(3);
    expect(world.state()).toMatchObject({ weightPercent: expect.any(Number), phase: "shifting" });
    expect(world.state().latch).toBeUndefined();
  });

  it("a listener that cannot be listed is not known to be harmless", async () => {
    const world = await at50();
    world.rules.listListeners = async () => ({ ok: false, failure: { kind: "throttled", message: "Rate exceeded" } });
    await world.minutes(4);
    expect(world.state().blocking.map(({ what }) => what)).toContain("drift:unreadable");
    expect(world.state()).toMatchObject({ weightPercent: 50 });
  });

  it("what the routes show is seen all the same where another listener cannot be read", async () => {
    const unlisted = async () => {
      const world = await at50();
      world.rules.listListeners = async () => ({ ok: false, failure: { kind: "throttled", message: "Rate exceeded" } });
      return world;
    };
    const back = await unlisted();
    editPin(back, { priority: pin.raisedPriority });
    await back.until("latched", () => back.state().latch !== undefined, 3);
    expect(back.state().latch?.cause.kind).toBe("outsider");
    const greener = await unlisted();
    editWeighted(greener, { forward: split(60) });
    await greener.minutes(2);
    expect(greener.state().blocking.map(({ what }) => what)).toContain("drift:more-green");
    expect(greener.notify.sent.some(({ urgency, body }) => urgency === "page" && /60 %/.test(body))).toBe(true);
  });

  it("no foreign rule keeps a rollback from being carried out where the pin can be raised", async () => {
    const world = await at50();
    world.rules.add(ELSEWHERE, other({ priority: null, conditions: [], forward: toGreen }));
    const trigger = { kind: "operator", by: "olga", reason: "enough", acceptLoss: true } as const;
    expect((await snapBack(world.ports, ORDERS, trigger)).kind).toBe("verified");
    expect(world.rules.greenPercent()).toBe(0);
  });
});
