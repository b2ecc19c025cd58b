import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type JsonValue } from "../../src/kernel/json.ts";
import { deltaOf, patched } from "../../src/rehearsal/recording/json-delta.ts";

const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes("__proto__"));

describe("a change", () => {
  it("turns the one value into the other, also after it was written and read", () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const [from, to] = [before as JsonValue, after as JsonValue];
        const delta = deltaOf(from, to);
        const read = delta === undefined ? undefined : (JSON.parse(JSON.stringify(delta)) as JsonValue);
        expect(canonicalJson(patched(from, read))).toBe(canonicalJson(to));
      }),
      { numRuns: 500 },
    );
  });

  it("is none between a value and itself, and leaves what it does not name shared", () => {
    fc.assert(
      fc.property(json, json, (value, other) => {
        expect(deltaOf(value as JsonValue, structuredClone(value) as JsonValue)).toBeUndefined();
        const before = { kept: [value as JsonValue], changed: 1 };
        const after = patched(
          before,
          deltaOf(before, { kept: structuredClone(before.kept), changed: other as JsonValue }),
        );
        expect((after as typeof before).kept).toBe(before.kept);
      }),
    );
  });

  it("is refused where it is none, and never reaches what an object is made of", () => {
    expect(() => patched({}, JSON.parse('{"__proto__":{"polluted":[true]}}') as JsonValue)).toThrow(RangeError);
    expect(() => patched([1], { 3: [1] })).toThrow(RangeError);
    expect(() => patched(1, { a: [1] })).toThrow(RangeError);
    expect(() => patched({}, "text")).toThrow(RangeError);
  });
});
