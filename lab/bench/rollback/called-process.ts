import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Call, CallerSettings, Said } from "./caller.ts";

const CALLER = fileURLToPath(new URL("caller.ts", import.meta.url));
/** What the functions log is for nobody here, but it has to be written, as it is in Lambda. */
const STDIO = ["ignore", "ignore", "inherit", "ipc"] as const;

/** A process that has loaded some handlers and calls them. */
export interface CalledProcess {
  /** How long each bundle took to load, in milliseconds. */
  readonly loadedMs: Readonly<Record<string, number>>;
  /** @returns when the handler was called and when it had ended, by the machine's clock. @throws {Error} it failed. */
  call(handler: string, event: unknown): Promise<{ readonly startedAt: number; readonly endedAt: number }>;
  end(): Promise<void>;
}

export const startCalledProcess = async (
  settings: CallerSettings,
  env: Readonly<Record<string, string>>,
): Promise<CalledProcess> => {
  const quiet = ["--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...quiet, CALLER, JSON.stringify(settings)], { env, stdio: [...STDIO] });
  const gone = once(child, "exit");
  const heard = async (): Promise<Said> => {
    const ending = new AbortController();
    const message = once(child, "message", { signal: ending.signal }) as Promise<[Said]>;
    const said = await Promise.race([message, gone.then(() => null)]);
    if (said !== null) return said[0];
    ending.abort();
    await message.catch(() => {});
    throw new Error("the process that calls has ended");
  };
  const loaded = await heard();
  if (loaded.kind !== "loaded") throw new Error("the process that calls said something else first");
  return {
    loadedMs: loaded.ms,
    call: async (handler, event) => {
      const ended = heard();
      child.send({ handler, event } satisfies Call);
      const said = await ended;
      if (said.kind !== "ended") throw new Error("the process that calls said something else");
      if (said.failure !== null) throw new Error(`${handler}: ${said.failure}`);
      return said;
    },
    end: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
};
