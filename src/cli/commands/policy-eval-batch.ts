import type { EvaluationLimits } from "../../policy/evaluate.ts";
import { answerRequest, type PlainAnswer } from "../../policy/plain-answer.ts";
import { EXIT } from "../exit.ts";
import { type Line, linesOf } from "../lines.ts";
import type { Streams } from "../stage.ts";

/** One line of a batch. What is longer is not read into memory. */
const LONGEST_LINE = 1024 * 1024;

/** Answers are handed on in pieces of about this many characters. */
const PIECE = 64 * 1024;

export interface BatchPorts extends Streams {
  readonly note: (line: string) => void;
}

/**
 * Answers each line of the input by one line of output, in order, in constant memory. A line that cannot be evaluated
 * is answered with the reason, and the batch goes on.
 *
 * @returns the exit code: refused where any line was broken; a rule that comes to unknown is none.
 */
export const policyEvalBatch = async (
  { input, write, note }: BatchPorts,
  limits: EvaluationLimits,
): Promise<typeof EXIT.done | typeof EXIT.refused> => {
  let lines = 0;
  let broken = 0;
  let piece = "";
  const handOn = async (): Promise<void> => {
    if (piece === "") return;
    await write(piece);
    piece = "";
  };
  for await (const line of linesOf(answering(input, handOn), LONGEST_LINE)) {
    const answer = answerOf(line, limits);
    lines += 1;
    if ("problem" in answer) broken += 1;
    piece += `${JSON.stringify("problem" in answer ? entryOf(line.number, answer.problem) : answer)}\n`;
    if (piece.length >= PIECE) await handOn();
  }
  await handOn();
  if (broken === 0) return EXIT.done;
  note(`${broken} of ${lines} lines could not be evaluated; their answers say why.`);
  return EXIT.refused;
};

/** The input; before it waits for more, what is answered is handed on: whoever asks may wait for that before asking again. */
const answering = async function* (input: Streams["input"], handOn: () => Promise<void>): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    yield chunk;
    await handOn();
  }
};

const answerOf = (line: Line, limits: EvaluationLimits): PlainAnswer | { readonly problem: string } => {
  if ("problem" in line) return line;
  const answer = answerRequest(line.text, limits);
  return answer.ok ? answer.value : { problem: answer.failure };
};

const entryOf = (number: number, problem: string): PlainAnswer => ({
  value: null,
  known: false,
  reasons: [`line ${number}: ${problem}`],
  stock: null,
});
