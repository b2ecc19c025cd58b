import { seededRandom } from "../../load/random.ts";
import type { Figure as Line, Measurement } from "../measurement.ts";
import { FIGURES, type Figure } from "./figures.ts";
import { runMany, type Shares } from "./runs.ts";

const RUNS = 4_000;
const SEED = 7;

const percent = (share: number): number => Number((100 * share).toPrecision(2));

/** In the words of the design's figure: how often it fires, after how many minutes (median/90th percentile), how often at all. */
const inWords = ({ falsely, median, ninetieth, found }: Figure["published"]): string =>
  [
    ...(falsely === undefined ? [] : [`fires ${falsely} %`]),
    ...(median === undefined ? [] : [`after ${median}/${ninetieth} min`]),
    ...(found === undefined ? [] : [`found ${found} %`]),
  ].join(", ");

/** Only what the design gives a figure for. */
const asPublished = (published: Figure["published"], seen: Shares): Figure["published"] => ({
  ...(published.falsely === undefined ? {} : { falsely: percent(seen.falsely) }),
  ...(published.median === undefined ? {} : { median: seen.median, ninetieth: seen.ninetieth }),
  ...(published.found === undefined ? {} : { found: percent(seen.found) }),
});

const run = (): readonly Line[] =>
  FIGURES.map(({ what, setting, detector, published }, index) => ({
    what,
    value: "",
    note: `${inWords(asPublished(published, runMany(seededRandom(SEED * 1_000 + index).next, RUNS, setting, detector))).padEnd(36)} design: ${inWords(published)}`,
  }));

export const STATISTICS: Measurement = {
  name: "statistics",
  about: `what the evidence operations do to healthy and to bad services, ${RUNS} seeded runs each, beside the design's figures`,
  run,
};
