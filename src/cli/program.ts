import { Command, CommanderError } from "commander";
import { checkPlace, operatorHere } from "./context.ts";
import { EXIT } from "./exit.ts";
import { type Failure, failureLines, failureOf } from "./failures.ts";
import { DEFAULT_POLICIES_DIR, readBindings, whichCutover } from "./files.ts";
import type { Stage } from "./stage.ts";
import { chooseTarget, DEFAULT_LAB_FILE } from "./target.ts";
import { createTerminal, type Terminal } from "./terminal.ts";
import { addCdcVerbs } from "./verbs-cdc.ts";
import { addCutoverVerbs } from "./verbs-cutover.ts";
import { addDrillVerbs } from "./verbs-drill.ts";
import { addPolicyVerbs } from "./verbs-policy.ts";

/** The process as the command line sees it. `env` has to be the process's own for AWS's usual ways to credentials. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard input; without it there is nothing to read. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Resolves when standard output has room again; without it there is always room. */
  readonly drained?: () => Promise<void>;
  /** Writes over the last such line on standard error; without it that is no terminal. */
  readonly live?: (line: string) => void;
}

const NOTHING: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: async function* () {} };

/** Runs one command line, without the program's name. @returns the exit code; nothing is thrown. */
export const runCli = async (argv: readonly string[], world: World): Promise<number> => {
  const terminal = createTerminal(argv.includes("--json"), world.out, world.err);
  let exitCode: number = EXIT.done;
  const choose: Stage["target"] = (options) => {
    const target = chooseTarget(options, world.env);
    terminal.note(target.label);
    return target;
  };
  const stage: Stage = {
    terminal,
    streams: {
      input: world.input ?? NOTHING,
      write: async (text) => {
        world.out(text);
        await world.drained?.();
      },
    },
    ...(world.live === undefined ? {} : { live: world.live }),
    finish: (code) => {
      exitCode = code;
    },
    target: choose,
    scene: (cutover, options) => {
      const target = choose(options);
      const policiesDir = options.policies;
      const bindings = readBindings(policiesDir, whichCutover(policiesDir, cutover));
      checkPlace(bindings, target);
      return { target, terminal, policiesDir, bindings, operator: operatorHere() };
    },
    settle: (result) => {
      terminal.show(result);
      exitCode = result.exitCode;
    },
  };
  try {
    // Help is for people; under --json standard output belongs to the document.
    const spoken = argv.includes("--json") ? { ...world, out: world.err } : world;
    await programOf(stage, spoken).parseAsync([...withLabFile(argv)], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const failure = error instanceof CommanderError ? misuse(error) : failureOf(error);
    return tell(failure, argv.includes("--json"), terminal);
  }
};

/** Every verb with its options. */
export const programOf = (stage: Stage, { out, err }: World): Command => {
  const program = new Command("pawl")
    .description(
      "Walks a blue-green database cutover to green, and drops it back to blue, with no acknowledged write lost.",
    )
    .option("--json", "print one JSON document on standard output, and nothing else there")
    .option("--lab [file]", `act on the lab that this file names (default: ${DEFAULT_LAB_FILE})`)
    .option("--aws", "act on AWS, by the credentials of the environment")
    .option("--policies <dir>", "where the cutovers' folders are", DEFAULT_POLICIES_DIR)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err, outputError: () => {} })
    .addHelpText(
      "after",
      "\nCUTOVER may be left out where there is only one.\nExit codes: 0 done, 1 refused, 2 usage, 3 outside failure, 4 bug in pawl.",
    );
  addCutoverVerbs(program, stage);
  addDrillVerbs(program, stage);
  addCdcVerbs(program, stage);
  addPolicyVerbs(program, stage);
  return program;
};

/** A bare `--lab` must not take the cutover's name that follows it for a file. */
export const withLabFile = (argv: readonly string[]): readonly string[] =>
  argv.map((argument, index) => {
    const next = argv[index + 1];
    const isFile = next !== undefined && (next.includes("/") || next.endsWith(".json"));
    return argument === "--lab" && !isFile ? `--lab=${DEFAULT_LAB_FILE}` : argument;
  });

const misuse = (error: CommanderError): Failure => ({
  exitCode: EXIT.usage,
  what:
    error.code === "commander.help"
      ? "No verb was given."
      : `${error.message.replace(/^error: /, "").replace(/\.$/, "")}.`,
  why: "pawl was called with words that it does not take, or without ones that it needs.",
  next: "pawl --help, or pawl <verb> --help, says what it takes.",
});

const tell = (failure: Failure, json: boolean, terminal: Terminal): number => {
  const { what, why, next, stack, exitCode } = failure;
  if (json) {
    if (stack !== undefined) terminal.note(stack);
    terminal.show({ document: { error: { what, why, next } }, lines: [] });
  } else failureLines(failure).forEach(terminal.note);
  return exitCode;
};
