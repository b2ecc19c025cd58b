import { knownAs, truthy, unknownBecause, unknownFrom } from "./judged.ts";
import { type Answer, allOperands, type Call, type Operator, operand } from "./scope.ts";

/**
 * `and` and `or` by Kleene's tables: a deciding operand absorbs the unknown ones, else unknown wins. Behind an unknown
 * operand only the truth is sure: stock might stop there with another value of the same truth (`null` and not `false`),
 * so that where the value itself counts, as in `===`, the result stays unknown.
 * Every operand is evaluated, so that one report lists every blocker and not just the first.
 */
const connective =
  (decides: (truth: boolean) => boolean): Operator =>
  (call) => {
    const operands = allOperands(call);
    const deciding = operands.find((part) => part.kind === "known" && decides(truthy(part.value)));
    const blind = operands.findIndex((part) => part.kind === "unknown");
    const sure = blind === -1 || call.scope.truthOnly || (deciding !== undefined && operands.indexOf(deciding) < blind);
    if (deciding !== undefined && sure) return { result: deciding, operands };
    if (blind !== -1) return { result: unknownFrom(operands), operands };
    return { result: operands.at(-1) ?? unknownBecause(`${call.operator}: no operands`), operands };
  };

/** An unknown condition leaves the whole unknown: taking the else branch is how missing data becomes "promote". */
const conditional: Operator = (call) => {
  const operands = [];
  for (let index = 0; index < call.operands.length; index += 2) {
    const isElse = index === call.operands.length - 1;
    const judged = operand(call, index, isElse ? {} : { truthOnly: true });
    operands.push(judged);
    if (isElse) return { result: judged, operands };
    if (judged.kind === "unknown") return { result: judged, operands };
    if (truthy(judged.value)) {
      const taken = operand(call, index + 1);
      return { result: taken, operands: [...operands, taken] };
    }
  }
  return { result: unknownBecause(`${call.operator}: no branch taken`), operands };
};

const negation =
  (inverts: boolean): Operator =>
  (call: Call): Answer => {
    if (call.operands.length !== 1) {
      return { result: unknownBecause(`${call.operator}: takes one operand`), operands: [] };
    }
    const judged = operand(call, 0, { negated: call.scope.negated !== inverts, truthOnly: true });
    if (judged.kind === "unknown") return { result: judged, operands: [judged] };
    return { result: knownAs(truthy(judged.value) !== inverts), operands: [judged] };
  };

export const CONNECTIVES: Readonly<Record<string, Operator>> = {
  and: connective((truth) => !truth),
  or: connective((truth) => truth),
  if: conditional,
  "?:": conditional,
  "!": negation(true),
  "!!": negation(false),
};
