import { isUtf8 } from "node:buffer";
import { withoutByteOrderMark } from "../kernel/byte-order-mark.ts";

/** A line of a stream, or why it is not handed on. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly problem: string };

const NEWLINE = 0x0a;

/**
 * The lines of a stream of bytes, in order, numbered from 1. Holds one line at a time, and of one that is longer than
 * `longest` bytes nothing. What follows the last newline is a line unless it is empty.
 */
export const linesOf = async function* (input: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<Line> {
  let number = 0;
  let parts: Uint8Array[] = [];
  let length = 0;
  const take = (): Line => {
    number += 1;
    const line = length > longest ? tooLong(number, longest) : decoded(number, Buffer.concat(parts, length));
    parts = [];
    length = 0;
    return line;
  };
  const add = (part: Uint8Array): void => {
    length += part.length;
    if (length <= longest) parts.push(part);
    else parts = [];
  };
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (length > 0) yield take();
};

const tooLong = (number: number, longest: number): Line => ({
  number,
  problem: `longer than ${longest} bytes. Split what it holds, or shorten it`,
});

const decoded = (number: number, bytes: Buffer): Line => {
  if (!isUtf8(bytes)) return { number, problem: "not UTF-8. Write JSON as UTF-8 text" };
  const text = bytes.toString("utf8");
  return { number, text: number === 1 ? withoutByteOrderMark(text) : text };
};
