import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/kernel/json.ts";

/** The members of every object in another order. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
};

/** JSON of any texts: quotes, controls, halves of surrogate pairs. */
const anyJson = fc.jsonValue({ stringUnit: "binary" });
const anyText = fc.string({ unit: "binary" }).map((text) => text + String.fromCharCode(0xd800, 0x22, 0x1f));

describe("the one text for one value", () => {
  it("is JSON, and reads back as the value", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("is the same in whatever order the members stand", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it("is what JSON.stringify writes where the keys are in order already", () => {
    const scalar = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      anyText,
      fc.boolean(),
      fc.constant(null),
    );
    const row = fc.tuple(anyText, fc.array(scalar)).map(([key, values]) => ({ [`a${key}`]: values, z: values.length }));
    fc.assert(
      fc.property(fc.oneof(scalar, row), (value) => {
        expect(canonicalJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it("leaves out members that are undefined, and has no form for what JSON would silently change", () => {
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, [undefined], undefined, () => 1, 1n])
      expect(() => canonicalJson(value)).toThrow("has no JSON form");
  });
});
