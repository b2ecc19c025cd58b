import { describe, expect, it } from "vitest";
import { shapeOf } from "../../../src/actuation/deviation.ts";
import { classify, type DesiredRules, isStickyAt, observeRoutes } from "../../../src/actuation/drift.ts";
import { isOnBlue, isUnpinned, mayReachGreen, notOnBlue } from "../../../src/actuation/observed-route.ts";
import { planLowerPin, planSnapBack, planWeight, weightStands } from "../../../src/actuation/plan-writes.ts";
import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import { weightPercent } from "../../../src/kernel/units.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { weightedArn } from "../../../src/signals/routes.ts";
import { ORDERS } from "../../support/fake-world.ts";
import { PLAIN } from "../../support/plain-cutover.ts";
import { alone, NOW, pinned, route, ruleOf, sightOf, to, weighted } from "../../support/route-rules.ts";

const { blue, green, pin } = route;

const AT_50: DesiredRules = { greenPercent: 50, pin: ["parked"] };

const why = (rules: readonly ObservedRule[], cutover: CutoverBindings = ORDERS) => {
  const sight = sightOf(rules, cutover);
  return sight.kind === "foreign" ? sight.why : null;
};
const drift = (rules: readonly ObservedRule[], desired = AT_50, cutover: CutoverBindings = ORDERS) =>
  classify([sightOf(rules, cutover)], desired, NOW);

describe("a route that is not as bound says why", () => {
  it.each([
    ["the weighted rule is gone", [pinned()]],
    ["the weighted rule does not forward", [weighted({ forward: null }), pinned()]],
    ["the weighted rule forwards to x", [weighted({ forward: alone("x") }), pinned()]],
    ["all weights of the weighted rule are 0", [weighted({ forward: to(0, 0, false) }), pinned()]],
    ["a default rule cannot be a route", [weighted(), pinned({ priority: null })]],
    ["the pin's conditions are not the weighted rule's", [weighted(), pinned({ conditions: [] })]],
    ["the pin does not forward to blue alone", [weighted(), pinned({ forward: null })]],
    ["the pin does not forward to blue alone", [weighted(), pinned({ forward: alone(green) })]],
    ["the pin does not forward to blue alone", [weighted(), pinned({ forward: to(1, 1, false) })]],
    ["the pin does not forward to blue alone", [weighted(), pinned({ forward: to(0, 0, false) })]],
    ["the pin does not forward to blue alone", [weighted(), pinned({ forward: to(0, 1, true) })]],
    ["rule other also forwards to green", [weighted(), pinned(), ruleOf({ forward: to(0, 1, false) })]],
    ["rule other stands above and takes requests of this route", [ruleOf({ priority: 5 }), weighted(), pinned()]],
  ])("%s", (reason, rules) => {
    expect(why(rules)).toBe(reason);
    expect(isOnBlue(sightOf(rules))).toBe(false);
    expect(drift(rules)).toMatchObject({ drift: "foreign-shape", detail: reason, greenPercent: null });
  });

  it("is not bothered by rules below it, by the default rule, or by weight 0 of green in its pin", () => {
    const below = ruleOf({ forward: alone(blue) });
    expect(
      why([weighted(), pinned(), below, ruleOf({ ruleArn: "default", priority: null, conditions: [] })]),
    ).toBeNull();
    expect(why([weighted(), pinned({ forward: to(0, 1, false) })])).toBeNull();
    expect(why([weighted(), pinned({ forward: alone(blue, 0) })])).toBeNull();
  });

  it("is bothered by a rule above it alone, which has a smaller number", () => {
    const beside = ruleOf({ priority: 100 });
    expect(why([weighted(), pinned(), beside])).toBeNull();
    expect(why([weighted(), pinned(), { ...beside, priority: 99 }])).toBe(
      "rule other stands above and takes requests of this route",
    );
  });

  it.each([
    ["with a pin", ORDERS, [weighted({ priority: null }), pinned()]],
    ["without one", PLAIN["a rule without a pin"], [weighted({ priority: null, conditions: [] })]],
  ])(
    "names the listener's default rule as its weighted one, %s: no weights could be written to it",
    (_, cutover, rules) => {
      expect(why(rules, cutover)).toMatch(
        /^weightedRuleArn names the listener's default rule, .* leave weightedRuleArn and pin out of the route, and pawl writes the listener's default action$/,
      );
    },
  );

  it("still shows its weighted rule, because a rollback may have nothing else to write to", () => {
    const rule = weighted({ forward: to(0, 0, false) });
    expect(sightOf([rule, pinned()])).toMatchObject({ kind: "foreign", weightedRule: rule });
    expect(sightOf([pinned()])).toMatchObject({ kind: "foreign", weightedRule: null });
  });

  it("was not read with its listener", () => {
    expect(
      observeRoutes(ORDERS, [{ listenerArn: "another", readAt: NOW, rules: [weighted(), pinned()] }]),
    ).toMatchObject([{ kind: "foreign", route, why: "the listener was not read" }]);
  });
});

describe("a route as its listener shows it", () => {
  const plain = PLAIN["a rule without a pin"];

  it.each([
    [to(50, 50, true), 50],
    [to(1, 3, true), 25],
    [to(0, 3, true), 0],
    [alone(green, 0), 100],
    [alone(blue, 0), 0],
  ])("%j gives green its share", (forward, percent) => {
    expect(sightOf([weighted({ forward }), pinned()])).toMatchObject({
      kind: "seen",
      observed: { route, pin: "parked", ruleGreenPercent: percent, greenPercent: percent, sticky: forward?.sticky },
    });
  });

  it("is not taken for one with a raised pin where both seem to have one number", () => {
    expect(sightOf([weighted(), pinned({ priority: 100 })])).toMatchObject({ observed: { pin: "parked" } });
  });

  it("sends green nothing below a raised pin, whatever its weights say", () => {
    const sight = sightOf([weighted(), pinned({ priority: pin.raisedPriority })]);
    expect(sight).toMatchObject({ observed: { pin: "raised", ruleGreenPercent: 50, greenPercent: 0 } });
    expect(isOnBlue(sight)).toBe(true);
  });

  it("is not on blue by weights alone where it has a pin", () => {
    expect(isOnBlue(sightOf([weighted({ forward: to(0, 100, false) }), pinned()]))).toBe(false);
  });

  it("that is not on blue says what keeps it from that", () => {
    const onBlueBut = (rules: readonly ObservedRule[], cutover?: CutoverBindings) => notOnBlue(sightOf(rules, cutover));
    const zero = weighted({ forward: to(0, 100, false) });
    expect(onBlueBut([zero, pinned()])).toBe("the pin was raised and is not seen above");
    expect(onBlueBut([zero])).toBe("the pin is gone");
    for (const forward of [to(1, 99, true), alone(green)])
      expect(onBlueBut([weighted({ forward })], plain)).toBe("blue was written and is not seen alone");
    expect(onBlueBut([pinned()])).toBe("the weighted rule is gone");
  });

  it.each([
    ["by a share", [weighted({ forward: to(1, 99, false) }), pinned()], true],
    ["by cookies that hold users there", [weighted({ forward: to(0, 100, true) }), pinned()], true],
    ["by rules nobody agreed on", [pinned()], true],
    ["not below a raised pin", [weighted(), pinned({ priority: pin.raisedPriority })], false],
    ["not by weights of 0", [weighted({ forward: to(0, 100, false) }), pinned()], false],
  ])("may reach green %s", (_, rules, may) => {
    expect(mayReachGreen(sightOf(rules))).toBe(may);
  });

  it.each([
    [to(0, 100, false), "none", true],
    [to(0, 100, true), "none", false],
    [to(1, 99, false), "none", false],
    [alone(green), "gone", false],
  ] as const)("without a pin: %j is %s, on blue %j", (forward, position, onBlue) => {
    const sight = sightOf([weighted({ forward })], plain);
    expect(sight).toMatchObject({ kind: "seen", observed: { pin: position } });
    expect(isOnBlue(sight)).toBe(onBlue);
    if (sight.kind === "seen") expect(isUnpinned(sight.observed)).toBe(position === "none");
  });

  it("reaches users by its weights with the pin parked, and not with it raised", () => {
    const unpinned = (priority: number) => {
      const sight = sightOf([weighted(), pinned({ priority })]);
      return sight.kind === "seen" && isUnpinned(sight.observed);
    };
    expect([unpinned(pin.parkedPriority), unpinned(pin.raisedPriority)]).toEqual([true, false]);
  });

  it("as a default action is foreign where a rule keeps requests on blue", () => {
    const byDefault = PLAIN["the default action"];
    const action = weighted({ ruleArn: "default", priority: null, conditions: [] });
    expect(why([action, ruleOf({ forward: alone(blue) })], byDefault)).toBe(
      "rule other keeps requests on blue that the default action would move",
    );
    const half = [...alone(blue).targets, ...alone("x").targets];
    expect(why([action, ruleOf({ forward: { targets: half, sticky: false } })], byDefault)).toMatch(/keeps requests/);
    // What never was the application's is no business of the cutover.
    expect(why([action, ruleOf({ priority: 1 })], byDefault)).toBeNull();
    expect(why([action, ruleOf({ priority: 1, forward: alone("x") })], byDefault)).toBeNull();
  });

  describe("beside another route of its listener", () => {
    const conditions = (path: string) => [{ Field: "path-pattern", PathPatternConfig: { Values: [path] } }];
    const wide = { ...route, pin: { ...pin, raisedPriority: 97 } };
    const narrow = {
      ...route,
      weightedRuleArn: "api",
      pin: { ruleArn: "api pin", raisedPriority: 98, parkedPriority: 102 },
    };
    const cutover = { ...ORDERS, routes: [wide, narrow] };
    const shown = (path: string, apiPin: number, widePin: number) => [
      ruleOf({ ruleArn: "api", priority: 99, conditions: conditions(path), forward: to(50, 50, true) }),
      ruleOf({ ruleArn: "api pin", priority: apiPin, conditions: conditions(path), forward: alone(blue) }),
      weighted({ conditions: conditions("/shop/*") }),
      pinned({ conditions: conditions("/shop/*"), priority: widePin }),
    ];

    it.each([
      ["parked", 102, 101],
      ["raised, which takes them", 98, 97],
    ])("is foreign where the other's requests would go below its pin, the pins %s", (_, apiPin, widePin) => {
      const sight = sightOf(shown("/shop/api/*", apiPin, widePin), cutover);
      expect(sight).toMatchObject({
        kind: "foreign",
        why: expect.stringMatching(/rule api( pin)? at 9[89] stands between the pin's 97 and the weighted rule at 100/),
      });
      expect(isOnBlue(sight)).toBe(false);
    });

    it("is as bound where no request meets both, or the other stands above its pin too", () => {
      expect(why(shown("/news/*", 102, 101), cutover)).toBeNull();
      expect(why(shown("/shop/api/*", 102, 101), { ...cutover, routes: [route, narrow] })).toBeNull();
    });
  });

  it("knows the rules of its sister routes, each in its own listener", () => {
    const secure = {
      ...route,
      listenerArn: "secure",
      weightedRuleArn: "secure weighted",
      pin: { ...pin, ruleArn: "p" },
    };
    const cutover = { ...ORDERS, routes: [route, secure] };
    expect(why([weighted(), pinned()], cutover)).toBeNull();

    const [byDefault] = PLAIN["the default action"].routes;
    if (byDefault === undefined) throw new Error("unreachable");
    const mixed = { ...ORDERS, routes: [route, { ...byDefault, listenerArn: "secure" }] };
    const action = ruleOf({ ruleArn: "this listener's default", priority: null, forward: alone(green) });
    expect(why([weighted(), pinned(), action], mixed)).toBe("rule this listener's default also forwards to green");
  });
});

describe("what differs from the record is said", () => {
  it("first that traffic went back, then that more went to green, then what stops pawl", () => {
    const changed = { conditions: [] };
    const desired = { ...AT_50, shapes: { [weightedArn(route)]: shapeOf(weighted()) } };
    const shown = (forward: ObservedRule["forward"], change: Partial<ObservedRule> = {}) =>
      drift([weighted({ forward, ...change }), pinned(change)], desired);
    expect(shown(to(50, 50, true))).toMatchObject({ drift: "in-sync" });
    expect(shown(to(40, 60, true), changed)).toMatchObject({ drift: "more-blue" });
    const notAsArmed = "the weighted rule's conditions or other actions are not those it was armed with";
    expect(shown(to(50, 50, true), changed)).toMatchObject({ drift: "foreign-shape", detail: notAsArmed });
    expect(shown(to(60, 40, true), changed)).toMatchObject({
      drift: "more-green",
      detail: `green has 60 %, recorded are 50 %, and ${notAsArmed}`,
    });
  });

  it("of a rule that was made again and bound anew, by what was armed: no other one takes the place of that", () => {
    const desired = { ...AT_50, shapes: { "made before it": shapeOf(weighted()) } };
    expect(drift([weighted(), pinned()], desired)).toMatchObject({ drift: "in-sync" });
    const changed = { conditions: [] };
    expect(drift([weighted(changed), pinned(changed)], desired)).toMatchObject({
      drift: "foreign-shape",
      detail: "the weighted rule's conditions or other actions are not those it was armed with",
    });
    expect(drift([weighted(changed), pinned(changed)], AT_50)).toMatchObject({ drift: "in-sync" });
    // What another rule was armed with is no excuse for one that was armed itself.
    const both = { ...AT_50, shapes: { [weightedArn(route)]: shapeOf(weighted(changed)), api: shapeOf(weighted()) } };
    expect(drift([weighted(), pinned()], both)).toMatchObject({ drift: "foreign-shape" });
  });

  it("also where the pin is gone and green is given more: people were told of the pin, this is news", () => {
    const gone = (green: number, desired = AT_50) =>
      drift([weighted({ forward: to(green, 100 - green, true) })], desired);
    expect(gone(60)).toMatchObject({
      drift: "more-green",
      detail: "green has 60 %, recorded are 50 %, and the pin is gone: there is no way back by one rule",
    });
    expect(gone(50)).toMatchObject({ drift: "foreign-shape" });
    expect(gone(60, { ...AT_50, alsoGreenPercent: 60 })).toMatchObject({ drift: "foreign-shape" });
  });

  it("also where one edit gives green more and changes how long a client stays: neither hides the other", () => {
    const edited = (green: number) =>
      drift([
        weighted({ forward: { targets: to(green, 100 - green, true).targets, sticky: true, stickySeconds: 86_400 } }),
        pinned(),
      ]);
    const tooLong = "stickiness of the weighted rule lasts 86400 s, pawl writes 3600 s";
    expect(edited(50)).toMatchObject({ drift: "foreign-shape", detail: tooLong });
    expect(edited(77)).toMatchObject({
      drift: "more-green",
      detail: `green has 77 %, recorded are 50 %, and ${tooLong}`,
    });
  });

  it("of a pin that was put where it is neither parked nor raised, as what it is: no rule of somebody else's", () => {
    const wide = { ...ORDERS, routes: [{ ...route, pin: { ...pin, raisedPriority: 97 } }] };
    expect(drift([weighted(), pinned({ priority: 98 })], { ...AT_50, pin: ["raised"] }, wide)).toMatchObject({
      drift: "foreign-shape",
      detail: "the pin stands at 98, which is neither of its numbers",
    });
  });

  it("that the way back would not work, although traffic goes where it should", () => {
    expect(drift([weighted(), pinned({ priority: 150 })])).toMatchObject({
      drift: "foreign-shape",
      detail: "the pin stands at 150, which is neither of its numbers",
      greenPercent: 50,
    });
  });

  it("that there is a way to green beside the routes, unless a route itself has something as bad to say", () => {
    const elsewhere = "rule x of another listener also forwards to green";
    const seen = sightOf([weighted(), pinned()]);
    expect(classify([seen], AT_50, NOW, elsewhere)).toMatchObject({ drift: "foreign-shape", detail: elsewhere });
    expect(classify([sightOf([pinned()])], AT_50, NOW, elsewhere).detail).toBe("the weighted rule is gone");
    expect(classify([seen], AT_50, NOW).drift).toBe("in-sync");
  });

  it.each([
    [weighted({ forward: to(60, 40, true) }), pinned(), AT_50, "more-green", "green has 60 %, recorded are 50 %"],
    [weighted({ forward: to(40, 60, true) }), pinned(), AT_50, "more-blue", "green has 40 %, recorded are 50 %"],
    [
      weighted({ forward: to(50, 50, false) }),
      pinned(),
      AT_50,
      "foreign-shape",
      "stickiness of the weighted rule is off",
    ],
    [
      weighted({ forward: to(100, 0, true) }),
      pinned(),
      { ...AT_50, greenPercent: 100 },
      "foreign-shape",
      "stickiness of the weighted rule is on",
    ],
    [
      weighted(),
      pinned({ priority: pin.raisedPriority }),
      AT_50,
      "pin-raised",
      "the pin is raised: all traffic is on blue",
    ],
    [
      weighted(),
      pinned(),
      { greenPercent: 0, pin: ["raised"] },
      "more-green",
      "the pin is parked although all traffic belongs on blue",
    ],
    [weighted(), ruleOf({}), AT_50, "foreign-shape", "the pin is gone: there is no way back by one rule"],
    [weighted(), pinned(), AT_50, "in-sync", ""],
  ] as const)("(%#)", (rule, other, desired, kind, detail) => {
    expect(drift([rule, other], desired)).toMatchObject({ drift: kind, detail });
  });

  it("of a route without a pin", () => {
    const plain = PLAIN["a rule without a pin"];
    expect(drift([weighted({ forward: alone(green) })], { greenPercent: 100, pin: ["none"] }, plain).detail).toBe(
      "the rule names green alone, as it does past the point of no return",
    );
    expect(drift([weighted()], { greenPercent: 100, pin: ["gone"] }, plain).detail).toBe("the rule still names blue");
  });

  it("of several routes is first what one was sent back by, with what the others say, and the largest share of green", () => {
    const sights = [to(40, 60, true), to(60, 40, true), to(50, 50, true)].map((forward) =>
      sightOf([weighted({ forward }), pinned()]),
    );
    expect(classify(sights, AT_50, NOW)).toEqual({
      readAt: NOW,
      drift: "more-blue",
      detail: "green has 40 %, recorded are 50 %, and green has 60 %, recorded are 50 %",
      greenPercent: 60,
    });
    const foreign = sightOf([]);
    expect(classify([sightOf([weighted(), pinned()]), foreign], AT_50, NOW)).toMatchObject({
      drift: "foreign-shape",
      greenPercent: null,
    });
    expect(classify([], AT_50, NOW)).toMatchObject({ drift: "unreadable", detail: "the cutover has no routes" });
  });
});

describe("of several routes one that is foreign does not hide", () => {
  const sticky = sightOf([weighted({ forward: to(50, 50, false) }), pinned()]);
  const foreign = "stickiness of the weighted rule is off";
  it.each([
    [
      "that another one gives green more",
      to(60, 40, true),
      "more-green",
      `green has 60 %, recorded are 50 %, and ${foreign}`,
    ],
    [
      "that another one was sent back",
      to(0, 100, true),
      "more-blue",
      `green has 0 %, recorded are 50 %, and ${foreign}`,
    ],
  ] as const)("%s", (_what, forward, drift, detail) => {
    const other = sightOf([weighted({ forward }), pinned()]);
    for (const sights of [
      [other, sticky],
      [sticky, other],
    ])
      expect(classify(sights, AT_50, NOW)).toMatchObject({ drift, detail });
  });
});

describe("planned writes", () => {
  const write = (greenPercent: number, stickySeconds: number | null) => [
    { kind: "setWeight", route, write: { route, greenPercent, stickySeconds } },
  ];

  it("hold a client for an hour between 0 and 100, and nobody at either end", () => {
    expect([0, 1, 99, 100].map(isStickyAt)).toEqual([false, true, true, false]);
    expect(planWeight(ORDERS, weightPercent(10))).toMatchObject(write(10, 3_600));
    expect(planWeight(ORDERS, weightPercent(100))).toMatchObject(write(100, null));
  });

  it("send everything to blue: pins up, weights to 0; a plain route has the second alone", () => {
    expect(planSnapBack(ORDERS)).toMatchObject({
      pins: [{ kind: "movePin", route, to: "raised" }],
      weights: write(0, null),
    });
    const plain = planSnapBack(PLAIN["the default action"]);
    expect([plain.pins.length, plain.weights.length]).toEqual([0, 1]);
  });

  it("lower the pins", () => {
    expect(planLowerPin(ORDERS)).toEqual([{ kind: "movePin", route, to: "parked" }]);
  });

  it("are not needed where the rule already stands so", () => {
    const stands = (forward: ObservedRule["forward"], percent: number) => {
      const sight = sightOf([weighted({ forward }), pinned()]);
      return sight.kind === "seen" && weightStands(sight.observed, percent);
    };
    expect([
      stands(to(50, 50, true), 50),
      stands(to(50, 50, true), 60),
      stands(to(50, 50, false), 50),
      stands(to(0, 100, false), 0),
    ]).toEqual([true, false, false, true]);
  });
});
