/** Deeper expressions are cut short: a name that long helps nobody. */
const DEEPEST = 4;

const INFIX = new Set(["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "===", "!=", "!==", "and", "or"]);

/** A path or a word as a rule writes it. A list or an object is none, and one with a member `toString` cannot even be made into text. */
export const wordOf = (written: unknown): string =>
  typeof written === "object" && written !== null ? "" : String(written);

export const operandList = (operands: unknown): readonly unknown[] => (Array.isArray(operands) ? operands : [operands]);

/** An expression as an operator would say it: `max(400, 1.2 * blue.p99Ms)`. Variables are called what `nameOf` says. */
export const describe = (rule: unknown, nameOf: (path: string) => string, depth = 0): string => {
  if (depth > DEEPEST) return "…";
  const inner = (part: unknown): string => describe(part, nameOf, depth + 1);
  if (Array.isArray(rule)) return `[${rule.map(inner).join(", ")}]`;
  if (typeof rule !== "object" || rule === null) return JSON.stringify(rule) ?? "nothing";
  const [operator = ""] = Object.keys(rule);
  const operands = operandList((rule as Readonly<Record<string, unknown>>)[operator]);
  if (operator === "var") return nameOf(wordOf(operands[0] ?? ""));
  if (operator === "!" || operator === "!!") return `${operator === "!" ? "not " : ""}${inner(operands[0])}`;
  if (INFIX.has(operator) && operands.length > 1) return operands.map(inner).join(` ${operator} `);
  return `${operator}(${operands.map(inner).join(", ")})`;
};
