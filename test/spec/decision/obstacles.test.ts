import { describe, expect, it } from "vitest";
import { gateObstacles, sinceWhen, stoodBefore, verdictsOf, worstOf } from "../../../src/decision/blocking.ts";
import { decide } from "../../../src/decision/decide.ts";
import type { DecideInput } from "../../../src/decision/decision.ts";
import { durationMs } from "../../../src/kernel/units.ts";
import type { Comparison } from "../../../src/policy/verdict.ts";
import { POLICY } from "../../property/arbitraries.ts";
import {
  ago,
  armed,
  gateOf,
  hence,
  inputOf,
  judgementOf,
  NOW,
  soaking,
  stateOf,
  TO_FIFTY,
} from "../../support/decide-input.ts";

const obstacles = (input: DecideInput) => decide(input).blocking.map(({ since: _, ...rest }) => rest);
const only = (input: DecideInput, what: string) => obstacles(input).filter((one) => one.what === what);
const named = (input: DecideInput) => decide(input).blocking.map(({ what }) => what);

const compared = (change: Partial<Comparison>): Comparison => ({
  ...{ what: "green.p99Ms", value: 410, operator: "<=", threshold: 400, holds: false },
  ...change,
});

describe("a gate that does not pass", () => {
  it.each([
    [
      "fails: value against threshold of what is broken, not of what could not be compared",
      gateOf("a", {
        verdict: "fail",
        comparisons: [compared({ holds: true, value: 1 }), compared({ holds: null, value: null }), compared({})],
      }),
      "green.p99Ms is 410",
      "<= 400",
      "the gate passes: a is well",
    ],
    [
      "is unknown by a missing threshold",
      gateOf("a", {
        verdict: "unknown",
        reasons: ["blue is silent", "no data"],
        comparisons: [compared({ holds: true }), compared({ holds: null, threshold: null })],
      }),
      "unknown: blue is silent; no data",
      "<= unknown",
      "the gate passes: a is well",
    ],
    [
      "is unknown and says nothing",
      gateOf("a", { verdict: "unknown", why: "" }),
      "unknown: no value",
      "true",
      "the gate passes",
    ],
    ["fails without a comparison", gateOf("a", { verdict: "fail" }), "false", "true", "the gate passes: a is well"],
    [
      "fails by a flag: what could not be compared has not broken it, and what holds has not",
      gateOf("a", {
        verdict: "fail",
        comparisons: [compared({ holds: null, value: null }), compared({ holds: true, value: 1 })],
      }),
      "false",
      "true",
      "the gate passes: a is well",
    ],
    [
      "is unknown by one signal where another is broken: never the threshold of the other",
      gateOf("a", {
        verdict: "unknown",
        reasons: ["forward.lagRecords: not read"],
        comparisons: [compared({}), compared({ what: "forward.lagRecords", value: null, threshold: 100, holds: null })],
      }),
      "unknown: forward.lagRecords: not read",
      "<= 100",
      "the gate passes: a is well",
    ],
    [
      "is unknown by a flag where a comparison is broken",
      gateOf("a", { verdict: "unknown", reasons: ["traffic.ruleInSync: not read"], comparisons: [compared({})] }),
      "unknown: traffic.ruleInSync: not read",
      "true",
      "the gate passes: a is well",
    ],
  ])("%s", (_what, verdict, value, threshold, clears) => {
    expect(gateObstacles([verdict, gateOf("b")])).toEqual([{ what: "gate:a", value, threshold, clears }]);
  });

  it("was not judged at all: unknown, never passed", () => {
    expect(verdictsOf(["b", "x"], judgementOf())).toEqual([
      gateOf("b"),
      { gate: "x", why: "", verdict: "unknown", reasons: ["it was not judged"], comparisons: [] },
    ]);
  });
});

describe("the worst of several verdicts", () => {
  it.each([
    [["pass", "unknown", "fail"], "fail"],
    [["pass", "unknown"], "unknown"],
    [["unknown"], "unknown"],
    [["pass", "pass"], "pass"],
    [[], "unknown"],
  ] as const)("of %j is %s", (verdicts, worst) => {
    expect(worstOf(verdicts.map((verdict) => gateOf("a", { verdict })))).toBe(worst);
  });
});

describe("how long something has blocked", () => {
  const one = { what: "dwell", value: "v", threshold: "t", clears: "c" };
  const standing = (seconds: number) => [{ ...one, since: ago(seconds) }];

  it("is kept from tick to tick, and begins now for what is new", () => {
    expect(sinceWhen([{ ...one, value: "new" }], standing(60), NOW)).toEqual([
      { ...one, value: "new", since: ago(60) },
    ]);
    expect(sinceWhen([{ ...one, what: "pause" }], standing(60), NOW)).toEqual([{ ...one, what: "pause", since: NOW }]);
  });

  it("counts as two looks from a minute on", () => {
    expect(stoodBefore("dwell", standing(60), NOW)).toBe(true);
    expect(stoodBefore("dwell", standing(59), NOW)).toBe(false);
    expect(stoodBefore("pause", standing(60), NOW)).toBe(false);
  });
});

describe("what stands in the way", () => {
  it("is the shortest time of a step, to the second", () => {
    const at = (seconds: number) => inputOf({ state: stateOf({ verifiedAt: ago(seconds) }) });
    expect(only(at(299), "dwell")).toEqual([
      {
        what: "dwell",
        value: "299 s at 10 %",
        threshold: "until 2026-11-22T03:00:01.000Z",
        clears: "the step's shortest time is over",
      },
    ]);
    expect(decide(at(300)).kind).toBe("advance");
  });

  it("has lasted no time at a tick that is judged by a minute before the step was read back", () => {
    expect(only(inputOf({ state: stateOf({ verifiedAt: hence(4) }) }), "dwell")).toMatchObject([
      { value: "0 s at 10 %" },
    ]);
  });

  it("is the shortest time before the first step, where the policy names one", () => {
    const start = (minDwell: string, seconds: number) =>
      inputOf({ state: armed({ verifiedAt: ago(seconds) }), policy: { start: { require: ["a"], minDwell } } });
    expect(named(start("10m", 599))).toEqual(["dwell"]);
    expect(decide(start("10m", 600))).toMatchObject({ kind: "advance", step: 0, to: 10 });
    expect(decide(inputOf({ state: armed({ verifiedAt: NOW }) })).kind).toBe("advance");
  });

  it("is the longest time of a step, told only while its gates do not pass", () => {
    const policy = { steps: POLICY.steps.map((step) => ({ ...step, maxDwell: "30m", onMaxDwell: "page" as const })) };
    const late = (seconds: number, verdict: "pass" | "fail") =>
      inputOf({
        policy,
        state: stateOf({ verifiedAt: ago(seconds) }),
        judgement: { gates: [gateOf("a", { verdict }), gateOf("b")] },
      });
    expect(only(late(1_800, "fail"), "max-dwell")).toEqual([
      {
        what: "max-dwell",
        value: "1800 s in step s10",
        threshold: "<= 30m",
        clears: "the step's gates pass, or a rollback",
      },
    ]);
    expect(named(late(1_799, "fail"))).toEqual(["gate:a"]);
    expect(decide(late(1_800, "pass")).kind).toBe("advance");
    expect(decide(late(1_800, "fail")).page).toBe(
      "max-dwell: 1800 s in step s10. Clears when: the step's gates pass, or a rollback.",
    );
  });

  it("is a pause", () => {
    const state = stateOf({ pause: { by: "ada", reason: "lunch", at: ago(60) } });
    expect(obstacles(inputOf({ state }))).toEqual([
      { what: "pause", value: "by ada: lunch", threshold: "none", clears: "pawl resume" },
    ]);
  });

  it("is a policy that was to take over by now and could not be read, told after three minutes", () => {
    const adoption = { policyDigest: "next", by: "ada", reason: "limits", at: ago(60) };
    const unread = {
      what: "adoption",
      value: "policy next, asked for by ada, could not be read",
      threshold: "in force",
      clears: "the table gives it, or pawl policy adopt of the policy in force",
    };
    expect(obstacles(inputOf({ state: armed({ adoption }) }))).toEqual([unread]);
    expect(decide(inputOf({ state: soaking({ adoption }) })).kind).toBe("soak");
    expect(only(inputOf({ state: soaking({ adoption }) }), "adoption")).toEqual([unread]);
    expect(only(inputOf({ state: stateOf({ adoption: { ...adoption, restartStep: true } }) }), "adoption")).toEqual([
      unread,
    ]);
    const pageAfter = (seconds: number) =>
      decide(inputOf({ state: armed({ adoption, blocking: [{ ...unread, since: ago(seconds) }] }) })).page;
    expect(pageAfter(120)).toBeNull();
    expect(pageAfter(180)).toBe(`adoption: ${unread.value}. Clears when: ${unread.clears}.`);
  });

  it("is no policy that waits for the next step: it stops nobody on the way there", () => {
    const adoption = { policyDigest: "next", by: "ada", reason: "limits", at: ago(60) };
    expect(decide(inputOf({ state: stateOf({ adoption }) }))).toMatchObject({ kind: "advance", blocking: [] });
  });

  it("is an announced change that is not settled", () => {
    expect(obstacles(inputOf({ state: stateOf({ intent: TO_FIFTY }) }))).toEqual([
      {
        what: "intent",
        value: "setWeight 50 % asked at 2026-11-22T02:59:00.000Z, outcome unknown",
        threshold: "settled",
        clears: "the rules, read again after 2026-11-22T03:01:30.000Z, show all of it or nothing",
      },
    ]);
  });

  it("is a rule that is not as recorded", () => {
    const traffic = { readAt: NOW, drift: "more-green", detail: "green has 20 %", greenPercent: 20 } as const;
    expect(obstacles(inputOf({ facts: { traffic } }))).toEqual([
      {
        what: "drift:more-green",
        value: "green has 20 %",
        threshold: "10 % green as recorded",
        clears: "the rules are as recorded, or a rollback",
      },
    ]);
  });

  it("is a step that the policy does not list", () => {
    expect(only(inputOf({ state: stateOf({ step: 7 }) }), "policy")).toEqual([
      { what: "policy", value: "no step 7", threshold: "a listed step", clears: "the policy it was armed with" },
    ]);
    expect(decide(inputOf({ state: stateOf({ step: 7 }) })).kind).toBe("hold");
  });

  it("is the policy that cannot be read, and not that what stands in for it lists no steps", () => {
    const trouble = [{ what: "policy", value: "unread", threshold: "d", clears: "it is read" }];
    expect(obstacles(inputOf({ policy: { steps: [] }, facts: { trouble } }))).toEqual(trouble);
  });

  it("is what is wrong with the looking itself", () => {
    const trouble = [{ what: "snapshot", value: "v", threshold: "t", clears: "c" }];
    expect(obstacles(inputOf({ facts: { trouble } }))).toEqual(trouble);
  });

  it("is that the two evaluators disagree, and wakes somebody at once", () => {
    const input = inputOf({ judgement: { disagreements: ["gate a", "rule r"] } });
    expect(obstacles(input)).toEqual([
      {
        what: "disagreement",
        value: "gate a, rule r",
        threshold: "both evaluators say the same",
        clears: "a release of pawl in which they agree",
      },
    ]);
    expect(decide(input).page).toMatch(/^disagreement: gate a, rule r/);
  });

  it("is a signal that nobody can see, with what will come of it and when", () => {
    const blind = [
      { signal: "x.y", reason: "gone" },
      { signal: "x.z", reason: "stale" },
    ];
    const input = inputOf({ state: stateOf({ blindSince: ago(120) }), judgement: { blind } });
    expect(obstacles(input)).toEqual([
      {
        what: "blind",
        value: "x.y: gone; x.z: stale",
        threshold: "every watched signal; rollback at 2026-11-22T03:08:00.000Z",
        clears: "the signals can be read again",
      },
    ]);
    expect(decide(input).blindSince).toBe(ago(120));
    expect(decide(inputOf({ judgement: { blind } })).blindSince).toBe(NOW);
  });

  it("is a blindness that a tick without the policy, which does not know what to watch, neither ends nor carries out", () => {
    const trouble = [{ what: "policy", value: "unread", threshold: "d", clears: "it is read" }];
    const state = stateOf({ blindSince: ago(3_600) });
    const unread = inputOf({ state, policy: { blind: { ...POLICY.blind, action: "hold" } }, facts: { trouble } });
    expect(decide(unread)).toMatchObject({ kind: "hold", blindSince: ago(3_600) });
    expect(only(unread, "blind")).toEqual([
      {
        what: "blind",
        value: "since 2026-11-22T02:00:00.000Z, and the policy that says what to watch cannot be read",
        threshold: "every watched signal",
        clears: "the policy can be read, and the signals can be read again",
      },
    ]);
    expect(decide(inputOf({ facts: { trouble } })).blindSince).toBeNull();
    expect(decide(inputOf({ state })).blindSince).toBeNull();
    const gone = soaking({ phase: "decommissioning", wayBack: "restorable", blindSince: ago(60) });
    expect(decide(inputOf({ state: gone, facts: { trouble } })).blindSince).toBeNull();
  });

  it("names what is out of sight also where the policy cannot be read, and ends by any other tick that sees", () => {
    const trouble = (what: string) => [{ what, value: "unread", threshold: "d", clears: "it is read" }];
    const state = stateOf({ blindSince: ago(60) });
    const judgement = { blind: [{ signal: "x.y", reason: "gone" }] };
    const unread = inputOf({ state, judgement, facts: { trouble: trouble("policy") } });
    expect(only(unread, "blind")[0]?.value).toBe(
      "x.y: gone; since 2026-11-22T02:59:00.000Z, and the policy that says what to watch cannot be read",
    );
    expect(decide(inputOf({ state, facts: { trouble: trouble("snapshot") } })).blindSince).toBeNull();
  });

  it("is not blindness before green has traffic, nor past the point of no return", () => {
    const judgement = { blind: [{ signal: "x.y", reason: "gone" }] };
    expect(decide(inputOf({ state: armed(), judgement })).blindSince).toBeNull();
    const gone = soaking({ phase: "decommissioning", wayBack: "restorable" });
    expect(decide(inputOf({ state: gone, judgement })).blindSince).toBeNull();
    expect(decide(inputOf({ state: stateOf({ blindSince: ago(60) }) })).blindSince).toBeNull();
  });
});

describe("the way into decommission", () => {
  const DAY = 86_400_000;
  const soak = (healthyMs: number) => ({
    startedAt: ago(90_000),
    healthyMs: durationMs(healthyMs),
    lastMinute: null,
    restarts: 0,
  });
  const approval = (seconds: number, epoch = 3) => ({ by: "ada", reason: "done", epoch, at: ago(seconds) });
  const at = (of: {
    healthyMs?: number;
    approval?: ReturnType<typeof approval>;
    soak?: object;
    require?: string[];
    judged?: string[];
  }) =>
    inputOf({
      state: soaking({ ...(of.approval === undefined ? {} : { approval: of.approval }) }),
      facts: { soak: soak(of.healthyMs ?? DAY) },
      policy: {
        soak: { ...POLICY.soak, ...of.soak },
        decommission: { ...POLICY.decommission, require: of.require ?? ["a"] },
      },
      judgement: { gates: (of.judged ?? ["a", "b"]).map((gate) => gateOf(gate)) },
    });

  it("needs all of the healthy time", () => {
    expect(obstacles(at({ healthyMs: DAY - 60_000, approval: approval(60) }))).toEqual([
      {
        what: "soak",
        value: "86340 s healthy",
        threshold: ">= 86400 s",
        clears: "enough observed, healthy minutes at 100 % have become final",
      },
    ]);
  });

  it("tells when the soak should have been over", () => {
    const late = at({ healthyMs: 60_000, approval: approval(60), soak: { maxDuration: "10m" } });
    expect(only(late, "max-soak")).toEqual([
      {
        what: "max-soak",
        value: "60 s healthy",
        threshold: "over within 10m",
        clears: "enough observed, healthy minutes at 100 % have become final",
      },
    ]);
    expect(decide(late).page).toMatch(/^max-soak: /);
    expect(named(at({ healthyMs: 60_000, approval: approval(60), soak: { maxDuration: "11m" } }))).toEqual(["soak"]);
  });

  it("needs an approval of this epoch, at most 24 h old", () => {
    const needs = { what: "approval", threshold: "of this epoch, at most 24 h old", clears: "pawl approve --reason" };
    expect(obstacles(at({}))).toEqual([{ ...needs, value: "none of this epoch" }]);
    expect(obstacles(at({ approval: approval(86_401) }))).toEqual([
      { ...needs, value: "given at 2026-11-21T02:59:59.000Z" },
    ]);
    expect(named(at({ approval: approval(60, 2) }))).toEqual(["approval"]);
    expect(decide(at({ approval: approval(86_400) })).kind).toBe("decommission");
  });

  it("needs the gates of decommission besides those of the soak", () => {
    expect(named(at({ approval: approval(60), require: ["a", "c"] }))).toEqual(["gate:c"]);
    expect(decide(at({ approval: approval(60), require: ["c"], judged: ["a", "b", "c"] })).kind).toBe("decommission");
  });

  it("names a gate that both ask for once", () => {
    const input = at({ approval: approval(60) });
    const failing = {
      ...input,
      judgement: { ...input.judgement, gates: [gateOf("a", { verdict: "fail" }), gateOf("b")] },
    };
    expect(named(failing)).toEqual(["gate:a"]);
  });
});
