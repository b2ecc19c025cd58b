import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/policy/diff/change.ts";
import { exceptionChanges } from "../../../src/policy/diff/exceptions.ts";
import { stepChanges } from "../../../src/policy/diff/settings.ts";
import type { Policy, PolicyStep } from "../../../src/policy/policy-file.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const lines = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ direction, where, what }) => `${direction} | ${where} | ${what}`);

describe("a step that both policies have", () => {
  const canary: PolicyStep = { id: "canary", weight: 5, minDwell: "10m", promoteWhen: ["lag"] };
  const within = (maxDwell: string, onMaxDwell: "page" | "rollback"): Partial<PolicyStep> => ({ maxDwell, onMaxDwell });

  it.each<[Partial<PolicyStep>, Partial<PolicyStep>, readonly string[], readonly string[]]>([
    [{ weight: 5 }, { weight: 10 }, ["opens earlier | green gets 5 % → 10 %"], ["opens later | green gets 10 % → 5 %"]],
    [{}, { minDwell: "1h" }, ["opens later | minDwell 10m → 1h"], ["opens earlier | minDwell 1h → 10m"]],
    [
      within("1h", "rollback"),
      within("2h", "rollback"),
      ["rolls back later | rolls back unless its gates pass within 1h → 2h"],
      ["rolls back earlier | rolls back unless its gates pass within 2h → 1h"],
    ],
    [
      within("1h", "rollback"),
      {},
      ["rolls back later | rolls back unless its gates pass within 1h → unlimited"],
      ["rolls back earlier | rolls back unless its gates pass within unlimited → 1h"],
    ],
    [
      within("1h", "page"),
      within("1h", "rollback"),
      [
        "rolls back earlier | rolls back unless its gates pass within unlimited → 1h",
        "neutral | pages unless its gates pass within 1h → unlimited",
      ],
      [
        "rolls back later | rolls back unless its gates pass within 1h → unlimited",
        "neutral | pages unless its gates pass within unlimited → 1h",
      ],
    ],
  ])("says what it was and is: %#", (before, after, there, back) => {
    const said = (one: Partial<PolicyStep>, other: Partial<PolicyStep>): readonly string[] =>
      lines(stepChanges({ ...canary, ...one }, { ...canary, ...other }));
    expect(said(before, after)).toEqual(there.map((line) => line.replace(" | ", " | step canary | ")));
    expect(said(after, before)).toEqual(back.map((line) => line.replace(" | ", " | step canary | ")));
  });
});

describe("freezes and waivers", () => {
  const said = (before: Partial<Policy>, after: Partial<Policy>): readonly string[] => {
    const small = loadedPolicy();
    return lines(exceptionChanges({ ...small, ...before }, { ...small, ...after }));
  };
  const span = (day: number, why = "w"): Policy["freeze"][number] => ({
    from: `2026-12-0${day}T00:00:00Z`,
    to: `2026-12-0${day + 1}T00:00:00Z`,
    why,
  });
  const waiver = (gate: string, why = "w"): Policy["waivers"][number] => ({
    ...{ gate, why, by: "olga", expires: "2026-12-01T00:00:00Z" },
  });

  it("are told when they come and when they go", () => {
    const spelled = "2026-12-01T00:00:00Z - 2026-12-02T00:00:00Z";
    expect(said({}, { freeze: [span(1)] })).toEqual([`opens later | freeze | new: ${spelled}`]);
    expect(said({ freeze: [span(1)] }, {})).toEqual([`opens earlier | freeze | gone: ${spelled}`]);
    const lag = "lag until 2026-12-01T00:00:00Z by olga";
    expect(said({}, { waivers: [waiver("lag")] })).toEqual([`opens earlier | waiver | new: ${lag}`]);
    expect(said({ waivers: [waiver("lag")] }, {})).toEqual([`opens later | waiver | gone: ${lag}`]);
  });

  it("are another one where anything but the reason is another", () => {
    expect(said({ freeze: [span(1)] }, { freeze: [span(3)] })).toEqual([
      "opens earlier | freeze | gone: 2026-12-01T00:00:00Z - 2026-12-02T00:00:00Z",
      "opens later | freeze | new: 2026-12-03T00:00:00Z - 2026-12-04T00:00:00Z",
    ]);
    expect(said({ waivers: [waiver("lag")] }, { waivers: [waiver("errors"), waiver("lag")] })).toEqual([
      "opens earlier | waiver | new: errors until 2026-12-01T00:00:00Z by olga",
    ]);
  });

  it("are the same where only the reason is another, or their order", () => {
    expect(said({ freeze: [span(1), span(3)] }, { freeze: [span(3, "other"), span(1)] })).toEqual([]);
    expect(said({ waivers: [waiver("lag")] }, { waivers: [waiver("lag", "other")] })).toEqual([]);
  });
});
