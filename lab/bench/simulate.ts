import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import { loadScenario } from "../../src/rehearsal/simulate/load-scenario.ts";
import { readyScenario } from "../../src/rehearsal/simulate/ready-scenario.ts";
import { simulateRun } from "../../src/rehearsal/simulate/simulate-run.ts";
import { traitsOfScenario } from "../../src/rehearsal/world/traits.ts";
import { sha256 } from "../../src/wiring-local.ts";
import type { Figure, Measurement } from "./measurement.ts";

const SCENARIO = "policies/scenarios/healthy.json";
const POLICY = "policies/orders/policy.json";
/** What is promised: 500 runs of 48 h, a tick a minute. */
const PROMISED_TICKS = 500 * 48 * 60;
/** The first runs are slow: V8 compiles what the later ones run. */
const WARM_UP_MINUTES = 3_000;
const SECONDS = 4;

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

const loaded = <Value>(result: { readonly ok: true; readonly value: Value } | { readonly ok: false }): Value => {
  if (!result.ok) throw new Error("the shipped files are broken; pawl policy lint says where");
  return result.value;
};

/** The orders policy with one more gate in every step: both streams' lag does not grow over a quarter of an hour. */
const withSlope = (policy: Policy): Policy => {
  const rising = (stream: string) => ({ "<=": [{ stat: [`${stream}.lagSeconds`, "slope", "15m"] }, 0.2] });
  const gates = { ...policy.gates, slope: { why: "lag grows", rule: { and: [rising("forward"), rising("reverse")] } } };
  const steps = policy.steps.map((step) => ({ ...step, promoteWhen: [...step.promoteWhen, "slope"] }));
  return { ...policy, gates, steps };
};

/** Ticks for each second of CPU, once warm; nobody approves, so that every run lasts to its horizon. */
const ticksPerSecond = async (policy: Policy): Promise<number> => {
  const written = loaded(loadScenario(read(SCENARIO), SCENARIO));
  const scenario = { ...readyScenario(written, policy), approvesAfterMs: null };
  const settings = { scenario, policy, traitsAt: traitsOfScenario(scenario), seed: 1, digest: sha256 };
  let run = 0;
  for (let ticks = 0; ticks < WARM_UP_MINUTES; run += 1) ticks += (await simulateRun(settings, run)).ticks;
  const start = process.cpuUsage();
  for (let ticks = 0; ; run += 1) {
    ticks += (await simulateRun(settings, run)).ticks;
    const { user, system } = process.cpuUsage(start);
    const spent = (user + system) / 1e6;
    if (spent >= SECONDS) return ticks / spent;
  }
};

const figuresOf = async (what: string, policy: Policy): Promise<Figure> => {
  const speed = await ticksPerSecond(policy);
  const cores = availableParallelism();
  const seconds = PROMISED_TICKS / speed / cores;
  return {
    what,
    value: `${Math.round(speed)} /s`,
    note: `ticks a CPU second, ${Math.round(1e6 / speed)} µs each; 500 runs of 48 h: ${Math.round(seconds)} s on ${cores} cores`,
  };
};

const run = async (): Promise<readonly Figure[]> => {
  const policy = loaded(loadPolicy(read(POLICY), POLICY));
  return [await figuresOf("the orders policy", policy), await figuresOf("the same with two slopes", withSlope(policy))];
};

export const SIMULATE: Measurement = {
  name: "simulate",
  about: "whole cutovers by the guard's own loop on a virtual clock",
  run,
};
