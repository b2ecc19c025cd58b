import { fstatSync } from "node:fs";
import { refused } from "./exit.ts";

const STANDARD_INPUT = 0;

/**
 * Standard input as bytes. It is opened when it is read, and not before: a terminal would keep every other verb waiting.
 *
 * @throws {CommandFailure} from the loop that reads it: it is a folder, which a stream of Node takes for the end of an
 * empty input, or it cannot be read.
 */
export const standardInput = async function* (): AsyncGenerator<Uint8Array> {
  try {
    if (fstatSync(STANDARD_INPUT).isDirectory()) throw unreadable("it is a folder");
    yield* process.stdin as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw unreadable(error.message);
    throw error;
  }
};

const unreadable = (why: string) =>
  refused("Standard input cannot be read.", `${why}.`, "Redirect a file of lines into it: < requests.ndjson.");
