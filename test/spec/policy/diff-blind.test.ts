import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { diffPolicies } from "../../../src/policy/diff/diff-policies.ts";
import { loadedPolicy, smallPolicy } from "../../support/small-policy.ts";

const small = smallPolicy();
const blind = (changes: JsonObject): JsonObject => ({ blind: { ...(small["blind"] as JsonObject), ...changes } });
const aged = (maxAge: string): JsonObject => ({ data: { ...(small["data"] as JsonObject), maxAge } });

const said = (before: JsonObject, after: JsonObject): readonly string[] =>
  diffPolicies(loadedPolicy(before), loadedPolicy(after)).map(
    ({ direction, where, what }) => `${direction} | ${where} | ${what}`,
  );

const LESS = blind({ watch: ["green.requests"] });

describe("what is out of sight holds every step, and for long enough sends traffic back", () => {
  it("so that a signal less both goes back later and opens earlier, and one more the other way round", () => {
    expect(said({}, LESS)).toEqual([
      "rolls back later | blind | no longer watches forward.lagSeconds",
      "opens earlier | blind | no longer watches forward.lagSeconds",
    ]);
    expect(said(LESS, {})).toEqual([
      "opens later | blind | also watches forward.lagSeconds",
      "rolls back earlier | blind | also watches forward.lagSeconds",
    ]);
  });

  it("and so do older data in sight", () => {
    expect(said({}, aged("5m"))).toEqual([
      "rolls back later | data | maxAge 3m → 5m",
      "opens earlier | data | maxAge 3m → 5m",
    ]);
    expect(said(aged("5m"), {})).toEqual([
      "opens later | data | maxAge 5m → 3m",
      "rolls back earlier | data | maxAge 5m → 3m",
    ]);
    expect(said({}, aged("180s"))).toEqual(["neutral | data | maxAge 3m → 180s"]);
  });

  it("but where blindness only holds, nothing goes back", () => {
    const held = (changes: JsonObject): JsonObject => blind({ action: "hold", ...changes });
    expect(said(held({}), held({ watch: ["green.requests"] }))).toEqual([
      "opens earlier | blind | no longer watches forward.lagSeconds",
    ]);
    expect(said({ ...held({}) }, { ...held({}), ...aged("5m") })).toEqual(["opens earlier | data | maxAge 3m → 5m"]);
  });
});
