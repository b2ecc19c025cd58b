import type { Comparison, Judged, TraceEntry } from "../verdict.ts";

export interface WalkLimits {
  readonly maxDepth: number;
  /** Expressions evaluated, each element of a list anew. */
  readonly maxSteps: number;
  /** Elements of a list and characters of a text that an operator may make. */
  readonly maxSize: number;
}

/** What one evaluation shares from its first node to its last. The collectors and the budget change as it goes. */
export interface Run {
  readonly limits: WalkLimits;
  readonly budget: { steps: number };
  readonly trace: TraceEntry[];
  readonly comparisons: Comparison[];
  /** Why a path has no value. */
  readonly whyAbsent: (path: string) => string;
  /** What a path is called towards people. */
  readonly nameOf: (path: string) => string;
}

/** Where in the rule, and over which data, a node is evaluated. */
export interface Scope {
  readonly run: Run;
  /** What `var` looks into: all data, or inside map, filter, reduce, all, some and none the element. */
  readonly data: unknown;
  readonly depth: number;
  /** Below an odd number of negations, where a comparison helps by not holding. */
  readonly negated: boolean;
  /** Only the truth of the result is looked at, not its value. */
  readonly truthOnly: boolean;
}

export type Walk = (rule: unknown, at: string, scope: Scope) => Judged;

/** One expression about to be evaluated, taken apart. */
export interface Call {
  readonly operator: string;
  readonly operands: readonly unknown[];
  /** JSON pointer of operand i. */
  readonly operandAt: (index: number) => string;
  readonly scope: Scope;
  readonly walk: Walk;
}

/** What an operator made of a call; `operands` as far as they were evaluated, for the trace. */
export interface Answer {
  readonly result: Judged;
  readonly operands: readonly Judged[];
}

export type Operator = (call: Call) => Answer;

/** Evaluates operand i, one level deeper. */
export const operand = (call: Call, index: number, changed: Partial<Scope> = {}): Judged =>
  call.walk(call.operands[index], call.operandAt(index), { ...call.scope, ...changed, depth: call.scope.depth + 1 });

export const allOperands = (call: Call, changed: Partial<Scope> = {}): readonly Judged[] =>
  call.operands.map((_, index) => operand(call, index, changed));

/** A part of a JSON pointer. The division operator is one: `/` becomes `~1`. */
export const pointerPart = (part: string): string => part.replaceAll("~", "~0").replaceAll("/", "~1");
