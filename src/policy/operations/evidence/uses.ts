import type { SignalPath } from "../../../signals/catalogue.ts";
import type { Literal } from "../operation.ts";
import { burstSignal } from "./burst.ts";
import { aboveLimit, belowLimit, type EvidenceTest, worseThanBlue } from "./evidence-test.ts";

/** One evidence operation with its arguments. */
export interface EvidenceUse {
  /** The operation as it is written; under this name the state keeps its sum. */
  readonly key: string;
  readonly test: EvidenceTest;
  /** The counts it reads, in the order in which its test weighs them. */
  readonly paths: readonly SignalPath[];
  /** The signal whose clumping tempers it. */
  readonly burstSignal: SignalPath;
  /** A whole number of minutes such as "15m", "step" or "soak". */
  readonly lookBack: string;
}

/** What a policy accumulates over a step or the soak, each once. */
export interface AccumulatedUses {
  readonly gates: readonly EvidenceUse[];
  readonly rollback: readonly EvidenceUse[];
}

/** Whether it looks back over a step or the soak, however long they last, and not over a fixed number of minutes. */
export const isAccumulated = (lookBack: string): boolean => lookBack === "step" || lookBack === "soak";

const TESTS = {
  evidence_below: { make: belowLimit, signals: 2, errors: 0 },
  evidence_above: { make: aboveLimit, signals: 2, errors: 0 },
  evidence_worse: { make: worseThanBlue, signals: 4, errors: 2 },
} as const;

export type EvidenceName = keyof typeof TESTS;

/** What an operation of the evidence family asks. Its arguments have been checked. */
export const evidenceAsked = (name: EvidenceName, args: readonly Literal[]): EvidenceUse => {
  const { make, signals, errors } = TESTS[name];
  const paths = args.slice(0, signals).map(String);
  return {
    key: `${name} ${args.join(" ")}`,
    test: make(Number(args[signals])),
    paths,
    burstSignal: burstSignal(String(args[errors])),
    lookBack: String(args[signals + 1]),
  };
};

const isEvidenceName = (name: string): name is EvidenceName => Object.hasOwn(TESTS, name);

/** The same of any operation, or null where it is none of the evidence family. */
export const evidenceUse = (name: string, args: readonly Literal[]): EvidenceUse | null =>
  isEvidenceName(name) ? evidenceAsked(name, args) : null;
