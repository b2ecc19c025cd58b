import { describe, expect, it } from "vitest";
import { lintCutover, loadCutover } from "../../../src/policy/load-cutover.ts";
import { cutoverText } from "../../support/orders-policies.ts";

const problemsAfter = (from: string | RegExp, to: string): readonly string[] => {
  const text = cutoverText().replace(from, to);
  expect(text, "the edit changes something").not.toBe(cutoverText());
  return lintCutover(text, "cutover.json").map(({ level, pointer, message }) => `${level} ${pointer} ${message}`);
};

describe("cutover.json", () => {
  it("as committed is without a problem", () => {
    expect(lintCutover(cutoverText(), "cutover.json")).toEqual([]);
    expect(loadCutover(cutoverText(), "cutover.json")).toMatchObject({ ok: true, value: { name: "orders" } });
  });

  it("that lacks everything is told what, and nothing is looked for in what is not there", () => {
    const missing = lintCutover('{"routes": "all", "streams": 7}', "cutover.json");

    expect(missing.map(({ rule }) => rule)).not.toEqual([]);
    expect(missing.map(({ message }) => message).join("\n")).toContain('"tables" is missing');
  });

  it.each<[string, string | RegExp, string, string]>([
    ["no JSON", '"apiVersion"', "apiVersion", "not JSON"],
    [
      "an address",
      '"expectedHosts": 4',
      '"expectedHosts": 4, "brokers": "b-1:9092"',
      '/brokers nothing here is called "brokers"',
    ],
    ["a rule that is no ARN", /"weightedRuleArn": "[^"]+"/, '"weightedRuleArn": "rule-7"', "/routes/0/weightedRuleArn"],
    [
      "a target group in place of a rule",
      "listener-rule/app/orders/50dc6c495c0c9188/f2f7dc8efc522ab2/1291d13826f405c3",
      "targetgroup/x/1",
      "/routes/0/pin/ruleArn",
    ],
    [
      "a rule of another listener",
      "f2f7dc8efc522ab2/9683b2d02a6cabee",
      "aaaaaaaaaaaaaaaa/9683b2d02a6cabee",
      "not the listener's",
    ],
    [
      "a listener of another load balancer",
      "loadbalancer/app/orders/50dc6c495c0c9188",
      "loadbalancer/app/orders/0000000000000000",
      "not the load balancer's",
    ],
    ["the weighted rule as its own pin", "1291d13826f405c3", "9683b2d02a6cabee", "the pin is the weighted rule itself"],
    [
      "blue as green",
      "orders-green/1d2c3b4a59687766",
      "orders-blue/73e2d6bc24d8a067",
      "/routes/0/green blue and green are the same",
    ],
    ["one priority for both", '"raisedPriority": 99', '"raisedPriority": 101', "at least 2 below"],
    ["no room for the weighted rule", '"raisedPriority": 99', '"raisedPriority": 100', "at least 2 below"],
    ["an alarm elsewhere", "cloudwatch:us-east-1", "cloudwatch:eu-west-1", "one Region and account"],
    ["an alarm twice", "pawl-orders-green-p99", "pawl-orders-green-5xx-ratio", "listed twice"],
    [
      "one slot for both streams",
      "green_to_blue_sync",
      "blue_to_green_sync",
      '/streams/reverse/slot both streams have the slot "blue_to_green_sync"',
    ],
    ["one group for both streams", "blue-sync-consumer", "green-sync-consumer", "/streams/reverse/group"],
    [
      "a source that is the other's sink",
      '"source": "green-to-blue-sync"',
      '"source": "green-sync-sink"',
      "named twice",
    ],
    ["a topic of both streams", "migration-reverse.appdb.orders", "migration.appdb.orders", "go round for ever"],
    ["a table without a schema", '"appdb.orders", "key"', '"orders", "key"', "/tables/0/name"],
    ["a table twice", '"appdb.order_events", "key"', '"appdb.orders", "key"', "listed twice"],
    ["no hosts", '"expectedHosts": 4', '"expectedHosts": 0', "/expectedHosts"],
  ])("with %s is refused", (_, from, to, says) => {
    const problems = problemsAfter(from, to);

    expect(problems.join("\n")).toContain(says);
    expect(loadCutover(cutoverText().replace(from, to), "cutover.json").ok).toBe(false);
  });

  it.each<[string, (route: Record<string, unknown>) => object]>([
    ["a rule", ({ pin: _pin, ...route }) => route],
    ["the default action", ({ pin: _pin, weightedRuleArn: _rule, ...route }) => route],
  ])("without a pin for %s is warned of, and loads", (_, change) => {
    const cutover = JSON.parse(cutoverText());
    const text = JSON.stringify({ ...cutover, routes: cutover.routes.map(change) });

    expect(lintCutover(text, "x").map(({ level, rule, pointer }) => [level, rule, pointer])).toEqual([
      ["warning", "no-pin", "/routes/0"],
    ]);
    expect(loadCutover(text, "x").ok).toBe(true);
  });

  it("with a pin beside a default action, or one default action twice, is refused", () => {
    const cutover = JSON.parse(cutoverText());
    const { weightedRuleArn: _rule, ...ofDefault } = cutover.routes[0];
    const { pin: _pin, ...plain } = ofDefault;
    const rules = (routes: object[]) =>
      lintCutover(JSON.stringify({ ...cutover, routes }), "x").flatMap(({ level, rule }) =>
        level === "error" ? [rule] : [],
      );

    expect(rules([ofDefault])).toEqual(["pin-of-default"]);
    expect(rules([plain, plain])).toEqual(["shared-rule"]);
  });

  it.each([
    ["inside one another", 97, 101, 98, 102],
    ["with one raised number", 98, 101, 98, 102],
    ["with one place for two pins", 99, 101, 101, 103],
  ])(
    "with two pins %s on one listener is warned of, and says what to give each route",
    (_, raised, parked, up, down) => {
      const cutover = JSON.parse(cutoverText());
      const [route] = cutover.routes;
      const numbered = (index: string, raisedPriority: number, parkedPriority: number) => ({
        ...route,
        weightedRuleArn: `${route.weightedRuleArn}${index}`,
        pin: { ruleArn: `${route.pin.ruleArn}${index}`, raisedPriority, parkedPriority },
      });
      const warnings = (routes: object[]) =>
        lintCutover(JSON.stringify({ ...cutover, routes }), "x").filter(({ rule }) => rule === "pins-cross");
      const crossing = warnings([numbered("", raised, parked), numbered("2", up, down)]);

      expect(crossing.map(({ level, pointer }) => [level, pointer])).toEqual([
        ["warning", "/routes/1/pin/raisedPriority"],
      ]);
      expect(crossing[0]?.message).toContain(`${up} to ${down} cross ${raised} to ${parked} of /routes/0`);
      expect(crossing[0]?.message).toContain("three numbers in a row");
      expect(warnings([numbered("", 99, 101), numbered("2", 102, 104)])).toEqual([]);
      const elsewhere = { ...numbered("", raised, parked), listenerArn: `${route.listenerArn}2` };
      const rules = warnings([elsewhere, numbered("2", up, down)]).map(({ rule }) => rule);
      expect(rules).not.toContain("pins-cross");
    },
  );

  it("with room beside the pin is warned of, and loads", () => {
    const problems = problemsAfter('"parkedPriority": 101', '"parkedPriority": 110');

    expect(problems).toEqual([expect.stringContaining("warning /routes/0/pin/raisedPriority")]);
    expect(loadCutover(cutoverText().replace('"parkedPriority": 101', '"parkedPriority": 110'), "x").ok).toBe(true);
  });
});
