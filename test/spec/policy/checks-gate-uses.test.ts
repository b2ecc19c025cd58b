import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { alsoAsking, lintOf } from "../../support/lint.ts";
import { smallPolicy } from "../../support/small-policy.ts";

type Where = "start" | "canary" | "full" | "decommission";
const PLACES: Readonly<Record<Where, string>> = {
  start: "/start/require/2",
  canary: "/steps/0/promoteWhen/3",
  full: "/steps/2/promoteWhen/3",
  decommission: "/decommission/require/1",
};

const rate = (side: string): JsonValue => ({ "<": [{ rate: [`${side}.errors5xx`, `${side}.requests`, "3m"] }, 0.1] });
const proof = (lookBack: string): JsonValue => ({
  ">=": [{ evidence_below: ["lb.errors5xx", "lb.requests", 0.01, lookBack] }, 20],
});
const LAG: JsonValue = { "<": [{ var: "reverse.lagSeconds" }, 5] };

/** What is said where a gate is asked, without what is warned of its traffic. */
const asked = (rule: JsonValue, where: Where): readonly string[] =>
  lintOf(alsoAsking({ asked: rule }, where)).filter((each) => each.includes(` ${PLACES[where]} `));

describe("a gate that is asked where its signals say nothing", () => {
  const early = (stretch: string) =>
    `"asked" looks back over the ${stretch}, which has not begun where it is asked: it would hold for ever; look back over a duration such as "15m", or ask it later`;
  const single = (stretch: string) =>
    `"asked" looks back over the ${stretch}, and at 100 % gates are asked of every single minute of the soak; look back over a duration such as "30m", or ask it in decommission`;
  const silent = '"asked" reads blue.errors5xx, and at 100 % green blue is silent; compare with a limit instead';
  const gone = '"asked" reads reverse.lagSeconds, which decommission itself takes away; it could never finish';

  it.each<[string, JsonValue, Where, string, string]>([
    [
      "green's traffic before it has any",
      rate("green"),
      "start",
      "green-before-start",
      '"asked" reads green.errors5xx, and before the first step green has no traffic: what asks for it would hold for ever',
    ],
    [
      "green's p99 before it has any",
      { "<": [{ var: "green.p99Ms" }, 400] },
      "start",
      "green-before-start",
      '"asked" reads green.p99Ms, and before the first step green has no traffic: what asks for it would hold for ever',
    ],
    ["blue's traffic when it has none", rate("blue"), "full", "blue-at-full", silent],
    ["blue's traffic at the very end", rate("blue"), "decommission", "blue-at-full", silent],
    ["a step before the first", proof("step"), "start", "never-known", early("step")],
    ["a soak before the first step", proof("soak"), "start", "never-known", early("soak")],
    ["a soak before it", proof("soak"), "canary", "never-known", early("soak")],
    [
      "a soak before it, beside something else",
      { and: [LAG, { and: [LAG, proof("soak")] }] },
      "canary",
      "never-known",
      early("soak"),
    ],
    ["a step as a whole within the soak", proof("step"), "full", "no-single-minute", single("step")],
    ["the soak as a whole within the soak", proof("soak"), "full", "no-single-minute", single("soak")],
    [
      "the same, beside something that is enough",
      { or: [LAG, proof("soak")] },
      "full",
      "no-single-minute",
      single("soak"),
    ],
    ["a stream that goes", LAG, "decommission", "stream-in-decommission", gone],
  ])("is refused: %s", (_, rule, where, id, says) => {
    expect(asked(rule, where)).toEqual([`error ${id} ${PLACES[where]} ${says}`]);
  });

  it.each<["forward" | "conflicts", JsonValue, string]>([
    ["forward", { "<": [{ var: "forward.lagRecords" }, 5] }, "forward.lagRecords"],
    ["conflicts", { "===": [{ var: "conflicts.new" }, 0] }, "conflicts.new"],
  ])("in decommission may not read %s", (_, rule, path) => {
    expect(asked(rule, "decommission")).toEqual([
      `error stream-in-decommission ${PLACES.decommission} "asked" reads ${path}, which decommission itself takes away; it could never finish`,
    ]);
  });

  it.each<[string, JsonValue, Where]>([
    ["green's hosts before there is traffic", { ">=": [{ var: "green.healthyHosts" }, 2] }, "start"],
    ["blue's traffic before the first step", rate("blue"), "start"],
    ["both sides' traffic in a step", { and: [rate("green"), rate("blue")] }, "canary"],
    ["blue's hosts at 100 %", { ">=": [{ var: "blue.healthyHosts" }, 2] }, "full"],
    ["green's traffic at the end", rate("green"), "decommission"],
    ["a stream in the soak", LAG, "full"],
    ["a step in it", proof("step"), "canary"],
    ["a duration at 100 %", proof("30m"), "full"],
    ["the soak at its end", proof("soak"), "decommission"],
    ["a soak before it, or something else", { or: [proof("soak"), LAG] }, "canary"],
    [
      "no proof over a soak before it",
      { "!": [{ "<": [{ evidence_below: ["lb.errors5xx", "lb.requests", 0.01, "soak"] }, 20] }] },
      "canary",
    ],
  ])("is none that asks %s", (_, rule, where) => {
    expect(asked(rule, where)).toEqual([]);
  });
});

describe("a gate's name", () => {
  it("is one that there is, and no inherited one", () => {
    const steps = smallPolicy()["steps"] as readonly JsonObject[];
    const naming = (name: string) =>
      lintOf({ steps: steps.map((step, index) => (index === 1 ? { ...step, promoteWhen: ["running", name] } : step)) });

    expect(naming("lga")).toEqual([
      'error unknown-gate /steps/1/promoteWhen/1 there is no gate "lga". Did you mean "lag"?',
    ]);
    expect(naming("constructor")).toEqual([
      'error unknown-gate /steps/1/promoteWhen/1 there is no gate "constructor".',
    ]);
    expect(lintOf({ start: { require: ["runing"] } })).toEqual([
      'error unknown-gate /start/require/0 there is no gate "runing". Did you mean "running"?',
    ]);
    expect(lintOf({ decommission: { require: ["errrors"], approval: "operator" } })).toEqual([
      'error unknown-gate /decommission/require/0 there is no gate "errrors". Did you mean "errors"?',
    ]);
  });

  it("that nobody asks is told of, and not where only the start or decommission asks it", () => {
    const hosts = { ">=": [{ var: "green.healthyHosts" }, 2] };
    const gates = (where: Where) => alsoAsking({ hosts }, where);

    expect(lintOf({ gates: gates("start")["gates"] ?? null })).toEqual([
      'warning unused-gate /gates/hosts no step asks the gate "hosts"; name it in one or remove it',
    ]);
    for (const where of ["start", "canary", "full", "decommission"] as const) expect(lintOf(gates(where))).toEqual([]);
  });
});
