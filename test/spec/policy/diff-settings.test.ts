import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/policy/diff/change.ts";
import { settingChanges } from "../../../src/policy/diff/settings.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const lines = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ direction, where, what }) => `${direction} | ${where} | ${what.trim()}`);
const settings = (before: Partial<Policy>, after: Partial<Policy>): readonly string[] => {
  const small = loadedPolicy();
  return lines(settingChanges({ ...small, ...before }, { ...small, ...after }));
};
const data = (changes: Partial<Policy["data"]>): Pick<Policy, "data"> => ({
  data: { cadence: "1m", maxAge: "3m", minCoverage: 0.9, ...changes },
});
const blind = (changes: Partial<Policy["blind"]>): Pick<Policy, "blind"> => ({
  blind: { after: "10m", watch: ["forward.lagSeconds", "green.requests"], action: "rollback", ...changes },
});
const soak = (changes: Partial<Policy["soak"]>): Pick<Policy, "soak"> => ({
  soak: { duration: "24h", onBreak: "restart-clock", ...changes },
});
const start = (minDwell: string): Pick<Policy, "start"> => ({ start: { require: ["lag"], minDwell } });
const cooldown = (text: string): Pick<Policy, "afterRollback"> => ({ afterRollback: { cooldown: text } });
const expected = (requestsPerMinute: number): Pick<Policy, "traffic"> => ({ traffic: { requestsPerMinute } });

describe("a setting says what it was and is, and what comes of it, either way", () => {
  it.each<[Partial<Policy>, Partial<Policy>, string, string]>([
    [{}, start("30m"), "opens later | start | minDwell none → 30m", "opens earlier | start | minDwell 30m → none"],
    [start("30m"), start("1h"), "opens later | start | minDwell 30m → 1h", "opens earlier | start | minDwell 1h → 30m"],
    [
      soak({}),
      soak({ duration: "48h" }),
      "opens later | soak | duration 24h → 48h",
      "opens earlier | soak | duration 48h → 24h",
    ],
    [
      soak({ maxDuration: "72h" }),
      soak({}),
      "neutral | soak | pages after 72h → unlimited",
      "neutral | soak | pages after unlimited → 72h",
    ],
    [
      soak({}),
      soak({ onBreak: "rollback" }),
      "rolls back earlier | soak | onBreak restart-clock → rollback",
      "rolls back later | soak | onBreak rollback → restart-clock",
    ],
    [
      { whenNotLossless: "hold" },
      { whenNotLossless: "snap" },
      "rolls back earlier | whenNotLossless | hold → snap",
      "rolls back later | whenNotLossless | snap → hold",
    ],
    [
      cooldown("1h"),
      cooldown("2h"),
      "opens later | afterRollback | cooldown 1h → 2h",
      "opens earlier | afterRollback | cooldown 2h → 1h",
    ],
    [
      expected(600),
      expected(100),
      "neutral | traffic | requestsPerMinute 600 → 100",
      "neutral | traffic | requestsPerMinute 100 → 600",
    ],
    [{}, { drill: true }, "opens earlier | drill | false → true", "opens later | drill | true → false"],
    [
      blind({ after: "5m" }),
      blind({ after: "8m" }),
      "rolls back later | blind | after 5m → 8m",
      "rolls back earlier | blind | after 8m → 5m",
    ],
    [
      blind({ action: "hold", after: "5m" }),
      blind({ action: "hold", after: "8m" }),
      "neutral | blind | after 5m → 8m",
      "neutral | blind | after 8m → 5m",
    ],
    [
      blind({ action: "hold" }),
      blind({}),
      "rolls back earlier | blind | action hold → rollback",
      "rolls back later | blind | action rollback → hold",
    ],
  ])("%#", (before, after, there, back) => {
    expect(settings(before, after)).toEqual([there]);
    expect(settings(after, before)).toEqual([back]);
  });

  it("and nothing where it is the same", () => {
    expect(settings({}, {})).toEqual([]);
    expect(settings({ drill: false }, {})).toEqual([]);
    expect(settings(start("30m"), start("30m"))).toEqual([]);
  });
});

describe("what is out of sight sends traffic back where both policies say so", () => {
  const old = data({ maxAge: "5m" });

  it.each<[string, Partial<Policy>, Partial<Policy>]>([
    ["in neither", blind({ action: "hold" }), blind({ action: "hold" })],
    ["in the old one alone", blind({}), blind({ action: "hold" })],
    ["in the new one alone", blind({ action: "hold" }), blind({})],
  ])("and where it is so %s, it holds steps and no more", (_, before, after) => {
    const ages = (found: readonly string[]): readonly string[] => found.filter((line) => line.includes("maxAge"));
    expect(ages(settings(before, { ...after, ...old }))).toEqual(["opens earlier | data | maxAge 3m → 5m"]);
    expect(ages(settings({ ...before, ...old }, after))).toEqual(["opens later | data | maxAge 5m → 3m"]);
  });

  it("and otherwise does both", () => {
    expect(settings(old, {}).toSorted()).toEqual([
      "opens later | data | maxAge 5m → 3m",
      "rolls back earlier | data | maxAge 5m → 3m",
    ]);
  });
});

describe("coverage that is asked for", () => {
  const [more, less] = [data({ minCoverage: 0.95 }), data({ minCoverage: 0.6 })];
  const now = { "<": [{ var: "forward.lagSeconds" }, 5] };
  const gates = (rule: Policy["gates"][string]["rule"]): Pick<Policy, "gates"> => ({
    gates: { lag: { why: "w", rule } },
  });
  const rollback = (when: Policy["rollback"][number]["when"]): Pick<Policy, "rollback"> => ({
    rollback: [{ id: "breaker", why: "w", when }],
  });

  it("opens and fires later where it is more, and earlier where it is less", () => {
    expect(settings(data({}), more)).toEqual([
      "opens later | data | minCoverage 0.9 → 0.95",
      "rolls back later | data | minCoverage 0.9 → 0.95",
    ]);
    expect(settings(data({}), less)).toEqual([
      "opens earlier | data | minCoverage 0.9 → 0.6",
      "rolls back earlier | data | minCoverage 0.9 → 0.6",
    ]);
  });

  it("makes a difference where one part of one rule looks at a window", () => {
    const both = {
      and: [{ known: ["forward.lagSeconds"] }, { "<": [{ stat: ["forward.lagSeconds", "max", "3m"] }, 5] }],
    };
    const alone = { ...gates(both), ...rollback(now) };
    expect(settings(alone, { ...alone, ...less })).toEqual([
      "opens earlier | data | minCoverage 0.9 → 0.6",
      "rolls back earlier | data | minCoverage 0.9 → 0.6",
    ]);
    const firing = { ...gates(now), ...rollback(both) };
    expect(settings(firing, { ...firing, ...less })).toEqual(["rolls back earlier | data | minCoverage 0.9 → 0.6"]);
  });

  it("fires later where it is more although no rule of the file looks at a window: the floor under it does", () => {
    const none = { ...gates({ known: ["forward.lagSeconds"] }), ...rollback(now) };
    expect(settings(none, { ...none, ...more })).toEqual(["rolls back later | data | minCoverage 0.9 → 0.95"]);
  });
});
