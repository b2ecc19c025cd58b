import policySchema from "../../policies/schema/policy.schema.json" with { type: "json" };
import type { JsonValue } from "../kernel/json.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { exceptionFindings } from "./checks/exceptions.ts";
import { locateAll, readJson } from "./checks/json-text.ts";
import { type Forecast, forecastOf, meaningFindings } from "./checks/meaning/findings.ts";
import { policyFindings } from "./checks/policy.ts";
import { type Finding, inOrder, type PolicyProblem } from "./checks/problem.ts";
import { type PlacedRule, paramsIn, ruleFindings, rulesIn } from "./checks/rule.ts";
import { schemaCheck } from "./checks/schema.ts";
import { STANDARD_OPERATIONS } from "./operations/standard.ts";
import type { Policy } from "./policy-file.ts";

const checkPolicySchema = schemaCheck(policySchema);

export interface LintedPolicy {
  /** null where an error makes it unusable. */
  readonly policy: Policy | null;
  readonly problems: readonly PolicyProblem[];
}

/** What a policy is held against. */
interface Held {
  /** The cutovers it is meant for. */
  readonly cutovers: readonly CutoverBindings[];
  /** For waivers; without it none is too old or too long. */
  readonly now: EpochMs | null;
  /** What the rules that are written correctly mean. */
  readonly meaning: (file: JsonValue, rules: readonly PlacedRule[], policy: Policy | null) => readonly Finding[];
}

/** The form of a policy: its JSON, its fields, how every rule is written, and how the parts fit together. Never throws. */
export const readPolicy = (text: string, file: string, now: EpochMs | null = null): LintedPolicy =>
  examine(text, file, { cutovers: [], now, meaning: () => [] });

const examine = (text: string, file: string, { cutovers, now, meaning }: Held): LintedPolicy => {
  const json = readJson(text, file);
  if ("problems" in json) return { policy: null, problems: json.problems };
  const schema = checkPolicySchema(json.value);
  const params = paramsIn(json.value);
  const placed = rulesIn(json.value);
  const rules = placed.flatMap((rule) => ruleFindings(rule, params, STANDARD_OPERATIONS));
  // Inside a rule the rule checks say more, and say it of the operator; what they do not object to, the schema may.
  const faulty = new Set(rules.map(({ pointer }) => ruleOf(pointer)));
  const fields = schema.filter(({ pointer }) => !faulty.has(ruleOf(pointer)));
  const candidate = json.value as unknown as Policy;
  const fit =
    fields.length === 0
      ? [...policyFindings(candidate, STANDARD_OPERATIONS, cutovers), ...exceptionFindings(candidate, now)]
      : [];
  const wellFormed = placed.filter(({ at }) => !faulty.has(at));
  const findings = [...json.findings, ...fields, ...rules, ...fit];
  const whole = findings.some(({ level }) => level === "error") ? null : candidate;
  findings.push(...meaning(json.value, wellFormed, whole));
  const problems = locateAll(findings, json.locate);
  const refused = problems.some(({ level }) => level === "error");
  return { policy: refused ? null : candidate, problems: inOrder(problems) };
};

const meaning: Held["meaning"] = (file, rules, policy) => meaningFindings(file, rules, policy, STANDARD_OPERATIONS);

/** The same, and whether what is written correctly means anything sensible. */
export const readSoundPolicy = (
  text: string,
  file: string,
  cutovers: readonly CutoverBindings[] = [],
  now: EpochMs | null = null,
): LintedPolicy => examine(text, file, { cutovers, now, meaning });

/**
 * Everything wrong with a policy file, in the order of the text: with its form and with its meaning.
 *
 * @param cutovers - The cutovers the policy is meant for (those of its folder), to check it against them.
 */
export const lintPolicy = (
  text: string,
  file: string,
  cutovers: readonly CutoverBindings[] = [],
  now: EpochMs | null = null,
): readonly PolicyProblem[] => readSoundPolicy(text, file, cutovers, now).problems;

export type { Forecast } from "./checks/meaning/findings.ts";

/** What can be said beforehand of a policy that has loaded, at the traffic it expects. */
export const forecastPolicy = (policy: Policy): Forecast => forecastOf(policy, STANDARD_OPERATIONS);

/** The rule that a pointer lies in. */
const ruleOf = (pointer: string): string | undefined =>
  /^\/(gates\/[^/]*\/rule|rollback\/\d+\/when)(?=\/|$)/.exec(pointer)?.[0];
