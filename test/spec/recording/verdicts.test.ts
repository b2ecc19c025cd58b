import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { DRILL } from "../../support/fake-world.ts";
import { livedWorld, plainLine, recordingOf } from "../../support/recorded.ts";
import { replayed, replayedInWords } from "../../support/replayed.ts";
import { smallPolicy } from "../../support/small-policy.ts";

/** Minutes at the canary that hold the same verdicts each; all gates of the small policy pass in them, from the third on. */
const minutes = (count: number, changes: JsonObject): string =>
  Array.from({ length: count }, (_, minute) => plainLine(minute, 5, changes)).join("\n");

describe("verdicts that a line of minutes holds", () => {
  it.each<[string, JsonObject]>([
    ["with a decision", { decision: "hold" }],
    ["and nothing else that was decided", {}],
  ])("are held against those of the policy: %s", async (_, decided) => {
    const recording = minutes(6, { ...decided, verdicts: { lag: "fail" } });
    const { document } = await replayed({ recording, policy: smallPolicy() });

    expect(document.comparison?.verdicts).toEqual([
      { gate: "lag", first: "2026-01-05T12:01:00.000Z", ticks: 6, was: "fail", would: "pass" },
    ]);
    expect(document.comparison?.decisions.was).toEqual("decision" in decided ? { hold: 6 } : {});
  });

  it("come out as not judged where the policy has no such gate", async () => {
    const files = { recording: minutes(6, { verdicts: { lga: "pass", lag: "pass" } }), policy: smallPolicy() };

    expect((await replayed(files)).document.comparison?.verdicts).toMatchObject([
      { gate: "lga", ticks: 6, was: "pass", would: "not judged" },
    ]);
    expect(await replayedInWords(files)).toContain("gate lga: not judged instead of pass from 2026-01-05 12:01 on");
  });

  it("say nothing of a gate that the policy does not ask at that step", async () => {
    const steps = (smallPolicy()["steps"] as readonly JsonObject[]).map((step) => ({
      ...step,
      promoteWhen: ["running", "errors"],
    }));
    const recording = minutes(6, { verdicts: { lag: "fail", running: "pass" } });
    const { document } = await replayed({ recording, policy: smallPolicy({ steps }) });

    expect(document.comparison?.verdicts).toEqual([]);
  });
});

describe("a guard's verdicts", () => {
  it("come out as not judged where another policy has a gate no more", async () => {
    const renamed = JSON.parse(JSON.stringify(DRILL).replaceAll('"lag"', '"nearby"')) as JsonObject;
    const recording = await recordingOf(await livedWorld());
    const { document } = await replayed({ recording, against: renamed });

    expect(document.comparison?.verdicts).toMatchObject([{ gate: "lag", would: "not judged" }]);
  });
});
