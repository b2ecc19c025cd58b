import { expect, it } from "vitest";
import { judgePolicy } from "../../../src/policy/judge.ts";
import type { Policy, Rule } from "../../../src/policy/policy-file.ts";
import { withoutStreams } from "../../../src/policy/without-streams.ts";
import { DRILL } from "../../support/fake-world.ts";

const gap: Rule = { "===": [{ var: "forward.dataGap" }, true] };
const slow: Rule = { ">": [{ var: "green.p99Ms" }, 800] };
const values = { green: { p99Ms: 900 }, forward: { dataGap: true }, reverse: {}, conflicts: { new: 3 } };
const noStreams = { green: values.green };

const verdictOf = (when: Rule, read: typeof values | typeof noStreams = values) => {
  const policy: Policy = { ...DRILL, rollback: [{ id: "rule", why: "of this spec", when }] };
  const evidence = { now: 0 as never, current: { values: read, absent: {} }, minutes: [] };
  const asked = { gates: [], gateEvidence: evidence, rollbackEvidence: evidence };
  return judgePolicy(withoutStreams(policy), asked).judgement.rollback.find(({ rule }) => rule === "rule")?.verdict;
};

it.each<[string, Rule, string]>([
  ["of a stream alone says nothing", gap, "unknown"],
  ["of conflicts neither", { ">": [{ var: "conflicts.new" }, 0] }, "unknown"],
  ["of green alone fires", slow, "fired"],
  ["of either fires by green", { or: [gap, slow] }, "fired"],
  ["of either is not fired by the stream", { or: [gap, { "!": [slow] }] }, "unknown"],
  ["of both cannot tell", { and: [gap, slow] }, "unknown"],
  ["of both is clear where green is well", { and: [gap, { "!": [slow] }] }, "clear"],
  ["that a stream is not seen says nothing", { "!": [{ known: ["reverse.state"] }] }, "unknown"],
  ["that something is missing neither", { "!!": [{ missing: ["green.p99Ms", "reverse.state"] }] }, "unknown"],
  ["with a default for a stream neither", { "===": [{ var: ["reverse.state", "ABSENT"] }, "ABSENT"] }, "unknown"],
  ["of a stream's minutes neither", { ">": [{ stat: ["forward.lagSeconds", "max", "3m"] }, 5] }, "unknown"],
])("past the point of no return a rollback rule %s", (_what, rule, verdict) => {
  expect(verdictOf(rule)).toBe(verdict);
  expect(verdictOf(rule, noStreams)).toBe(verdict);
});

it.each<[string, Rule]>([
  ["of green", slow],
  ["that is no expression", { or: [true, {}, { "!": [null] }] }],
  ["with a text that is called as a stream is", { or: [{ "===": [{ var: "green.p99Ms" }, "forward"] }, slow] }],
])("past the point of no return a rollback rule %s stays as it is written", (_what, when) => {
  const [rule] = withoutStreams({ ...DRILL, rollback: [{ id: "rule", why: "of this spec", when }] }).rollback;
  expect(rule).toEqual({ id: "rule", why: "of this spec", when });
});

it("past the point of no return an expression that only in part reads a stream is not asked", () => {
  const when: Rule = { "<": [{ var: "green.p99Ms" }, 1], ">": ["forward.lagSeconds", 1] };
  const [rule] = withoutStreams({ ...DRILL, rollback: [{ id: "rule", why: "of this spec", when }] }).rollback;
  expect(rule?.when).toEqual({ var: "past the point of no return the streams" });
});

it("the gates and everything else of the policy stay", () => {
  const { rollback: _rules, ...rest } = withoutStreams(DRILL);
  expect(DRILL).toMatchObject(rest);
});
