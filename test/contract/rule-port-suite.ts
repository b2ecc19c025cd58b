import { describe, expect, test } from "vitest";
import type { ObservedRule, RulesPort, WeightWrite } from "../../src/actuation/rules-port.ts";
import type { PinnedRoute } from "../../src/signals/routes.ts";
import { soonEnough } from "./sample-state.ts";

/** One load balancer behind the port: weighted rule at 100, blue 100; pin parked at 101; a default rule. */
export interface RuleWorld {
  readonly rules: RulesPort;
  readonly route: PinnedRoute;
  readonly loadBalancerArn: string;
  /** Somebody else's rule, of other requests, at this number. */
  occupy(priority: number): Promise<unknown>;
}

export const once = { attempts: 1, timeoutMs: soonEnough };
export const toTen = (route: PinnedRoute): WeightWrite => ({ route, greenPercent: 10, stickySeconds: 60 });

export const ruleOf = async (
  { rules, route }: Pick<RuleWorld, "rules" | "route">,
  ruleArn: string,
): Promise<ObservedRule | undefined> => {
  const listener = await rules.readListener(route.listenerArn, soonEnough);
  if (!listener.ok) throw new Error(listener.failure.message);
  return listener.value.rules.find((rule) => rule.ruleArn === ruleArn);
};

export const split = (route: PinnedRoute, blue: number, green: number, sticky: boolean) => ({
  targets: [
    { targetGroupArn: route.blue, weight: blue },
    { targetGroupArn: route.green, weight: green },
  ],
  sticky,
});

/** The ARN of nothing: moto's end in a random digit, so that one of sixteen already ends as we would have it end. */
const absent = (arn: string): string => `${arn.slice(0, -1)}${arn.endsWith("0") ? "1" : "0"}`;

/** What may stand before the forward, and what has to be read back of it. */
const LOGINS = [
  {
    Type: "authenticate-oidc",
    Order: 1,
    AuthenticateOidcConfig: {
      ...{ Issuer: "https://login.example", AuthorizationEndpoint: "https://login.example/authorize" },
      ...{ TokenEndpoint: "https://login.example/token", UserInfoEndpoint: "https://login.example/user" },
      ...{ ClientId: "orders", UseExistingClientSecret: true },
    },
  },
  {
    Type: "authenticate-cognito",
    Order: 1,
    AuthenticateCognitoConfig: { UserPoolArn: "pool", UserPoolClientId: "orders", UserPoolDomain: "login" },
  },
];
const KEPT = [
  { Type: "authenticate-oidc", AuthenticateOidcConfig: { ClientId: "orders" } },
  { Type: "authenticate-cognito", AuthenticateCognitoConfig: { UserPoolClientId: "orders" } },
] as const;

/** What every implementation of the rule port holds to; `world` is asked anew in every test. */
export const rulePortSuite = (name: string, world: () => RuleWorld) =>
  describe(`the rules of ${name}`, () => {
    const rules = () => world().rules;

    test("are read with priority, conditions and where they forward to; the default rule has no priority", async () => {
      const { route } = world();
      const listener = await rules().readListener(route.listenerArn, soonEnough);
      if (!listener.ok) throw new Error(listener.failure.message);
      expect(listener.value.rules).toHaveLength(3);
      expect(await ruleOf(world(), route.weightedRuleArn)).toMatchObject({
        priority: 100,
        conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }],
        forward: split(route, 100, 0, false),
        otherActions: [],
      });
      expect(await ruleOf(world(), route.pin.ruleArn)).toMatchObject({
        priority: 101,
        forward: { targets: [{ targetGroupArn: route.blue }], sticky: false },
      });
      expect(listener.value.rules.filter((rule) => rule.priority === null)).toHaveLength(1);
    });

    test("take a weight, and show it in the answer and in the next read", async () => {
      const { route } = world();
      const outcome = await rules().writeWeights(toTen(route), [], once);
      expect(outcome).toMatchObject({ kind: "applied", shows: [{ forward: split(route, 90, 10, true) }] });
      expect(await ruleOf(world(), route.weightedRuleArn)).toMatchObject({
        priority: 100,
        forward: split(route, 90, 10, true),
      });
    });

    test("lose their stickiness in the same write that asks for none", async () => {
      const { route } = world();
      await rules().writeWeights(toTen(route), [], once);
      expect(
        await rules().writeWeights({ ...toTen(route), greenPercent: 0, stickySeconds: null }, [], once),
      ).toMatchObject({
        kind: "applied",
      });
      expect(await ruleOf(world(), route.weightedRuleArn)).toMatchObject({ forward: split(route, 100, 0, false) });
    });

    test("name blue alone where green is to be left out", async () => {
      const { route } = world();
      await rules().writeWeights(toTen(route), [], once);
      const alone = { route, greenPercent: 0, stickySeconds: null, alone: "blue" } as const;
      expect(await rules().writeWeights(alone, [], once)).toMatchObject({ kind: "applied" });
      expect((await ruleOf(world(), route.weightedRuleArn))?.forward).toMatchObject({
        targets: [{ targetGroupArn: route.blue }],
        sticky: false,
      });
    });

    test("move the pin above and below the weighted rule, however often", async () => {
      const { route } = world();
      for (const [to, priority] of [
        ["raised", 99],
        ["raised", 99],
        ["parked", 101],
      ] as const) {
        const outcome = await rules().movePin(route, to, once);
        expect(outcome).toMatchObject({ kind: "applied", shows: [{ ruleArn: route.pin.ruleArn, priority }] });
        expect(await ruleOf(world(), route.pin.ruleArn)).toMatchObject({ priority });
      }
    });

    test("say RuleNotFound of a pin that is gone, and applied to whoever deletes it again", async () => {
      const { route } = world();
      for (const _again of [1, 2])
        expect(await rules().deletePin(route, soonEnough)).toMatchObject({ kind: "applied" });
      expect(await rules().movePin(route, "raised", once)).toMatchObject({ kind: "refused", code: "RuleNotFound" });
    });

    test("refuse a weight for a rule that is not there", async () => {
      const { route } = world();
      const elsewhere = { ...route, weightedRuleArn: absent(route.weightedRuleArn) };
      const outcome = await rules().writeWeights({ ...toTen(route), route: elsewhere }, [], once);
      expect(outcome).toMatchObject({ kind: "refused", code: "RuleNotFound" });
    });

    test("say not-found of a listener that is not there", async () => {
      const { route } = world();
      const outcome = await rules().readListener(absent(route.listenerArn), soonEnough);
      expect(outcome).toMatchObject({ ok: false, failure: { kind: "not-found" } });
    });

    test("list the load balancer's listeners, and say not-found of a load balancer that is not there", async () => {
      const { route, loadBalancerArn } = world();
      const listed = await rules().listListeners(loadBalancerArn, soonEnough);
      expect(listed).toMatchObject({ ok: true, value: expect.arrayContaining([route.listenerArn]) });
      const elsewhere = await rules().listListeners(absent(loadBalancerArn), soonEnough);
      expect(elsewhere).toMatchObject({ ok: false, failure: { kind: "not-found" } });
    });

    test("say PriorityInUse where another rule has the pin's number, and leave the pin where it is", async () => {
      const { route, occupy } = world();
      await occupy(route.pin.raisedPriority);
      expect(await rules().movePin(route, "raised", once)).toMatchObject({ kind: "refused", code: "PriorityInUse" });
      expect(await ruleOf(world(), route.pin.ruleArn)).toMatchObject({ priority: 101 });
    });

    test.each(KEPT)("keep the $Type before the forward", async (kept) => {
      const { route } = world();
      const login = LOGINS.filter(({ Type }) => Type === kept.Type);
      for (const greenPercent of [10, 50]) {
        const others =
          greenPercent === 10 ? login : ((await ruleOf(world(), route.weightedRuleArn))?.otherActions ?? []);
        const outcome = await rules().writeWeights({ ...toTen(route), greenPercent }, others, once);
        expect(outcome).toMatchObject({ kind: "applied", shows: [{ otherActions: [kept] }] });
      }
      expect(await ruleOf(world(), route.weightedRuleArn)).toMatchObject({
        otherActions: [kept],
        forward: { sticky: true },
      });
    });

    test("show how long a client is kept on its side, while it is kept", async () => {
      const { route } = world();
      await rules().writeWeights(toTen(route), [], once);
      expect((await ruleOf(world(), route.weightedRuleArn))?.forward).toMatchObject({
        sticky: true,
        stickySeconds: 60,
      });
      await rules().writeWeights({ ...toTen(route), greenPercent: 100, stickySeconds: null }, [], once);
      expect((await ruleOf(world(), route.weightedRuleArn))?.forward).toEqual(split(route, 0, 100, false));
    });
  });
