import { describe, expect, it } from "vitest";
import { fromIso } from "../../../src/kernel/instant.ts";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { waiverEnds, waiverRefusal, waiversInForce } from "../../../src/policy/waivers.ts";
import { loadedPolicy, smallPolicy } from "../../support/small-policy.ts";

const refusalOf = (rule: JsonValue) => {
  const gates = { ...(smallPolicy()["gates"] as JsonObject), asked: { why: "asked", rule } };
  return waiverRefusal(loadedPolicy({ gates }), "asked");
};
const isTrue = (path: string): JsonValue => ({ "===": [{ var: path }, true] });
const isNone = (path: string): JsonValue => ({ "<=": [{ var: path }, 0] });

describe("a gate is not waived", () => {
  it.each<[JsonValue, string]>([
    [isTrue("forward.stalled"), "it looks at a stream (forward.stalled)"],
    [isTrue("reverse.dataGap"), "it looks at a stream (reverse.dataGap)"],
    [isNone("conflicts.new"), "it looks at whether both sides hold the same (conflicts.new)"],
    [isNone("blue.healthyHosts"), "it looks at the way back (blue.healthyHosts)"],
    [isNone("blue.unhealthyHosts"), "it looks at the way back (blue.unhealthyHosts)"],
    [isNone("blue.readyPercent"), "it looks at the way back (blue.readyPercent)"],
    [isNone("alarms.firing"), "it looks at the alarms (alarms.firing)"],
    [isTrue("traffic.ruleInSync"), "it looks at whether the rules are pawl's own (traffic.ruleInSync)"],
    [{ or: [isNone("green.unhealthyHosts"), isNone("alarms.unknown")] }, "it looks at the alarms (alarms.unknown)"],
    [{ "<=": [{ stat: ["forward.lagSeconds", "max", "3m"] }, 5] }, "it looks at a stream (forward.lagSeconds)"],
  ])("where it looks at what nobody may overlook: %j", (rule, why) => {
    expect(refusalOf(rule)).toBe(why);
  });

  it("where there is none of that name, own or inherited", () => {
    expect(waiverRefusal(loadedPolicy(), "errrors")).toBe('there is no gate "errrors"');
    expect(waiverRefusal(loadedPolicy(), "constructor")).toBe('there is no gate "constructor"');
  });

  it.each<[JsonValue]>([
    [isNone("green.unhealthyHosts")],
    [isNone("green.errors5xx")],
    [{ ">=": [{ var: "blue.requests" }, 1] }],
    [isNone("lb.errors5xx")],
  ])("but it is where it looks at anything else: %j", (rule) => {
    expect(refusalOf(rule)).toBeNull();
  });
});

describe("a signal that is only called alike", () => {
  it.each([
    "odd.forward.state",
    "odd.conflicts.new",
    "odd.blue.readyPercent",
    "blue.readyPercentage",
    "odd.alarms.firing",
    "odd.traffic.ruleInSync",
    "traffic.ruleInSyncSince",
  ])("is any other: %s", (path) => {
    expect(waiverRefusal({ gates: { asked: { why: "asked", rule: isTrue(path) } } }, "asked")).toBeNull();
  });
});

describe("waivers that hold", () => {
  const at = (text: string) => fromIso(text) ?? epochMs(0);
  const waiver = (gate: string, expires = "2026-11-27T18:00:00Z") => ({ gate, why: "known", by: "ada", expires });
  const quiet = { why: "quiet", rule: isNone("green.unhealthyHosts") };
  const policy = {
    ...loadedPolicy({ gates: { ...(smallPolicy()["gates"] as JsonObject), quiet } }),
    waivers: [waiver("errors"), waiver("quiet", "2026-11-26T00:00:00Z")],
  };
  const inForce = (asked: readonly string[], when: string) =>
    waiversInForce(policy, asked, at(when)).map(({ gate }) => gate);

  it("are those of the gates that are asked, each up to its own end", () => {
    expect(inForce(["lag", "errors", "quiet"], "2026-11-25T23:59:59Z")).toEqual(["errors", "quiet"]);
    expect(inForce(["lag", "errors", "quiet"], "2026-11-26T00:00:00Z")).toEqual(["errors"]);
    expect(inForce(["lag", "quiet"], "2026-11-25T12:00:00Z")).toEqual(["quiet"]);
  });

  it("are none where they would leave no gate to ask", () => {
    expect(inForce(["errors", "quiet"], "2026-11-25T12:00:00Z")).toEqual([]);
    expect(inForce(["errors", "quiet"], "2026-11-26T00:00:00Z")).toEqual(["errors"]);
    expect(inForce([], "2026-11-25T12:00:00Z")).toEqual([]);
  });

  it("end at the instant that is written", () => {
    expect(waiverEnds(waiver("errors"))).toBe(at("2026-11-27T18:00:00Z"));
    expect(waiverEnds(waiver("errors", "friday"))).toBeNull();
  });
});
