import type { JsonValue } from "../kernel/json.ts";
import { type DurationMs, durationMs, parseDuration } from "../kernel/units.ts";
import { literalArguments } from "./lower.ts";
import type { Operations } from "./operations/operation.ts";
import { STANDARD_OPERATIONS } from "./operations/standard.ts";
import type { Policy, Rule } from "./policy-file.ts";

/** One operation as it stands in a rule. */
export interface OperationUse {
  readonly name: string;
  readonly args: readonly JsonValue[];
}

/** Every use of an operation in a rule, at whatever depth a rule may have. */
export const operationsUsed = (rule: Rule, operations: Operations, depth = 0): readonly OperationUse[] => {
  if (typeof rule !== "object" || rule === null || depth > 64) return [];
  if (Array.isArray(rule)) return rule.flatMap((part) => operationsUsed(part, operations, depth + 1));
  return Object.entries(rule).flatMap(([name, written]) =>
    Object.hasOwn(operations, name)
      ? [{ name, args: literalArguments(written) }]
      : operationsUsed(written, operations, depth + 1),
  );
};

/** How far into the past a policy's gates and rollback rules look: the guard reads that many snapshots and no more. */
export const lookBackMs = (policy: Policy, operations: Operations = STANDARD_OPERATIONS): DurationMs => {
  const rules = [...Object.values(policy.gates).map((gate) => gate.rule), ...policy.rollback.map((rule) => rule.when)];
  const windows = rules.flatMap((rule) => operationsUsed(rule, operations)).flatMap(windowsOf(operations));
  return durationMs(Math.max(parseDuration(policy.data.maxAge), ...windows));
};

const windowsOf =
  (operations: Operations) =>
  ({ name, args }: OperationUse): readonly number[] => {
    const form = operations[name]?.forms.find((each) => each.length === args.length) ?? [];
    return form.flatMap((kind, index) => (kind === "window" ? [parseDuration(String(args[index]))] : []));
  };
