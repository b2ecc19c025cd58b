import { signalAt } from "../../signals/catalogue.ts";
import type { Operations } from "../operations/operation.ts";
import type { Rule } from "../policy-file.ts";
import { referencesIn } from "./expressions.ts";
import { type Finding, finding } from "./problem.ts";

const COMES_TO = {
  gate: "a gate that needs it never opens",
  rollback: "a rollback rule that needs it never fires",
} as const;

/** Signals of the catalogue that a rule reads and that are unknown for ever, because nothing measures them yet. */
export const unmeasuredInRule = (rule: Rule, use: keyof typeof COMES_TO, operations: Operations): readonly Finding[] =>
  referencesIn(rule, operations).flatMap(({ path, at }) => unmeasuredFindings(path, at, COMES_TO[use]));

/** @param comesTo - What follows from it where it is read. */
export const unmeasuredFindings = (path: string, at: string, comesTo: string): readonly Finding[] => {
  const instead = signalAt(path)?.unmeasured;
  return instead === undefined
    ? []
    : [
        finding(
          "unmeasured-signal",
          at,
          `nothing in this release measures "${path}"; ${comesTo}. Take it out. ${instead}`,
        ),
      ];
};
