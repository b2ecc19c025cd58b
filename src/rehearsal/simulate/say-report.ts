import type { HoldReason, Share, SimulationReport } from "./report.ts";
import type { Ending } from "./run-outcome.ts";
import type { ReportPart } from "./scenario-file.ts";
import { grouped, minutesInWords, percent } from "./words.ts";

const ENDINGS: Readonly<Record<Ending, string>> = {
  decommissioning: "decommission began",
  rolledBack: "rolled back",
  held: "held: going back would have lost writes",
  horizon: "still under way at the horizon",
  refused: "not armed",
};

/** A report for people; `parts` leaves out what nobody asked for. */
export const sayReport = (report: SimulationReport, parts: readonly ReportPart[]): readonly string[] => [
  `${report.policyName} · ${report.scenario} · ${grouped(report.runs)} runs of at most ${minutesInWords(report.horizonMinutes)} · seed ${report.seed}`,
  "",
  ...row("ended", endingsInWords(report).join(", ")),
  ...report.refusals.map(({ what, runs }) => `${"".padEnd(WIDTH)}${runs} runs were not armed: ${what}`),
  ...row("rolled back by", tallied(report.rollbacks.because)),
  ...parts.flatMap((part) => SAY[part](report)),
];

const WIDTH = 20;
const row = (name: string, text: string): readonly string[] => (text === "" ? [] : [`${name.padEnd(WIDTH)}${text}`]);

export const endingsInWords = ({ endings, runs }: SimulationReport): readonly string[] =>
  (Object.keys(ENDINGS) as readonly Ending[])
    .filter((ending) => endings[ending] > 0)
    .map((ending) => `${ENDINGS[ending]} ${endings[ending]} (${percent(endings[ending] / runs)})`);

/** What is counted as harmed. Times are none of it: a slow answer is an answer. */
export const HARMED = "expected failures of requests on green, beyond those that they would have met on blue";

/** The headline, and what else there is to say of it. */
export const harmedInWords = ({
  median,
  p90,
  most,
  mean,
}: SimulationReport["requestsHarmed"]): readonly [headline: string, rest: string] => [
  `median ${grouped(median)}`,
  `p90 ${grouped(p90)}, most ${grouped(most)}, on average ${grouped(mean)} a run`,
];

const tallied = (tally: SimulationReport["rollbacks"]["because"]): string =>
  tally.map(({ what, runs }) => `${what} ${runs}`).join(", ");

const ofRuns = ({ runs, share }: Share, all: number): string => `${runs} of ${all} runs (${percent(share)})`;

const bound = ({ atMost }: { readonly atMost: number }): string => `at most ${percent(atMost)} with 95 % confidence`;

const armedRuns = ({ runs, endings }: SimulationReport): number => runs - endings.refused;

const SAY: Readonly<Record<ReportPart, (report: SimulationReport) => readonly string[]>> = {
  timeToFull: (report) => {
    const { minutes } = report.timeToFull;
    const times =
      minutes === null
        ? ""
        : `; median ${minutesInWords(minutes.median)}, p10 ${minutesInWords(minutes.p10)}, p90 ${minutesInWords(minutes.p90)}`;
    return row("time to full", `${ofRuns(report.timeToFull, armedRuns(report))} got there${times}`);
  },
  timeInStep: ({ timeInStep }) => [
    "time in step",
    ...timeInStep.map(({ step, weight, entered, advanced, rolledBack, stayed, minutes }) => {
      const left = [`${entered} runs`, `${advanced} went on`, `${rolledBack} went back`, `${stayed} stayed`];
      const times =
        minutes === null
          ? "–"
          : `median ${minutesInWords(minutes.median)}, p10 ${minutesInWords(minutes.p10)}, p90 ${minutesInWords(minutes.p90)}`;
      return `  ${step.padEnd(WIDTH - 8)}${`${weight} %`.padEnd(6)}${times} (${left.join(", ")})`;
    }),
  ],
  falseRollback: (report) => {
    const because = tallied(report.falseRollback.because);
    return row(
      "false rollbacks",
      `${ofRuns(report.falseRollback, armedRuns(report))}, ${bound(report.falseRollback)}${because === "" ? "" : `; by ${because}`}`,
    );
  },
  falsePromotion: (report) =>
    row(
      "false promotions",
      `${ofRuns(report.falsePromotion, armedRuns(report))}, ${bound(report.falsePromotion)}; ${report.falsePromotion.steps} steps beyond the first taken while green was bad`,
    ),
  detectionDelay: ({ detectionDelay: { exposed, detected, latchedBefore, held, minutes } }) =>
    row(
      "detection delay",
      exposed === 0
        ? "green was never bad while it had traffic"
        : `${detected} of ${exposed} runs with a bad green rolled back${
            held === 0 ? "" : ` (${held} of them held: traffic stayed)`
          }${latchedBefore === 0 ? "" : `, ${latchedBefore} had latched before it was bad and were held`}${
            minutes === null
              ? ""
              : `; median ${minutesInWords(minutes.median)}, p10 ${minutesInWords(minutes.p10)}, p90 ${minutesInWords(minutes.p90)}, most ${minutesInWords(minutes.most)}`
          }`,
    ),
  requestsHarmed: ({ requestsHarmed }) => [
    ...row("requests harmed", harmedInWords(requestsHarmed).join(", ")),
    ...row("", HARMED),
  ],
  holdReasons: ({ holdReasons }) => [
    "held by               minutes a run, and of these with nothing else in the way",
    ...holdReasons.slice(0, MOST_REASONS).map(holdLine),
  ],
};

const MOST_REASONS = 12;

const holdLine = ({ step, what, minutes, alone, runs }: HoldReason): string =>
  `  ${step.padEnd(WIDTH - 8)}${what.padEnd(30)}${minutes.toFixed(1).padStart(9)}${alone.toFixed(1).padStart(9)}  in ${runs} runs`;
