import { readFileSync } from "node:fs";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import type { Series } from "./evidence.ts";

export const policyText = (name: "policy" | "drill"): string =>
  readFileSync(new URL(`../../policies/orders/${name}.json`, import.meta.url), "utf8");

/** A policy as committed. @throws {Error} it does not load: nothing that follows could mean anything. */
export const committedPolicy = (name: "policy" | "drill"): Policy => {
  const loaded = loadPolicy(policyText(name), `policies/orders/${name}.json`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
};

const stream = (name: "forward" | "reverse"): Readonly<Record<string, Series>> => ({
  [`${name}.state`]: "RUNNING",
  [`${name}.tasksRunning`]: 2,
  [`${name}.tasksExpected`]: 2,
  [`${name}.stalled`]: false,
  [`${name}.dataGap`]: false,
  [`${name}.lagRecords`]: 3,
  [`${name}.lagSeconds`]: 1.2,
});

/** Every signal the orders policies read, as on a good day at half the traffic. */
export const HEALTHY: Readonly<Record<string, Series>> = {
  "green.requests": 7000,
  "green.errors5xx": 3,
  "green.p99Ms": 180,
  "green.healthyHosts": 4,
  "blue.requests": 7000,
  "blue.errors5xx": 3,
  "blue.p99Ms": 170,
  "blue.readyPercent": 100,
  "lb.requests": 14000,
  "lb.errors5xx": 0,
  "traffic.ruleInSync": true,
  ...stream("forward"),
  ...stream("reverse"),
  "conflicts.new": 0,
  "alarms.firing": 0,
  "alarms.unknown": 0,
};

export const cutoverText = (): string =>
  readFileSync(new URL("../../policies/orders/cutover.json", import.meta.url), "utf8");
