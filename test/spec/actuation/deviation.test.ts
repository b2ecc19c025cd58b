import { describe, expect, it } from "vitest";
import { deviationOf, pinActionsDeviation, shapeOf } from "../../../src/actuation/deviation.ts";
import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import type { RouteBinding } from "../../../src/signals/bindings.ts";
import { PLAIN } from "../../support/plain-cutover.ts";
import { alone, pinned, route, ruleOf, to, weighted } from "../../support/route-rules.ts";

const { pin } = route;
const login = (Order: number, Issuer = "https://login.example") => ({
  Type: "authenticate-oidc",
  Order,
  AuthenticateOidcConfig: { Issuer },
});
const sayHello = { Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } };
const rewrite = (to: string) => ({ Type: "url-rewrite", UrlRewriteConfig: { Rewrites: [{ Replace: to }] } });

const deviation = (ours: ObservedRule, pinRule: ObservedRule | undefined, others: readonly ObservedRule[] = []) =>
  deviationOf(route, ours, pinRule, [ours, ...(pinRule === undefined ? [] : [pinRule]), ...others]);

describe("a route whose way back works", () => {
  it("does not deviate, the pin at either of its numbers", () => {
    expect(deviation(weighted(), pinned())).toBeNull();
    expect(deviation(weighted(), pinned({ priority: pin.raisedPriority }))).toBeNull();
  });

  it("may have other rules beside it, as long as the pin's upper number is free", () => {
    expect(deviation(weighted(), pinned(), [ruleOf({ priority: pin.raisedPriority - 1 })])).toBeNull();
  });

  it("does not deviate without a pin: a plain route has no place to keep free", () => {
    const [plain] = PLAIN["a rule without a pin"].routes as readonly RouteBinding[];
    if (plain === undefined) throw new Error("unreachable");
    const taken = ruleOf({ priority: pin.raisedPriority });
    expect(deviationOf(plain, weighted({ priority: 1 }), undefined, [taken])).toBeNull();
    expect(deviationOf(plain, weighted({ priority: 1 }), pinned({ priority: 7 }), [taken])).toBeNull();
  });
});

describe("a pin that could not be raised, or not above the weighted rule", () => {
  it("is told before the night it is needed: somebody's rule has its upper number", () => {
    expect(deviation(weighted(), pinned(), [ruleOf({ priority: pin.raisedPriority })])).toBe(
      "rule other has 99, the number that is reserved for the pin",
    );
  });

  it.each([98, 99])("the weighted rule was moved up to %i", (priority) => {
    expect(deviationOf(route, weighted({ priority }), pinned(), [pinned()])).toBe(
      `the weighted rule stands at ${priority}: the pin at 99 would not be above it`,
    );
  });

  it("stands at a number nobody agreed on", () => {
    expect(deviation(weighted(), pinned({ priority: 150 }))).toBe(
      "the pin stands at 150, which is neither of its numbers",
    );
  });
});

describe("a rollback that would change more than the side", () => {
  const before = "the pin's actions before the forward are not the weighted rule's";

  it("would send everybody past a login that the pin does not have", () => {
    expect(deviation(weighted({ otherActions: [login(1)] }), pinned())).toBe(before);
    expect(deviation(weighted(), pinned({ otherActions: [login(1)] }))).toBe(before);
  });

  it("would send everybody to another login", () => {
    const elsewhere = login(1, "https://login.evil.example");
    expect(deviation(weighted({ otherActions: [login(1)] }), pinned({ otherActions: [elsewhere] }))).toBe(before);
  });

  it("is not one where the same actions only carry other numbers for the same sequence", () => {
    expect(
      pinActionsDeviation(weighted({ otherActions: [login(1)] }), pinned({ otherActions: [login(50)] })),
    ).toBeNull();
  });

  it("is one where the sequence of the actions is another", () => {
    const there = weighted({ otherActions: [login(1), sayHello] });
    expect(pinActionsDeviation(there, pinned({ otherActions: [login(1), sayHello] }))).toBeNull();
    expect(pinActionsDeviation(there, pinned({ otherActions: [sayHello, login(1)] }))).toBe(before);
  });

  it("is one where an action is of a kind that pawl cannot read", () => {
    for (const [one, other] of [
      ["login", "logout"],
      [null, {}],
      [["login"], ["logout"]],
    ] as const)
      expect(pinActionsDeviation(weighted({ otherActions: [one] }), pinned({ otherActions: [other] }))).toBe(before);
  });

  it("would drop or change how the path is rewritten", () => {
    const rewriting = weighted({ transforms: [rewrite("/v2")] });
    const transforms = "the pin's transforms are not the weighted rule's";
    expect(deviation(rewriting, pinned())).toBe(transforms);
    expect(deviation(rewriting, pinned({ transforms: [rewrite("/v1")] }))).toBe(transforms);
    expect(deviation(rewriting, pinned({ transforms: [rewrite("/v2")] }))).toBeNull();
    expect(pinActionsDeviation(weighted({ transforms: [] }), pinned())).toBeNull();
    expect(pinActionsDeviation(weighted(), pinned({ transforms: [] }))).toBeNull();
  });
});

describe("the stickiness of a weighted rule", () => {
  const lasting = (stickySeconds?: number) =>
    weighted({ forward: { ...to(50, 50, true), ...(stickySeconds === undefined ? {} : { stickySeconds }) } });

  it("lasts an hour, or as long as nobody shows", () => {
    expect([lasting(3_600), lasting()].map((rule) => deviation(rule, pinned()))).toEqual([null, null]);
  });

  it("deviates where somebody changed how long it lasts, with a pin and without one", () => {
    const said = "stickiness of the weighted rule lasts 604800 s, pawl writes 3600 s";
    expect(deviation(lasting(604_800), pinned())).toBe(said);
    expect(deviation(lasting(604_800), undefined)).toBe(said);
  });

  it("does not matter while it is off, or while the rule forwards nowhere", () => {
    const off = { ...alone(route.blue), stickySeconds: 60 };
    expect(deviation(weighted({ forward: off }), pinned())).toBeNull();
    expect(deviation(weighted({ forward: null }), pinned())).toBeNull();
  });
});

describe("the shape of a weighted rule", () => {
  const armed = shapeOf(weighted({ otherActions: [login(1)], transforms: [rewrite("/v2")] }));

  it("is not touched by what a step changes: weights, stickiness, priority, the numbers of its actions", () => {
    const stepped = weighted({ priority: 7, forward: to(90, 10, false), otherActions: [login(2)] });
    expect(shapeOf({ ...stepped, transforms: [rewrite("/v2")] })).toBe(armed);
    expect(shapeOf(weighted({ transforms: [] }))).toBe(shapeOf(weighted()));
  });

  it.each<readonly [string, Partial<ObservedRule>]>([
    ["it takes other requests", { conditions: [] }],
    ["it lost its login", { otherActions: [] }],
    ["it rewrites otherwise", { transforms: [rewrite("/v3")] }],
    ["it rewrites no more", { transforms: [] }],
  ])("is another one where %s", (_what, change) => {
    const rule = weighted({ otherActions: [login(1)], transforms: [rewrite("/v2")], ...change });
    expect(shapeOf(rule)).not.toBe(armed);
  });

  it("is a text that a cutover keeps from its arming: a later pawl has to write the same", () => {
    expect(shapeOf(weighted({ otherActions: [sayHello] }))).toBe(
      '{"Field":"path-pattern","Values":["\\"/*\\""]}|[{"FixedResponseConfig":{"StatusCode":"200"},"Type":"fixed-response"}]|[]',
    );
  });
});
