import fc from "fast-check";
import jsonLogic from "json-logic-js";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../src/kernel/json.ts";
import { evaluateRule } from "../../src/policy/evaluate.ts";
import { judge, judgeRollback } from "../../src/policy/judge.ts";
import { lintPolicy } from "../../src/policy/lint.ts";
import { lintCutover } from "../../src/policy/load-cutover.ts";
import { truthy } from "../../src/policy/logic/judged.ts";
import { walkRule } from "../../src/policy/logic/walk.ts";
import type { Evidence } from "../../src/snapshot/snapshot.ts";
import { evidenceOf, NOW, type Series, without } from "../support/evidence.ts";
import { committedPolicy, HEALTHY } from "../support/orders-policies.ts";

const PATHS = ["a", "b", "c.x", "c.y", "list", "gone", "list.0"];
/** `missing` does not look into texts, as stock does by accident. */
const KEYS = PATHS.filter((path) => path !== "list.0");
const variable = fc.constantFrom(...PATHS).map((path): JsonValue => ({ var: path }));
const literal: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -5, max: 5 }),
  fc.boolean(),
  fc.constantFrom("", "x", "10", "RUNNING"),
);

const elementRule: fc.Arbitrary<JsonValue> = fc
  .tuple(fc.constantFrom("<", ">=", "===", "!=="), literal)
  .map(([operator, limit]): JsonValue => ({ [operator]: [{ var: "" }, limit] }));

/** Rules of every operator whose answers have to refine stock's. */
const rule: fc.Arbitrary<JsonValue> = fc.letrec<{ any: JsonValue; leaf: JsonValue }>((tie) => ({
  leaf: fc.oneof({ weight: 3, arbitrary: variable }, { weight: 2, arbitrary: literal }),
  any: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    tie("leaf"),
    ...["<", "<=", ">", ">=", "==", "===", "!=", "!==", "-", "/", "%"].map((operator) =>
      fc.tuple(tie("any"), tie("any")).map((operands): JsonValue => ({ [operator]: operands })),
    ),
    ...["<", "<="].map((operator) =>
      fc.tuple(tie("any"), tie("any"), tie("any")).map((operands): JsonValue => ({ [operator]: operands })),
    ),
    ...["and", "or", "+", "*", "min", "max", "if", "?:", "cat", "merge"].map((operator) =>
      fc.array(tie("any"), { minLength: 1, maxLength: 4 }).map((operands): JsonValue => ({ [operator]: operands })),
    ),
    ...["!", "!!", "-"].map((operator) => tie("any").map((operand): JsonValue => ({ [operator]: [operand] }))),
    ...["all", "some", "none", "map", "filter"].map((operator) =>
      fc
        .tuple(fc.oneof(fc.constant<JsonValue>({ var: "list" }), tie("any")), fc.oneof(tie("any"), elementRule))
        .map((operands): JsonValue => ({ [operator]: operands })),
    ),
    fc
      .tuple(tie("any"), fc.oneof(fc.array(literal, { maxLength: 3 }), tie("any")))
      .map((operands): JsonValue => ({ in: operands })),
    fc.subarray(KEYS).map((paths): JsonValue => ({ missing: paths })),
    fc
      .tuple(fc.integer({ min: 0, max: 3 }), fc.subarray(KEYS))
      .map((operands): JsonValue => ({ missing_some: operands })),
    fc
      .tuple(tie("any"), fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))
      .map((operands): JsonValue => ({ substr: operands })),
    fc.tuple(fc.constantFrom(...PATHS), literal).map((operands): JsonValue => ({ var: operands })),
    fc.tuple(fc.constantFrom("+", "max", "cat", "merge"), literal).map(
      ([operator, start]): JsonValue => ({
        reduce: [{ var: "list" }, { [operator]: [{ var: "current" }, { var: "accumulator" }] }, start],
      }),
    ),
  ),
})).any;

const datum = fc.oneof(
  { weight: 4, arbitrary: literal },
  fc.constantFrom<unknown>(null, { N: "500" }, [3], [], {}, "n/a"),
);
const broken = fc.oneof(
  { weight: 5, arbitrary: datum },
  fc.constantFrom<unknown>(Number.NaN, Number.POSITIVE_INFINITY, undefined),
);

const dataWith = (value: fc.Arbitrary<unknown>) =>
  fc.record(
    {
      a: value,
      b: value,
      c: fc.record({ x: value, y: value }, { requiredKeys: [] }),
      list: fc.oneof(fc.array(value, { maxLength: 4 }), value),
    },
    { requiredKeys: [] },
  );

const usesMissing = (logic: JsonValue): boolean => JSON.stringify(logic).includes('"missing');

describe("the walker refines stock json-logic-js", () => {
  it("gives, where it is definite, an answer of the same truth", () => {
    let cases = 0;
    let definite = 0;
    let opened = 0;
    fc.assert(
      fc.property(rule, dataWith(broken), (logic, data) => {
        cases += 1;
        const { result } = walkRule(logic, data);
        // `missing` counts NaN as missing and stock does not; the judge cleans its data first, so that both see none.
        if (
          usesMissing(logic) &&
          JSON.stringify(data) !==
            JSON.stringify(data, (_, each) => (Number.isFinite(each) || typeof each !== "number" ? each : "NaN"))
        )
          return;
        const stock = jsonLogic.apply(logic, data) as JsonValue;
        if (result.kind === "known") {
          definite += 1;
          expect(truthy(result.value)).toBe(truthy(stock ?? null));
        } else if (truthy(stock ?? null)) opened += 1;
      }),
      { numRuns: 10_000 },
    );
    expect(definite, "the law is not vacuous").toBeGreaterThan(cases / 10);
    expect(opened, "stock would have said true of the unknown").toBeGreaterThan(cases / 20);
  });

  it("keeps a definite answer whatever a gap is filled with", () => {
    fc.assert(
      fc.property(rule, dataWith(datum), fc.constantFrom("a", "b"), datum, (logic, data, gap, filling) => {
        if (usesMissing(logic) || JSON.stringify(logic).includes(`{"var":["${gap}"`)) return;
        const { [gap]: _, ...others } = data as Record<string, unknown>;
        const before = walkRule(logic, { ...others, [gap]: null }).result;
        const after = walkRule(logic, { ...others, [gap]: filling }).result;
        if (before.kind === "known" && after.kind === "known") expect(truthy(after.value)).toBe(truthy(before.value));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("nothing throws", () => {
  const strange = { withNullPrototype: true, withBigInt: true, withDate: true };
  const anything = fc.anything(strange);
  const anythingAtAll = fc.anything({ ...strange, withSparseArray: true, withObjectString: true, withMap: true });

  it("in the walker, on any rule or data", () => {
    fc.assert(
      fc.property(fc.oneof(rule, anything), anything, (logic, data) => {
        expect(["known", "unknown"]).toContain(walkRule(logic, data).result.kind);
      }),
      { numRuns: 5_000 },
    );
  });

  it("in an evaluation, on any rule or evidence", () => {
    fc.assert(
      fc.property(fc.oneof(rule, anythingAtAll), anythingAtAll, anythingAtAll, (logic, values, minutes) => {
        const evidence = { now: NOW, current: { values, absent: {} }, minutes } as unknown as Evidence;
        const limits = { minCoverage: 0.9, newestMinute: "required" } as const;
        expect(["known", "unknown"]).toContain(evaluateRule(logic as JsonValue, evidence, limits).result.kind);
      }),
      { numRuns: 5_000 },
    );
  });

  it("in the linter, on any text or JSON", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.constant(JSON.stringify(committedPolicy("drill")))),
        fc.nat(),
        (text, cut) => {
          for (const each of [text, text.slice(0, cut % (text.length + 1))]) {
            expect(Array.isArray(lintPolicy(each, "policy.json"))).toBe(true);
            expect(lintCutover(each, "cutover.json").length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe.each(["policy", "drill"] as const)("the committed %s.json", (name) => {
  const policy = committedPolicy(name);
  const gates = Object.keys(policy.gates);
  const verdicts = (evidence: Evidence) => judge(policy, gates, "gates", evidence).map(({ verdict }) => verdict);

  const bad: Readonly<Record<string, readonly Series[]>> = {
    "green.errors5xx": [3, 900],
    "green.requests": [7000, 10, 0],
    "green.p99Ms": [180, 900],
    "green.healthyHosts": [4, 0],
    "forward.lagRecords": [3, 5000],
    "reverse.lagSeconds": [1, 99],
    "forward.state": ["RUNNING", "PAUSED"],
    "alarms.firing": [0, 2],
    "conflicts.new": [0, 1],
  };
  const day = fc
    .record(Object.fromEntries(Object.entries(bad).map(([path, values]) => [path, fc.constantFrom(...values)])))
    .map((changes): Readonly<Record<string, Series>> => ({ ...HEALTHY, ...changes }));

  it("passes no gate over nothing", () => {
    expect(new Set(verdicts(evidenceOf({})))).not.toContain("pass");
    expect(new Set(verdicts(evidenceOf({}, { minutes: 0 })))).not.toContain("pass");
  });

  it("passes no gate without any one of the signals it reads", () => {
    for (const path of Object.keys(HEALTHY)) {
      const evidence = without(evidenceOf(HEALTHY), path);
      for (const gate of gates.filter((each) => JSON.stringify(policy.gates[each]).includes(`"${path}"`))) {
        expect(judge(policy, [gate], "gates", evidence)[0]?.verdict, `${gate} without ${path}`).not.toBe("pass");
      }
    }
  });

  it("never turns a hold into a pass because signals go missing", () => {
    fc.assert(
      fc.property(day, fc.subarray(Object.keys(HEALTHY)), (signals, lost) => {
        const whole = evidenceOf(signals);
        const before = verdicts(whole);
        const after = verdicts(lost.reduce(without, whole));
        for (const [index, verdict] of after.entries()) if (verdict === "pass") expect(before[index]).toBe("pass");
      }),
      { numRuns: 300 },
    );
  });

  it("never turns a hold into a pass because minutes go missing", () => {
    fc.assert(
      fc.property(day, fc.subarray([0, 1, 2, 3, 4]), (signals, missingRows) => {
        const before = verdicts(evidenceOf(signals));
        const after = verdicts(evidenceOf(signals, { missingRows }));
        for (const [index, verdict] of after.entries()) if (verdict === "pass") expect(before[index]).toBe("pass");
      }),
      { numRuns: 300 },
    );
  });

  it("never rolls back because something is missing", () => {
    const fired = (evidence: Evidence): readonly string[] =>
      judgeRollback(policy, evidence).rollback.flatMap(({ rule: id, verdict }) => (verdict === "fired" ? [id] : []));
    fc.assert(
      fc.property(fc.subarray(Object.keys(HEALTHY)), fc.subarray([0, 1, 2, 3, 4]), (lost, missingRows) => {
        expect(fired(lost.reduce(without, evidenceOf(HEALTHY, { missingRows })))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
