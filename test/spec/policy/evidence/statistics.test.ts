import { describe, expect, it } from "vitest";
import { FIGURES, type Figure } from "../../../../lab/bench/statistics/figures.ts";
import { runMany } from "../../../../lab/bench/statistics/runs.ts";
import { seededRandom } from "../../../../lab/load/random.ts";

const RUNS = 600;

const withFigures = FIGURES.map((figure): [string, Figure] => [figure.what, figure]);

/** Seeded, so that it comes to the same every time; wide enough for what 600 runs can tell. */
const nearTo = (share: number, publishedPercent: number): void => {
  const published = publishedPercent / 100;
  const deviation = Math.sqrt(Math.max(published, 2 / RUNS) / RUNS);
  expect(Math.abs(share - published)).toBeLessThan(Math.max(5 * deviation, 0.12 * published));
};

describe("evidence in simulated services", () => {
  it.each(withFigures)("%s: fires as often and as soon as the design says", (_, { setting, detector, published }) => {
    const seen = runMany(seededRandom(11).next, RUNS, setting, detector);

    if (published.falsely !== undefined) nearTo(seen.falsely, published.falsely);
    if (published.found !== undefined) nearTo(seen.found, published.found);
    if (published.median !== undefined)
      expect(Math.abs(seen.median - published.median)).toBeLessThanOrEqual(0.15 * published.median + 1);
    if (published.ninetieth !== undefined)
      expect(Math.abs(seen.ninetieth - published.ninetieth)).toBeLessThanOrEqual(0.15 * published.ninetieth + 2);
    expect(Object.keys(published).length).toBeGreaterThan(0);
  });

  it("seldom cry wolf in an hour of looking: at most two healthy services in a hundred", () => {
    const healthy = FIGURES.filter(({ what }) => what.startsWith("healthy"));
    const worst = Math.max(
      ...healthy.map(({ setting, detector }) => runMany(seededRandom(5).next, RUNS, setting, detector).falsely),
    );

    expect(worst).toBeLessThanOrEqual(0.02);
  });
});
