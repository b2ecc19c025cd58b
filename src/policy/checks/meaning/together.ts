import type { GateName, Policy } from "../../policy-file.ts";
import { type Finding, finding } from "../problem.ts";
import { type Effort, gridOf } from "./grid.ts";
import { pickMinutes } from "./picked-minutes.ts";
import { independentGroups, type RuleTree } from "./rule-tree.ts";

/** Gates that can each pass, and never all of those that are asked together. */
export const togetherFindings = (
  policy: Policy,
  gates: ReadonlyMap<GateName, RuleTree>,
  effort: Effort,
): readonly Finding[] => {
  const lists = [
    { asked: policy.start.require, at: "/start/require" },
    ...policy.steps.map(({ promoteWhen }, index) => ({ asked: promoteWhen, at: `/steps/${index}/promoteWhen` })),
    { asked: policy.decommission.require, at: "/decommission/require" },
  ];
  const known = new Map<string, readonly GateName[] | null>();
  return lists.flatMap(({ asked, at }) => {
    const key = asked.join(" ");
    const exclusive = known.has(key) ? (known.get(key) ?? null) : exclusiveAmong(asked, gates, effort);
    known.set(key, exclusive);
    if (exclusive === null) return [];
    return [
      finding("gates-exclude-each-other", at, `${exclusive.join(" and ")} never pass together; correct one of them`),
    ];
  });
};

const exclusiveAmong = (
  asked: readonly GateName[],
  gates: ReadonlyMap<GateName, RuleTree>,
  effort: Effort,
): readonly GateName[] | null => {
  const owner = new Map<RuleTree, GateName>();
  for (const gate of asked) for (const part of partsOf(gates.get(gate))) owner.set(part, gate);
  effort.left -= owner.size;
  if (effort.left < 0) return null;
  for (const group of independentGroups([...owner.keys()])) {
    const names = [...new Set(group.flatMap((part) => owner.get(part) ?? []))];
    if (names.length < 2 || pickMinutes(group, true)) continue;
    const grid = gridOf({ kind: "and", parts: group, at: "" }, effort);
    if (!grid.whole || grid.beyondPoints) continue;
    let holds = false;
    grid.visit((indexes) => {
      if (!holds && grid.truthAt(indexes) === true) holds = true;
    });
    if (!holds) return names;
  }
  return null;
};

/** The parts of a gate that have to hold one by one. */
export const partsOf = (tree: RuleTree | undefined): readonly RuleTree[] => {
  if (tree === undefined) return [];
  return tree.kind === "and" ? tree.parts.flatMap(partsOf) : [tree];
};
