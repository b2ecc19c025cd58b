import { Command } from "commander";
import { JUDGE } from "./judge.ts";
import { LINT } from "./lint.ts";
import type { Figure, Measurement } from "./measurement.ts";
import { REPLAY } from "./replay.ts";
import { COLD_START } from "./rollback/cold-start.ts";
import { SNAP_BACK } from "./rollback/snap-back.ts";
import { SIMULATE } from "./simulate.ts";
import { STATISTICS } from "./statistics/compare.ts";

/** What each verb measures, in this order. */
const MEASUREMENTS: Readonly<Record<string, readonly Measurement[]>> = {
  policy: [JUDGE, LINT, STATISTICS, SIMULATE, REPLAY],
  rollback: [SNAP_BACK, COLD_START],
};

const verdictOf = (met: boolean | undefined): string => (met === undefined ? "" : met ? "  met" : "  NOT MET");

const lineOf = ({ what, value, note, met }: Figure): string =>
  `  ${what.padEnd(44)}${value.padStart(12)}  ${note ?? ""}${verdictOf(met)}`;

const measure = async (measurements: readonly Measurement[], wanted: readonly string[]): Promise<void> => {
  const known = measurements.map(({ name }) => name);
  const strangers = wanted.filter((name) => !known.includes(name));
  if (strangers.length > 0) program.error(`There is no ${strangers.join(", ")}; there are ${known.join(", ")}.`);
  for (const { name, about, run } of measurements) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`${name}: ${about}`);
    for (const figure of await run()) {
      console.log(lineOf(figure));
      if (figure.met === false) process.exitCode = 1;
    }
  }
};

const program = new Command("bench").description("Measures what pawl computes, side by side with others, in one run.");
for (const [verb, measurements] of Object.entries(MEASUREMENTS)) {
  program
    .command(`${verb} [names...]`)
    .description(measurements.map(({ name, about }) => `${name}: ${about}`).join("\n"))
    .action((names: readonly string[]) => measure(measurements, names));
}
await program.parseAsync();
