import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { MAX_SPEED } from "../clock.ts";
import { type Lab, startLab } from "../lab.ts";
import { DEFAULT_LAB_FILE } from "../lab-file.ts";
import { watchMemory } from "../process/memory.ts";
import { stopBeforeExit } from "../process/stop-before-exit.ts";
import { linkEvidence } from "./comparison.ts";
import { createNarrator, type Narrator } from "./narrator.ts";
import { mustSucceed, pawlOn } from "./pawl.ts";
import { tellPromotion } from "./promotion.ts";
import type { DemoReport } from "./report.ts";
import { tellRollback } from "./rollback.ts";

type StoryName = "promote" | "rollback";
interface Options {
  readonly story?: StoryName;
  readonly speed: number;
  readonly keep: boolean;
  readonly report: string;
}

const readSpeed = (text: string): number => {
  const speed = Number(text);
  if (!(speed >= 1 && speed <= MAX_SPEED)) throw new InvalidArgumentError(`A speed is from 1 to ${MAX_SPEED}.`);
  return speed;
};

const options = new Command("demo")
  .description("Walks a real cutover to green, and drops a bad one back to blue, on this machine.")
  .addOption(new Option("--story <name>", "only one of the two").choices(["promote", "rollback"]))
  .option("--speed <factor>", "lab seconds a real second", readSpeed, 12)
  .option("--keep", "leave the last lab up when its story is told, and say what to try", false)
  .option(
    "--report <dir>",
    "where report.json and the evidence go",
    (dir: string) => resolve(dir),
    resolve(".pawl/report"),
  )
  .parse()
  .opts<Options>();

const HEADLINES: Readonly<Record<StoryName, string>> = {
  promote: "Story 1, to green: a healthy green is walked to 100 %, soaks, and CDC is taken apart",
  rollback: "Story 2, back to blue: green turns bad at 50 %, and nothing is lost",
};

const stories: readonly StoryName[] = options.story === undefined ? ["promote", "rollback"] : [options.story];
const narrator = createNarrator((line) => console.log(line));
const peakSoFar = watchMemory(process.pid);
stopBeforeExit();

const report: { -readonly [Part in keyof DemoReport]?: DemoReport[Part] } = {};
const problems: string[] = [];
const workDir = mkdtempSync(join(tmpdir(), "pawl-demo-"));

/** One lab, one story; the evidence is kept whether it ends well or not. */
const tell = async (story: StoryName, keep: boolean): Promise<void> => {
  narrator.headline(HEADLINES[story]);
  const file = keep ? DEFAULT_LAB_FILE : join(workDir, `${story}.json`);
  const dir = join(options.report, story);
  mkdirSync(dir, { recursive: true });
  let lab: Lab | undefined;
  try {
    lab = await narrator.phase("the lab comes up", 30, () =>
      startLab({ file, speed: options.speed, onProgress: (line) => narrator.tell(line) }),
    );
    if (story === "promote") report.promotion = await tellPromotion(lab, file, narrator, dir);
    else report.rollback = await tellRollback(lab, file, narrator, dir);
    linkEvidence(dir, options.report);
    await narrator.phase("every decision is judged again", 10, () => judgeAgain(file, narrator));
    narrator.tell("nothing was lost.");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problems.push(`${story}: ${why}`);
    narrator.tell(`the story did not end as it should: ${why}`);
  } finally {
    if (lab !== undefined) await end(lab, dir, keep, narrator);
  }
};

/** @throws {Error} a record does not follow from what was stored for it. */
const judgeAgain = async (labFile: string, { tell }: Narrator): Promise<void> => {
  tell("$ pawl ledger verify orders --recompute");
  const args = ["ledger", "verify", "orders", "--recompute"];
  const { stdout } = await mustSucceed(pawlOn(labFile)(args), "pawl ledger verify");
  for (const line of stdout.trim().split("\n")) tell(`    ${line}`);
};

const end = async (lab: Lab, dir: string, keep: boolean, { phase }: Narrator): Promise<void> => {
  await cp(join(lab.context.dir, "logs"), join(dir, "logs"), { recursive: true });
  await copyFile(join(lab.context.dir, "lab.log"), join(dir, "lab.log"));
  if (keep) {
    console.log(`
The lab stays up until you press Ctrl-C. Try, in another terminal:
  npx pawl status orders        npx pawl explain orders       npx pawl ledger verify orders --recompute
  ./scripts/lab faults          ./scripts/lab fault green-slow --for 30s`);
    await new Promise(() => {});
  }
  await phase("the lab goes down", 10, () => lab.stop());
};

for (const story of stories) await tell(story, options.keep && story === stories.at(-1));
rmSync(workDir, { recursive: true, force: true });

const memory = peakSoFar();
const written: DemoReport = { ...report, peakMiB: memory.peakMiB, seconds: narrator.seconds() };
writeFileSync(join(options.report, "report.json"), `${JSON.stringify(written, null, 2)}\n`);
narrator.headline("Where the time went (budget against actual)");
for (const line of narrator.timetable()) console.log(line);
console.log(`  peak memory of everything: ${memory.peakMiB} MiB (${memory.measure})`);
console.log(`  report: ${join(options.report, "report.json")}`);
for (const problem of problems) console.error(`FAILED  ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
if (problems.length === 0) console.log("\nBoth sides were compared after every story: no acknowledged write was lost.");
