import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { CommandFailure } from "../src/cli/exit.ts";
import { type DurationMs, parseDuration } from "../src/kernel/units.ts";
import { serveLab, startInBackground, stopInBackground } from "./background.ts";
import { MAX_SPEED } from "./clock.ts";
import { describeFaults, endFault, inflict } from "./fault-commands.ts";
import { DEFAULT_LAB_FILE, readRunningLab } from "./lab-file.ts";
import { describeLab } from "./status.ts";

interface FileOption {
  readonly file: string;
}
interface StartOptions extends FileOption {
  readonly speed: number;
}

const say = (line: string): void => console.log(line);

const readSpeed = (text: string): number => {
  const speed = Number(text);
  if (!(speed >= 1 && speed <= MAX_SPEED)) throw new InvalidArgumentError(`A speed is from 1 to ${MAX_SPEED}.`);
  return speed;
};

const readDuration = (text: string): DurationMs => {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
};

const program = new Command("lab").description(
  "A whole cutover on this machine: real PostgreSQL, Kafka and Debezium, and what stands in for AWS.",
);
const withFile = (command: Command): Command =>
  command.option("--file <path>", "where the lab says what runs", (path: string) => resolve(path), DEFAULT_LAB_FILE);
const withStart = (command: Command): Command =>
  withFile(command).option("--speed <factor>", "lab seconds a real second", readSpeed, 12);

withStart(program.command("up").description("start a lab, and leave it running")).action(
  async (options: StartOptions) => {
    await startInBackground({ ...options, onProgress: say });
    describeLab(options.file).forEach(say);
    say("Try:  ./scripts/lab status   ./scripts/lab down");
  },
);

withFile(program.command("down").description("stop it, and remove what it wrote")).action(
  async ({ file }: FileOption) => {
    const pid = await stopInBackground(file);
    say(pid === undefined ? "No lab runs here." : `The lab (pid ${pid}) is stopped; nothing of it is left.`);
  },
);

withFile(program.command("status").description("what runs, and where")).action(({ file }: FileOption) => {
  describeLab(file).forEach(say);
  if (readRunningLab(file) === undefined) process.exitCode = 1;
});

program
  .command("faults")
  .description("what can be made to go wrong")
  .action(() => describeFaults().forEach(say));

withFile(program.command("fault").description("make it go wrong").argument("<name>"))
  .option("--for <duration>", "end it after this much real time, e.g. 30s", readDuration)
  .option("--end", "end one that was left in force")
  .action((name: string, { file, for: forMs, end }: FileOption & { for?: DurationMs; end?: true }) =>
    end === true ? endFault(file, name, say) : inflict(file, name, forMs, say),
  );

withStart(program.command("serve", { hidden: true })).action((options: StartOptions) => serveLab(options));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommandFailure)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
