import { parseDuration } from "../../kernel/units.ts";
import type { Policy, PolicyStep } from "../policy-file.ts";
import { doubled } from "./doubled.ts";
import { type Finding, finding } from "./problem.ts";

/** What is wrong with the steps: their names, weights and times. */
export const stepFindings = ({ steps }: Policy): readonly Finding[] => [
  ...doubled(
    steps.map(({ id }) => id),
    "/steps",
    "step",
  ),
  ...steps.flatMap((step, index) => {
    const before = steps[index - 1]?.weight ?? 0;
    return step.weight > before
      ? []
      : [
          finding(
            "weights-not-rising",
            `/steps/${index}/weight`,
            `${step.weight} does not come after ${before}: weights only rise. Reorder or remove it`,
          ),
        ];
  }),
  ...(steps.at(-1)?.weight === 100
    ? []
    : [
        finding(
          "no-full-step",
          `/steps/${steps.length - 1}/weight`,
          "the last step has to be 100, or the cutover never ends; add it",
        ),
      ]),
  ...steps.flatMap(dwellFindings),
];

const dwellFindings = (step: PolicyStep, index: number): readonly Finding[] => {
  const { weight, minDwell, maxDwell, onMaxDwell } = step;
  const at = `/steps/${index}`;
  if (weight === 100 && maxDwell !== undefined) {
    const why = `at 100 % the soak begins at once, and nothing asks how long the step lasts: after ${maxDwell} nothing would happen`;
    return [finding("dwell-at-full", `${at}/maxDwell`, `${why}. Say soak.maxDuration and soak.onBreak instead`)];
  }
  if (maxDwell === undefined) {
    const remedy = weight === 100 ? "remove it, at 100 % soak.onBreak says what happens" : "add maxDwell";
    return onMaxDwell === undefined
      ? []
      : [finding("dwell-without-end", `${at}/onMaxDwell`, `without maxDwell this never happens; ${remedy}`)];
  }
  if (onMaxDwell === undefined) {
    return [
      finding(
        "dwell-without-end",
        `${at}/maxDwell`,
        "what happens then? Every hold has a chosen end: add onMaxDwell, page or rollback",
      ),
    ];
  }
  return parseDuration(maxDwell) > parseDuration(minDwell)
    ? []
    : [
        finding(
          "dwell-too-short",
          `${at}/maxDwell`,
          `${maxDwell} is not longer than minDwell ${minDwell}: the step could never be left in time`,
        ),
      ];
};
