import { canonicalJson } from "../../kernel/json.ts";
import { FLOOR_RULES } from "../floor.ts";
import { substituteParams } from "../params.ts";
import type { GateName, Policy } from "../policy-file.ts";
import { type Change, change, type Direction } from "./change.ts";
import { compare, type Joined, type Relation } from "./compare.ts";
import { changedGroups, type Group, type Part, partsOf } from "./parts.ts";

/** Where gates are asked, in both policies: a step, the start, the soak, decommission. */
export interface Place {
  readonly name: string;
  readonly before: readonly GateName[];
  readonly after: readonly GateName[];
  /** A gate that fails here sends traffic back, in both. */
  readonly breaks?: boolean;
}

type Directions = Readonly<Record<Relation, Direction>>;

const OPENS: Directions = {
  fewer: "opens later",
  more: "opens earlier",
  same: "neutral",
  neither: "cannot tell",
  unseen: "cannot tell",
};
const ROLLS_BACK: Directions = {
  fewer: "rolls back later",
  more: "rolls back earlier",
  same: "neutral",
  neither: "cannot tell",
  unseen: "cannot tell",
};

const rulesOf =
  ({ gates, params }: Policy) =>
  (gate: GateName): readonly Part[] => {
    const found = Object.hasOwn(gates, gate) ? gates[gate] : undefined;
    return found === undefined ? [] : partsOf(substituteParams(found.rule, params ?? {}), "and", gate);
  };

/**
 * What changed of what is asked. All gates of a place are one condition, so that it does not matter in which of them
 * something stands, or what they are called. The same change in several places is one line.
 */
export const gateChanges = (before: Policy, after: Policy, places: readonly Place[]): readonly Change[] => {
  const found = new Map<string, { readonly line: Line; readonly places: string[] }>();
  const relations = new Map<string, Relation>();
  for (const place of places) {
    const groups = changedGroups(place.before.flatMap(rulesOf(before)), place.after.flatMap(rulesOf(after)));
    for (const line of joined(groups.flatMap((group) => linesOf(group, place, relations)))) {
      const key = canonicalJson(line);
      const seen = found.get(key) ?? { line, places: [] };
      found.set(key, { ...seen, places: [...seen.places, place.name] });
    }
  }
  return [...found.values()].map(({ line, places: names }) =>
    change(line.direction, `${line.owners} in ${names.join(", ")}`, `${ASKED[line.kind]}${line.said}`),
  );
};

const ASKED = { come: "also asks ", gone: "no longer asks ", changed: "" } as const;
const FIRES = { come: "also fires on ", gone: "no longer fires on ", changed: "" } as const;

interface Line {
  readonly direction: Direction;
  readonly owners: string;
  readonly kind: keyof typeof ASKED;
  readonly said: string;
}

const linesOf = (group: Group, { breaks = false }: Place, relations: Map<string, Relation>): readonly Line[] => {
  const relation = remembered(group, "all", relations);
  const line = { owners: ownersOf(group, "gate"), kind: kindOf(group), said: sayGroup(group, relation) };
  const opens = { ...line, direction: OPENS[relation] };
  if (!breaks) return [opens];
  const broken = remembered(group, "any-fails", relations);
  return broken === "same" ? [opens] : [opens, { ...line, direction: ROLLS_BACK[broken] }];
};

/** A gate that is no longer asked, or asked anew, is one line, however many parts it has. */
const joined = (lines: readonly Line[]): readonly Line[] => {
  const found = new Map<string, Line>();
  for (const line of lines) {
    const key = line.kind === "changed" ? canonicalJson(line) : canonicalJson({ ...line, said: "" });
    const before = found.get(key);
    found.set(key, before === undefined ? line : { ...before, said: `${before.said}; ${line.said}` });
  }
  return [...found.values()];
};

const remembered = (group: Group, joined: Joined, relations: Map<string, Relation>): Relation => {
  const texts = (parts: readonly Part[]): readonly string[] => parts.map(({ text }) => text);
  const key = canonicalJson([joined, texts(group.before), texts(group.after), texts(group.company)]);
  const relation = relations.get(key) ?? compare(group.before, group.after, group.company, joined);
  relations.set(key, relation);
  return relation;
};

/** What changed of what sends traffic back. All rules are one condition, the compiled-in floor among them. */
export const rollbackChanges = (before: Policy, after: Policy): readonly Change[] => {
  const partsIn = ({ rollback, params }: Policy): readonly Part[] =>
    [...rollback, ...FLOOR_RULES].flatMap(({ id, when }) => partsOf(substituteParams(when, params ?? {}), "or", id));
  return changedGroups(partsIn(before), partsIn(after)).map((group) => {
    const relation = compare(group.before, group.after, group.company, "any");
    const what = `${FIRES[kindOf(group)]}${sayGroup(group, relation)}`;
    return change(ROLLS_BACK[relation], ownersOf(group, "rollback rule"), what);
  });
};

const ownersOf = ({ before, after }: Group, kind: string): string => {
  const names = [...new Set([...before, ...after].map(({ owner }) => owner))];
  return `${kind}${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
};

const WHY: Readonly<Record<Relation, string>> = {
  same: " (it comes to the same)",
  fewer: "",
  more: "",
  neither: " (at some values sooner, at others later)",
  unseen: " (too much at once to be looked at whole)",
};

const kindOf = ({ before, after }: Group): Line["kind"] =>
  before.length === 0 ? "come" : after.length === 0 ? "gone" : "changed";

const sayGroup = ({ before, after }: Group, relation: Relation): string => {
  const say = (parts: readonly Part[]): string => [...new Set(parts.map(({ says }) => says))].join("; ");
  return `${[before, after]
    .filter((parts) => parts.length > 0)
    .map(say)
    .join(" → ")}${WHY[relation]}`;
};
