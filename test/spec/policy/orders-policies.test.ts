import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judge, judgeRollback } from "../../../src/policy/judge.ts";
import { lookBackMs } from "../../../src/policy/look-back.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";
import { OPERATOR_FORMS } from "../../../src/policy/operator-forms.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { SIGNALS, signalAt } from "../../../src/signals/catalogue.ts";
import { evidenceOf, type Series } from "../../support/evidence.ts";
import { committedPolicy, HEALTHY } from "../../support/orders-policies.ts";

const policy = committedPolicy("policy");
const drill = committedPolicy("drill");
const verdictOf = (gate: string, changes: Readonly<Record<string, Series>>) =>
  judge(policy, [gate], "gates", evidenceOf({ ...HEALTHY, ...changes }))[0]?.verdict;
const firedBy = (by: Policy, changes: Readonly<Record<string, Series>>) =>
  judgeRollback(by, evidenceOf({ ...HEALTHY, ...changes }))
    .rollback.filter(({ verdict }) => verdict === "fired")
    .map(({ rule }) => rule);

/** A value on each side of every threshold, and on it. */
const THRESHOLDS: readonly (readonly [
  gate: string,
  changes: Readonly<Record<string, Series>>,
  verdict: "pass" | "fail",
])[] = [
  ["rule-in-sync", { "traffic.ruleInSync": false }, "fail"],
  ["forward-running", { "forward.state": "PAUSED" }, "fail"],
  ["forward-running", { "forward.tasksRunning": 1 }, "fail"],
  ["forward-running", { "forward.tasksRunning": 0, "forward.tasksExpected": 0 }, "fail"],
  ["forward-running", { "forward.stalled": true }, "fail"],
  ["forward-running", { "forward.dataGap": true }, "fail"],
  ["reverse-running", { "reverse.state": "FAILED" }, "fail"],
  ["reverse-running", { "reverse.dataGap": true }, "fail"],
  ["lag", { "forward.lagRecords": 100 }, "pass"],
  ["lag", { "forward.lagRecords": 101 }, "fail"],
  ["lag", { "forward.lagRecords": [101, 3, 3] }, "fail"],
  ["lag", { "forward.lagRecords": [101, 3, 3, 3] }, "pass"],
  ["lag", { "reverse.lagSeconds": 5 }, "pass"],
  ["lag", { "reverse.lagSeconds": 5.1 }, "fail"],
  ["hosts", { "green.healthyHosts": 3 }, "fail"],
  ["hosts", { "green.healthyHosts": 5 }, "pass"],
  ["blue-ready", { "blue.readyPercent": 75 }, "fail"],
  ["enough-traffic", { "green.requests": 50 }, "pass"],
  ["enough-traffic", { "green.requests": [50, 50, 49] }, "fail"],
  ["errors", { "green.requests": 1000, "green.errors5xx": 10 }, "pass"],
  ["errors", { "green.requests": 1000, "green.errors5xx": 11 }, "fail"],
  ["errors-proven", { "green.requests": 100, "green.errors5xx": 0 }, "pass"],
  ["errors-proven", { "green.requests": 71, "green.errors5xx": 0 }, "fail"],
  ["errors-proven", { "green.requests": 1000, "green.errors5xx": 10 }, "fail"],
  ["errors-proven-over-soak", { "green.requests": 1000, "green.errors5xx": 1 }, "pass"],
  ["errors-proven-over-soak", { "green.requests": 1000, "green.errors5xx": 10 }, "fail"],
  ["no-worse-than-blue", { "green.errors5xx": 6, "blue.errors5xx": 7 }, "pass"],
  ["no-worse-than-blue", { "green.errors5xx": 9, "blue.errors5xx": 3 }, "fail"],
  ["p99", { "green.p99Ms": 400 }, "pass"],
  ["p99", { "green.p99Ms": 401 }, "fail"],
  ["p99", { "green.p99Ms": 600, "blue.p99Ms": 500 }, "pass"],
  ["p99", { "green.p99Ms": 601, "blue.p99Ms": 500 }, "fail"],
  ["p99-absolute", { "green.p99Ms": 400, "blue.p99Ms": [null] }, "pass"],
  ["p99-absolute", { "green.p99Ms": 401, "blue.p99Ms": 500 }, "fail"],
  ["lb-errors", { "lb.requests": 1000, "lb.errors5xx": 10 }, "pass"],
  ["lb-errors", { "lb.requests": 1000, "lb.errors5xx": 11 }, "fail"],
  ["coverage", { "reverse.lagRecords": [3, null, 3] }, "fail"],
  ["conflicts", { "conflicts.new": 1 }, "fail"],
  ["alarms-quiet", { "alarms.firing": 1 }, "fail"],
  ["alarms-quiet", { "alarms.unknown": 1 }, "fail"],
];

describe("the gates of the orders cutover", () => {
  it.each(Object.keys(policy.gates))("%s passes on a good day", (gate) => {
    expect(verdictOf(gate, {})).toBe("pass");
  });

  it.each(THRESHOLDS)("%s with %j: %s", (gate, changes, verdict) => {
    expect(verdictOf(gate, changes)).toBe(verdict);
  });

  it("each have a case that fails", () => {
    const failing = new Set(THRESHOLDS.filter(([, , verdict]) => verdict === "fail").map(([gate]) => gate));

    expect([...failing].sort()).toEqual(Object.keys(policy.gates).sort());
  });

  it("before the first step need nothing of green's traffic", () => {
    const noTraffic = { "green.requests": [null], "green.errors5xx": [null], "green.p99Ms": [null] };
    const evidence = evidenceOf({ ...HEALTHY, ...noTraffic });

    expect(judge(policy, policy.start.require, "gates", evidence).map(({ verdict }) => verdict)).toEqual(
      policy.start.require.map(() => "pass"),
    );
  });

  it("at 100 % need nothing of blue's traffic", () => {
    const full = policy.steps.at(-1)?.promoteWhen ?? [];
    const silent = { "blue.p99Ms": [null], "blue.requests": [null], "blue.errors5xx": [null] };
    const evidence = evidenceOf({ ...HEALTHY, ...silent });

    expect(judge(policy, full, "gates", evidence).every(({ verdict }) => verdict === "pass")).toBe(true);
  });
});

describe("the rollback rules", () => {
  it("are clear on a good day", () => {
    expect(firedBy(policy, {})).toEqual([]);
    expect(firedBy(drill, {})).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, Series>>, readonly string[], readonly string[]]>([
    [
      "ten errors in a hundred",
      { "green.errors5xx": [0, 0, 3, 3, 4], "green.requests": [0, 0, 30, 30, 40], "blue.errors5xx": 300 },
      ["breaker"],
      ["breaker"],
    ],
    ["nine errors, fewer than blue has", { "green.errors5xx": 3, "green.requests": 300, "blue.errors5xx": 80 }, [], []],
    ["a fault that both sides share", { "green.errors5xx": 130, "blue.errors5xx": 130 }, [], []],
    ["nine errors where blue has hardly any", { "green.errors5xx": 9, "blue.errors5xx": 1 }, ["worse-than-blue"], []],
    ["four in a hundred, on both sides", { "green.errors5xx": 280, "blue.errors5xx": 280 }, ["slow-burn"], []],
    [
      "eight in a hundred, as in a rehearsal",
      { "green.errors5xx": 80, "green.requests": 1000 },
      ["worse-than-blue", "slow-burn"],
      [],
    ],
    [
      "a gross failure whose newest minute is not reported yet",
      { "green.errors5xx": [0, 0, 20, 30, null], "green.requests": [90, 90, 90, 90, null] },
      ["breaker", "worse-than-blue", "slow-burn"],
      ["breaker", "slow-burn"],
    ],
    [
      "a gross failure whose two newest minutes are not reported yet",
      { "green.errors5xx": [0, 0, 50, null, null], "green.requests": [90, 90, 90, null, null] },
      ["breaker", "worse-than-blue", "slow-burn", "floor"],
      ["breaker", "slow-burn", "floor"],
    ],
    [
      "a gross failure of which three minutes are not reported yet",
      { "green.errors5xx": [0, 50, null, null, null], "green.requests": [90, 90, null, null, null] },
      [],
      [],
    ],
    [
      "every answer an error",
      { "green.errors5xx": 50, "green.requests": 50 },
      ["breaker", "worse-than-blue", "slow-burn", "floor"],
      ["breaker", "slow-burn", "floor"],
    ],
    ["no host for three minutes", { "green.healthyHosts": [1, 1, 0, 0, 0] }, ["hosts-lost"], ["hosts-lost"]],
    ["no host for five", { "green.healthyHosts": 0 }, ["hosts-lost", "floor"], ["hosts-lost", "floor"]],
    ["no host for two", { "green.healthyHosts": [1, 0, 0] }, [], []],
    ["nothing known of any host", { "green.healthyHosts": [null] }, [], []],
  ])("on %s", (_, changes, expected, inTheDrill) => {
    expect(firedBy(policy, changes)).toEqual(expected);
    expect(firedBy(drill, changes)).toEqual(inTheDrill);
  });
});

describe("the two policies", () => {
  it("judge by the same gates and rules, but for how much they prove and what they leave to the alarms", () => {
    const plain = (gates: unknown): unknown => JSON.parse(JSON.stringify(gates).replaceAll(/,0\.0[12],/g, ",0,"));
    const ids = (by: Policy) => by.rollback.map(({ id }) => id);
    const { alarmEvery, ...numbers } = policy.params ?? {};

    expect(plain(drill.gates)).toEqual(plain(policy.gates));
    expect(ids(drill)).toEqual(ids(policy).filter((id) => id !== "worse-than-blue"));
    expect(drill.params).toEqual(numbers);
    expect(alarmEvery).toBe(200);
    expect(drill.blind).toEqual(policy.blind);
  });

  it("differ in how long they take", () => {
    expect(drill).toMatchObject({ drill: true, soak: { duration: "8m" } });
    expect(drill.steps.map(({ weight }) => weight)).toEqual([10, 50, 100]);
    expect(policy).toMatchObject({ soak: { duration: "24h" } });
    expect(policy.drill).toBeUndefined();
  });

  it("look back three minutes", () => {
    expect(lookBackMs(policy)).toBe(180_000);
  });

  it("are fixed by a digest that white space and the order of keys do not change", () => {
    const identity = (text: string): string => text;
    const { name, ...others } = policy;

    expect(policyDigest({ ...others, name }, identity)).toBe(policyDigest(policy, identity));
    expect(policyDigest({ ...policy, params: { ...policy.params, lagRecords: 101 } }, identity)).not.toBe(
      policyDigest(policy, identity),
    );
  });
});

describe("the schema", () => {
  const schema = JSON.parse(
    readFileSync(new URL("../../../policies/schema/policy.schema.json", import.meta.url), "utf8"),
  );

  it("knows exactly the operators and operations that there are", () => {
    const named: readonly string[] = schema.definitions.expression.propertyNames.enum;

    expect([...named].sort()).toEqual([...OPERATOR_FORMS.keys(), ...Object.keys(STANDARD_OPERATIONS)].sort());
  });
});

describe("the catalogue", () => {
  it("has every signal that operators are promised", () => {
    const side = [
      "requests",
      "errors5xx",
      "connectionErrors",
      "unanswered",
      "p99Ms",
      "healthyHosts",
      "unhealthyHosts",
      "readyPercent",
    ];
    const stream = [
      "state",
      "tasksRunning",
      "tasksExpected",
      "lagRecords",
      "unknownPartitions",
      "lagSeconds",
      "drained",
      "stalled",
      "dataGap",
      "strayRows",
      "deadLetters",
      "slotActive",
      "slotRetainedBytes",
      "slotSafeBytes",
    ];
    const promised = [
      ...["green", "blue"].flatMap((each) => side.map((name) => `${each}.${name}`)),
      ...["forward", "reverse"].flatMap((each) => stream.map((name) => `${each}.${name}`)),
      ...["lb.requests", "lb.errors5xx", "traffic.greenPercent", "traffic.ruleInSync"],
      ...["conflicts.total", "conflicts.new", "alarms.firing", "alarms.unknown"],
      ...["diff.mismatches", "diff.coverage", "diff.ageSeconds", "sequences.headroomSeconds"],
    ];

    expect(Object.keys(SIGNALS).sort()).toEqual(promised.sort());
  });

  it("calls an absent error count 0 only beside a request count that exists", () => {
    const zeroWhen = Object.values(SIGNALS).flatMap(({ absence }) => (absence === "unknown" ? [] : [absence.zeroWhen]));

    expect(new Set(zeroWhen)).toEqual(new Set(["green.requests", "blue.requests", "lb.requests"]));
    expect(signalAt("green.requests")?.absence).toBe("unknown");
  });

  it("answers nothing for a name it does not have, own or inherited", () => {
    expect(signalAt("green.requestz")).toBeNull();
    expect(signalAt("constructor")).toBeNull();
  });
});
