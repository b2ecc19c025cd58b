import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { answersTo } from "../../support/eval.ts";
import { lintOf, withGate } from "../../support/lint.ts";

const signal = (path: string): JsonValue => ({ var: path });
const [SECONDS, RECORDS, FIRING] = ["forward.lagSeconds", "forward.lagRecords", "alarms.firing"].map(signal) as [
  JsonValue,
  JsonValue,
  JsonValue,
];
const claims = (rule: JsonValue): readonly string[] =>
  lintOf(withGate(rule)).filter((each) => /never-(passes|fails|known)/.test(each));

/** A rule, and values at which it is true, or false, where no point that stands for all values shows it. */
const BETWEEN: readonly (readonly [
  string,
  JsonValue,
  boolean,
  Readonly<Record<string, Readonly<Record<string, number>>>>,
])[] = [
  [
    "a value times itself that is below it",
    { "<": [{ "*": [SECONDS, SECONDS] }, SECONDS] },
    true,
    { forward: { lagSeconds: 0.5 } },
  ],
  [
    "a quotient beside an order of its parts",
    { "!": [{ and: [{ "<": [{ "/": [FIRING, SECONDS] }, RECORDS] }, { "<": [RECORDS, FIRING] }] }] },
    false,
    { forward: { lagSeconds: 2, lagRecords: 2 }, alarms: { firing: 3 } },
  ],
  [
    "counts in a row that are more than the points of each",
    {
      and: ["forward.lagRecords", "reverse.lagRecords", "forward.deadLetters", "reverse.deadLetters"]
        .map(signal)
        .flatMap((each, index, all): JsonValue[] => (index === 0 ? [] : [{ "<": [all[index - 1] ?? null, each] }])),
    },
    true,
    { forward: { lagRecords: 1, deadLetters: 3 }, reverse: { lagRecords: 2, deadLetters: 4 } },
  ],
];

describe("of what turns between the points that stand for all values", () => {
  it.each(BETWEEN)("nothing is claimed: %s", async (_, rule, value, data) => {
    expect(await answersTo({ rule, data })).toMatchObject([{ value }]);
    expect(claims(rule)).toEqual([]);
  });

  it.each<[string, JsonValue]>([
    ["a share of one value", { "<": [{ "*": [RECORDS, 2] }, -1] }],
    ["a sum of two", { "<": [{ "+": [RECORDS, FIRING] }, 0] }],
    ["one below itself", { "<": [RECORDS, RECORDS] }],
  ])("what shows at their ends is claimed as before: %s", (_, rule) => {
    expect(claims(rule)).toHaveLength(1);
  });
});
