import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { stepFindings } from "../../../src/policy/checks/steps.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const found = (...changes: readonly JsonObject[]): readonly string[] => {
  const policy = loadedPolicy();
  const steps = policy.steps.map((step, index) => ({ ...step, ...changes[index] }));
  return stepFindings({ ...policy, steps }).map(
    ({ level, rule, pointer, message }) => `${level} ${rule} ${pointer} ${message}`,
  );
};

describe("the steps of a policy", () => {
  it("are in order as they are written", () => {
    expect(found()).toEqual([]);
    expect(found({ weight: 1 }, { weight: 2 })).toEqual([]);
  });

  it("have each a name of its own", () => {
    expect(found({}, { id: "canary" }, { id: "canary" })).toEqual([
      'error duplicate-name /steps/1/id there are two steps "canary"; rename one',
      'error duplicate-name /steps/2/id there are two steps "canary"; rename one',
    ]);
  });

  it("rise, the first above nothing", () => {
    const says = (index: number, weight: number, before: number) =>
      `error weights-not-rising /steps/${index}/weight ${weight} does not come after ${before}: weights only rise. Reorder or remove it`;

    expect(found({ weight: 0 })).toEqual([says(0, 0, 0)]);
    expect(found({ weight: 50 })).toEqual([says(1, 50, 50)]);
    expect(found({ weight: 60 })).toEqual([says(1, 50, 60)]);
  });

  it("end with 100", () => {
    expect(found({}, {}, { weight: 99 })).toEqual([
      "error no-full-step /steps/2/weight the last step has to be 100, or the cutover never ends; add it",
    ]);
  });

  it("say what happens when one lasts too long, and do not say it of one that may last", () => {
    expect(found({ maxDwell: "6h" })).toEqual([
      "error dwell-without-end /steps/0/maxDwell what happens then? Every hold has a chosen end: add onMaxDwell, page or rollback",
    ]);
    expect(found({}, { onMaxDwell: "page" })).toEqual([
      "error dwell-without-end /steps/1/onMaxDwell without maxDwell this never happens; add maxDwell",
    ]);
    expect(found({ maxDwell: "6h", onMaxDwell: "page" })).toEqual([]);
  });

  it.each(["10m", "9m", "600s"])("last longer than they have to: %s is not longer than 10m", (maxDwell) => {
    expect(found({ maxDwell, onMaxDwell: "rollback" })).toEqual([
      `error dwell-too-short /steps/0/maxDwell ${maxDwell} is not longer than minDwell 10m: the step could never be left in time`,
    ]);
    expect(found({ maxDwell: "601s", onMaxDwell: "rollback" })).toEqual([]);
  });

  it("have no longest time at 100 %, with or without what would happen then", () => {
    const says =
      "at 100 % the soak begins at once, and nothing asks how long the step lasts: after 6h nothing would happen. Say soak.maxDuration and soak.onBreak instead";
    const full = (changes: JsonObject) => found({}, {}, changes);

    expect(full({ maxDwell: "6h", onMaxDwell: "page" })).toEqual([`warning dwell-at-full /steps/2/maxDwell ${says}`]);
    expect(full({ maxDwell: "6h" })).toEqual([`warning dwell-at-full /steps/2/maxDwell ${says}`]);
    expect(full({ onMaxDwell: "page" })).toEqual([
      "error dwell-without-end /steps/2/onMaxDwell without maxDwell this never happens; remove it, at 100 % soak.onBreak says what happens",
    ]);
  });
});
