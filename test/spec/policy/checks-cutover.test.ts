import { describe, expect, it } from "vitest";
import { lintCutover } from "../../../src/policy/load-cutover.ts";
import type { CutoverBindings, RouteBinding, StreamBinding } from "../../../src/signals/bindings.ts";
import { cutoverText } from "../../support/orders-policies.ts";

const committed = (): CutoverBindings => JSON.parse(cutoverText());
const lint = (cutover: object): readonly string[] =>
  lintCutover(JSON.stringify(cutover), "cutover.json").map(
    ({ level, rule, pointer, message }) => `${level} ${rule} ${pointer} ${message}`,
  );
const changed = (change: (cutover: CutoverBindings) => object): readonly string[] => {
  const cutover = committed();
  return lint({ ...cutover, ...change(cutover) });
};

/** A route like the committed one, with rules, pin and target groups of its own: the pins are apart. */
const another = (number: number, changes: (route: RouteBinding) => object = () => ({})): RouteBinding => {
  const [first] = committed().routes;
  if (first?.pin === undefined) throw new Error("the committed route has a pin");
  const route = {
    ...first,
    weightedRuleArn: `${first.weightedRuleArn}${number}`,
    pin: {
      ruleArn: `${first.pin.ruleArn}${number}`,
      raisedPriority: 99 + 10 * number,
      parkedPriority: 101 + 10 * number,
    },
    blue: `${first.blue}${number}`,
    green: `${first.green}${number}`,
  };
  return { ...route, ...changes(route) };
};
const routesOf = (change: (route: RouteBinding) => object) =>
  changed(({ routes }) => ({ routes: routes.map((route) => ({ ...route, ...change(route) })) }));
const beside = (...others: readonly RouteBinding[]) => changed(({ routes }) => ({ routes: [...routes, ...others] }));
const pin = (raisedPriority: number, parkedPriority: number) => (route: RouteBinding) => ({
  pin: { ruleArn: route.pin?.ruleArn, raisedPriority, parkedPriority },
});

describe("a route", () => {
  it("of several that share nothing is without a problem", () => {
    expect(beside(another(1), another(2))).toEqual([]);
  });

  it("has a listener of the load balancer, and rules of the listener", () => {
    const elsewhere = (arn = "") => arn.replace("f2f7dc8efc522ab2", "f2f7dc8efc522ab2aa");

    expect(changed(({ loadBalancerArn }) => ({ loadBalancerArn: `${loadBalancerArn}0` }))).toEqual([
      "error wrong-parent /routes/0/listenerArn this listener is not the load balancer's; take both from the same one",
    ]);
    expect(
      routesOf(({ weightedRuleArn, pin: at }) => ({
        weightedRuleArn: elsewhere(weightedRuleArn),
        pin: { ...at, ruleArn: elsewhere(at?.ruleArn) },
      })),
    ).toEqual(
      ["weightedRuleArn", "pin/ruleArn"].map(
        (of) =>
          `error wrong-parent /routes/0/${of} this rule is not the listener's; a rule acts only on the listener it stands in`,
      ),
    );
  });

  it("has a pin that is not its weighted rule, and then no other route is said to have that rule", () => {
    const own = (route: RouteBinding) => ({ pin: { ...route.pin, ruleArn: route.weightedRuleArn } });
    const says = "the pin is the weighted rule itself; it has to be a rule of its own that forwards to blue";

    expect(routesOf(own)).toEqual([`error pin-is-rule /routes/0/pin/ruleArn ${says}`]);
    expect(beside(another(1, own))).toEqual([`error pin-is-rule /routes/1/pin/ruleArn ${says}`]);
  });

  it("moves traffic from one target group to another", () => {
    expect(routesOf(({ blue }) => ({ green: blue }))).toEqual([
      "error same-target /routes/0/green blue and green are the same target group; there would be nothing to move",
    ]);
  });

  it("has no green that is blue on another route, and may share both sides with it", () => {
    const [first] = committed().routes;
    const says = "this target group is blue on another route; a side is blue or green everywhere";

    expect(beside(another(1, () => ({ green: first?.blue })))).toEqual([`error same-target /routes/1/green ${says}`]);
    expect(beside(another(1, () => ({ blue: first?.green })))).toEqual([`error same-target /routes/0/green ${says}`]);
    expect(beside(another(1, () => ({ blue: first?.blue, green: first?.green })))).toEqual([]);
  });

  it("without a pin is told what comes of it", () => {
    expect(beside(another(1, () => ({ pin: undefined })))).toEqual([
      "warning no-pin /routes/1 this route has no pin: a step under way can arrive after a rollback, which is verified only when none can any more",
    ]);
  });

  it("has no pin beside a default action", () => {
    expect(routesOf(() => ({ weightedRuleArn: undefined }))).toEqual([
      "error pin-of-default /routes/0/pin nothing can stand below a default action; name a rule, or leave the pin out",
    ]);
  });
});

describe("the numbers of a pin", () => {
  it.each([
    [100, 101],
    [101, 101],
    [102, 101],
  ])("leave room for the weighted rule: %d and %d do not", (raised, parked) => {
    expect(routesOf(pin(raised, parked))).toEqual([
      `error pin-priority /routes/0/pin/raisedPriority ${raised} has to be at least 2 below ${parked}: the weighted rule stands between the two, and the lower number is taken first`,
    ]);
  });

  it("leave room for no other rule", () => {
    expect(routesOf(pin(98, 101))).toEqual([
      "warning pin-gap /routes/0/pin/raisedPriority there is room for other rules between the pin and the weighted rule; keep them adjacent",
    ]);
  });

  it("cross no other route's, be it the one before or one before that", () => {
    const crossing = (index: number, of: number) =>
      `warning pins-cross /routes/${index}/pin/raisedPriority 100 to 102 cross 99 to 101 of /routes/${of} on one listener; ` +
      "give each route three numbers in a row, for its raised pin, its weighted rule and its parked pin, and move the weighted rules to them";

    expect(beside(another(1, pin(100, 102)))).toEqual([crossing(1, 0)]);
    expect(beside(another(1), another(2, pin(100, 102)))).toEqual([crossing(2, 0)]);
  });
});

describe("a rule of two routes", () => {
  const says = "another route has this rule already; every route has rules of its own";
  const [first] = committed().routes;

  it.each<[string, (route: RouteBinding) => object, string]>([
    ["weighted in both", () => ({ weightedRuleArn: first?.weightedRuleArn }), "weightedRuleArn"],
    ["a pin in both", (route) => ({ pin: { ...route.pin, ruleArn: first?.pin?.ruleArn } }), "pin/ruleArn"],
    [
      "weighted in one, a pin in the next",
      (route) => ({ pin: { ...route.pin, ruleArn: first?.weightedRuleArn } }),
      "pin/ruleArn",
    ],
    ["a pin in one, weighted in the next", () => ({ weightedRuleArn: first?.pin?.ruleArn }), "weightedRuleArn"],
  ])("is told of where it stands again: %s", (_, change, at) => {
    expect(beside(another(1, change))).toEqual([`error shared-rule /routes/1/${at} ${says}`]);
    expect(beside(another(1), another(2, change))).toEqual([`error shared-rule /routes/2/${at} ${says}`]);
  });

  it("is none where routes without a pin have rules of their own, and one where both go by the default action", () => {
    const plain = (number: number) => another(number, () => ({ pin: undefined }));
    const ofDefault = (number: number) => another(number, () => ({ pin: undefined, weightedRuleArn: undefined }));
    const errors = (...others: readonly RouteBinding[]) => beside(...others).filter((each) => each.startsWith("error"));

    expect(errors(plain(1), plain(2))).toEqual([]);
    expect(errors(plain(1), ofDefault(2))).toEqual([]);
    expect(errors(ofDefault(1), ofDefault(2))).toEqual([
      "error shared-rule /routes/2/listenerArn another route goes by this listener's default action already; every route has rules of its own",
    ]);
  });
});

describe("one Region and account", () => {
  const place = (arn: string) => arn.replace("us-east-1:000000000000", "us-east-1:111111111111");
  const says = (pointer: string) =>
    `error another-place ${pointer} this is in us-east-1 111111111111, the load balancer in us-east-1 000000000000; one cutover is one Region and account`;

  it("is that of the alarms", () => {
    expect(
      changed(({ alarms }) => ({
        alarms: alarms.map(({ arn, ...alarm }, index) => ({ ...alarm, arn: index === 1 ? place(arn) : arn })),
      })),
    ).toEqual([says("/alarms/1/arn")]);
  });

  it("is that of the target groups", () => {
    expect(beside(another(1, ({ blue }) => ({ blue: place(blue) })))).toEqual([says("/routes/1/blue")]);
    expect(routesOf(({ green }) => ({ green: place(green) }))).toEqual([says("/routes/0/green")]);
  });
});

describe("what is listed twice", () => {
  it("is told of at each place but the first", () => {
    const alarm = (index: number) =>
      `error listed-twice /alarms/${index}/arn this alarm is listed twice; with two severities nobody knows which counts. Remove one`;
    const table = "error listed-twice /tables/2/name this table is listed twice; remove one";

    expect(changed(({ alarms }) => ({ alarms: [...alarms, ...alarms.slice(1, 3)] }))).toEqual([alarm(5), alarm(6)]);
    expect(changed(({ tables }) => ({ tables: [...tables, ...tables.slice(1)] }))).toEqual([table]);
  });
});

describe("what both streams have", () => {
  const streamsWith = (
    change: (streams: CutoverBindings["streams"]) => Partial<Record<"forward" | "reverse", object>>,
  ) =>
    changed(({ streams }) => {
      const { forward = {}, reverse = {} } = change(streams);
      return { streams: { forward: { ...streams.forward, ...forward }, reverse: { ...streams.reverse, ...reverse } } };
    });
  const twice = (at: string, name: string) =>
    `error shared-by-streams /streams/${at} the connector "${name}" is named twice; a connector is a source or a sink, of one stream`;

  it.each<keyof StreamBinding>(["source", "sink", "group", "slot", "publication", "origin"])(
    "is told of once, by its name: %s",
    (name) => {
      const { forward } = committed().streams;

      expect(streamsWith(() => ({ reverse: { [name]: forward[name] } }))).toEqual([
        `error shared-by-streams /streams/reverse/${name} both streams have the ${name} "${forward[name]}"; each needs its own`,
      ]);
    },
  );

  it.each<[string, Partial<Record<"forward" | "reverse", object>>, string, string]>([
    ["of one stream", { forward: { sink: "blue-to-green-sync" } }, "forward/sink", "blue-to-green-sync"],
    ["of the other stream", { reverse: { source: "green-sync-sink" } }, "reverse/source", "green-sync-sink"],
    ["the other way round", { reverse: { sink: "blue-to-green-sync" } }, "reverse/sink", "blue-to-green-sync"],
    ["of the second stream", { reverse: { sink: "green-to-blue-sync" } }, "reverse/sink", "green-to-blue-sync"],
  ])("is no source that is a sink: %s", (_, changes, at, name) => {
    expect(streamsWith(() => changes)).toEqual([twice(at, name)]);
  });

  it("is no topic, whichever it is", () => {
    const loop = (index: number, topic: string) =>
      `error topic-loop /streams/reverse/topics/${index} "${topic}" is a topic of forward too; rows would go round for ever`;
    const found = streamsWith(({ forward, reverse }) => ({
      reverse: { topics: [...reverse.topics, forward.topics[0], forward.topics[2]] },
    }));

    expect(found).toEqual([loop(3, "migration.appdb.orders"), loop(4, "migration.appdb.pawl_tombstone")]);
  });
});
