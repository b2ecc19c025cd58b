import { readFileSync } from "node:fs";
import { lintPolicy } from "../../src/policy/lint.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import type { Figure, Measurement } from "./measurement.ts";

const FILE = "policies/orders/policy.json";
const GATES = 11;

/** CPU milliseconds of one call. */
const spent = (call: () => unknown): number => {
  const start = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};

const ofGates = (policy: Policy, count: number): Policy => {
  const kept = Object.entries(policy.gates).slice(0, count);
  const names = new Set(kept.map(([name]) => name));
  const asked = (gates: readonly string[]): readonly string[] => gates.filter((gate) => names.has(gate));
  return {
    ...policy,
    gates: Object.fromEntries(kept),
    start: { require: asked(policy.start.require) },
    steps: policy.steps.map((step) => ({ ...step, promoteWhen: asked(step.promoteWhen) })),
    decommission: { ...policy.decommission, require: asked(policy.decommission.require) },
  };
};

const run = (): readonly Figure[] => {
  const whole = readFileSync(FILE, "utf8");
  const eleven = JSON.stringify(ofGates(JSON.parse(whole), GATES));
  const figure = (what: string, text: string): Figure => {
    const first = spent(() => lintPolicy(text, FILE));
    const again = spent(() => lintPolicy(text, FILE));
    return {
      what,
      value: `${first.toFixed(0)} ms`,
      note: `of CPU the first time, ${again.toFixed(0)} ms again; at most 300`,
    };
  };
  return [figure(`a policy of ${GATES} gates`, eleven), figure(FILE, whole)];
};

export const LINT: Measurement = { name: "lint", about: "what pawl policy lint costs a whole policy", run };
