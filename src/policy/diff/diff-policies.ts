import type { Policy, PolicyStep } from "../policy-file.ts";
import { type Change, change, inOrderOfRisk } from "./change.ts";
import { gateChanges, type Place, rollbackChanges } from "./conditions.ts";
import { exceptionChanges } from "./exceptions.ts";
import { settingChanges, stepChanges } from "./settings.ts";
import { unaskedChanges, wordChanges } from "./words.ts";

/**
 * What it means to go from one policy to another: what opens or goes back earlier or later, and what are words only.
 * Riskier changes first; nothing where the two mean and say the same. Pure.
 */
export const diffPolicies = (before: Policy, after: Policy): readonly Change[] => {
  const pairs = pairsOf(before.steps, after.steps);
  const both = pairs.flatMap(({ was, is }) => (was === undefined || is === undefined ? [] : [{ was, is }]));
  const breaks = before.soak.onBreak === "rollback" && after.soak.onBreak === "rollback";
  const waived = new Set([...before.waivers, ...after.waivers].map(({ gate }) => gate));
  const places: readonly Place[] = [
    { name: "start", before: before.start.require, after: after.start.require, waived },
    ...both.map(({ was, is }) => ({
      name: is.weight === 100 ? "the soak" : is.id,
      before: was.promoteWhen,
      after: is.promoteWhen,
      breaks: breaks && is.weight === 100,
      waived,
    })),
    { name: "decommission", before: before.decommission.require, after: after.decommission.require, waived },
  ];
  const asked = new Set(
    [before, after].flatMap((policy) => [
      ...policy.start.require,
      ...policy.steps.flatMap(({ promoteWhen }) => promoteWhen),
      ...policy.decommission.require,
    ]),
  );
  return inOrderOfRisk([
    ...rollbackChanges(before, after),
    ...gateChanges(before, after, places),
    ...pairs.flatMap(({ was, is }) => (was && is ? stepChanges(was, is) : oneSided(was, is))),
    ...settingChanges(before, after),
    ...exceptionChanges(before, after),
    ...unaskedChanges(before, after, asked),
    ...wordChanges(before, after),
  ]);
};

interface Pair {
  readonly was?: PolicyStep;
  readonly is?: PolicyStep;
}

/** A step is what it is by its weight; one that has none of the same weight, by its name. */
const pairsOf = (before: readonly PolicyStep[], after: readonly PolicyStep[]): readonly Pair[] => {
  const byWeight = after.map((is) => ({ is, was: before.find(({ weight }) => weight === is.weight) }));
  const left = before.filter((step) => !byWeight.some(({ was }) => was === step));
  const pairs = byWeight.map(({ is, was }) => ({ is, was: was ?? left.find(({ id }) => id === is.id) }));
  const gone = before.filter((step) => !pairs.some(({ was }) => was === step));
  return [...pairs.map(({ is, was }) => (was === undefined ? { is } : { is, was })), ...gone.map((was) => ({ was }))];
};

const oneSided = (was: PolicyStep | undefined, is: PolicyStep | undefined): readonly Change[] => [
  ...(was === undefined
    ? []
    : [change("opens earlier", `step ${was.id}`, `gone: green no longer stops at ${was.weight} %`)]),
  ...(is === undefined ? [] : [change("opens later", `step ${is.id}`, `new: green also stops at ${is.weight} %`)]),
];
