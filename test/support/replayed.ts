import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../src/kernel/json.ts";
import type { ReplayDocument } from "../../src/rehearsal/replay/replay-document.ts";
import { runPawl } from "./run-pawl.ts";

type Failed = { readonly error: { readonly what: string; readonly why: string; readonly next: string } };

/** Files of one replay: the recording, and policies by the option that names them. */
export interface ReplayFiles {
  readonly recording: string | Uint8Array;
  readonly policy?: JsonObject;
  readonly against?: JsonObject;
}

/** Runs `pawl policy replay` over files in a folder of its own, and reads its document. */
export const replayed = async (files: ReplayFiles) => {
  const { exitCode, out } = await run(files, "--json");
  return { exitCode, document: JSON.parse(out) as ReplayDocument & Failed };
};

/** What it says to people. */
export const replayedInWords = async (files: ReplayFiles): Promise<string> => (await run(files)).out;

const run = async ({ recording, ...policies }: ReplayFiles, ...flags: readonly string[]) => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-replay-"));
  try {
    const file = join(dir, "recording.ndjson");
    writeFileSync(file, recording);
    const options = Object.entries(policies).flatMap(([name, body]) => {
      writeFileSync(join(dir, `${name}.json`), JSON.stringify(body));
      return [`--${name}`, join(dir, `${name}.json`)];
    });
    return await runPawl(["policy", "replay", file, ...options, ...flags]);
  } finally {
    rmSync(dir, { recursive: true });
  }
};
