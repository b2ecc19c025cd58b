import { policyEvalBatch } from "../../src/cli/commands/policy-eval-batch.ts";
import type { JsonValue } from "../../src/kernel/json.ts";
import type { PlainAnswer } from "../../src/policy/plain-answer.ts";

const LIMITS = { minCoverage: 0.9, newestMinute: "required" } as const;

const asChunks = async function* (bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
};

/** What `pawl policy eval --ndjson` makes of a text or bytes that arrive in pieces. */
export const batchOf = async (input: string | Uint8Array, pieces = 64 * 1024) => {
  let written = "";
  const notes: string[] = [];
  const bytes = typeof input === "string" ? Buffer.from(input) : input;
  const exitCode = await policyEvalBatch(
    {
      input: asChunks(bytes, pieces),
      write: async (text) => {
        written += text;
      },
      note: (line) => void notes.push(line),
    },
    LIMITS,
  );
  const answers = written
    .split("\n")
    .slice(0, -1)
    .map((line): PlainAnswer => JSON.parse(line));
  return { answers, exitCode, notes };
};

/** The answers to requests, one for each. */
export const answersTo = async (...requests: readonly JsonValue[]): Promise<readonly PlainAnswer[]> =>
  (await batchOf(requests.map((request) => `${JSON.stringify(request)}\n`).join(""))).answers;

/** @throws {Error} it was not answered. */
export const answerTo = async (request: JsonValue): Promise<PlainAnswer> => {
  const [answer] = await answersTo(request);
  if (answer === undefined) throw new Error("there is no answer");
  return answer;
};
