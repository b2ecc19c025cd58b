import { judgedFromData, knownAs, unknownBecause } from "../logic/judged.ts";
import type { Judged } from "../verdict.ts";
import { betaQuantile } from "./beta.ts";
import { isCount, numberIn, observe } from "./minutes.ts";
import type { Literal, Operation, OperationContext, Operations } from "./operation.ts";

const text = (args: readonly Literal[], index: number): string => String(args[index] ?? "");

/** What two signals come to over a window, each summed over the minutes in which both have a value. */
type Pooled = { readonly part: number; readonly whole: number } | { readonly unknown: Judged };

/** Pooled, sum over sum; a mean of rates would weigh a quiet minute like a busy one. */
const pooled = (args: readonly Literal[], context: OperationContext): Pooled => {
  const [over, under] = [text(args, 0), text(args, 1)];
  const seen = observe(context, text(args, 2), [over, under], (readings) => {
    const [part, whole] = [numberIn(readings, over), numberIn(readings, under)];
    // A minute of what is no count was not observed.
    return part !== null && whole !== null && isCount(part) && isCount(whole) ? { part, whole } : null;
  });
  if (seen.kind === "thin") return { unknown: unknownBecause(seen.reason) };
  const part = seen.points.reduce((total, { value }) => total + value.part, 0);
  const whole = seen.points.reduce((total, { value }) => total + value.whole, 0);
  return { part, whole };
};

const noneOf = (args: readonly Literal[]): Judged => unknownBecause(`${text(args, 1)} is 0`);

const said = (args: readonly Literal[]): string => `${text(args, 0)} / ${text(args, 1)} over ${text(args, 2)}`;

/** `{"rate": [numerator, denominator, window]}`: the share that was observed. */
const rate: Operation = {
  forms: [["series", "series", "window"]],
  resolve: (args, context) => {
    const sums = pooled(args, context);
    if ("unknown" in sums) return sums.unknown;
    return sums.whole === 0 ? noneOf(args) : judgedFromData(sums.part / sums.whole, "the rate has no value");
  },
  describe: said,
};

/** Beyond it the logarithms that the bound is made of cancel, and no digit of it is left. */
const LARGEST_WHOLE = 1e10;

/** Clopper and Pearson's bound is exact, however few there are, for one look; it is no proof for a gate asked every minute. */
const bound = (side: "upper" | "lower"): Operation => ({
  forms: [["series", "series", "window", "share"]],
  resolve: (args, context) => {
    const sums = pooled(args, context);
    if ("unknown" in sums) return sums.unknown;
    const { part } = sums;
    // Errors may outnumber the requests that were counted: an answer may come a minute later, and what the load balancer
    // answers for want of a target is none that it passed on. Then all failed, and a rule that asks may not fall silent.
    const whole = Math.max(part, sums.whole);
    if (whole === 0) return noneOf(args);
    if (whole > LARGEST_WHOLE) return unknownBecause(`${whole} ${text(args, 1)} are too many for an exact bound`);
    return knownAs(rateBound(side, { part, whole }, Number(args[3])));
  },
  describe: (args) => `${side} ${Number(args[3]) * 100} % bound of ${said(args)}`,
});

/**
 * The exact one-sided bound of a rate of which `part` of `whole` were seen. `confidence` is the chance, from 0 to 1,
 * that the true rate is on the right side of it.
 */
export const rateBound = (
  side: "upper" | "lower",
  { part, whole }: { readonly part: number; readonly whole: number },
  confidence: number,
): number => {
  if (side === "upper") return part >= whole ? 1 : betaQuantile(confidence, part + 1, whole - part);
  return part === 0 ? 0 : betaQuantile(1 - confidence, part, whole - part + 1);
};

export const RATE_OPERATIONS: Operations = { rate, rate_upper: bound("upper"), rate_lower: bound("lower") };
