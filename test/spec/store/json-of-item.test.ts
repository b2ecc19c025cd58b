import { marshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonOfItem } from "../../../src/adapters/dynamodb/json-of-item.ts";
import { canonicalJson } from "../../../src/kernel/json.ts";

describe("an item read back", () => {
  it("is the JSON it was made of, member by member", () => {
    const body = {
      text: "",
      none: null,
      yes: true,
      list: [1, [], {}],
      inner: { "a.b": -0.5, tiny: 1e-7, big: 2 ** 53 - 1 },
    };
    expect(jsonOfItem(marshall(body))).toEqual({ ok: true, value: body });
  });

  it("keeps a member named __proto__ where it can be seen", () => {
    const read = jsonOfItem(JSON.parse('{"m":{"M":{"__proto__":{"M":{"lag":{"N":"9"}}}}}}'));
    expect(canonicalJson(read)).toBe('{"ok":true,"value":{"m":{"__proto__":{"lag":9}}}}');
  });

  it.each([
    [{ N: "1" }, 1],
    [{ N: "-0.120" }, -0.12],
    [{ N: "1E-7" }, 1e-7],
    [{ N: "0.0000001" }, 1e-7],
    [{ N: "120000" }, 120_000],
    [{ N: "-0" }, -0],
    [{ N: "+.5e1" }, 5],
  ])("takes %o for the number it is, however it is written", (attribute, value) => {
    expect(jsonOfItem({ a: attribute })).toEqual({ ok: true, value: { a: value } });
  });

  it("gives back every number that pawl can store, as a table writes it", () => {
    const stored = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
    fc.assert(
      fc.property(stored, (value) => {
        for (const text of [String(value), value.toExponential()])
          expect(canonicalJson(jsonOfItem({ a: { N: text } }))).toBe(`{"ok":true,"value":{"a":${value}}}`);
      }),
    );
  });

  it.each([
    ["17.00000000000000000001", "a is a number of more digits than pawl writes, 17.00000000000000000001"],
    ["9007199254740993", "a is a number of more digits than pawl writes, 9007199254740993"],
    ["1e999", "a is a number of more digits than pawl writes, 1e999"],
  ])("refuses %s, which would be rounded", (N, said) => {
    expect(jsonOfItem({ a: { N } })).toEqual({ ok: false, failure: said });
  });

  it.each([
    [{ SS: ["x"] }, "a.b.0 is a set of texts"],
    [{ NS: ["1"] }, "a.b.0 is a set of numbers"],
    [{ BS: [new Uint8Array()] }, "a.b.0 is a set of bytes"],
    [{ B: new Uint8Array() }, "a.b.0 is bytes"],
  ])("refuses %o, and says where it is", (attribute, said) => {
    expect(jsonOfItem({ a: { M: { b: { L: [attribute] } } } })).toEqual({ ok: false, failure: said });
  });
});

it("shows a strange name as JSON writes it", () => {
  expect(jsonOfItem({ "a b\n": { NS: ["1"] } })).toEqual({
    ok: false,
    failure: '"a b\\n" is a set of numbers',
  });
});

describe("canonical JSON", () => {
  it.each([
    [new Set(["x"]), "Set"],
    [new Map([["a", 1]]), "Map"],
    [new Uint8Array([1]), "Uint8Array"],
  ])("refuses what is neither list nor object, though JSON would write it as one: %o", (value, name) => {
    expect(() => canonicalJson({ inside: [value] })).toThrow(`a ${name} has no JSON form`);
  });

  it("takes an object without a prototype", () => {
    expect(canonicalJson(Object.assign(Object.create(null), { b: 1, a: undefined }))).toBe('{"b":1}');
  });
});
