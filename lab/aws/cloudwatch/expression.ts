import { AwsFault } from "../wire/fault.ts";

/** Points of one series by the instant at which their period starts. */
export type Series = ReadonlyMap<number, number>;
type Value = Series | number;

/** What an expression is computed over: the series by id, and the starts of all periods asked for. */
export interface MathContext {
  readonly series: ReadonlyMap<string, Series>;
  readonly periods: readonly number[];
}

type Compute = (context: MathContext) => Value;

const OPERATORS: Readonly<Record<string, { readonly binds: number; readonly of: (a: number, b: number) => number }>> = {
  "||": { binds: 1, of: (a, b) => Number(a !== 0 || b !== 0) },
  "&&": { binds: 2, of: (a, b) => Number(a !== 0 && b !== 0) },
  "==": { binds: 3, of: (a, b) => Number(a === b) },
  "!=": { binds: 3, of: (a, b) => Number(a !== b) },
  "<=": { binds: 3, of: (a, b) => Number(a <= b) },
  ">=": { binds: 3, of: (a, b) => Number(a >= b) },
  "<": { binds: 3, of: (a, b) => Number(a < b) },
  ">": { binds: 3, of: (a, b) => Number(a > b) },
  "+": { binds: 4, of: (a, b) => a + b },
  "-": { binds: 4, of: (a, b) => a - b },
  "*": { binds: 5, of: (a, b) => a * b },
  "/": { binds: 5, of: (a, b) => a / b },
};

const FUNCTIONS: Readonly<Record<string, { readonly arity: number; readonly of: (...given: Value[]) => Compute }>> = {
  /**
   * Fills every period asked for that has no datum, the newest one included even where it is only late: that is the
   * trap that aws.md 2 warns of.
   */
  FILL: {
    arity: 2,
    of:
      (series = 0, filler = 0) =>
      ({ periods }) =>
        new Map(periods.map((at) => [at, valueAt(series, at) ?? valueAt(filler, at) ?? Number.NaN])),
  },
  IF: {
    arity: 3,
    of:
      (condition = 0, then = 0, otherwise = 0) =>
      ({ periods }) =>
        pointwise(periods, (at) => {
          const holds = valueAt(condition, at);
          return holds === undefined ? undefined : valueAt(holds === 0 ? otherwise : then, at);
        }),
  },
};

/** A number is the same at every instant. */
const valueAt = (value: Value, at: number): number | undefined => (typeof value === "number" ? value : value.get(at));

/** Where a point is missing, or cannot be computed (a division by zero), the result has none. */
const pointwise = (periods: readonly number[], of: (at: number) => number | undefined): Series => {
  const points = new Map<number, number>();
  for (const at of periods) {
    const value = of(at);
    if (value !== undefined && Number.isFinite(value)) points.set(at, value);
  }
  return points;
};

const combine =
  (of: (a: number, b: number) => number, left: Compute, right: Compute): Compute =>
  (context) => {
    const [one, other] = [left(context), right(context)];
    if (typeof one === "number" && typeof other === "number") return of(one, other);
    return pointwise(context.periods, (at) => {
      const [a, b] = [valueAt(one, at), valueAt(other, at)];
      return a === undefined || b === undefined ? undefined : of(a, b);
    });
  };

export interface Expression {
  /** Ids that must be there before this can be computed. */
  readonly needs: readonly string[];
  evaluate(context: MathContext): Series;
}

/**
 * Reads the part of CloudWatch's metric math that the lab knows: numbers, ids, `+ - * /`, comparisons, `&& ||`,
 * parentheses, `FILL(series, number)` and `IF(condition, then, else)`.
 * @throws {AwsFault} anything else.
 */
export const parseExpression = (text: string): Expression => {
  const tokens = text.match(/[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?|[<>=!]=|&&|\|\||[-+*/<>(),]|\S/g) ?? [];
  const needs: string[] = [];
  let next = 0;
  const refuse = (): AwsFault =>
    new AwsFault(
      "ValidationError",
      `Error in expression '${text}': the lab does not understand '${tokens[next] ?? ""}'`,
    );
  const expect = (token: string): void => {
    if (tokens[next] !== token) throw refuse();
    next += 1;
  };
  const call = (name: string): Compute => {
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (known === undefined) throw refuse();
    expect("(");
    const given = [binary(0)];
    while (tokens[next] === ",") {
      next += 1;
      given.push(binary(0));
    }
    expect(")");
    if (given.length !== known.arity) throw refuse();
    return (context) => known.of(...given.map((argument) => argument(context)))(context);
  };
  const operand = (): Compute => {
    const token = tokens[next] ?? "";
    next += 1;
    if (token === "(") {
      const inner = binary(0);
      expect(")");
      return inner;
    }
    if (token === "-")
      return combine(
        (a, b) => a - b,
        () => 0,
        operand(),
      );
    if (/^\d/.test(token)) return () => Number(token);
    if (/^[A-Z]/.test(token)) return call(token);
    if (!/^[a-z]/.test(token)) {
      next -= 1;
      throw refuse();
    }
    needs.push(token);
    return ({ series }) => series.get(token) ?? new Map<number, number>();
  };
  const binary = (binds: number): Compute => {
    let left = operand();
    for (;;) {
      const operator = OPERATORS[tokens[next] ?? ""];
      if (operator === undefined || operator.binds <= binds) return left;
      next += 1;
      left = combine(operator.of, left, binary(operator.binds));
    }
  };
  const compute = binary(0);
  if (next < tokens.length) throw refuse();
  return {
    needs,
    evaluate: (context) => {
      const value = compute(context);
      return typeof value === "number" ? new Map(context.periods.map((at) => [at, value])) : value;
    },
  };
};
