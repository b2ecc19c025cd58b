import type { Spread } from "../quantiles.ts";
import type { SimulationReport } from "../report.ts";
import { endingsInWords, HARMED, harmedInWords } from "../say-report.ts";
import { grouped, minutesInWords, percent } from "../words.ts";
import { holdBars, stepRanges } from "./bars.ts";
import { weightsFan } from "./fan.ts";
import { escaped, table } from "./markup.ts";
import { STYLE } from "./style.ts";

const MOST_REASONS = 15;

/** A whole report as one HTML page: no script, and nothing to be loaded from elsewhere. */
export const simulationPage = (report: SimulationReport, description: string): string => {
  const title = `${report.policyName}: ${report.scenario}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(subtitle(report))}</p>
<p>${escaped(description)}</p>
<dl class="tiles">${tiles(report)}</dl>
<h2>Weights over time</h2>
${report.weights.length === 0 ? "<p>No run was armed.</p>" : weightsFan(report.weights)}
<h2>Time in step</h2>
<p class="quiet">Of the runs that went on: the bar spans the 10th to the 90th of a hundred, the mark is the median.</p>
${stepRanges(report.timeInStep)}
<h2>What blocked</h2>
<p class="quiet">Minutes a run; dark where nothing else stood in the way.</p>
${blocked(report)}
<h2>In numbers</h2>
${stepTable(report)}
${numbersTable(report)}
<p class="quiet">Requests harmed: ${escaped(HARMED)}.</p>
</main>
</body>
</html>
`;
};

/** At 100 % it is the soak that holds, for a day; beside it nothing on the way there could be seen. */
const blocked = ({ holdReasons, timeInStep }: SimulationReport): string => {
  const last = timeInStep.at(-1)?.step;
  const onTheWay = holdReasons.filter(({ step }) => step !== last).slice(0, MOST_REASONS);
  const inSoak = holdReasons.filter(({ step }) => step === last).slice(0, MOST_REASONS);
  return [
    onTheWay.length === 0 ? "<p>Nothing on the way to 100 %.</p>" : holdBars("on-the-way", onTheWay),
    inSoak.length === 0 ? "" : `<h3>At 100 %</h3>${holdBars("in-soak", inSoak)}`,
  ].join("\n");
};

const subtitle = (report: SimulationReport): string =>
  [
    `${grouped(report.runs)} simulated cutovers of at most ${minutesInWords(report.horizonMinutes)}`,
    `seed ${report.seed}`,
    ...endingsInWords(report),
    ...report.refusals.map(({ what, runs }) => `${runs} not armed: ${what}`),
  ].join(" · ");

const tile = (name: string, value: string, note: string, bad: boolean): string =>
  `<div${bad ? ' class="bad"' : ""}><dt>${escaped(name)}</dt><dd>${escaped(value)}<small>${escaped(note)}</small></dd></div>`;

const tiles = (report: SimulationReport): string => {
  const { timeToFull, falseRollback, falsePromotion, detectionDelay, requestsHarmed } = report;
  const found = detectionDelay.minutes;
  return [
    tile(
      "came to 100 %",
      percent(timeToFull.share),
      timeToFull.minutes === null ? "none did" : `median after ${minutesInWords(timeToFull.minutes.median)}`,
      false,
    ),
    tile("false rollbacks", percent(falseRollback.share), `${falseRollback.runs} runs`, falseRollback.runs > 0),
    tile(
      "false promotions",
      percent(falsePromotion.share),
      `${falsePromotion.steps} steps beyond the first while green was bad`,
      falsePromotion.runs > 0,
    ),
    tile(
      "detection delay",
      found === null ? "–" : minutesInWords(found.median),
      detectionDelay.exposed === 0
        ? "green was never bad in traffic"
        : `${detectionDelay.detected} of ${detectionDelay.exposed} bad runs latched, ${detectionDelay.held + detectionDelay.latchedBefore} held`,
      detectionDelay.detected - detectionDelay.held < detectionDelay.exposed,
    ),
    tile("requests harmed", ...harmedInWords(requestsHarmed), false),
  ].join("");
};

const spread = (of: Spread | null): readonly string[] =>
  of === null ? ["–", "–", "–"] : [of.p10, of.median, of.p90].map(minutesInWords);

const stepTable = ({ timeInStep }: SimulationReport): string =>
  table({
    caption: "Runs through the steps, and the time of those that went on",
    columns: ["step", "weight", "runs", "went on", "went back", "stayed", "p10", "median", "p90"],
    rows: timeInStep.map(({ step, weight, entered, advanced, rolledBack, stayed, minutes }) => [
      ...[step, `${weight} %`, ...[entered, advanced, rolledBack, stayed].map(grouped)],
      ...spread(minutes),
    ]),
  });

const numbersTable = (report: SimulationReport): string => {
  const { timeToFull, detectionDelay, requestsHarmed, rollbacks } = report;
  const harmed = [requestsHarmed.p10, requestsHarmed.median, requestsHarmed.p90].map(grouped);
  return table({
    caption: "All runs",
    columns: ["", "runs", "p10", "median", "p90"],
    rows: [
      ["time to 100 %", grouped(timeToFull.runs), ...spread(timeToFull.minutes)],
      ["detection delay", grouped(detectionDelay.detected), ...spread(detectionDelay.minutes)],
      ["requests harmed", grouped(report.runs - report.endings.refused), ...harmed],
      ...rollbacks.because.map(({ what, runs }) => [`rolled back by ${what}`, grouped(runs), "", "", ""]),
    ],
  });
};
