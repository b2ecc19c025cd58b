import { compileLogic } from "../logic/compile.ts";
import { truthy, Unknown } from "../logic/judged.ts";
import { STANDARD_LIMITS } from "../logic/walk.ts";
import { type Data, pointsOver } from "./points.ts";
import type { Opened } from "./quantities.ts";

/** How two conditions lie to each other. `fewer`: the new one holds only where the old one did, and not everywhere. */
export type Relation = "same" | "fewer" | "more" | "neither" | "unseen";

/** All parts have to hold, one has to hold, or one has to be known not to. */
export type Joined = "all" | "any" | "any-fails";

type Truth = true | false | null;

/**
 * Compares two lists of parts over points that stand for all others, in the company of parts that both have. `unseen`
 * where there would be too many points, or a part asks what points cannot answer.
 */
export const compare = (
  before: readonly Opened[],
  after: readonly Opened[],
  company: readonly Opened[],
  joined: Joined,
): Relation => {
  const all = [...before, ...after, ...company];
  const points = all.some(({ opaque }) => opaque) ? null : pointsOver(all);
  // The company only narrows what can be; without it differences are seen that may never come.
  if (points === null) return company.length === 0 ? unseen(before, after, joined) : compare(before, after, [], joined);
  const old = holding([...before, ...company], joined);
  const next = holding([...after, ...company], joined);
  let [onlyOld, onlyNew] = [false, false];
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
