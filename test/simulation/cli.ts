import { type Asked, argumentsOf, USAGE } from "./arguments.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { type Dear, dearest } from "./profile.ts";
import { runSeed, type SeedOutcome } from "./run-seed.ts";
import { reproduces, shrink } from "./shrink.ts";
import { addOutcome, emptyTally, type Tally } from "./tally.ts";
import { runAll } from "./workers.ts";

const SHRUNK_AT_MOST = 5;
const DEAREST = 5;

interface Report extends Omit<Tally, "failed"> {
  readonly seconds: number;
  readonly ticksPerSecond: number;
  /** Of all threads: what the machine did for us, whatever else it had to do. */
  readonly cpuSeconds: number;
  readonly ticksPerCpuSecond: number;
  readonly failed: readonly { readonly outcome: SeedOutcome; readonly again: string }[];
  readonly dearest?: readonly Dear[];
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A broken promise is shown with the seed and its parameters first, then what it took, then how to see it again. */
const sayFailure = ({ outcome, again }: Report["failed"][number]): void => {
  say(`seed ${outcome.seed} ${JSON.stringify(outcome.parameters)}`);
  for (const { promise, at, what } of outcome.violations)
    say(`  ${promise} at ${(at / 60_000).toFixed(2)} min: ${what}`);
  say(`  again: ${again}`);
};

const sayReport = (report: Report): void => {
  const counts = ["promotions", "rollbacks", "rearms", "decommissions"] as const;
  say(`${report.runs} runs, ${Math.round(report.virtualHours)} virtual hours, ${report.ticks} ticks`);
  say(
    `${report.seconds.toFixed(1)} s, ${Math.round(report.ticksPerSecond)} ticks/s; ` +
      `${report.cpuSeconds.toFixed(1)} s of CPU, ${Math.round(report.ticksPerCpuSecond)} ticks a second of CPU`,
  );
  say(counts.map((count) => `${report[count]} ${count}`).join(", "));
  say(`endings: ${sorted(report.endings)}`);
  say(`faults: ${sorted(report.faults)}`);
  const never = FAULT_KINDS.filter((kind) => report.faults[kind] === undefined);
  if (never.length > 0) say(`never came about: ${never.join(", ")}`);
  for (const { name, percent } of report.dearest ?? []) say(`  ${percent.toFixed(1)} %  ${name}`);
  report.failed.forEach(sayFailure);
  const violations = report.failed.reduce((sum, { outcome }) => sum + outcome.violations.length, 0);
  say(violations === 0 ? "0 violations" : `${violations} violations in ${report.failed.length} seeds`);
};

const sorted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} ${times}`)
    .join(", ");

const runHere = async ({ seeds: [from, to], options }: Asked, told: (outcome: SeedOutcome) => void): Promise<void> => {
  for (let seed = from; seed <= to; seed += 1) told(await runSeed(seed, options));
};

const run = async (asked: Asked): Promise<Report> => {
  const tally = emptyTally();
  const told = (outcome: SeedOutcome): void => addOutcome(tally, outcome);
  const began = performance.now();
  const cpuBegan = process.cpuUsage();
  // Under the profiler everything happens in this thread, or it would watch somebody wait.
  const dear = asked.profile ? await dearest(DEAREST, () => runHere(asked, told)) : null;
  if (dear === null) await runAll(asked.seeds, asked.options, asked.workers, told);
  const seconds = (performance.now() - began) / 1_000;
  const cpu = process.cpuUsage(cpuBegan);
  const cpuSeconds = (cpu.user + cpu.system) / 1_000_000;
  const failed: Report["failed"][number][] = [];
  tally.failed.sort((a, b) => a.seed - b.seed);
  for (const outcome of tally.failed) {
    const least = failed.length < SHRUNK_AT_MOST ? await shrink(outcome) : { options: asked.options, outcome };
    failed.push({ outcome: least.outcome, again: reproduces(outcome.seed, least) });
  }
  const speed = { seconds, ticksPerSecond: tally.ticks / seconds };
  const ofCpu = { cpuSeconds, ticksPerCpuSecond: tally.ticks / cpuSeconds };
  return { ...tally, ...speed, ...ofCpu, failed, ...(dear === null ? {} : { dearest: dear }) };
};

const traced = async ({ seeds: [seed], options }: Asked): Promise<number> => {
  const outcome = await runSeed(seed, { ...options, trace: say });
  say(JSON.stringify({ ...outcome, faults: undefined }));
  return outcome.violations.length === 0 ? 0 : 1;
};

const main = async (argv: readonly string[]): Promise<number> => {
  if (argv.includes("--help")) {
    say(USAGE);
    return 0;
  }
  let asked: Asked;
  try {
    asked = argumentsOf(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    return 2;
  }
  if (asked.trace) return traced(asked);
  const report = await run(asked);
  if (asked.json) say(JSON.stringify(report));
  else sayReport(report);
  return report.failed.length === 0 ? 0 : 1;
};

process.exitCode = await main(process.argv.slice(2));
