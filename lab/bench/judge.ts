import { LogicEngine } from "json-logic-engine";
import jsonLogic from "json-logic-js";
import type { JsonValue } from "../../src/kernel/json.ts";
import { evaluateRule } from "../../src/policy/evaluate.ts";
import { compileLogic } from "../../src/policy/logic/compile.ts";
import { walkPlan } from "../../src/policy/logic/walk.ts";
import { askStock, secondKey, stockPlan } from "../../src/policy/stock.ts";
import type { Evidence, Readings } from "../../src/snapshot/snapshot.ts";
import { type Figure, inTurns, type Measurement } from "./measurement.ts";

const read = (path: string): JsonValue => ({ var: path });
const ratio = (part: string, whole: string): JsonValue => ({ "/": [read(part), read(whole)] });

/** Eleven gates as a policy has them: two ratios, a cap that is relative to blue, states, counts. */
const ELEVEN_GATES: JsonValue = {
  and: [
    { "===": [read("forward.state"), "RUNNING"] },
    { "<": [read("forward.lagSeconds"), 5] },
    { "<=": [read("reverse.lagRecords"), 100] },
    { "<=": [ratio("green.errors5xx", "green.requests"), 0.01] },
    { "<=": [ratio("lb.errors5xx", "lb.requests"), 0.01] },
    { "<=": [read("green.p99Ms"), { max: [400, { "*": [1.2, read("blue.p99Ms")] }] }] },
    { ">=": [read("green.healthyHosts"), 4] },
    { ">=": [read("green.requests"), 150] },
    { "===": [read("alarms.firing"), 0] },
    { "===": [read("alarms.unknown"), 0] },
    { "!": [read("forward.stalled")] },
  ],
};

/** Every gate passes, so that nobody may stop early. */
const HEALTHY = {
  forward: { state: "RUNNING", lagSeconds: 1.5, stalled: false },
  reverse: { lagRecords: 3 },
  green: { requests: 600, errors5xx: 1, p99Ms: 380, healthyHosts: 4 },
  blue: { p99Ms: 350 },
  lb: { requests: 6000, errors5xx: 0 },
  alarms: { firing: 0, unknown: 0 },
} as const satisfies Readings["values"];

const run = (): readonly Figure[] => {
  const plan = compileLogic(ELEVEN_GATES);
  const stock = stockPlan(ELEVEN_GATES);
  const engine = new LogicEngine();
  const built = engine.build(ELEVEN_GATES);
  // Two in turns: of the very same values the guard would keep the evaluation.
  const ticks = [HEALTHY, { ...HEALTHY, reverse: { lagRecords: 4 } }].map(
    (values) => ({ now: 0, current: { values, absent: {} }, minutes: [] }) as unknown as Evidence,
  );
  let tick = 0;
  const nextTick = () => {
    tick = (tick + 1) % ticks.length;
    return ticks[tick] as Evidence;
  };
  const limits = { minCoverage: 0.9, newestMinute: "required" } as const;
  const walk = () => walkPlan(plan, HEALTHY, () => "no value");
  const calls: readonly (readonly [what: string, call: () => unknown])[] = [
    ["json-logic-js alone", () => jsonLogic.apply(ELEVEN_GATES, HEALTHY)],
    ["our judge with its whole trace", walk],
    ["two keys with the trace", () => secondKey(walk().result, askStock(stock, HEALTHY))],
    ["the guard's evaluation of the rule", () => evaluateRule(ELEVEN_GATES, nextTick(), limits)],
    ["json-logic-engine, run", () => engine.run(ELEVEN_GATES, HEALTHY)],
    ["json-logic-engine, built (by eval)", () => built(HEALTHY)],
  ];
  const speeds = inTurns(calls.map(([, call]) => call));
  const [reference = 1] = speeds;
  return calls.map(([what], index) => {
    const speed = speeds[index] ?? 0;
    return { what, value: `${(speed / reference).toFixed(2)} x`, note: `${Math.round(speed / 1000)} k a CPU second` };
  });
};

export const JUDGE: Measurement = {
  name: "judge",
  about: "a rule of eleven gates, all passing; json-logic-js alone is 1",
  run,
};
