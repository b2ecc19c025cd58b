import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/kernel/json.ts";
import { oncePerText } from "../../../src/kernel/memo.ts";
import { parseDuration } from "../../../src/kernel/units.ts";

describe("one text for one value", () => {
  it.each([
    ["in order", { a: 1, b: 2, c: 3 }],
    ["the other way round", { c: 3, b: 2, a: 1 }],
    ["the last one out of its place", { b: 2, c: 3, a: 1 }],
  ])("given keys %s, then they are written in order", (_, value) => {
    expect(canonicalJson(value)).toBe('{"a":1,"b":2,"c":3}');
  });

  it("given a key that is one of JSON's escapes, then it is written as JSON writes it, each time", () => {
    const value = { 'a"b': 1, "line\nbreak": 2 };
    const text = '{"a\\"b":1,"line\\nbreak":2}';
    expect([canonicalJson(value), canonicalJson(value)]).toEqual([text, text]);
    expect(JSON.parse(text)).toEqual(value);
  });

  it("given more keys than are remembered, then each is still written as itself", () => {
    const value = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`key "${index}"`, index]));
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });
});

describe("an answer that is remembered by its text", () => {
  it("given the same text again, then it is computed once", () => {
    const asked: string[] = [];
    const lengthOf = oncePerText((text) => {
      asked.push(text);
      return text.length;
    });
    expect([lengthOf("one"), lengthOf("three"), lengthOf("one"), lengthOf("")]).toEqual([3, 5, 3, 0]);
    expect([lengthOf(""), asked]).toEqual([0, ["one", "three", ""]]);
  });

  it("given any number of texts, or a long one, then memory stays bounded and the answers right", () => {
    let computed = 0;
    const echo = oncePerText((text) => {
      computed += 1;
      return text;
    });
    const long = "x".repeat(200);
    const texts = [long, ...Array.from({ length: 1_500 }, (_, index) => `${index}`)];
    for (const text of [...texts, ...texts]) expect(echo(text)).toBe(text);
    // The first thousand short ones were remembered; the others and the long one were computed twice.
    expect(computed).toBe(2 * texts.length - 1_000);
  });

  it("given a text that has no answer, then it is refused each time", () => {
    const refused = () => parseDuration("5 min");
    expect(refused).toThrow('"5 min" is not a duration');
    expect(refused).toThrow('"5 min" is not a duration');
  });
});
