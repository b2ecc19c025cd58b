import type { HoldReason, StepReport } from "../report.ts";
import { minutesInWords } from "../words.ts";
import { box, label, line, picture } from "./markup.ts";

const WIDTH = 960;
const ROW = 30;
const BAR = 16;
const LEFT = 290;
const RIGHT = 830;

/** Where a number of minutes stands, the longest at the right end. */
const scaleTo = (longest: number) => (minutes: number) => LEFT + ((RIGHT - LEFT) * minutes) / Math.max(1, longest);

/** Minutes in each step: from the tenth to the ninetieth of a hundred runs, with the median as a mark. */
export const stepRanges = (steps: readonly StepReport[]): string => {
  const x = scaleTo(Math.max(0, ...steps.map(({ minutes }) => minutes?.p90 ?? 0)));
  const rows = steps.map(({ step, weight, minutes, entered }, index) => {
    const top = index * ROW;
    const name = label(0, top + BAR, `${step} (${weight} %)`);
    if (minutes === null)
      return name + label(LEFT, top + BAR, entered === 0 ? "no run got here" : "no run went on from here");
    const { p10, median, p90 } = minutes;
    const says = `${step}: median ${minutesInWords(median)}, p10 ${minutesInWords(p10)}, p90 ${minutesInWords(p90)}`;
    return [
      name,
      box("range", x(p10), top + 3, Math.max(2, x(p90) - x(p10)), BAR, says),
      line("mark", [x(median), top], [x(median), top + BAR + 6]),
      label(x(p90) + 8, top + BAR, minutesInWords(median)),
    ].join("");
  });
  return picture(
    "steps",
    { width: WIDTH, height: Math.max(1, steps.length) * ROW },
    {
      title: "Time in each step",
      description: steps
        .map(({ step, minutes }) => `${step}: ${minutes === null ? "none went on" : minutesInWords(minutes.median)}`)
        .join("; "),
    },
    rows.join(""),
  );
};

/** What blocked, and for how long; the dark part is the time in which nothing else did. */
export const holdBars = (id: string, reasons: readonly HoldReason[]): string => {
  const x = scaleTo(Math.max(0, ...reasons.map(({ minutes }) => minutes)));
  const rows = reasons.map(({ step, what, minutes, alone }, index) => {
    const top = index * ROW;
    const says = `${what} in ${step}: ${minutesInWords(minutes)} a run, ${minutesInWords(alone)} of these alone`;
    return [
      label(0, top + BAR, `${step} · ${what}`),
      box("held", LEFT, top + 3, Math.max(1, x(minutes) - LEFT), BAR, says),
      box("alone", LEFT, top + 3, x(alone) - LEFT, BAR, says),
      label(x(minutes) + 8, top + BAR, minutesInWords(minutes)),
    ].join("");
  });
  return picture(
    id,
    { width: WIDTH, height: Math.max(1, reasons.length) * ROW },
    {
      title: "What stood in the way",
      description: reasons
        .map(({ step, what, minutes }) => `${what} in ${step}: ${minutesInWords(minutes)}`)
        .join("; "),
    },
    rows.join(""),
  );
};
