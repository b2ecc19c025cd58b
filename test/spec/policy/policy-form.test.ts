import { describe, expect, it, test } from "vitest";
import schema from "../../../policies/schema/policy.schema.json" with { type: "json" };
import type { JsonObject } from "../../../src/kernel/json.ts";
import { policyIn } from "../../../src/policy/policy-form.ts";
import { DRILL } from "../../support/fake-world.ts";
import { committedPolicy } from "../../support/orders-policies.ts";

type Members = { readonly [name: string]: { readonly [name: string]: unknown } };

type Part = { readonly properties: Members; readonly required: readonly string[] };

const faultOf = (policy: unknown): string => {
  const read = policyIn(policy as JsonObject);
  return read.ok ? "" : read.failure;
};

/** With every member that the schema knows, as its own examples write it. */
const exampleOf = ({ properties }: { readonly properties: Members }): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [name, (one["examples"] as JsonObject[] | undefined)?.[0] ?? {}]),
  );

describe("a policy in the table, whichever release published it", () => {
  test.each([
    ["the production policy", committedPolicy("policy")],
    ["the drill", DRILL],
    ["one with all that the schema has", exampleOf(schema)],
  ])("can be judged by: %s", (_, policy) => {
    expect(faultOf(policy)).toBe("");
  });

  it.each(Object.keys(schema.properties).filter((name) => schema.required.includes(name)))(
    "cannot without %s",
    (name) => {
      const { [name]: _, ...rest } = exampleOf(schema);
      expect(faultOf(rest)).toBe(`${name} is missing`);
    },
  );

  it.each(Object.keys(schema.properties).filter((name) => !schema.required.includes(name)))(
    "can without %s",
    (name) => {
      const { [name]: _, ...rest } = exampleOf(schema);
      expect(faultOf(rest)).toBe("");
    },
  );

  it("can with all that the linter takes: what may be left out in a part, and what may stand there", () => {
    const parts: readonly (readonly [at: string, part: Part, of: (part: JsonObject) => JsonObject])[] = [
      ["start", schema.properties.start, (start) => ({ start })],
      ["steps.0", schema.properties.steps.items, (step) => ({ steps: [step] })],
      ["soak", schema.properties.soak, (soak) => ({ soak })],
      ["blind", schema.properties.blind, (blind) => ({ blind })],
      ["freeze.0", schema.properties.freeze.items, (freeze) => ({ freeze: [freeze] })],
      ["waivers.0", schema.properties.waivers.items, (waiver) => ({ waivers: [waiver] })],
    ];
    for (const [at, part, of] of parts) {
      const full = exampleOf(part);
      expect(faultOf({ ...DRILL, ...of(full) })).toBe("");
      for (const name of Object.keys(part.properties)) {
        const { [name]: _, ...rest } = full;
        const fault = part.required.includes(name) ? `${at}.${name} is missing` : "";
        expect(faultOf({ ...DRILL, ...of(rest) })).toBe(fault);
      }
    }
  });

  it.each([
    [{ ...DRILL, quorum: 2 }, "quorum is nothing that this release knows"],
    [{ ...DRILL, blind: { ...DRILL.blind, quorum: 2 } }, "blind.quorum is nothing that this release knows"],
    [{ ...DRILL, soak: { ...DRILL.soak, duration: "1w" } }, "soak.duration is not a duration such as 90s, 5m or 24h"],
    [
      { ...DRILL, soak: { ...DRILL.soak, duration: ["24h"] } },
      "soak.duration is not a duration such as 90s, 5m or 24h",
    ],
    [{ ...DRILL, soak: { ...DRILL.soak, onBreak: "extend" } }, "soak.onBreak is not one of restart-clock, rollback"],
    [{ ...DRILL, steps: [{ ...DRILL.steps[0], weight: 0.5 }] }, "steps.0.weight is not a whole number from 0 to 100"],
    [{ ...DRILL, apiVersion: "pawl/v2" }, "apiVersion is not one of pawl/v1"],
    [{ ...DRILL, freeze: [{ monthly: "1", why: "w" }] }, "freeze.0.monthly is nothing that this release knows"],
  ])("cannot where it says what this release would pass over or not understand", (policy, fault) => {
    expect(faultOf(policy)).toBe(fault);
  });
});
