import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { change, inOrderOfRisk } from "../../../src/policy/diff/change.ts";
import { diffPolicies } from "../../../src/policy/diff/diff-policies.ts";
import { loadedPolicy, smallPolicy } from "../../support/small-policy.ts";

const small = smallPolicy();
const part = (field: string, changes: JsonObject): JsonObject => ({
  [field]: { ...(small[field] as JsonObject), ...changes },
});
const stepped = (index: number, changes: JsonObject): JsonObject => ({
  steps: (small["steps"] as readonly JsonObject[]).map((step, at) => (at === index ? { ...step, ...changes } : step)),
});
const lagAsked = (rule: JsonValue): JsonObject => part("gates", { lag: { why: "close behind", rule } });

/** All that is found, and of each whether it is words. */
const found = (before: JsonObject, after: JsonObject) =>
  diffPolicies(loadedPolicy(before), loadedPolicy(after)).map(({ direction, wordsOnly, what }) => ({
    direction,
    wordsOnly,
    what,
  }));

const pagesAfter = (maxDwell: string): JsonObject => ({ maxDwell, onMaxDwell: "page" });
const held = (changes: JsonObject): JsonObject => part("blind", { action: "hold", ...changes });

describe("a change is riskier", () => {
  const oneOf = (before: JsonObject, after: JsonObject) =>
    diffPolicies(loadedPolicy(before), loadedPolicy(after)).map(({ direction, riskier }) => [direction, riskier]);
  const cooled = (cooldown: string): JsonObject => ({ afterRollback: { cooldown } });

  it.each<[string, boolean, JsonObject, JsonObject]>([
    ["opens earlier", true, {}, { params: { lag: 10 } }],
    ["opens later", false, {}, { params: { lag: 4 } }],
    ["opens earlier", true, cooled("60m"), cooled("30m")],
    ["rolls back later", true, { whenNotLossless: "snap" }, { whenNotLossless: "hold" }],
    ["rolls back earlier", false, { whenNotLossless: "hold" }, { whenNotLossless: "snap" }],
    ["neutral", false, {}, { description: "Other words." }],
  ])("where it %s: %s", (direction, riskier, before, after) => {
    expect(oneOf(before, after)).toEqual([[direction, riskier]]);
  });

  it("and what goes back later is read before what opens earlier", () => {
    const [before, after] = [{ whenNotLossless: "snap" }, { whenNotLossless: "hold", params: { lag: 10 } }];
    expect(oneOf(before, after)).toEqual([
      ["rolls back later", true],
      ["opens earlier", true],
    ]);
  });
});

it("changes are read in the order of what they risk, words last", () => {
  const effects = ["neutral", "opens later", "aside", "rolls back earlier", "cannot tell", "neutral"] as const;
  const riskier = ["opens earlier", "rolls back later"] as const;
  const ordered = [...effects, ...riskier].map((effect, at) => change(effect, "gate", `${at}`));
  expect(inOrderOfRisk(ordered).map(({ direction, wordsOnly, what }) => [direction, wordsOnly, what])).toEqual([
    ["rolls back later", false, "7"],
    ["opens earlier", false, "6"],
    ["cannot tell", false, "4"],
    ["opens later", false, "1"],
    ["rolls back earlier", false, "3"],
    ["neutral", false, "2"],
    ["neutral", true, "0"],
    ["neutral", true, "5"],
  ]);
});

describe("what has no direction is more than words", () => {
  it.each<[string, JsonObject, JsonObject]>([
    ["where a step calls somebody later", stepped(0, pagesAfter("12h")), stepped(0, pagesAfter("24h"))],
    ["where a step calls nobody any more", stepped(0, pagesAfter("12h")), {}],
    ["where the soak calls somebody later", part("soak", { maxDuration: "72h" }), part("soak", { maxDuration: "96h" })],
    ["where blindness that only holds is waited for", held({ after: "10m" }), held({ after: "20m" })],
    ["where other traffic is expected", {}, { traffic: { requestsPerMinute: 100 } }],
  ])("%s", (_, before, after) => {
    expect(found(before, after)).toMatchObject([{ direction: "neutral", wordsOnly: false }]);
    expect(found(after, before)).toMatchObject([{ direction: "neutral", wordsOnly: false }]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ["a sentence", {}, { description: "Other words." }],
    ["the name", {}, { name: "other" }],
    ["the name of a step", {}, stepped(0, { id: "first" })],
    ["the same length in other words", {}, stepped(0, { minDwell: "600s" })],
    ["a dwell at 100 %, which nobody waits for", stepped(2, { minDwell: "12h" }), stepped(2, { minDwell: "24h" })],
    ["a rule that comes to the same", {}, lagAsked({ ">": [{ var: "params.lag" }, { var: "forward.lagSeconds" }] })],
  ])("and no words are more than that: %s", (_, before, after) => {
    expect(found(before, after)).toMatchObject([{ direction: "neutral", wordsOnly: true }]);
  });

  it("and stands before the words, and behind what has a direction", () => {
    const after = { description: "Other words.", traffic: { requestsPerMinute: 100 }, params: { lag: 10 } };
    expect(found({}, after).map(({ direction, wordsOnly }) => [direction, wordsOnly])).toEqual([
      ["opens earlier", false],
      ["neutral", false],
      ["neutral", true],
    ]);
  });
});
