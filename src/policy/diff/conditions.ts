import { canonicalJson } from "../../kernel/json.ts";
import { FLOOR_RULES } from "../floor.ts";
import { substituteParams } from "../params.ts";
import type { GateName, Policy } from "../policy-file.ts";
import { type Change, change, type Direction } from "./change.ts";
import { compare, type Joined, type Relation, whileFilling } from "./compare.ts";
import { changedGroups, type Group, type Part, partsOf } from "./parts.ts";
import { isReckoned } from "./quantities.ts";

/** Where gates are asked, in both policies: a step, the start, the soak, decommission. */
export interface Place {
  readonly name: string;
  readonly before: readonly GateName[];
  readonly after: readonly GateName[];
  /** A gate that fails here sends traffic back, in both. */
  readonly breaks?: boolean;
  /** Gates that a waiver of either policy lets pass for as long as it lasts. */
  readonly waived: ReadonlySet<GateName>;
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
  const relations = new Map<string, Related>();
  const linesAt = (place: Place): ReadonlyMap<string, Line> => {
    const groups = changedGroups(place.before.flatMap(rulesOf(before)), place.after.flatMap(rulesOf(after)));
    const lines = joined(groups.flatMap((group) => linesOf(group, place, relations)));
    return new Map(lines.map((line) => [canonicalJson(line), line]));
  };
  const note = (name: string, lines: ReadonlyMap<string, Line>, said: ReadonlyMap<string, Line> = new Map()): void => {
    for (const [key, line] of lines) {
      if (said.has(key)) continue;
      const seen = found.get(key) ?? { line, places: [] };
      found.set(key, { ...seen, places: [...seen.places, name] });
    }
  };
  for (const place of places) {
    const lines = linesAt(place);
    note(place.name, lines);
    const { names, left } = underWaivers(place);
    const waived = `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} waived`;
    if (names.length > 0) note(`${place.name} while ${waived}`, linesAt(left), lines);
  }
  return [...found.values()].map(({ line, places: names }) =>
    change(line.direction, `${line.owners} in ${names.join(", ")}`, `${ASKED[line.kind]}${line.said}`),
  );
};

/** What is asked of a place while its waivers last: what stands in a gate that they let pass is not. */
const underWaivers = (place: Place): { readonly names: readonly GateName[]; readonly left: Place } => {
  const asked = (gates: readonly GateName[]): readonly GateName[] => gates.filter((gate) => !place.waived.has(gate));
  return {
    names: [...new Set([...place.before, ...place.after])].filter((gate) => place.waived.has(gate)),
    left: { ...place, before: asked(place.before), after: asked(place.after) },
  };
};

const ASKED = { come: "also asks ", gone: "no longer asks ", changed: "" } as const;
const FIRES = { come: "also fires on ", gone: "no longer fires on ", changed: "" } as const;

interface Line {
  readonly direction: Direction;
  readonly owners: string;
  readonly kind: keyof typeof ASKED;
  readonly said: string;
}

const linesOf = (group: Group, { breaks = false }: Place, relations: Map<string, Related>): readonly Line[] => {
  const line = { owners: ownersOf(group, "gate"), kind: kindOf(group) };
  const opens = sayRelated(group, remembered(group, "all", relations), OPENS);
  const broken = breaks ? remembered(group, "any-fails", relations) : null;
  const breaking = broken === null || broken.relation === "same" ? [] : sayRelated(group, broken, ROLLS_BACK);
  return [...opens, ...breaking].map((said) => ({ ...line, ...said }));
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

/** How the two lie to each other where all minutes are there, and what more comes of it where some are not. */
interface Related {
  readonly relation: Relation;
  readonly filling: Relation | null;
}

const relatedBy = (group: Group, joined: Joined): Related => {
  const relation = compare(group, joined);
  return { relation, filling: whileFilling(group, joined, relation) };
};

const remembered = (group: Group, joined: Joined, relations: Map<string, Related>): Related => {
  const texts = (parts: readonly Part[]): readonly string[] => parts.map(({ text }) => text);
  const key = canonicalJson([joined, texts(group.before), texts(group.after), texts(group.company)]);
  const related = relations.get(key) ?? relatedBy(group, joined);
  relations.set(key, related);
  return related;
};

const sayRelated = (
  group: Group,
  { relation, filling }: Related,
  directions: Directions,
): readonly Pick<Line, "direction" | "said">[] => [
  { direction: directions[relation], said: `${sayGroup(group)}${whyOf(relation, group)}` },
  ...(filling === null
    ? []
    : [{ direction: directions[filling], said: `${sayGroup(group)} (while the longer window is not full)` }]),
];

/** What changed of what sends traffic back. All rules are one condition, the compiled-in floor among them. */
export const rollbackChanges = (before: Policy, after: Policy): readonly Change[] => {
  const partsIn = ({ rollback, params }: Policy): readonly Part[] =>
    [...rollback, ...FLOOR_RULES].flatMap(({ id, when }) => partsOf(substituteParams(when, params ?? {}), "or", id));
  return changedGroups(partsIn(before), partsIn(after)).flatMap((group) =>
    sayRelated(group, relatedBy(group, "any"), ROLLS_BACK).map(({ direction, said }) =>
      change(direction, ownersOf(group, "rollback rule"), `${FIRES[kindOf(group)]}${said}`),
    ),
  );
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

/** Points at which both go different ways may be none, where one of them reckons with what the other one looks at. */
const whyOf = (relation: Relation, { before, after }: Group): string => {
  const reckonedOf = (parts: readonly Part[]): string => canonicalJson([...new Set(parts.flatMap(reckonedIn))].sort());
  return relation === "neither" && reckonedOf(before) !== reckonedOf(after)
    ? " (what it reckons with is not looked into)"
    : WHY[relation];
};

const reckonedIn = ({ quantities }: Part): readonly string[] => quantities.filter(isReckoned).map(({ key }) => key);

const kindOf = ({ before, after }: Group): Line["kind"] =>
  before.length === 0 ? "come" : after.length === 0 ? "gone" : "changed";

const sayGroup = ({ before, after }: Group): string => {
  const say = (parts: readonly Part[]): string => [...new Set(parts.map(({ says }) => says))].join("; ");
  return [before, after]
    .filter((parts) => parts.length > 0)
    .map(say)
    .join(" → ");
};
