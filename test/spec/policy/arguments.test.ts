import { describe, expect, it } from "vitest";
import { argumentProblem } from "../../../src/policy/operations/arguments.ts";
import { type ArgumentKind, isSignalKind } from "../../../src/policy/operations/operation.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";

const problem = (kinds: readonly ArgumentKind[], ...given: readonly unknown[]) => argumentProblem("op", [kinds], given);
const LITERAL = "its arguments are literal";
const WINDOW = "is no window such as 3m or 15m";

describe("the arguments of an operation", () => {
  it.each<[ArgumentKind, unknown]>([
    ["series", "green.requests"],
    ["row-signal", "green.requests"],
    ["signal", "green.requests"],
    ["window", "1m"],
    ["window", "60s"],
    ["window", "60m"],
    ["window", "1h"],
    ["look-back", "15m"],
    ["look-back", "step"],
    ["look-back", "soak"],
    ["statistic", "p95"],
    ["share", 0.001],
    ["share", 0.999],
    ["ratio", 1],
    ["ratio", 7.9],
  ])("of kind %s may be %j", (kind, given) => {
    expect(problem([kind], given)).toBeNull();
  });

  it.each<[ArgumentKind, unknown, string]>([
    ["series", 3, "where signal belongs stands 3"],
    ["row-signal", "", 'where signal belongs stands ""'],
    ["signal", null, "where signal belongs stands null"],
    ["window", 15, "where window belongs stands 15"],
    ["window", "fast", `"fast" ${WINDOW}`],
    ["window", "0m", `"0m" ${WINDOW}`],
    ["window", "x5m", `"x5m" ${WINDOW}`],
    ["window", "5mx", `"5mx" ${WINDOW}`],
    ["window", "12345678m", `"12345678m" ${WINDOW}`],
    ["window", "step", `"step" ${WINDOW}`],
    ["window", "soak", `"soak" ${WINDOW}`],
    ["window", "90s", "the window 90s is no whole number of minutes; metrics come by the minute"],
    ["window", "61m", "the window 61m is longer than 60m"],
    ["window", "1234567m", "the window 1234567m is longer than 60m"],
    ["look-back", "day", `"day" ${WINDOW}`],
    ["look-back", 5, "where window|step|soak belongs stands 5"],
    ["look-back", "2h", "the window 2h is longer than 60m"],
    ["statistic", "mean", 'there is no statistic "mean" (max|min|avg|p50|p95|sum|last|slope)'],
    ["statistic", true, "where max|min|avg|p50|p95|sum|last|slope belongs stands true"],
    ["share", 0, "where a number between 0 and 1 belongs stands 0"],
    ["share", 1, "where a number between 0 and 1 belongs stands 1"],
    ["share", "0.5", 'where a number between 0 and 1 belongs stands "0.5"'],
    ["ratio", 0, "where a number between 0 and 8 belongs stands 0"],
    ["ratio", 8, "where a number between 0 and 8 belongs stands 8"],
  ])("of kind %s cannot be %j, and it is said what stands there", (kind, given, what) => {
    expect(problem([kind], given)).toBe(`"op": ${what}; ${LITERAL}`);
  });

  it("are all looked at, and the first that is wrong is told", () => {
    expect(problem(["signal", "window", "share"], "green.requests", "3m", 2)).toContain("stands 2");
    expect(problem(["signal", "window", "share"], "green.requests", "3x", 2)).toContain('"3x"');
  });

  it("are as many as one of its forms has, and each form is shown where they are not", () => {
    const forms: readonly (readonly ArgumentKind[])[] = [["window"], ["row-signal", "window"]];
    expect(argumentProblem("coverage", forms, ["3m"])).toBeNull();
    expect(argumentProblem("coverage", forms, ["green.requests", "3m"])).toBeNull();
    expect(argumentProblem("coverage", forms, [])).toBe(
      '"coverage" is written {"coverage": [window]} or {"coverage": [signal, window]}, with literal arguments; here are 0',
    );
  });

  it("make no slope of less than two minutes", () => {
    const slope = (statistic: string, window: string) =>
      problem(["series", "statistic", "window"], "green.requests", statistic, window);
    expect(slope("slope", "1m")).toBe("a slope of 1m has no value: it takes two minutes at least");
    expect(slope("slope", "2m")).toBeNull();
    expect(slope("max", "1m")).toBeNull();
  });
});

describe("the operations", () => {
  const LIMITED = "[signal, signal, number between 0 and 1, window|step|soak]";

  it.each([
    ["window", '{"window": [window]}'],
    ["stat", '{"stat": [signal, max|min|avg|p50|p95|sum|last|slope, window]}'],
    ["coverage", '{"coverage": [window]} or {"coverage": [signal, window]}'],
    ["age", '{"age": [signal]}'],
    ["known", '{"known": [signal]}'],
    ["rate", '{"rate": [signal, signal, window]}'],
    ["rate_upper", '{"rate_upper": [signal, signal, window, number between 0 and 1]}'],
    ["rate_lower", '{"rate_lower": [signal, signal, window, number between 0 and 1]}'],
    ["evidence_below", `{"evidence_below": ${LIMITED}}`],
    ["evidence_above", `{"evidence_above": ${LIMITED}}`],
    [
      "evidence_worse",
      '{"evidence_worse": [signal, signal, signal, signal, number between 0 and 8, window|step|soak]}',
    ],
  ])("%s is shown as it is written", (name, usage) => {
    const { forms = [] } = STANDARD_OPERATIONS[name] ?? {};
    expect(argumentProblem(name, forms, [])).toBe(`"${name}" is written ${usage}, with literal arguments; here are 0`);
  });

  it("are these, and no others", () => {
    expect(Object.keys(STANDARD_OPERATIONS)).toHaveLength(11);
  });
});

describe("an argument that names a signal", () => {
  it.each<[ArgumentKind, boolean]>([
    ["series", true],
    ["row-signal", true],
    ["signal", true],
    ["window", false],
    ["look-back", false],
    ["statistic", false],
    ["share", false],
    ["ratio", false],
  ])("is none but of a kind for signals: %s %s", (kind, is) => {
    expect(isSignalKind(kind)).toBe(is);
  });
});
