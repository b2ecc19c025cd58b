import { isJsonObject } from "../kernel/json.ts";
import { oncePerObject } from "../kernel/memo.ts";
import { type DurationMs, durationMs, parseDuration } from "../kernel/units.ts";
import { maxAgeMs } from "./floor.ts";
import { literalArguments } from "./lower.ts";
import { argumentProblem } from "./operations/arguments.ts";
import { type AccumulatedUses, type EvidenceUse, evidenceUse, isAccumulated } from "./operations/evidence/uses.ts";
import type { Literal, Operations } from "./operations/operation.ts";
import { STANDARD_OPERATIONS } from "./operations/standard.ts";
import { substituteParams } from "./params.ts";
import type { GateName, Policy, Rule } from "./policy-file.ts";

/** One operation as it stands in a rule. */
export interface OperationUse {
  readonly name: string;
  readonly args: readonly Literal[];
}

/** Every use of an operation in a rule, at whatever depth a rule may have. */
export const operationsUsed = (rule: Rule, operations: Operations, depth = 0): readonly OperationUse[] => {
  if (depth > 64) return [];
  if (Array.isArray(rule)) return rule.flatMap((part) => operationsUsed(part, operations, depth + 1));
  if (!isJsonObject(rule)) return [];
  return Object.entries(rule).flatMap(([name, written]) =>
    Object.hasOwn(operations, name)
      ? [{ name, args: literalArguments(written) }]
      : operationsUsed(written, operations, depth + 1),
  );
};

/** One that cannot be evaluated looks at nothing: judging its rule says what is wrong with it. */
const usesOf = (rules: readonly Rule[], policy: Policy): readonly OperationUse[] =>
  rules
    .flatMap((rule) => operationsUsed(substituteParams(rule, policy.params ?? {}), STANDARD_OPERATIONS))
    .filter(({ name, args }) => argumentProblem(name, STANDARD_OPERATIONS[name]?.forms ?? [], args) === null);

const gateRules = (policy: Policy): readonly Rule[] => Object.values(policy.gates).map(({ rule }) => rule);
const rollbackRules = (policy: Policy): readonly Rule[] => policy.rollback.map(({ when }) => when);

/** How far into the past a policy's gates and rollback rules look: the guard reads that many snapshots and no more. */
export const lookBackMs = oncePerObject((policy: Policy): DurationMs => {
  const uses = usesOf([...gateRules(policy), ...rollbackRules(policy)], policy);
  return durationMs(Math.max(maxAgeMs(policy), ...uses.flatMap(windowsOf(STANDARD_OPERATIONS))));
});

/** How far one gate looks back; not at all where it asks what is now. */
export const gateLookBackMs = (policy: Policy, gate: GateName): DurationMs =>
  durationMs(gateLookBacks(policy).get(gate) ?? 0);

const gateLookBacks = oncePerObject((policy: Policy): ReadonlyMap<GateName, number> => {
  const of = (rule: Rule): number => Math.max(0, ...usesOf([rule], policy).flatMap(windowsOf(STANDARD_OPERATIONS)));
  return new Map(Object.entries(policy.gates).map(([name, { rule }]) => [name, of(rule)]));
});

/** What a policy accumulates over a step or the soak. */
export const accumulatedUses = oncePerObject((policy: Policy): AccumulatedUses => {
  const of = (rules: readonly Rule[]): readonly EvidenceUse[] => {
    const uses = usesOf(rules, policy).flatMap(({ name, args }) => evidenceUse(name, args) ?? []);
    return [...new Map(uses.filter(({ lookBack }) => isAccumulated(lookBack)).map((use) => [use.key, use])).values()];
  };
  return { gates: of(gateRules(policy)), rollback: of(rollbackRules(policy)) };
});

/** The windows that an operation looks back over, in milliseconds; of one over a step or the soak none. */
export const windowsOf =
  (operations: Operations) =>
  ({ name, args }: OperationUse): readonly number[] => {
    const form = operations[name]?.forms.find((each) => each.length === args.length) ?? [];
    return form.flatMap((kind, index) => {
      const given = String(args[index]);
      return kind === "window" || (kind === "look-back" && !isAccumulated(given)) ? [parseDuration(given)] : [];
    });
  };
