import { truthy, Unknown, unknownBecause, unknownFrom, type Value } from "./judged.ts";
import { allOperands, evaluateAll, type Operator, type Part } from "./scope.ts";

/**
 * `and` and `or` by Kleene's tables: a deciding operand absorbs the unknown ones, else unknown wins. Behind an unknown
 * operand only the truth is sure: stock might stop there with another value of the same truth (`null` and not `false`),
 * so that where the value itself counts, as in `===`, the result stays unknown.
 * Every operand is evaluated, so that one report lists every blocker and not just the first.
 */
const connective =
  (decidingTruth: boolean): Operator =>
  (call) => {
    if (call.operands.length === 0) return call.malformed(`${call.operator}: no operands`);
    const parts = allOperands(call);
    const { truthOnly } = call.place;
    return (run, data, operands) => {
      const known = evaluateAll(parts, run, data, operands);
      const deciding = operands.findIndex((value) => !(value instanceof Unknown) && truthy(value) === decidingTruth);
      const sure = known || truthOnly || deciding < operands.findIndex((value) => value instanceof Unknown);
      if (deciding !== -1 && sure) return operands[deciding] as Value;
      return known ? (operands.at(-1) as Value) : unknownFrom(operands);
    };
  };

/** An unknown condition leaves the whole unknown: taking the else branch is how missing data becomes "promote". */
const conditional: Operator = (call) => {
  /** Asked of even places alone, where every other one is a condition. */
  const isElse = (index: number): boolean => index === call.operands.length - 1;
  const parts = Array.from(call.operands, (_, index) =>
    call.compile(index, index % 2 === 0 && !isElse(index) ? { truthOnly: true } : {}),
  );
  const none = unknownBecause(`${call.operator}: no branch taken`);
  return (run, data, operands) => {
    for (let index = 0; index < parts.length; index += 2) {
      const value = (parts[index] as Part)(run, data);
      operands.push(value);
      if (isElse(index) || value instanceof Unknown) return value;
      if (!truthy(value)) continue;
      const taken = (parts[index + 1] as Part)(run, data);
      operands.push(taken);
      return taken;
    }
    return none;
  };
};

const negation =
  (inverts: boolean): Operator =>
  (call) => {
    if (call.operands.length !== 1) return call.malformed(`${call.operator}: takes one operand`);
    const part = call.compile(0, { negated: call.place.negated !== inverts, truthOnly: true });
    return (run, data, operands) => {
      const value = part(run, data);
      operands.push(value);
      return value instanceof Unknown ? value : truthy(value) !== inverts;
    };
  };

export const CONNECTIVES: Readonly<Record<string, Operator>> = {
  and: connective(false),
  or: connective(true),
  if: conditional,
  "?:": conditional,
  "!": negation(true),
  "!!": negation(false),
};
