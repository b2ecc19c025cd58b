import { type Finding, finding } from "./problem.ts";

/** A finding for every name that stands there a second time. */
export const doubled = (names: readonly string[], at: string, what: string): readonly Finding[] =>
  names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [finding("duplicate-name", `${at}/${index}/id`, `there are two ${what}s "${name}"; rename one`)]
      : [],
  );
