import type { JsonObject, JsonValue } from "../../src/kernel/json.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import type { Policy, Rule } from "../../src/policy/policy-file.ts";

/** A policy of few gates, to be changed by a spec: one stream, green's errors, two steps below 100. */
export const smallPolicy = (changes: JsonObject = {}): JsonObject => ({
  apiVersion: "pawl/v1",
  name: "small",
  description: "As few gates as a policy can have.",
  data: { cadence: "1m", maxAge: "3m", minCoverage: 0.9 },
  traffic: { requestsPerMinute: 600 },
  params: { lag: 5 },
  gates: {
    running: { why: "a stopped stream has no lag", rule: { "===": [{ var: "forward.state" }, "RUNNING"] } },
    lag: { why: "close behind", rule: { "<": [{ var: "forward.lagSeconds" }, { var: "params.lag" }] } },
    errors: { why: "few errors", rule: { "<=": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, 0.01] } },
  },
  start: { require: ["running", "lag"] },
  steps: [
    { id: "canary", weight: 5, minDwell: "10m", promoteWhen: ["running", "lag", "errors"] },
    { id: "half", weight: 50, minDwell: "10m", promoteWhen: ["running", "lag", "errors"] },
    { id: "full", weight: 100, minDwell: "10m", promoteWhen: ["running", "lag", "errors"] },
  ],
  rollback: [
    {
      id: "breaker",
      why: "gross failure",
      when: {
        and: [
          { ">=": [{ stat: ["green.errors5xx", "sum", "3m"] }, 10] },
          { ">=": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, 0.1] },
        ],
      },
    },
  ],
  whenNotLossless: "hold",
  blind: { after: "10m", watch: ["forward.lagSeconds", "green.requests"], action: "rollback" },
  afterRollback: { cooldown: "60m" },
  soak: { duration: "24h", onBreak: "restart-clock" },
  decommission: { require: ["errors"], approval: "operator" },
  freeze: [],
  waivers: [],
  ...changes,
});

/** The same, loaded. @throws {Error} the spec's changes do not make a policy. */
export const loadedPolicy = (changes: JsonObject = {}): Policy => {
  const loaded = loadPolicy(JSON.stringify(smallPolicy(changes)), "policy.json");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
};

/** The small policy with these gates, asked at the start and nowhere else. Called within a spec, not as its file loads. */
export const askingAtStart = (gates: Readonly<Record<string, Rule>>, waived: readonly string[] = []): Policy => {
  const small = loadedPolicy();
  return {
    ...small,
    gates: Object.fromEntries(Object.entries(gates).map(([name, rule]) => [name, { why: "w", rule }])),
    start: { require: Object.keys(gates) },
    steps: small.steps.map((step) => ({ ...step, promoteWhen: [] })),
    decommission: { ...small.decommission, require: [] },
    waivers: waived.map((gate) => ({ gate, expires: "2026-12-01T00:00:00Z", by: "olga", why: "known" })),
  };
};

/** A good day at the canary of the small policy: it is left from 10m on. */
export const GOOD_DAY: Readonly<Record<string, JsonValue>> = {
  "forward.state": "'RUNNING'x60",
  "forward.lagSeconds": "1.5x60",
  "green.requests": "30x60",
  "green.errors5xx": "0x60",
};
