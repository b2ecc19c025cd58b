import { canonicalJson } from "../../kernel/json.ts";
import { joinedBy } from "../checks/expressions.ts";
import type { Rule } from "../policy-file.ts";
import { areRelated } from "./order.ts";
import { type Opened, openRule, type Quantity } from "./quantities.ts";

/** One operand of what is asked, in whichever gate or rule it stands. */
export interface Part extends Opened {
  /** The gate or rollback rule. */
  readonly owner: string;
  /** Equal texts mean the same. */
  readonly text: string;
}

/** Parts that changed and have to do with each other, and no others with them. */
export interface Group {
  readonly before: readonly Part[];
  readonly after: readonly Part[];
  /** Unchanged parts that look at the same. */
  readonly company: readonly Part[];
}

export const partsOf = (rule: Rule, connective: "and" | "or", owner: string): readonly Part[] =>
  joinedBy(connective, rule).map((part) => ({ ...openRule(part), owner, text: canonicalJson(part) }));

/** What changed between two lists of parts, in groups that can be looked at by themselves. */
export const changedGroups = (before: readonly Part[], after: readonly Part[]): readonly Group[] => {
  const texts = (parts: readonly Part[]): ReadonlySet<string> => new Set(parts.map(({ text }) => text));
  const [old, next] = [texts(before), texts(after)];
  const gone = before.filter(({ text }) => !next.has(text));
  const come = after.filter(({ text }) => !old.has(text));
  const kept = after.filter(({ text }) => old.has(text));
  const groups: Part[][] = [];
  for (const part of [...gone, ...come]) {
    const near = groups.filter((group) => group.some((other) => belongTogether(part, other)));
    groups.push([...near.flat(), part]);
    for (const group of near) groups.splice(groups.indexOf(group), 1);
  }
  return groups.map((group) => ({
    before: gone.filter((part) => group.includes(part)),
    after: come.filter((part) => group.includes(part)),
    company: kept.filter((part) => group.some((other) => share(part, other, (a, b) => a.key === b.key))),
  }));
};

const share = (one: Part, other: Part, by: (a: Quantity, b: Quantity) => boolean): boolean =>
  one.quantities.some((a) => other.quantities.some((b) => by(a, b)));

const belongTogether = (one: Part, other: Part): boolean =>
  share(one, other, areRelated) ||
  (one.owner === other.owner && share(one, other, (a, b) => a.paths.some((path) => b.paths.includes(path))));
