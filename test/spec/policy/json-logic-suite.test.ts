import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { walkRule } from "../../../src/policy/logic/walk.ts";
import { answersTo } from "../../support/eval.ts";

type Case = readonly [rule: unknown, data: unknown, expected: unknown];

const FILE = new URL("../../../../shared/data/json-logic/tests.json", import.meta.url);

const casesIn = (file: URL): readonly Case[] =>
  (JSON.parse(readFileSync(file, "utf8")) as readonly (string | Case)[]).filter((each) => typeof each !== "string");

/** Where the dialect says unknown and stock says something: always towards not knowing, and nowhere else. */
const UNKNOWN: readonly string[] = [
  // Comparison across types.
  '{"==":[1,"1"]}',
  '{"!=":[1,"1"]}',
  '{">":["2",1]}',
  '{">=":["2",1]}',
  '{"<":["1",2]}',
  '{"<=":["1",2]}',
  // Arithmetic on texts.
  '{"+":["1",1]}',
  '{"*":["1",1]}',
  '{"-":["1",1]}',
  '{"/":["1",1]}',
  '{"===":[0,{"+":"0"}]}',
  '{"if":[{"+":"0"},"apple","banana"]}',
  '{"if":[{"+":"1"},"apple","banana"]}',
  // No branch taken.
  '{"if":[]}',
  '{"if":[false,"apple"]}',
  '{"if":[false,"apple",false,"banana"]}',
  '{"if":[false,"apple",false,"banana",false,"carrot"]}',
  // A path that leads nowhere.
  '{"var":["b"]}',
  '{"var":["a"]}',
  '{"var":"b"}',
  '{"var":"a"}',
  '{"var":"a.q"}',
  '{"var":"a.b.c"}',
  '{"var":"a.b.c"}',
  '{"var":"a.b.c"}',
  '{"map":[{"var":"integers"},{"*":[{"var":""},2]}]}',
  '{"reduce":[{"var":"integers"},{"+":[{"var":"current"},{"var":"accumulator"}]},0]}',
  // A quantifier over nothing.
  '{"all":[{"var":"integers"},{"<":[{"var":""},1]}]}',
  '{"all":[{"var":"items"},{">=":[{"var":"qty"},1]}]}',
  '{"none":[{"var":"integers"},{"<":[{"var":""},1]}]}',
  '{"none":[{"var":"items"},{">=":[{"var":"qty"},1]}]}',
  '{"some":[{"var":"integers"},{"<":[{"var":""},1]}]}',
  '{"some":[{"var":"items"},{">=":[{"var":"qty"},1]}]}',
];

describe.skipIf(!existsSync(FILE))("the JSON-logic project's own cases", () => {
  const cases = existsSync(FILE) ? casesIn(FILE) : [];

  it("are all there", () => {
    expect(cases).toHaveLength(277);
  });

  it("are answered as expected or with unknown, never otherwise", () => {
    for (const [rule, data, expected] of cases) {
      const { result } = walkRule(rule, data);
      if (result.kind === "known") expect(result.value, JSON.stringify([rule, data])).toEqual(expected);
    }
  });

  it("are unknown exactly where the dialect means them to be", () => {
    const unknown = cases.filter(([rule, data]) => walkRule(rule, data).result.kind === "unknown");

    expect(unknown.map(([rule]) => JSON.stringify(rule)).sort()).toEqual([...UNKNOWN].sort());
    expect(UNKNOWN).toHaveLength(33);
  });

  it("are answered the same by pawl policy eval, and by stock as its authors meant", async () => {
    const requests = cases.map(([rule, data]) => ({ rule, data }) as JsonValue);
    const answers = await answersTo(...requests);

    expect(answers).toHaveLength(277);
    for (const [index, [rule, data, expected]] of cases.entries()) {
      const walked = walkRule(rule, data).result;
      const value = walked.kind === "known" ? walked.value : null;
      expect(answers[index], JSON.stringify([rule, data])).toMatchObject({ value, known: walked.kind === "known" });
      expect(answers[index]?.stock).toEqual(expected);
    }
  });
});
