import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRules, type Route, type Router } from "../../../lab/aws/alb/routing.ts";
import { readStickyCookie, STICKY_COOKIE, sealCookie, setCookieHeaders } from "../../../lab/aws/alb/sticky-cookie.ts";
import type { Condition, RuleRecord } from "../../../lab/aws/elbv2/load-balancer.ts";
import { epochMs, later } from "../../../src/kernel/units.ts";
import { forwardTo, route, START } from "../../support/lab-account.ts";

const rule = (
  priority: number | "default",
  action: RuleRecord["actions"][number],
  conditions: readonly Condition[] = [{ Field: "path-pattern", Values: ["/*"] }],
): RuleRecord => ({
  arn: `rule-${priority}`,
  listenerArn: "listener",
  priority,
  conditions: priority === "default" ? [] : conditions,
  actions: [action],
});
const answer = (StatusCode: string) => ({ Type: "fixed-response" as const, FixedResponseConfig: { StatusCode } });
const router = (...rules: RuleRecord[]): Router => compileRules(rules, "listener");
const request = (path: string, cookie?: string, host = "shop.example") => ({ host, path, cookie });
const groupOf = (taken: Route): string => (taken.kind === "forward" ? taken.targetGroupArn : String(taken.status));
const cookieFor = (arn: string, seconds = 60): string =>
  `session=1; ${STICKY_COOKIE}=${sealCookie(arn, later(START, seconds * 1_000))}`;

describe("which rule takes a request", () => {
  it("is the first by priority whose conditions hold, and the default rule last", () => {
    const routes = router(
      rule("default", answer("503")),
      rule(20, answer("202"), [{ Field: "path-pattern", Values: ["/orders/*", "/basket"] }]),
      rule(10, answer("201"), [{ Field: "path-pattern", Values: ["/orders/?"] }]),
      rule(30, answer("203"), [{ Field: "host-header", Values: ["*.internal"] }]),
    );
    const taken = (path: string, host?: string) => groupOf(routes(request(path, undefined, host), 0, START));
    expect(taken("/orders/7")).toBe("201");
    expect(taken("/orders/77")).toBe("202");
    expect(taken("/basket")).toBe("202");
    expect(taken("/Basket")).toBe("503");
    expect(taken("/x", "A.Internal")).toBe("203");
  });

  it("reads no pattern as a regular expression", () => {
    const routes = router(
      rule("default", answer("503")),
      rule(1, answer("201"), [{ Field: "path-pattern", Values: ["/a.c"] }]),
    );
    expect(groupOf(routes(request("/abc"), 0, START))).toBe("503");
    expect(groupOf(routes(request("/a.c"), 0, START))).toBe("201");
  });

  it("takes the pin instead of the weighted rule once it stands above", () => {
    const weighted = rule(100, forwardTo({ blue: 0, green: 100 }, 60));
    const pin = (priority: number) => rule(priority, forwardTo({ blue: 1, green: 0 }));
    const bound = request("/", cookieFor(route.green));
    expect(groupOf(router(weighted, pin(101))(bound, 0.5, START))).toBe(route.green);
    expect(groupOf(router(weighted, pin(99))(bound, 0.5, START))).toBe(route.blue);
  });
});

describe("weights", () => {
  it("split by chance, each group by its part of the sum", () => {
    const routes = router(rule(1, forwardTo({ blue: 297, green: 3 })));
    const green = Array.from({ length: 1_000 }, (_, index) => groupOf(routes(request("/"), index / 1_000, START)));
    expect(green.filter((arn) => arn === route.green)).toHaveLength(10);
  });

  it("of 0 take nobody who brings no cookie", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        const routes = router(rule(1, forwardTo({ blue: 100, green: 0 }, 60)));
        return groupOf(routes(request("/"), random, START)) === route.blue;
      }),
    );
  });
});

describe("target-group stickiness", () => {
  const sticky = router(rule(1, forwardTo({ blue: 100, green: 0 }, 60)));

  it("lets the cookie win over a weight of 0", () => {
    expect(groupOf(sticky(request("/", cookieFor(route.green)), 0, START))).toBe(route.green);
  });

  it("ends with the rule's stickiness, with the cookie's validity, and with the group's place in the rule", () => {
    const loose = router(rule(1, forwardTo({ blue: 100, green: 0 })));
    expect(groupOf(loose(request("/", cookieFor(route.green)), 0, START))).toBe(route.blue);
    expect(groupOf(sticky(request("/", cookieFor(route.green, 60)), 0, later(START, 60_000)))).toBe(route.blue);
    expect(groupOf(sticky(request("/", cookieFor("another-group")), 0, START))).toBe(route.blue);
  });

  it.each([undefined, "", `${STICKY_COOKIE}=rubbish`, `${STICKY_COOKIE}=${Buffer.from("[1]").toString("base64url")}`])(
    "passes over the cookie header %j",
    (header) => {
      expect(readStickyCookie(header, START)).toBeNull();
    },
  );

  it("asks its holder to drop the cookie by the holder's own clock", () => {
    expect(setCookieHeaders("abc", epochMs(0))).toEqual([
      "AWSALBTG=abc; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
      "AWSALBTGCORS=abc; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; SameSite=None; Secure",
    ]);
  });
});
