import { oncePerObject } from "../kernel/memo.ts";
import { signalAt } from "../signals/catalogue.ts";
import { referencesIn } from "./checks/expressions.ts";
import { STANDARD_OPERATIONS } from "./operations/standard.ts";
import { substituteParams } from "./params.ts";
import type { Policy, Rule } from "./policy-file.ts";
import { shapeProblems } from "./shape.ts";

/**
 * Why rollback rules of a policy can never fire, whatever is seen: another release published it, with operators or signals
 * that this one does not have. A gate like that stays shut by itself; a rollback rule would only be silent.
 */
export const unjudgedRollbackRules = oncePerObject(
  ({ rollback, params = {} }: Pick<Policy, "rollback" | "params">): readonly string[] =>
    rollback.flatMap(({ id, when }) => {
      const why = unknownIn(substituteParams(when, params));
      return why === null ? [] : [`${id}: ${why}`];
    }),
);

const unknownIn = (rule: Rule): string | null => {
  const [problem] = shapeProblems(rule, STANDARD_OPERATIONS);
  if (problem !== undefined) return problem.message;
  const unknown = referencesIn(rule, STANDARD_OPERATIONS).find(({ path }) => signalAt(path) === null);
  return unknown === undefined ? null : `there is no signal "${unknown.path}"`;
};
