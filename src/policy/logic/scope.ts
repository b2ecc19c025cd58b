import type { Comparison, TraceEntry } from "../verdict.ts";
import { Unknown, unknownBecause, type Value } from "./judged.ts";

export interface WalkLimits {
  /** Expressions evaluated, each element of a list anew, and what reading large values costs. */
  readonly maxSteps: number;
  /** Elements of a list and characters of a text that an operator may make. */
  readonly maxSize: number;
}

/** One evaluation of a compiled rule. Its collectors and its steps change as it goes. */
export interface Run {
  readonly limits: WalkLimits;
  /** What is left of them. */
  steps: number;
  /** null where nobody wants it, and inside of lists: a window would flood it. */
  trace: TraceEntry[] | null;
  comparisons: Comparison[] | null;
  /** Why a path has no value. */
  readonly whyAbsent: (path: string) => string;
  /** Data that more was put into than was given: as a whole they are nobody's. undefined where nothing was. */
  readonly mixed?: unknown;
}

/** A compiled part of a rule. `data` is what `var` looks into: all data, or inside a quantifier the element. */
export type Part = (run: Run, data: unknown) => Value;

/** A compiled expression; leaves in `operands` what its operands came to, as far as they were evaluated. */
export type Evaluate = (run: Run, data: unknown, operands: Value[]) => Value;

/** Where in the rule an expression stands, as far as that changes what it means. */
export interface Place {
  readonly depth: number;
  /** Below an odd number of negations, where a comparison helps by not holding. */
  readonly negated: boolean;
  /** Only the truth of the result is looked at, not its value. */
  readonly truthOnly: boolean;
}

/** One expression about to be compiled, taken apart. */
export interface Call {
  readonly operator: string;
  readonly operands: readonly unknown[];
  readonly place: Place;
  /** What a path is called towards people. */
  readonly nameOf: (path: string) => string;
  /** Whoever says this of an expression makes the whole rule unknown, whatever the data. */
  readonly malformed: (reason: string) => Evaluate;
  /** Compiles operand i, one level deeper. */
  readonly compile: (index: number, changed?: Partial<Place>) => Part;
}

export type Operator = (call: Call) => Evaluate;

export const allOperands = (call: Call, changed: Partial<Place> = {}): readonly Part[] =>
  Array.from(call.operands, (_, index) => call.compile(index, changed));

/** Evaluates operands one after the other. @returns whether all of them are known. */
export const evaluateAll = (parts: readonly Part[], run: Run, data: unknown, operands: Value[]): boolean => {
  let known = true;
  for (const part of parts) {
    const value = part(run, data);
    if (value instanceof Unknown) known = false;
    operands.push(value);
  }
  return known;
};

export const outOfSteps = ({ limits }: Run): Unknown => unknownBecause(`more than ${limits.maxSteps} steps`);

/** Elements or characters that are read for the price of one step. */
export const PARTS_A_STEP = 1_000;

/** Takes what it costs to read a value of this many elements or characters. @returns whether there are steps left. */
export const spend = (run: Run, size: number): boolean => {
  run.steps -= size / PARTS_A_STEP;
  return run.steps >= 0;
};

/** A part of a JSON pointer. The division operator is one: `/` becomes `~1`. */
export const pointerPart = (part: string): string =>
  /[~/]/.test(part) ? part.replaceAll("~", "~0").replaceAll("/", "~1") : part;
