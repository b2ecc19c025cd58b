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
const [STALLED, DRAINED, GAP] = ["forward.stalled", "forward.drained", "forward.dataGap"].map(signal) as [
  JsonValue,
  JsonValue,
  JsonValue,
];
const REVERSE: JsonValue = { var: "reverse.lagSeconds" };
const COUNTS = ["forward.lagRecords", "reverse.lagRecords", "forward.deadLetters", "reverse.deadLetters"].map(signal);
const FLAGS = [STALLED, DRAINED, GAP].map((flag): JsonValue => ({ "===": [flag, true] }));
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
      and: COUNTS.flatMap((each, index, all): JsonValue[] =>
        index === 0 ? [] : [{ "<": [all[index - 1] ?? null, each] }],
      ),
    },
    true,
    { forward: { lagRecords: 1, deadLetters: 3 }, reverse: { lagRecords: 2, deadLetters: 4 } },
  ],
  [
    "three counts in a row between two limits",
    {
      and: [
        { "<": [5, RECORDS] },
        { "<": [RECORDS, FIRING] },
        { "<": [FIRING, COUNTS[1] ?? null] },
        { "<": [COUNTS[1] ?? null, 10] },
      ],
    },
    true,
    { forward: { lagRecords: 6 }, alarms: { firing: 7 }, reverse: { lagRecords: 8 } },
  ],
  [
    "a square that is loosely equal",
    { "==": [{ "*": [SECONDS, SECONDS] }, 100] },
    true,
    { forward: { lagSeconds: 10 } },
  ],
  ["a square that is in a list", { in: [{ "*": [SECONDS, SECONDS] }, [100]] }, true, { forward: { lagSeconds: 10 } }],
  ["a square that is", { "!=": [{ "*": [SECONDS, SECONDS] }, 100] }, false, { forward: { lagSeconds: 10 } }],
  ["a value between limits that are close", { "<": [500, SECONDS, 500.5] }, true, { forward: { lagSeconds: 500.25 } }],
  [
    "two in a row between such limits",
    { and: [{ "<": [500, SECONDS] }, { "<": [SECONDS, REVERSE] }, { "<": [REVERSE, 500.5] }] },
    true,
    { forward: { lagSeconds: 500.125 }, reverse: { lagSeconds: 500.25 } },
  ],
];

/** Whether an odd number of minutes have a lag of more than ten. */
const ODD: JsonValue = {
  reduce: [
    { window: ["2m"] },
    {
      if: [
        { ">": [{ var: "current.forward.lagSeconds" }, 10] },
        { "!": [{ var: "accumulator" }] },
        { var: "accumulator" },
      ],
    },
    false,
  ],
};

describe("of what turns between the points that stand for all values", () => {
  it.each(BETWEEN)("nothing is claimed: %s", async (_, rule, value, data) => {
    expect(await answersTo({ rule, data })).toMatchObject([{ value }]);
    expect(claims(rule)).toEqual([]);
  });

  it("nothing is claimed of minutes that are added up, and need not be alike", async () => {
    const window = [20, 1].map((lagSeconds, index) => ({ at: `2026-01-05T12:0${index}:00Z`, forward: { lagSeconds } }));

    expect(await answersTo({ rule: ODD, window, now: "2026-01-05T12:02:00Z" })).toMatchObject([{ value: true }]);
    expect(claims(ODD)).toEqual([]);
  });

  it.each<[string, JsonValue]>([
    ["a share of one value", { "<": [{ "*": [RECORDS, 2] }, -1] }],
    ["a sum of two", { "<": [{ "+": [RECORDS, FIRING] }, 0] }],
    ["one below itself", { "<": [RECORDS, RECORDS] }],
    ["a share of one value beside its limit", { and: [{ "<": [{ "*": [RECORDS, 2] }, 4] }, { ">": [RECORDS, 5] }] }],
    ["two in a row that are apart", { and: [{ "<": [FIRING, RECORDS] }, { ">": [FIRING, 5] }, { "<": [RECORDS, 3] }] }],
    [
      "two in a row where there is one",
      { and: [{ "<": [5, FIRING] }, { "<": [FIRING, RECORDS] }, { "<": [RECORDS, 7] }] },
    ],
    [
      "three in a circle",
      {
        and: [
          { "<": [RECORDS, COUNTS[1] ?? null] },
          { "<": [COUNTS[1] ?? null, COUNTS[2] ?? null] },
          { "<": [COUNTS[2] ?? null, RECORDS] },
        ],
      },
    ],
    [
      "counts that are not compared with each other",
      {
        and: [
          { or: COUNTS.map((each): JsonValue => ({ ">": [each, 0] })) },
          ...COUNTS.map((each): JsonValue => ({ "===": [each, 0] })),
        ],
      },
    ],
    ["flags", { and: [{ or: FLAGS }, ...FLAGS.map((each): JsonValue => ({ "!": [each] }))] }],
    [
      "flags that are alike, and are not",
      { and: [{ "===": [STALLED, DRAINED] }, { "===": [DRAINED, GAP] }, { "!==": [STALLED, GAP] }] },
    ],
  ])("what shows at their ends is claimed as before: %s", (_, rule) => {
    expect(claims(rule)).toHaveLength(1);
  });
});
