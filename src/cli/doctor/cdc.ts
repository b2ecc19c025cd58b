import type { CdcCheck } from "../../cdc/finding.ts";
import { type Finding, fails, holds, unseen } from "./finding.ts";

/** What `cdc check` found, line by line. */
export const cdcFindings = ({ findings, passed }: CdcCheck, cutover: string): readonly Finding[] => {
  const applied = !findings.some(({ name }) => name === "not-seeded");
  // Before it is applied nearly everything is missing or cannot be asked: only what would be refused is worth telling.
  const told = applied ? findings : findings.filter(({ name }) => name === "refused");
  return [
    ...passed.map((heading) => holds("cdc", heading)),
    ...told.map(({ name, what, why, remedy }) =>
      (name === "unreadable" ? unseen : fails)(
        `cdc ${name}`,
        [what, why].join(/[.!?]$/.test(what) ? " " : ". "),
        remedy,
      ),
    ),
    ...(applied ? [] : [fails("cdc", "not applied, or not to its end", applyNext(told, cutover))]),
  ];
};

const applyNext = (refused: readonly unknown[], cutover: string): string =>
  refused.length === 0
    ? `Run pawl cdc apply ${cutover}.`
    : "What is refused above comes first; as long as it is, apply changes nothing.";
