import { briefNumber } from "../kernel/brief-number.ts";
import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import type { Blocker } from "../policy/explain/blockers.ts";
import type { Distance } from "../policy/explain/explain.ts";
import type { ProofLeft } from "../policy/explain/minutes-needed.ts";

const short = (value: JsonValue): string => {
  if (typeof value === "number") return briefNumber(value);
  return value === null ? "unknown" : canonicalJson(value);
};

/** One condition that stands in the way: "/and/0/<  forward.lagSeconds < 5 (false)". */
export const sayBlocker = ({ at, what, value, reasons }: Blocker): string =>
  `${at || "the rule"}  ${what} (${value === null ? `unknown: ${reasons.join("; ")}` : short(value)})`;

/** How far one value is from its threshold: "forward.lagSeconds 3 < 5, 2 left". */
export const sayDistance = ({ what, value, operator, threshold, holds, margin, proof }: Distance): string => {
  const compared = `${what} ${short(value)} ${operator} ${short(threshold)}`;
  if (holds === null) return `${compared}, unknown`;
  const far = margin === null || margin === 0 ? "" : `, ${short(Math.abs(margin))} ${margin > 0 ? "left" : "short"}`;
  return `${compared}${holds ? "" : " no"}${far}${proof === undefined ? "" : `; ${sayProof(proof)}`}`;
};

const sayProof = ({ minutes, requestsPerMinute, bound }: ProofLeft): string => {
  const traffic = `at ${short(requestsPerMinute)} requests a minute`;
  if (minutes === null) return `cannot be proven ${traffic}`;
  return `proven in ${minutes} min${bound === "latest" ? " at the latest" : ""}, ${traffic} if none fails`;
};
