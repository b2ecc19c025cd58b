import { compileLogic } from "../logic/compile.ts";
import { truthy, Unknown } from "../logic/judged.ts";
import { STANDARD_LIMITS } from "../logic/walk.ts";
import { type Data, pointsOver } from "./points.ts";
import type { Opened } from "./quantities.ts";

/** How two conditions lie to each other. `fewer`: the new one holds only where the old one did, and not everywhere. */
export type Relation = "same" | "fewer" | "more" | "neither" | "unseen";

/** All parts have to hold, one has to hold, or one has to be known not to. */
export type Joined = "all" | "any" | "any-fails";

/** What is compared, in the company of parts that both have. */
export interface Sides {
  readonly before: readonly Opened[];
  readonly after: readonly Opened[];
  readonly company: readonly Opened[];
}

type Truth = true | false | null;

/**
 * Compares two lists of parts over points that stand for all others. `unseen` where there would be too many points, or a
 * part asks what points cannot answer.
 */
export const compare = (
  { before, after, company }: Sides,
  joined: Joined,
  /** Quantities, by their keys, that may be unknown while the others are known, for want of minutes. */
  thin: readonly ReadonlySet<string>[] = [],
): Relation => {
  const all = [...before, ...after, ...company];
  const points = all.some(({ opaque }) => opaque) ? null : pointsOver(all, thin);
  // The company only narrows what can be; without it differences are seen that may never come.
  if (points === null)
    return company.length === 0 ? unseen(before, after, joined) : compare({ before, after, company: [] }, joined, thin);
  const old = holding([...before, ...company], joined);
  const next = holding([...after, ...company], joined);
  let onlyOld = false;
  let onlyNew = false;
  for (const point of points) {
    const [was, is] = [old(point), next(point)];
    onlyOld ||= was && !is;
    onlyNew ||= is && !was;
    if (onlyOld && onlyNew) return "neither";
  }
  if (onlyOld) return "fewer";
  return onlyNew ? "more" : "same";
};

/** To ask more narrows a condition, and to ask less widens it, whatever it is that is asked. */
const unseen = (before: readonly Opened[], after: readonly Opened[], joined: Joined): Relation => {
  if (before.length > 0 && after.length > 0) return "unseen";
  return (after.length === 0) === (joined === "all") ? "more" : "fewer";
};

const holding = (parts: readonly Opened[], joined: Joined): ((data: Data) => boolean) => {
  const truths = parts.map(({ rule }) => truthOf(rule));
  switch (joined) {
    case "all":
      return (data) => truths.every((truth) => truth(data) === true);
    case "any":
      return (data) => truths.some((truth) => truth(data) === true);
    case "any-fails":
      return (data) => truths.some((truth) => truth(data) === false);
  }
};

/** By the judge's own walker. */
const truthOf = (rule: Opened["rule"]): ((data: Data) => Truth) => {
  const plan = compileLogic(rule);
  return (data) => {
    const run = {
      limits: STANDARD_LIMITS,
      steps: STANDARD_LIMITS.maxSteps,
      trace: null,
      comparisons: null,
      whyAbsent: () => "",
    };
    const value = plan(run, data);
    return value instanceof Unknown ? null : truthy(value);
  };
};

/**
 * What more a change of windows comes to: of two, the longer one is known later after a step or a gap. null where nothing
 * more comes of it.
 */
export const whileFilling = (sides: Sides, joined: Joined, otherwise: Relation): Relation | null => {
  // Stryker disable next-line ConditionalExpression,LogicalOperator,StringLiteral: saves the work, and comes to the same
  if (otherwise === "neither" || otherwise === "unseen") return null;
  const looked = [...sides.before, ...sides.after, ...sides.company].flatMap(({ quantities }) => quantities);
  const lengths = [...new Set([0, ...looked.map(({ windowMs }) => windowMs)])].sort((a, b) => a - b);
  // Stryker disable next-line ConditionalExpression: without a window the same points are compared once more
  if (lengths.length === 1) return null;
  const longerThan = (lengthMs: number) =>
    new Set(looked.filter(({ windowMs }) => windowMs > lengthMs).map(({ key }) => key));
  const relation = compare(sides, joined, lengths.slice(0, -1).map(longerThan));
  if (relation === otherwise || relation === "unseen") return null;
  if (relation !== "neither") return relation;
  return otherwise === "more" ? "fewer" : otherwise === "fewer" ? "more" : "neither";
};
