import { describe, expect, it } from "vitest";
import { mayOverlap, sameConditions } from "../../../src/actuation/conditions.ts";
import type { JsonValue } from "../../../src/kernel/json.ts";

const path = (...Values: string[]) => ({ Field: "path-pattern", PathPatternConfig: { Values } });
const host = (...Values: string[]) => ({ Field: "host-header", HostHeaderConfig: { Values } });
const method = (...Values: string[]) => ({ Field: "http-request-method", HttpRequestMethodConfig: { Values } });
const source = (...Values: string[]) => ({ Field: "source-ip", SourceIpConfig: { Values } });
const header = (HttpHeaderName: string, ...Values: string[]) => ({
  Field: "http-header",
  HttpHeaderConfig: { HttpHeaderName, Values },
});
const query = (Key: string, Value: string) => ({
  Field: "query-string",
  QueryStringConfig: { Values: [{ Key, Value }] },
});

const regex = (...RegexValues: string[]) => ({ Field: "path-pattern", PathPatternConfig: { RegexValues } });
const moon = (Hemisphere: string) => ({ Field: "moon-phase", Values: ["full"], MoonPhaseConfig: { Hemisphere } });

describe("two rules", () => {
  it.each<readonly [string, readonly JsonValue[], readonly JsonValue[], boolean]>([
    ["other paths", [path("/a")], [path("/b")], false],
    ["one path among several", [path("/a", "/b")], [path("/b")], true],
    ["a path and a pattern of it", [path("/a*")], [path("/abc")], true],
    ["patterns that begin differently", [path("/a*")], [path("/b*")], false],
    ["patterns that end differently", [path("*.css")], [path("*.js")], false],
    ["patterns that meet in the middle", [path("/api/*")], [path("*/orders")], true],
    ["a sign for any sign", [path("/a?c")], [path("/abc")], true],
    ["a sign that is not there", [path("/a?")], [path("/a")], false],
    ["paths in another case", [path("/A")], [path("/a")], false],
    ["hosts in another case", [host("Shop.Example")], [host("shop.example")], true],
    ["a host and its wildcard", [host("*.example")], [host("shop.example")], true],
    ["a wildcard that needs a label more", [host("*.shop.example")], [host("shop.example")], false],
    ["no conditions", [], [path("/b")], true],
    ["other fields", [host("x")], [path("/b")], true],
    ["a shared field that excludes beside one that does not", [path("/a"), host("x")], [host("y")], false],
    ["a method of several", [method("GET")], [method("POST", "GET")], true],
    ["other methods", [method("GET")], [method("POST", "PUT")], false],
    ["an address within a range", [source("10.0.0.0/8")], [source("10.20.0.0/16")], true],
    ["ranges apart", [source("10.0.0.0/8")], [source("192.168.0.0/16")], false],
    ["an address of the other family", [source("0.0.0.0/0")], [source("2001:db8::/32")], false],
    ["ranges of the longer family", [source("2001:db8::/32")], [source("2001:db8:1::/48")], true],
    ["the longer family apart", [source("2001:db8::/32")], [source("2001:db9::/32")], false],
    ["a range that is none", [source("nonsense")], [source("10.0.0.0/8")], true],
    // A request carries many headers and parameters at once, and one of them several times.
    ["other headers", [header("X-A", "1")], [header("X-B", "2")], true],
    ["another value of one header", [header("X-A", "1")], [header("X-A", "2")], true],
    ["other parameters", [query("a", "1")], [query("b", "2")], true],
    ["another value of one parameter", [query("a", "1")], [query("a", "2")], true],
    ["the older place of the values", [{ Field: "path-pattern", Values: ["/a"] }], [path("/b")], false],
    [
      "a regular expression",
      [{ Field: "path-pattern", PathPatternConfig: { RegexValues: ["^/a"] } }],
      [path("/b")],
      true,
    ],
    [
      "a field nobody knows yet",
      [{ Field: "moon-phase", Values: ["full"] }],
      [{ Field: "moon-phase", Values: ["new"] }],
      true,
    ],
    ["something that is no condition", ["?"], [path("/b")], true],
    ["nothing where a condition should be", [null], [path("/b")], true],
    ["an empty list of values", [{ ...path(), PathPatternConfig: { Values: [] } }], [path("/b")], true],
    ["a value that is no text", [{ Field: "path-pattern", Values: ["/a", 5] }], [path("/b")], true],
    [
      "an empty list of regular expressions beside its values",
      [{ Field: "path-pattern", PathPatternConfig: { Values: ["/a"], RegexValues: [] } }],
      [path("/b")],
      false,
    ],
    [
      "plain values beside an empty newer place",
      [{ Field: "path-pattern", Values: ["/a"], PathPatternConfig: {} }],
      [path("/b")],
      false,
    ],
    ["a pattern longer than the other text, with a star in each", [path("a*ba")], [path("*a")], true],
    ["one text of equal signs and another", [path("aab")], [path("ab")], false],
    ["a sign for any sign where no sign is left", [path("?")], [path("")], false],
    ["stars alone", [path("**")], [path("")], true],
  ])("with %s", (_what, a, b, expected) => {
    expect(mayOverlap(a, b)).toBe(expected);
    expect(mayOverlap(b, a)).toBe(expected);
  });

  it("have the same conditions in whatever order and place they stand", () => {
    const written = [path("/a", "/b"), host("x")];
    expect(sameConditions(written, [host("x"), path("/b", "/a")])).toBe(true);
    expect(
      sameConditions([path("/a")], [{ Field: "path-pattern", Values: ["/a"], PathPatternConfig: { Values: ["/a"] } }]),
    ).toBe(true);
    expect(sameConditions(written, [path("/a", "/b")])).toBe(false);
    expect(sameConditions([query("a", "1")], [query("1", "a")])).toBe(false);
    expect(sameConditions([header("a", "b")], [header("b", "a")])).toBe(false);
    expect(
      sameConditions(
        [path("/a")],
        [{ Field: "path-pattern", PathPatternConfig: { Values: ["/a"], RegexValues: ["b"] } }],
      ),
    ).toBe(false);
  });

  it.each<readonly [string, JsonValue, JsonValue]>([
    ["other regular expressions", regex("^/a$"), regex("^/b$")],
    ["a field nobody knows yet that says more than its values", moon("north"), moon("south")],
    ["things that are no conditions", "?", "!"],
    ["nothing and something", null, {}],
    ["a value that is no text", { Field: "path-pattern", Values: ["/a", 5] }, path("/a")],
  ])("are told apart by %s", (_what, one, other) => {
    expect(sameConditions([one], [other])).toBe(false);
    expect(sameConditions([one], [structuredClone(one)])).toBe(true);
  });
});
