import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { schemaCheck } from "../../../src/policy/checks/schema.ts";
import { lintOf } from "../../support/lint.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const found = (schema: JsonObject, value: unknown): readonly string[] =>
  schemaCheck(schema)(value).map(
    ({ level, rule, pointer, message, ofName }) =>
      `${level} ${rule} ${pointer} ${typeof message === "string" ? message : message()}${ofName ? " (name)" : ""}`,
  );

describe("a field", () => {
  const FIELDS: JsonObject = {
    type: "object",
    additionalProperties: false,
    required: ["duration"],
    properties: { duration: { type: "string" }, "a/b": { type: "object", additionalProperties: false } },
  };

  it("that is missing is told of by its name", () => {
    expect(found(FIELDS, {})).toEqual(['error missing-field  "duration" is missing; add it']);
    expect(found({ type: "object", properties: { soak: FIELDS } }, { soak: {} })).toEqual([
      'error missing-field /soak "duration" is missing; add it',
    ]);
  });

  it("that nothing reads is told of by its own place, with what was meant", () => {
    expect(found(FIELDS, { duration: "", durration: "" })).toEqual([
      'error unknown-field /durration nothing here is called "durration". Did you mean "duration"? (name)',
    ]);
    expect(found(FIELDS, { duration: "", "a/b": { "c~d": 1 } })).toEqual([
      'error unknown-field /a~1b/c~0d nothing here is called "c~d". (name)',
    ]);
  });
});

describe("a value", () => {
  it.each<[string, JsonObject, JsonValue, string]>([
    ["of another type", { type: "string" }, 5, "5 must be string."],
    ["of none of several types", { type: ["string", "number"] }, null, "null must be string,number."],
    ["of no choice", { enum: ["page", "rollback"] }, "stop", '"stop" is none of page, rollback.'],
    ["that is fixed", { const: "pawl/v1" }, "pawl/v2", '"pawl/v2" has to be "pawl/v1".'],
    ["of another form", { type: "string", pattern: "^[0-9]+m$" }, "5", '"5" has not the form that is asked for.'],
    ["that is blank", { type: "string", pattern: "\\S" }, " ", '" " says nothing; write it.'],
    ["that is too small", { type: "number", minimum: 1 }, 0, "0 must be >= 1."],
    ["with too little in it", { type: "array", minItems: 1 }, [], "[] must NOT have fewer than 1 items."],
    ["that is long", { const: 1 }, "x".repeat(100), `"${"x".repeat(59)}… has to be 1.`],
  ])("is shown with what is wrong: %s", (_, schema, value, says) => {
    expect(found(schema, value)).toEqual([`error invalid-value  ${says}`]);
  });

  it("is told what it is for, and what would be right", () => {
    const schema = { type: "string", description: "How long.", examples: ["5m", "24h"] };

    expect(found(schema, 5)).toEqual(['error invalid-value  5 must be string. How long. For example "5m" or "24h"']);
    expect(found({ ...schema, examples: [] }, 5)).toEqual(["error invalid-value  5 must be string. How long."]);
    expect(found({ type: "string", examples: ["5m"] }, 5)).toEqual([
      'error invalid-value  5 must be string. For example "5m"',
    ]);
    expect(found({ ...schema, examples: ["x".repeat(118)] }, 5).join()).toContain("For example");
    expect(found({ ...schema, examples: ["x".repeat(119)] }, 5)).toEqual([
      "error invalid-value  5 must be string. How long.",
    ]);
  });

  it("says nothing of what a field is for that is missing or unknown: that is of the whole it stands in", () => {
    const schema = {
      type: "object",
      description: "The soak.",
      required: ["a"],
      properties: { a: {} },
      additionalProperties: false,
    };

    expect(found(schema, { b: 1 }).join("\n")).not.toContain("The soak.");
  });
});

describe("a name", () => {
  const NAMES: JsonObject = {
    type: "object",
    propertyNames: { type: "string", pattern: "^[a-z]+$", description: "Lower case letters." },
  };

  it("of another form is told of once, by its own place", () => {
    expect(found(NAMES, { fine: 1, "Not/So": 2 })).toEqual([
      'error invalid-value /Not~1So the name "Not/So" has not the form that is asked for. Lower case letters. (name)',
    ]);
  });
});

describe("what only repeats what is said beneath it", () => {
  it("is not said", () => {
    expect(found({ allOf: [{ type: "string" }, { type: "string", minLength: 2 }] }, "a")).toEqual([
      'error invalid-value  "a" must NOT have fewer than 2 characters.',
    ]);
    // biome-ignore lint/suspicious/noThenProperty: a schema has this key
    expect(found({ if: { type: "number" }, then: { type: "number", minimum: 5 } }, 1)).toEqual([
      "error invalid-value  1 must be >= 5.",
    ]);
  });

  it("is said of a choice of forms, none of which it has", () => {
    expect(found({ anyOf: [{ type: "string" }, { type: "number" }] }, null)).toEqual([
      "error invalid-value  null must be string.",
      "error invalid-value  null must be number.",
      "error invalid-value  null must match a schema in anyOf.",
    ]);
  });
});

describe("everything that is wrong", () => {
  it("is found at once, and nothing where nothing is", () => {
    const schema = { type: "object", properties: { a: { type: "string" }, b: { type: "string" } } };

    expect(found(schema, { a: 1, b: 2 })).toHaveLength(2);
    expect(found(schema, { a: "", b: "" })).toEqual([]);
  });

  it("in a policy is said as its schema explains it", () => {
    const soak = { ...(smallPolicy()["soak"] as JsonObject), duration: "1 day" };

    expect(lintOf({ soak })).toEqual([
      'error invalid-value /soak/duration "1 day" has not the form that is asked for. A whole number and s, m or h. For example "90s" or "5m" or "24h"',
    ]);
  });
});
