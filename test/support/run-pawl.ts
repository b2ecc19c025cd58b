import { runCli } from "../../src/cli/program.ts";

interface Around {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: AsyncIterable<Buffer>;
}

/** Runs the command line in this process, and returns everything that it said. */
export const runPawl = async (argv: readonly string[], { env = {}, input }: Around = {}) => {
  const said = { out: "", err: "" };
  const exitCode = await runCli(argv, {
    env,
    ...(input === undefined ? {} : { input }),
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { exitCode, ...said };
};
