import { isJsonObject, type JsonObject, type JsonValue } from "../../kernel/json.ts";
import { DAY_MS, type EpochMs } from "../../kernel/units.ts";
import { doubledKey } from "./doubled-key.ts";
import { FORMAT } from "./picture.ts";
import { plainCourse } from "./plain-course.ts";
import { type AcceptPolicy, guardLines } from "./read-guard-lines.ts";
import { plainMinute } from "./read-plain-line.ts";
import { type RecordingItem, RecordingProblem } from "./recorded-tick.ts";

export interface RecordingReader {
  /** What a line tells. @throws {RecordingProblem} */
  readonly take: (text: string, number: number) => readonly RecordingItem[];
  /** What was still waiting for a line to follow. @throws {RecordingProblem} the recording is empty. */
  readonly end: () => readonly RecordingItem[];
  /** What kind of recording it is; null before its first line. */
  readonly form: () => "guard" | "plain" | null;
  /** The engine that judged what it holds, as its header names it; null where none does. */
  readonly engine: () => string | null;
}

/** The reading of one form of recording, from its first line on. */
interface Form {
  readonly name: "guard" | "plain";
  readonly take: (line: JsonObject, number: number) => readonly RecordingItem[];
  readonly end: () => readonly RecordingItem[];
}

/**
 * Reads a recording line by line: what `pawl ledger export` wrote, or minutes that somebody wrote by hand. Holds what
 * the next line is told against, and no more.
 */
export const recordingReader = (acceptPolicy: AcceptPolicy): RecordingReader => {
  let form: Form | null = null;
  let engine: string | null = null;
  let last = 1;
  const take = (text: string, number: number): readonly RecordingItem[] => {
    last = number;
    if (text.trim() === "") return [];
    const line = parsed(text, number);
    const first = form === null;
    if (first && typeof line["engine"] === "string") engine = line["engine"];
    form ??= formOf(line, acceptPolicy);
    // What people write by hand may hold a key twice; what the guard wrote cannot.
    const doubled = form.name === "plain" ? doubledKey(text, line) : null;
    if (doubled !== null) throw new RangeError(doubled);
    return first && form.name === "guard" ? [] : form.take(line, number);
  };
  const end = (): readonly RecordingItem[] => {
    if (form === null) throw new RangeError("there is nothing in it");
    return form.end();
  };
  return {
    take: (text, number) => within(number, () => take(text, number)),
    end: () => within(last, end),
    form: () => form?.name ?? null,
    engine: () => engine,
  };
};

/** A broken line is never a bug of pawl, wherever it shows. */
const within = <Value>(line: number, read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    if (error instanceof RecordingProblem) throw error;
    throw new RecordingProblem(line, error instanceof Error ? error.message : String(error));
  }
};

const parsed = (text: string, number: number): JsonObject => {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw new RecordingProblem(number, "it is no JSON; the file is something else, or was cut off here");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new RecordingProblem(number, "it is no JSON object");
};

const formOf = (line: JsonObject, acceptPolicy: AcceptPolicy): Form => {
  if (line["format"] === FORMAT) return guardForm(acceptPolicy);
  if ("format" in line)
    throw new RangeError(`its format is ${JSON.stringify(line["format"]).slice(0, 60)}; this pawl reads "${FORMAT}"`);
  if ("at" in line) return plainForm();
  throw new RangeError(
    `it is neither the header that pawl ledger export writes ("format": "${FORMAT}") nor a minute ("at", "weight", …)`,
  );
};

/** The export ends with a line that counts the ones before it: what was cut off, or lost on the way, is missing. */
const guardForm = (acceptPolicy: AcceptPolicy): Form => {
  const read = guardLines(acceptPolicy);
  let lines = 1;
  let last = 1;
  let exported: JsonValue | undefined;
  return {
    name: "guard",
    take: (line, number) => {
      if (exported !== undefined) throw new RangeError("it stands behind the line that the recording ends with");
      last = number;
      if (isJsonObject(line["end"])) {
        exported = line["end"]["lines"] ?? null;
        return [];
      }
      lines += 1;
      return read(line, number);
    },
    end: () => {
      if (exported === lines) return [];
      const what =
        exported === undefined
          ? `everything after line ${last}: the file was cut off before the line that an export ends with`
          : `lines of the export: it had ${String(exported)}, these are ${lines}`;
      return [{ kind: "missing", line: last, what }];
    },
  };
};

/** Longer than anybody records nothing. Minutes of a gap are looked for one by one; a wrong century would have no end. */
const LONGEST_GAP_MS = 28 * DAY_MS;

const plainForm = (): Form => {
  const course = plainCourse();
  let weight: number | null = null;
  let before: EpochMs | -1 = -1;
  return {
    name: "plain",
    take: (line, number) => {
      const minute = plainMinute(line, number, weight);
      if (minute.at === before) throw new RangeError(`the minute ${String(line["at"])} is there twice`);
      if (minute.at < before)
        throw new RangeError(`the minute ${String(line["at"])} is earlier than the one before it`);
      if (before !== -1 && minute.at - before > LONGEST_GAP_MS)
        throw new RangeError(
          `the minute ${String(line["at"])} is more than four weeks after the one before it. Replay each cutover by itself`,
        );
      weight = minute.weight;
      before = minute.at;
      return course.next(minute);
    },
    end: course.end,
  };
};
