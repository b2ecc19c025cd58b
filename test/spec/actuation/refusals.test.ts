import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { concludeAttempts, worthRepeating } from "../../../src/actuation/attempts.ts";
import { REFUSAL_CODES, refusalOf, sayEach, sayOutcome } from "../../../src/actuation/elb-refusals.ts";
import type { WriteOutcome } from "../../../src/actuation/rules-port.ts";
import { epochMs } from "../../../src/kernel/units.ts";

const refused = (code: string): WriteOutcome => ({ kind: "refused", code, message: "no" });
const lost: WriteOutcome = { kind: "unknown", message: "no answer" };
const applied: WriteOutcome = { kind: "applied", answeredAt: epochMs(1), shows: [] };

/** The errors that the SDK's own documents name for a call; the last of each is the class of all others. */
const documentedFor = (call: string): readonly string[] => {
  const sdk = "../../../node_modules/@aws-sdk/client-elastic-load-balancing-v2/dist-types/commands";
  const types = readFileSync(join(import.meta.dirname, sdk, `${call}Command.d.ts`), "utf8");
  return [...types.matchAll(/@throws \{@link (\w+)(?<!Service)Exception\}/g)].map(([, code = ""]) => code);
};

describe("an answer of the load balancer's API", () => {
  it.each(["ModifyRule", "ModifyListener", "SetRulePriorities", "DeleteRule"])(
    "that is documented for %s is known to mean that nothing was done, and what to do",
    (call) => {
      const codes = documentedFor(call);
      expect(codes.length).toBeGreaterThan(1);
      expect(codes.filter((code) => !REFUSAL_CODES.includes(code) || !refusalOf(code).definite)).toEqual([]);
    },
  );

  it.each([
    "RuleNotFound",
    "TargetGroupNotFound",
    "InvalidLoadBalancerAction",
    "OperationNotPermitted",
    "TargetGroupAssociationLimit",
    "TooManyUniqueTargetGroupsPerLoadBalancer",
    "IncompatibleProtocols",
    "UnsupportedProtocol",
    "TooManyActions",
    "PriorityInUse",
    "InvalidConfigurationRequest",
    "ListenerNotFound",
    "AccessDenied",
    "ExpiredToken",
    "CredentialsProviderError",
  ])("%s was not carried out, and is not worth asking again", (code) => {
    expect(refusalOf(code)).toMatchObject({ definite: true, retryable: false });
    expect(worthRepeating(refused(code))).toBe(false);
  });

  it.each(["Throttling", "RequestLimitExceeded", "TooManyRequests", "PriorRequestNotComplete", "RequestExpired"])(
    "%s was not carried out, and may be taken later",
    (code) => {
      expect(refusalOf(code)).toMatchObject({ definite: true, retryable: true });
      expect(worthRepeating(refused(code))).toBe(true);
    },
  );

  it.each([
    "InternalFailure",
    "ServiceUnavailable",
    "RequestTimeout",
    "TimeoutError",
    "AbortError",
    "SomethingNewIn2031",
    "constructor",
    "",
  ])("%j says nothing for certain", (code) => {
    expect(refusalOf(code).definite).toBe(false);
    expect(worthRepeating(refused(code))).toBe(true);
  });

  it.each(["ValidationError", "InvalidParameterValue", "MalformedQueryString"])(
    "%s promises no pin to a route that may have none",
    (code) => {
      expect(refusalOf(code).remedy).toContain("Where the route has a pin, pawl rollback works by that.");
    },
  );

  it.each(["TooManyUniqueTargetGroupsPerLoadBalancer", "TooManyTargetGroups"])(
    "%s sends nobody to ask for a quota that AWS does not raise",
    (code) => {
      expect(refusalOf(code).remedy).not.toMatch(/raise the quota/);
      expect(refusalOf(code).remedy).toMatch(/take .+ out of/);
    },
  );

  it("does not blame the role where it is the account that is not signed up", () => {
    expect(refusalOf("OptInRequired")).toMatchObject({ definite: true, retryable: false });
    expect(refusalOf("OptInRequired").remedy).not.toBe(refusalOf("AccessDenied").remedy);
  });

  it("is told in one line, what the API said whole and once, then what to do", () => {
    const message = "Rule 'arn:aws:elb/v2.1/x' was not found.";
    expect(sayOutcome({ kind: "refused", code: "RuleNotFound", message })).toMatch(
      /^RuleNotFound: Rule 'arn:aws:elb\/v2\.1\/x' was not found\. The rule is gone\. /,
    );
    expect(sayOutcome(lost)).toBe("no answer");
    expect(sayOutcome(applied)).toBe("answered");
  });

  it("is told of each of several writes, with which one it was", () => {
    const [first, second] = sayEach([
      { what: "rule of :80", outcome: applied },
      { what: "rule of :443", outcome: refused("PriorityInUse") },
    ]);
    expect(first).toBe("answered (rule of :80)");
    expect(second).toMatch(/^PriorityInUse: no\. Another rule has .* \(rule of :443\)$/);
  });

  it("is told by its message where a missing right on a user pool comes as an action that does not fit", () => {
    const message = "User is not authorized to perform 'describeUserPoolClient'";
    const code = "InvalidLoadBalancerAction";
    expect(sayOutcome({ kind: "refused", code, message })).toMatch(/list the pool in `userPools` of cutover\.json/);
    expect(sayOutcome({ kind: "refused", code, message: "two forwards" })).toMatch(
      /The rule's actions do not go together/,
    );
    expect(sayOutcome({ kind: "refused", code: "AccessDenied", message })).not.toMatch(/userPools/);
  });

  it.each([
    "Signature expired: 20261128T090000Z is now earlier than 20261128T091500Z (20261128T092000Z - 5 min.)",
    "Signature not yet current: 20261128T092000Z is still later than 20261128T090500Z (20261128T090000Z + 5 min.)",
  ])("is told by its message where a clock that is off comes as a signature that does not match: %s", (message) => {
    const outcome = { kind: "refused", code: "SignatureDoesNotMatch", message } as const;
    expect(refusalOf(outcome.code, message)).toMatchObject({ definite: true, retryable: true });
    expect(worthRepeating(outcome)).toBe(true);
    expect(sayOutcome(outcome)).toMatch(/clock/);
    expect(worthRepeating(refused("SignatureDoesNotMatch"))).toBe(false);
    expect(worthRepeating({ ...outcome, code: "AccessDenied" })).toBe(false);
  });

  it("always says what to do, in a sentence", () => {
    for (const code of [...REFUSAL_CODES, "SomethingNewIn2031"]) expect(refusalOf(code).remedy).toMatch(/^[^ ]+ .+\.$/);
    expect(sayOutcome(refused("PriorityInUse"))).toMatch(
      /^PriorityInUse: no\. Another rule has the number.* move that/,
    );
  });
});

describe("several attempts of one write", () => {
  it.each<readonly [string, readonly WriteOutcome[], WriteOutcome]>([
    ["a success ends all doubt", [lost, applied], applied],
    ["a lost one is not forgotten because a later one was refused", [lost, refused("Throttling")], lost],
    ["nor because a later one was refused for good", [lost, refused("PriorityInUse")], lost],
    [
      "a rule that is gone takes nothing, whatever is still under way",
      [lost, refused("RuleNotFound")],
      refused("RuleNotFound"),
    ],
    ["one alone is what it is", [lost], lost],
    ["the last of many decides where none was lost", [refused("A"), refused("B"), applied], applied],
    [
      "the latest lost one tells, of three",
      [{ ...lost, message: "no answer at first" }, lost, refused("Throttling")],
      lost,
    ],
    ["refused throughout is refused", [refused("Throttling"), refused("AccessDenied")], refused("AccessDenied")],
  ])("%s", (_law, outcomes, whole) => {
    expect(concludeAttempts(outcomes)).toEqual(whole);
  });

  it("none at all is not known either", () => {
    expect(concludeAttempts([])).toEqual({ kind: "unknown", message: "no attempt was allowed" });
  });
});
