/** How an operator of plain JSON-logic has to be written in a policy. */
interface OperatorForm {
  readonly least: number;
  readonly most: number;
  /** What it demands beyond the number of operands; null where nothing is wrong. `element`: inside a quantifier's body. */
  readonly problem?: (operands: readonly unknown[], element: boolean) => string | null;
  /** The operand that may be a list, by its index. */
  readonly lists?: 0 | 1 | "all";
  /** Evaluates its second operand over each element of its first. */
  readonly quantifies?: true;
  /** Operands are names of data, not expressions. */
  readonly names?: true;
}

const isText = (part: unknown): part is string => typeof part === "string" && part !== "";
const isTextList = (part: unknown): part is readonly string[] =>
  Array.isArray(part) && part.length > 0 && part.every(isText);

const exactly = (count: number): OperatorForm => ({ least: count, most: count });
const from = (least: number, most: number): OperatorForm => ({ least, most });
const many = from(1, 32);
const quantifier = (count: number): OperatorForm => ({ ...exactly(count), quantifies: true, lists: 0 });

const variable: OperatorForm = {
  ...from(1, 2),
  names: true,
  problem: (operands, element) => {
    if (operands.length > 1) return '"var" takes no default here: it would turn silence into that value';
    const [path] = operands;
    if (isText(path) || (element && path === "")) return null;
    return '"var" takes one literal path, e.g. {"var": "forward.lagSeconds"}';
  },
};

const missing: OperatorForm = {
  ...many,
  names: true,
  problem: (operands) =>
    operands.every(isText) || (operands.length === 1 && isTextList(operands[0]))
      ? null
      : '"missing" takes literal paths: json-logic-js would evaluate computed ones as logic',
};

const missingSome: OperatorForm = {
  ...exactly(2),
  names: true,
  problem: ([needed, keys]) => {
    if (typeof needed !== "number" || !isTextList(keys))
      return '"missing_some" takes a number and a list of literal paths';
    return Number.isInteger(needed) && needed >= 1 && needed <= keys.length
      ? null
      : `of ${keys.length} paths 1 to ${keys.length} can be asked for, not ${needed}: it would always come to the same`;
  },
};

const conditional: OperatorForm = {
  ...from(3, 31),
  problem: (operands) => (operands.length % 2 === 1 ? null : '"if" needs an else: without a branch there is no answer'),
};

const membership: OperatorForm = {
  ...exactly(2),
  lists: 1,
  problem: ([, list]) =>
    Array.isArray(list) && list.every((each) => typeof each !== "object")
      ? null
      : '"in" takes a literal list on the right; in a text, "OK" is in "ALARM_OK"',
};

/** What JSON-logic has and is not here may not be used in a policy: `log`, `cat`, `substr`. */
export const OPERATOR_FORMS: ReadonlyMap<string, OperatorForm> = new Map(
  Object.entries({
    var: variable,
    missing,
    missing_some: missingSome,
    if: conditional,
    "?:": { ...conditional, most: 3 },
    "==": exactly(2),
    "===": exactly(2),
    "!=": exactly(2),
    "!==": exactly(2),
    "!": exactly(1),
    "!!": exactly(1),
    and: many,
    or: many,
    ">": exactly(2),
    ">=": exactly(2),
    "<": from(2, 3),
    "<=": from(2, 3),
    max: many,
    min: many,
    "+": many,
    "-": from(1, 2),
    "*": many,
    "/": exactly(2),
    "%": exactly(2),
    map: quantifier(2),
    filter: quantifier(2),
    reduce: quantifier(3),
    all: quantifier(2),
    some: quantifier(2),
    none: quantifier(2),
    merge: { ...many, lists: "all" as const },
    in: membership,
  }),
);

/** What is wrong with how an operator is used, seen from its own operands alone. */
export const operandsProblem = (operator: string, operands: readonly unknown[], element: boolean): string | null => {
  const form = OPERATOR_FORMS.get(operator);
  if (form === undefined) {
    return `there is no operator "${operator}"; json-logic-js would throw when it gets there, and only then`;
  }
  const { least, most } = form;
  const problem = form.problem?.(operands, element) ?? null;
  if (problem !== null || (operands.length >= least && operands.length <= most)) return problem;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  return `"${operator}" takes ${wanted} operands, here are ${operands.length}; JSON-logic would make something up`;
};
