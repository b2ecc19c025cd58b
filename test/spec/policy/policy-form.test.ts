import { describe, expect, it, test } from "vitest";
import schema from "../../../policies/schema/policy.schema.json" with { type: "json" };
import type { JsonObject } from "../../../src/kernel/json.ts";
import { policyIn } from "../../../src/policy/policy-form.ts";
import { DRILL } from "../../support/fake-world.ts";
import { committedPolicy } from "../../support/orders-policies.ts";

type Members = { readonly [name: string]: { readonly [name: string]: unknown } };

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

  it.each([
    [{ ...DRILL, quorum: 2 }, "quorum is nothing that this release knows"],
    [{ ...DRILL, blind: { ...DRILL.blind, quorum: 2 } }, "blind.quorum is nothing that this release knows"],
    [{ ...DRILL, soak: { ...DRILL.soak, duration: "1w" } }, "soak.duration is not a duration such as 90s, 5m or 24h"],
    [{ ...DRILL, soak: { ...DRILL.soak, onBreak: "extend" } }, "soak.onBreak is not one of restart-clock, rollback"],
    [{ ...DRILL, steps: [{ ...DRILL.steps[0], weight: 0.5 }] }, "steps.0.weight is not a whole number from 0 to 100"],
    [{ ...DRILL, apiVersion: "pawl/v2" }, "apiVersion is not one of pawl/v1"],
    [{ ...DRILL, freeze: [{ monthly: "1", why: "w" }] }, "freeze.0.monthly is nothing that this release knows"],
  ])("cannot where it says what this release would pass over or not understand", (policy, fault) => {
    expect(faultOf(policy)).toBe(fault);
  });
});
