import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { diffPolicies } from "../../../src/policy/diff/diff-policies.ts";
import type { Policy, Rule } from "../../../src/policy/policy-file.ts";
import { askingAtStart as asking, loadedPolicy } from "../../support/small-policy.ts";

const said = (before: Policy, after: Policy): readonly string[] =>
  diffPolicies(before, after).map(({ direction, where, what }) => `${direction} | ${where} | ${what}`);

const firing = (when: Rule, params?: Readonly<Record<string, number>>): Policy => {
  const { params: _, ...small } = loadedPolicy();
  return { ...small, gates: {}, rollback: [{ id: "breaker", why: "w", when }], ...(params ? { params } : {}) };
};

const below = (path: string, limit: JsonValue): Rule => ({ "<": [{ var: path }, limit] });
const lag = (limit: JsonValue): Rule => below("forward.lagSeconds", limit);
const records = (limit: number): Rule => below("forward.lagRecords", limit);
const stat = (statistic: string, window: string): Rule => ({
  "<": [{ stat: ["forward.lagSeconds", statistic, window] }, 5],
});

describe("one line is said", () => {
  it("of a gate that is asked anew or no more, however many parts it has", () => {
    const [one, both] = [asking({ x: lag(5) }), asking({ x: { and: [lag(5), records(7), below("green.p99Ms", 9)] } })];
    expect(said(one, both)).toEqual([
      "opens later | gate x in start | also asks forward.lagRecords < 7; green.p99Ms < 9",
    ]);
    expect(said(both, one)).toEqual([
      "opens earlier | gate x in start | no longer asks forward.lagRecords < 7; green.p99Ms < 9",
    ]);
  });

  it("of each of two gates that are asked anew", () => {
    expect(said(asking({}), asking({ x: lag(5), y: records(7) }))).toEqual([
      "opens later | gate x in start | also asks forward.lagSeconds < 5",
      "opens later | gate y in start | also asks forward.lagRecords < 7",
    ]);
  });

  it("of each of two changes within a gate that have nothing to do with each other", () => {
    expect(said(asking({ x: { and: [lag(5), records(7)] } }), asking({ x: { and: [lag(6), records(8)] } }))).toEqual([
      "opens earlier | gate x in start | forward.lagSeconds < 5 → forward.lagSeconds < 6",
      "opens earlier | gate x in start | forward.lagRecords < 7 → forward.lagRecords < 8",
    ]);
  });

  it("of all gates and all parts that have to do with each other", () => {
    const before = asking({ x: { and: [lag(5), { ">": [{ var: "forward.lagSeconds" }, 1] }] }, y: true });
    expect(said(before, asking({ x: true, y: lag(9) }))[0]).toBe(
      "opens earlier | gates x, y in start | forward.lagSeconds < 5; forward.lagSeconds > 1 → forward.lagSeconds < 9",
    );
  });

  it("of a change that no waiver makes another one", () => {
    const [before, after] = [
      { x: lag(5), p99: below("green.p99Ms", 9) },
      { x: lag(6), p99: below("green.p99Ms", 9) },
    ];
    expect(said(asking(before, ["p99"]), asking(after, ["p99"]))).toEqual([
      "opens earlier | gate x in start | forward.lagSeconds < 5 → forward.lagSeconds < 6",
    ]);
  });

  it("of what two waivers let pass, with the names of both gates", () => {
    const high: Rule = { "<": [{ var: "forward.lagSeconds" }, 9] };
    const waived = ["near", "ready"];
    const before = { near: lag(5), ready: records(7), far: high };
    expect(said(asking(before, waived), asking({ ...before, far: lag(12) }, waived))).toContain(
      "opens earlier | gate far in start while near and ready are waived | forward.lagSeconds < 9 → forward.lagSeconds < 12",
    );
  });

  it("of a gate of the soak that comes to the same, where breaking it sends traffic back as well", () => {
    const soaking = (rule: Rule): Policy => {
      const { steps, ...policy } = asking({ x: rule });
      const soak = { duration: "24h", onBreak: "rollback" } as const;
      return {
        ...policy,
        soak,
        start: { require: [] },
        steps: steps.map((step) => ({ ...step, promoteWhen: step.weight === 100 ? ["x"] : [] })),
      };
    };
    expect(said(soaking(lag(5)), soaking({ ">": [5, { var: "forward.lagSeconds" }] }))).toEqual([
      "neutral | gate x in the soak | forward.lagSeconds < 5 → 5 > forward.lagSeconds (it comes to the same)",
    ]);
  });
});

describe("why it cannot be told is said", () => {
  const share: Rule = { "/": [{ var: "green.p99Ms" }, { var: "blue.p99Ms" }] };
  const double: Rule = { "*": [2, { var: "forward.lagSeconds" }] };
  const held = (of: Rule, limit: number): Rule => ({ "<": [of, limit] });

  it("by values where both look at them, in whichever order", () => {
    const [line, ...others] = said(
      asking({ x: { or: [held(share, 2), held(double, 8)] } }),
      asking({ x: { or: [held(double, 7), held(share, 3)] } }),
    );
    expect(others).toEqual([]);
    expect(line).toMatch(/^cannot tell .* \(at some values sooner, at others later\)$/);
    expect(said(asking({ x: stat("avg", "3m") }), asking({ x: stat("avg", "5m") }))).toEqual([
      expect.stringMatching(/^cannot tell .* \(at some values sooner, at others later\)$/),
    ]);
  });

  it("and by what is reckoned where that is another thing, and where it cannot be told alone", () => {
    expect(said(asking({ x: lag(4) }), asking({ x: held(double, 8) }))).toEqual([
      expect.stringMatching(/^cannot tell .* \(what it reckons with is not looked into\)$/),
    ]);
    expect(said(asking({ x: held(share, 2) }), asking({}))).toContain(
      "opens earlier | gate x in start | no longer asks green.p99Ms / blue.p99Ms < 2",
    );
  });
});

describe("a rollback rule", () => {
  const [high, many] = [{ ">=": [{ var: "forward.lagSeconds" }, 5] }, { ">=": [{ var: "forward.lagRecords" }, 9] }];

  it("is several where it is joined by or", () => {
    expect(said(firing({ or: [high, many] }), firing(high))).toEqual([
      "rolls back later | rollback rule breaker | no longer fires on forward.lagRecords >= 9",
    ]);
    expect(said(firing(high), firing({ or: [high, many] }))).toEqual([
      "rolls back earlier | rollback rule breaker | also fires on forward.lagRecords >= 9",
    ]);
  });

  it("is another one where its parameter is", () => {
    const limited = { ">=": [{ var: "forward.lagSeconds" }, { var: "params.high" }] };
    expect(said(firing(limited, { high: 5 }), firing(limited, { high: 7 }))).toEqual([
      "rolls back later | rollback rule breaker | forward.lagSeconds >= 5 → forward.lagSeconds >= 7",
    ]);
    expect(said(firing(limited, { high: 5 }), firing(high))).toEqual([]);
  });
});
