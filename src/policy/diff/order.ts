import type { Quantity } from "./quantities.ts";

/** Whether the first is sure to be at most the second, whatever the evidence. Both have values. */
export const isAtMost = (one: Quantity, other: Quantity): boolean => {
  if (one.times !== undefined || other.times !== undefined) {
    const [a, b] = [timesOf(one), timesOf(other)];
    return a.of === b.of && a.factor < b.factor;
  }
  if (one.operation === "stat" && other.operation === "stat") return statIsAtMost(one, other);
  const [a, b] = [one.args, other.args];
  const same = (...indexes: readonly number[]): boolean => indexes.every((index) => a[index] === b[index]);
  const pair = `${one.operation} ${other.operation}`;
  switch (pair) {
    case "evidence_below evidence_below":
      return same(0, 1, 3) && Number(a[2]) < Number(b[2]);
    case "evidence_above evidence_above":
      return same(0, 1, 3) && Number(a[2]) > Number(b[2]);
    case "rate_upper rate_upper":
      return same(0, 1, 2) && Number(a[3]) < Number(b[3]);
    case "rate_lower rate_lower":
      return same(0, 1, 2) && Number(a[3]) > Number(b[3]);
    case "rate rate_upper":
      return same(0, 1, 2) && Number(b[3]) >= 0.5;
    case "rate_lower rate":
      return same(0, 1, 2) && Number(a[3]) >= 0.5;
    default:
      return false;
  }
};

const timesOf = ({ key, times }: Quantity): NonNullable<Quantity["times"]> => times ?? { of: key, factor: 1 };

const statIsAtMost = (
  { args: a, windowMs: span, least }: Quantity,
  { args: b, windowMs: otherSpan }: Quantity,
): boolean => {
  const [one, other] = [String(a[1]), String(b[1])];
  if (a[0] !== b[0] || one === "slope" || other === "slope") return false;
  if (one === "sum" || other === "sum") return one === other && span <= otherSpan && least !== null && least >= 0;
  if (other === "max") return span <= otherSpan;
  if (one === "min") return otherSpan <= span;
  return span === otherSpan && one === "p50" && other === "p95";
};

export const areRelated = (one: Quantity, other: Quantity): boolean =>
  one.key === other.key ||
  isAtMost(one, other) ||
  isAtMost(other, one) ||
  (one.type === "rows" && other.type === "rows" && one.paths.some((path) => other.paths.includes(path)));
