import { spawn } from "node:child_process";
import { join } from "node:path";

const CLI = join(import.meta.dirname, "../../src/cli/main.ts");

export interface PawlRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The operator's command, as an operator runs it: its own process, its target by `--lab`, nothing of the demo's in it. */
export type Pawl = (args: readonly string[], onLine?: (line: string) => void) => Promise<PawlRun>;

const LIMIT_MS = 180_000;

/** @throws {Error} it did not end within three minutes. */
export const pawlOn =
  (labFile: string): Pawl =>
  (args, onLine) =>
    new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        ["--disable-warning=TimeoutNegativeWarning", CLI, ...args, "--lab", labFile],
        {
          stdio: ["ignore", "pipe", "pipe"],
          timeout: LIMIT_MS,
          env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"))),
        },
      );
      const said = { stdout: "", stderr: "" };
      let rest = "";
      child.stdout.on("data", (chunk: Buffer) => {
        said.stdout += chunk.toString();
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) onLine?.(line);
      });
      child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
      child.once("error", reject);
      child.once("close", (code, signal) =>
        signal === null
          ? resolve({ exitCode: code ?? 4, ...said })
          : reject(new Error(`pawl ${args.join(" ")} was ended by ${signal} after ${LIMIT_MS / 1_000} s`)),
      );
    });

/** @throws {Error} any other exit code than 0; what it said is in the message. */
export const mustSucceed = async (run: Promise<PawlRun>, what: string): Promise<PawlRun> => {
  const ended = await run;
  if (ended.exitCode !== 0)
    throw new Error(`${what} ended with exit code ${ended.exitCode}:\n${ended.stdout}${ended.stderr}`);
  return ended;
};
