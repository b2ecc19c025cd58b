import { oncePerObject } from "../../../kernel/memo.ts";
import { type EpochMs, MINUTE_MS, minuteOf } from "../../../kernel/units.ts";
import type { Accumulator } from "../../../snapshot/evidence-state.ts";
import type { Evidence } from "../../../snapshot/snapshot.ts";
import { knownAs, unknownBecause } from "../../logic/judged.ts";
import type { Judged } from "../../verdict.ts";
import { firstMinuteOf, mayBeLate, whyMissing } from "../minutes.ts";
import type { Literal, Operation, OperationContext, Operations } from "../operation.ts";
import { consumeMinutes, countsIn, emptyAccumulator, expectedMinutes, readingsAt } from "./accumulate.ts";
import { burstOf } from "./burst.ts";
import { eValue } from "./evidence-test.ts";
import { withRecent } from "./recent.ts";
import { type EvidenceName, type EvidenceUse, evidenceAsked, isAccumulated } from "./uses.ts";

/** The sum so far: none for a duration, the state's for a step or the soak. A text says why there is none. */
const begun = ({ key, lookBack, test }: EvidenceUse, { now, minutes, accumulated }: Evidence): Accumulator | string => {
  if (!isAccumulated(lookBack)) return emptyAccumulator(test, firstMinuteOf(now, lookBack));
  if (accumulated === undefined) return emptyAccumulator(test, minutes[0]?.at ?? now);
  const sum = Object.hasOwn(accumulated.sums, key) ? accumulated.sums[key] : undefined;
  if (sum === undefined) return lookBack === "soak" ? "the soak has not begun" : "nothing is accumulated yet";
  if (sum.next <= minuteOf(now)) return sum;
  // It has just begun, again where a break restarted the soak; gates look no further than two minutes ago.
  return sum.next === sum.from ? "no minute of it is over yet" : "the state has accumulated later minutes already";
};

/** What the minutes that evidence shows have added up to, those of the state before them; a text says why there is nothing. */
export const addedUp = (use: EvidenceUse, evidence: Evidence): Accumulator | string => {
  const before = begun(use, evidence);
  if (typeof before === "string") return before;
  const burst = burstOf(evidence, use.burstSignal);
  const whole = withRecent(use.test, before, burst);
  return consumeMinutes(use.test, whole, evidence.minutes, { paths: use.paths, until: evidence.now, burst });
};

/** The e-value; unknown where too few of the minutes were observed, and where none of them could say anything. */
const weighed = (use: EvidenceUse, context: OperationContext): Judged => {
  const { evidence } = context;
  const sum = addedUp(use, evidence);
  if (typeof sum === "string") return unknownBecause(sum);
  const { paths } = use;
  const gaps = gapsAtEnd(use, evidence, sum);
  const forgiven = Math.min(gaps.length, mayBeLate(context, paths[0] ?? ""));
  const expected = expectedMinutes(sum);
  if (sum.observed === 0 || sum.observed < context.minCoverage * (expected - forgiven)) {
    const why = gaps[0] ?? "minutes before were not observed";
    return unknownBecause(
      expected === 0 ? "no minute of it is over yet" : `coverage ${sum.observed}/${expected} (${why})`,
    );
  }
  if (sum.spoke > 0) return knownAs(eValue(sum.logs));
  const sides = paths.filter((_, index) => index % 2 === 1).join(" and ");
  return unknownBecause(`no minute has requests to weigh (${sides})`);
};

/** Why the newest minutes are not observed, the newest first, up to the newest that is; a few are enough. */
const gapsAtEnd = ({ paths }: EvidenceUse, { minutes }: Evidence, { from, next }: Accumulator): readonly string[] => {
  const gaps: string[] = [];
  // Stryker disable next-line ConditionalExpression,LogicalOperator: only the newest is told, and two at most are forgiven
  for (let start = next - MINUTE_MS; start >= from && gaps.length < 3; start -= MINUTE_MS) {
    const at = start as EpochMs;
    const readings = readingsAt(minutes, at);
    if (countsIn(readings, paths) !== null) break;
    const reasons = paths.map((path) => whyMissing({ at, readings }, path));
    gaps.push(reasons.find((reason) => reason !== "no value") ?? "no value");
  }
  return gaps;
};

const span = (lookBack: string): string => (isAccumulated(lookBack) ? `the ${lookBack}` : lookBack);

const operation = (
  name: EvidenceName,
  form: Operation["forms"][number],
  describe: (args: readonly Literal[]) => string,
): Operation => {
  const useOf = oncePerObject((args: readonly Literal[]) => evidenceAsked(name, args));
  return {
    forms: [form],
    resolve: (args, context) => weighed(useOf(args), context),
    describe,
  };
};

const LIMITED = ["series", "series", "share", "look-back"] as const;
const COMPARED = ["series", "series", "series", "series", "ratio", "look-back"] as const;

/**
 * E-values: how many times better than the null hypothesis the alternatives have bet on these minutes. They may be
 * looked at after every minute. `{"evidence_below": [errors, requests, limit, look-back]}` speaks for a rate below the
 * limit, `evidence_above` for one above it, `{"evidence_worse": [errors, requests, blue's errors, blue's requests,
 * ratio, look-back]}` for green being more than `ratio` times as bad as blue.
 */
export const EVIDENCE_OPERATIONS: Operations = {
  evidence_below: operation(
    "evidence_below",
    LIMITED,
    (args) => `evidence ${args[0]} / ${args[1]} below ${args[2]} over ${span(String(args[3]))}`,
  ),
  evidence_above: operation(
    "evidence_above",
    LIMITED,
    (args) => `evidence ${args[0]} / ${args[1]} above ${args[2]} over ${span(String(args[3]))}`,
  ),
  evidence_worse: operation(
    "evidence_worse",
    COMPARED,
    (args) =>
      `evidence ${args[0]} / ${args[1]} above ${args[4]} times ${args[2]} / ${args[3]} over ${span(String(args[5]))}`,
  ),
};
