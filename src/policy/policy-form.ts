import {
  type Form,
  flag,
  listOf,
  mapOf,
  number,
  oneOf,
  onlyMembersOf,
  optional,
  percent,
  something,
  text,
  that,
} from "../kernel/form.ts";
import type { JsonValue } from "../kernel/json.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { isDuration } from "../kernel/units.ts";
import type { Freeze, Gate, Policy, PolicyStep, RollbackRule, Waiver } from "./policy-file.ts";

type FormsOf<Whole> = Readonly<Record<keyof Whole, Form>>;

const duration: Form = that(
  "a duration such as 90s, 5m or 24h",
  (value) => typeof value === "string" && isDuration(value),
);
const names = listOf(text);

const GATE: FormsOf<Gate> = { why: text, rule: something };

const STEP: FormsOf<PolicyStep> = {
  id: text,
  weight: percent,
  minDwell: duration,
  maxDwell: optional(duration),
  onMaxDwell: optional(oneOf("page", "rollback")),
  promoteWhen: names,
};

const ROLLBACK_RULE: FormsOf<RollbackRule> = { id: text, why: text, when: something };
const FREEZE: FormsOf<Freeze> = { from: optional(text), to: optional(text), weekly: optional(text), why: text };
const WAIVER: FormsOf<Waiver> = { gate: text, why: text, by: text, expires: text };

const POLICY: FormsOf<Policy> = {
  $schema: optional(text),
  apiVersion: oneOf("pawl/v1"),
  name: text,
  description: text,
  drill: optional(flag),
  data: onlyMembersOf({ cadence: oneOf("1m"), maxAge: duration, minCoverage: number }),
  traffic: onlyMembersOf({ requestsPerMinute: number }),
  params: optional(mapOf(number)),
  gates: mapOf(onlyMembersOf(GATE)),
  start: onlyMembersOf({ require: names, minDwell: optional(duration) }),
  steps: listOf(onlyMembersOf(STEP)),
  rollback: listOf(onlyMembersOf(ROLLBACK_RULE)),
  whenNotLossless: oneOf("snap", "hold"),
  blind: onlyMembersOf({ after: duration, watch: names, action: oneOf("hold", "rollback") }),
  afterRollback: onlyMembersOf({ cooldown: duration }),
  soak: onlyMembersOf({
    duration,
    maxDuration: optional(duration),
    onBreak: oneOf("restart-clock", "rollback"),
  }),
  decommission: onlyMembersOf({ require: names, approval: oneOf("operator") }),
  freeze: listOf(onlyMembersOf(FREEZE)),
  waivers: listOf(onlyMembersOf(WAIVER)),
};

const whole = onlyMembersOf(POLICY);

/**
 * What the table holds as a policy, where this release can judge by it; else in words what of it it cannot read. Another
 * release may have published it, and linted it by its own schema: a member that is passed over here would be a condition
 * that nobody holds anything against. What rules say is for whoever judges them.
 */
export const policyIn = (value: JsonValue): Result<Policy, string> => {
  const fault = whole(value, "");
  return fault === null ? ok(value as unknown as Policy) : fail(fault);
};
