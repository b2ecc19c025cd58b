import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { type Change, change, inOrderOfRisk } from "../../../src/policy/diff/change.ts";
import { unaskedChanges, wordChanges } from "../../../src/policy/diff/words.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const lines = (changes: readonly Change[]): readonly string[] => {
  expect(changes.every(({ direction, wordsOnly }) => direction === "neutral" && wordsOnly)).toBe(true);
  return changes.map(({ where, what }) => `${where} | ${what}`);
};
const words = (before: Partial<Policy>, after: Partial<Policy>): readonly string[] => {
  const small = loadedPolicy();
  return lines(wordChanges({ ...small, ...before }, { ...small, ...after }));
};

const below = (limit: JsonValue): JsonValue => ({ "<": [{ var: "forward.lagSeconds" }, limit] });
const LIMIT: JsonValue = { var: "params.lag" };
const gates = (rules: Readonly<Record<string, JsonValue>>, why = "w"): Pick<Policy, "gates"> => ({
  gates: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { why, rule }])),
});
const rollback = (rules: Readonly<Record<string, JsonValue>>, why = "w"): Pick<Policy, "rollback"> => ({
  rollback: Object.entries(rules).map(([id, when]) => ({ id, why, when })),
});

describe("words", () => {
  it("are the name and the description of a policy", () => {
    expect(words({ name: "old" }, { name: "new" })).toEqual(["policy | was called old, now new"]);
    expect(words({ description: "old" }, { description: "new" })).toEqual(["policy | description: words only"]);
    expect(words({}, {})).toEqual([]);
  });

  it.each<[string, (rules: Readonly<Record<string, JsonValue>>, why?: string) => Partial<Policy>]>([
    ["gate", gates],
    ["rollback rule", rollback],
  ])("are why there is a %s, and how it is called", (kind, with_) => {
    const two = { a: below(5), b: below(7) };
    expect(words(with_(two), with_(two, "other"))).toEqual([
      `${kind} a | why: words only`,
      `${kind} b | why: words only`,
    ]);
    expect(words(with_(two), with_({ a: below(5), c: below(7) }))).toEqual([`${kind} c | was called b`]);
    expect(words(with_(two), with_({ c: below(5), b: below(7) }))).toEqual([`${kind} c | was called a`]);
    expect(words(with_(two), with_({ a: below(5), c: below(9) }))).toEqual([]);
    expect(words(with_({ a: below(5) }), with_({ a: below(5), c: below(5) }))).toEqual([]);
    expect(words(with_({ a: below(5), b: below(7) }), with_({ a: below(6), b: below(7) }))).toEqual([]);
  });

  it("are another name where the limit stands in a parameter now", () => {
    expect(words(gates({ a: below(5) }), { ...gates({ c: below(LIMIT) }), params: { lag: 5 } })).toEqual([
      "gate c | was called a",
    ]);
    expect(words({ ...gates({ a: below(LIMIT) }), params: { lag: 5 } }, gates({ c: below(5) }))).toEqual([
      "gate c | was called a",
    ]);
    expect(words({ ...gates({ a: below(LIMIT) }), params: { lag: 5 } }, gates({ c: below(6) }))).toEqual([]);
  });

  it.each<["freeze" | "waivers", (why: string, other?: boolean) => Partial<Policy>]>([
    [
      "freeze",
      (why, other) => ({ freeze: [{ weekly: other ? "Sat 16:00 - Mon 06:00" : "Fri 16:00 - Mon 06:00", why }] }),
    ],
    [
      "waivers",
      (why, other) => ({
        waivers: [{ gate: other ? "errors" : "lag", why, by: "olga", expires: "2026-12-01T00:00:00Z" }],
      }),
    ],
  ])("are the reasons of %s that stay as they are", (field, with_) => {
    expect(words(with_("old"), with_("new"))).toEqual([`${field} | why: words only`]);
    expect(words(with_("old"), with_("old"))).toEqual([]);
    expect(words(with_("old"), with_("new", true))).toEqual([]);
    expect(words(with_("old"), {})).toEqual([]);
  });
});

describe("a gate that nothing asks", () => {
  const unasked = (before: Partial<Policy>, after: Partial<Policy>, ...asked: readonly string[]): readonly string[] => {
    const small = loadedPolicy();
    return lines(unaskedChanges({ ...small, ...before }, { ...small, ...after }, new Set(asked)));
  };
  const said = (...names: readonly string[]): readonly string[] =>
    names.map((name) => `gate ${name} | changed, and nothing asks it`);

  it("is named where it came, went or became another one", () => {
    const before = gates({ gone: below(1), changed: below(2), same: below(3), asked: below(4) });
    const after = gates({ come: below(1), changed: below(3), same: below(3), asked: below(5) });
    expect(unasked(before, after, "asked")).toEqual(said("gone", "changed", "come"));
  });

  it("is the same where its limit stands in a parameter now, and another where the parameter is", () => {
    const literal = { ...gates({ a: below(5) }) };
    expect(unasked(literal, { ...gates({ a: below(LIMIT) }), params: { lag: 5 } })).toEqual([]);
    expect(unasked({ ...gates({ a: below(LIMIT) }), params: { lag: 5 } }, literal)).toEqual([]);
    expect(unasked(literal, { ...gates({ a: below(LIMIT) }), params: { lag: 6 } })).toEqual(said("a"));
  });

  it("of two takes no name from a prototype", () => {
    expect(unasked(gates({}), gates({ toString: below(5) }))).toEqual(said("toString"));
  });
});

it("changes stand in order of risk, those that are more than words before the words", () => {
  const effects = [
    ...["neutral", "aside", "rolls back earlier", "opens later", "neutral", "aside", "cannot tell", "opens earlier"],
    "rolls back later",
  ] as const;
  const risky = [
    ...["rolls back later", "opens earlier", "cannot tell", "opens later", "rolls back earlier"],
    ...["aside", "aside", "words", "words"],
  ];
  const sorted = inOrderOfRisk(effects.map((effect) => change(effect, "step half", "what")));
  expect(
    sorted.map(({ direction, wordsOnly }) => (direction === "neutral" ? (wordsOnly ? "words" : "aside") : direction)),
  ).toEqual(risky);
});
