import { ENGINE_VERSION } from "../../decision/decision.ts";
import { cutShort } from "../../kernel/cut.ts";
import { OBSERVED_BY } from "../../snapshot/evidence.ts";
import type { Action } from "../recording/recorded-tick.ts";
import type { Comparison, VerdictChange } from "./comparison.ts";
import type { ReplayResult } from "./replay.ts";
import { isOtherEngine, type Names, type Recording } from "./replay-document.ts";
import { minute, move, sayChange } from "./say-change.ts";

/** So many differences are told to people; all that were kept are in the document. */
const MOST_SAID = 20;

const sayVerdict = ({ gate, first, ticks, was, would }: VerdictChange): string =>
  `gate ${cutShort(gate)}: ${would} instead of ${was} from ${minute(first)} on, in ${ticks} ${ticks === 1 ? "tick" : "ticks"}`;

const sayCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, ticks]) => `${name} ${ticks}`)
    .join(", ") || "nothing";

const sayReproduced = ({ reproduced, missing }: ReplayResult): readonly string[] => {
  const { ticks, differing, differences } = reproduced;
  return [
    ...(ticks === 0
      ? []
      : [`${ticks} ticks judged again by the recorded policy, ${differing} come out otherwise than recorded`]),
    ...differences.slice(0, MOST_SAID).map(({ line, tick, what }) => `  line ${line}, ${minute(tick)}: ${what}`),
    ...(differences.length > MOST_SAID ? [`  and ${differences.length - MOST_SAID} more; --json lists them`] : []),
    ...(missing.length === 0 ? [] : ["Missing from it:"]),
    ...missing.slice(0, MOST_SAID).map((what) => `  ${what}`),
  ];
};

const sayComparison = (
  { divergence, counterfactualFrom, changes, more, verdicts, decisions }: Comparison,
  blocking: ReplayResult["blocking"],
  names: Names,
): readonly string[] => [
  `${names.would}, against ${names.was}:`,
  ...(divergence === null ? ["  makes every move at the same tick"] : []),
  ...changes.map((change) => `  ${sayChange(change, names.was)}`),
  ...(more === 0 ? [] : [`  and ${more} more moves`]),
  ...verdicts.map((verdict) => `  ${sayVerdict(verdict)}`),
  ...(counterfactualFrom === null || (divergence !== null && counterfactualFrom > divergence.tick)
    ? []
    : [
        `  From ${minute(counterfactualFrom)} on everything is counterfactual: by then a policy had moved otherwise than`,
        "  the recording, and other weights would have given other traffic.",
      ]),
  ...(divergence === null
    ? []
    : [
        `  Everything after ${minute(divergence.tick)} is counterfactual: there ${names.was} ${didOrNot(divergence.was)},`,
        `  and ${names.would} ${didOrNot(divergence.would)}; other weights would have given other traffic.`,
      ]),
  `  ticks: ${sayCounts(decisions.would)}`,
  ...(Object.keys(decisions.was).length === 0 ? [] : [`  before: ${sayCounts(decisions.was)}`]),
  ...(Object.keys(blocking).length === 0
    ? []
    : [`  held most by: ${sayCounts(Object.fromEntries(Object.entries(blocking).slice(0, 5)))}`]),
];

/** A soak that stands still for want of a signal that no rule reads would be a riddle. */
const sayUnseen = (unseen: ReplayResult["unseen"], ticks: number): readonly string[] => {
  const lacking = Object.entries(unseen);
  if (lacking.length === 0) return [];
  const each = lacking.map(([path, minutes]) => `${path} in ${minutes} of ${ticks}`).join(", ");
  return [`  The soak clock counts a minute only where all of ${OBSERVED_BY.join(", ")} were read; missing: ${each}.`];
};

const didOrNot = (action: Action | null): string => (action === null ? "stays where it is" : `has ${move(action)}`);

/** By other rules much comes out otherwise, and nobody has changed anything. */
const sayEngine = (recording: Recording): readonly string[] =>
  isOtherEngine(recording)
    ? [
        `Engine ${JSON.stringify(recording.engine)} judged it, and this is ${ENGINE_VERSION}: what comes out otherwise may do so by that alone.`,
        "To hold it against what was recorded, replay it in a checkout of the release that exported it.",
      ]
    : [];

export const sayReplay = (recording: Recording, result: ReplayResult, names: Names): readonly string[] => {
  const { ticks, from, to, comparison, blocking, unseen } = result;
  const { file, form } = recording;
  const span = from === null || to === null ? "" : `, ${minute(from)} to ${minute(to)} UTC`;
  return [
    `${file}: ${ticks} ${form === "guard" ? "judged tick" : "minute"}${ticks === 1 ? "" : "s"}${span}`,
    ...sayEngine(recording),
    ...sayReproduced(result),
    ...(comparison === null ? [] : sayComparison(comparison, blocking, names)),
    ...(comparison?.decisions.would["soak"] === undefined ? [] : sayUnseen(unseen, ticks)),
  ];
};
