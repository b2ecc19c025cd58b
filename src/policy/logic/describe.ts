/** Deeper expressions are cut short: a name that long helps nobody. */
const DEEPEST = 4;

const COMPARES = 4;

/** What stands between its operands, and `not` before its own: the greater the number, the tighter it binds. */
const BINDS: ReadonlyMap<string, number> = new Map([
  ["or", 1],
  ["and", 2],
  ["!", 3],
  ...["<", "<=", ">", ">=", "==", "===", "!=", "!=="].map((operator) => [operator, COMPARES] as const),
  ...["+", "-"].map((operator) => [operator, 5] as const),
  ...["*", "/", "%"].map((operator) => [operator, 6] as const),
]);

/** A path or a word as a rule writes it. A list or an object is none, and one with a member `toString` cannot even be made into text. */
export const wordOf = (written: unknown): string =>
  typeof written === "object" && written !== null ? "" : String(written);

export const operandList = (operands: unknown): readonly unknown[] => (Array.isArray(operands) ? operands : [operands]);

/** An expression as an operator would say it: `max(400, 1.2 * blue.p99Ms)`. Variables are called what `nameOf` says. */
export const describe = (rule: unknown, nameOf: (path: string) => string): string => say(rule, nameOf, 0).text;

/** What is no JSON is none here either; JSON would not even write a BigInt. */
const literal = (value: unknown): string =>
  typeof value === "bigint" ? "nothing" : (JSON.stringify(value) ?? "nothing");

interface Said {
  readonly text: string;
  /** What the text is made with, if that could be torn apart by what stands beside it; a name or a call cannot. */
  readonly operator: string | null;
}

const say = (rule: unknown, nameOf: (path: string) => string, depth: number): Said => {
  const whole = (text: string): Said => ({ text, operator: null });
  if (depth > DEEPEST) return whole("…");
  const inner = (part: unknown): Said => say(part, nameOf, depth + 1);
  const listed = (parts: readonly unknown[]): string => parts.map((part) => inner(part).text).join(", ");
  if (Array.isArray(rule)) return whole(`[${listed(rule)}]`);
  if (typeof rule !== "object" || rule === null) return whole(literal(rule));
  const [operator = ""] = Object.keys(rule);
  const operands = operandList((rule as Readonly<Record<string, unknown>>)[operator]);
  if (operator === "var") return whole(nameOf(wordOf(operands[0] ?? "")));
  if (operator === "!!") return inner(operands[0]);
  const beside = (part: unknown, index: number): string => enclosed(inner(part), operator, index);
  if (operator === "!") return { text: `not ${beside(operands[0], 0)}`, operator };
  if (BINDS.has(operator) && operands.length > 1) return { text: operands.map(beside).join(` ${operator} `), operator };
  return whole(`${operator}(${listed(operands)})`);
};

/** In parentheses where the text would otherwise say something else. */
const enclosed = ({ text, operator }: Said, around: string, index: number): string =>
  operator !== null && isTorn(operator, around, index) ? `(${text})` : text;

/** Whether an operand falls apart where it stands among others, read from the left as everybody reads. */
const isTorn = (operator: string, around: string, index: number): boolean => {
  const [own, other] = [BINDS.get(operator) ?? 0, BINDS.get(around) ?? 0];
  if (own !== other) return own < other;
  // `a < b < c` is a range, and no comparison of a comparison.
  if (own === COMPARES) return true;
  // Sums and products may be joined in any order; what is left of a division may not.
  return index > 0 && (around === "-" || around === "/" || around === "%" || operator === "%");
};
