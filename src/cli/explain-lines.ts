import type { LedgerRecord } from "../decision/record.ts";
import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import type { Explanation } from "../policy/explain/explain.ts";
import type { Comparison, GateVerdict, Judgement, RollbackVerdict } from "../policy/verdict.ts";
import { sayBlocker, sayDistance } from "./say-explanation.ts";

/** A decision with everything it rests on, and what has happened since. */
export interface ExplainDocument {
  readonly cutover: string;
  readonly record: Pick<LedgerRecord, "seq" | "epoch" | "kind" | "summary" | "hash"> & {
    readonly at: string;
    readonly tick: string | null;
  };
  readonly decision: JsonValue;
  readonly reasons: readonly string[];
  /** Verdict for verdict with value and threshold; null where the evidence is not there any more. */
  readonly judgement: Judgement | null;
  /** Of each gate that does not pass: the fewest conditions that would open it, and how far each value is from its threshold. */
  readonly explained: Readonly<Record<string, Explanation>>;
  readonly engine: JsonValue;
  readonly policy: JsonValue;
  readonly evidence: string;
  readonly snapshots: readonly { readonly tick: string; readonly digest: string }[];
  /** After a rollback: what it proved to have cost, and why. */
  readonly settled: { readonly label: string; readonly reasons: readonly string[] } | null;
  /** Records after it, oldest first. */
  readonly since: readonly { readonly at: string; readonly kind: string; readonly summary: string }[];
}

/** A decision for people: what, because of what, every gate with value against threshold, and where it is stored. */
export const explainLines = (document: ExplainDocument): readonly string[] => {
  const { record, judgement, snapshots } = document;
  return [
    `${document.cutover}   ${String(document.decision)}   tick ${record.tick ?? "none"}   epoch ${record.epoch}, record ${record.seq}`,
    ...under("because", document.reasons),
    ...(judgement === null
      ? ["  evidence   is not stored any more; verdicts cannot be shown"]
      : [
          ...under(
            "gates",
            judgement.gates.flatMap((verdict) => verdictLines(verdict.gate, verdict)),
          ),
          ...under(
            "blocked by",
            Object.entries(document.explained).flatMap(([gate, { blockers }]) =>
              blockers.map((blocker) => `${gate.padEnd(18)}  ${sayBlocker(blocker)}`),
            ),
          ),
          ...under(
            "distance",
            Object.entries(document.explained).flatMap(([gate, { distances }]) =>
              distances
                .filter(({ holds }) => holds !== true)
                .map((distance) => `${gate.padEnd(18)}  ${sayDistance(distance)}`),
            ),
          ),
          ...under(
            "rollback",
            judgement.rollback.flatMap((verdict) => verdictLines(verdict.rule, verdict)),
          ),
          ...under(
            "blind to",
            judgement.blind.map(({ signal, reason }) => `${signal}: ${reason}`),
          ),
          ...under("keys differ", judgement.disagreements),
        ]),
    ...under("stored", [
      `evidence ${document.evidence.slice(0, 12)}, policy ${String(document.policy).slice(0, 12)}, engine ${String(document.engine)}`,
      `snapshots ${snapshots
        .map(({ tick, digest }) => `${tick} ${digest.slice(0, 12)}`)
        .slice(-3)
        .join(", ")}${snapshots.length > 3 ? ` and ${snapshots.length - 3} before` : ""}`,
    ]),
    ...(document.settled === null ? [] : under("settled", [document.settled.label, ...document.settled.reasons])),
    ...under(
      "since then",
      document.since.slice(-10).map(({ at, kind, summary }) => `${at} ${kind}: ${summary}`),
    ),
  ];
};

const WIDTH = 13;

const under = (heading: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => `${(index === 0 ? `  ${heading}` : "").padEnd(WIDTH)}${line}`);

const verdictLines = (name: string, verdict: GateVerdict | RollbackVerdict): readonly string[] => {
  const head = `${verdict.verdict.padEnd(8)}${name.padEnd(17)} `;
  const compared = verdict.comparisons.map(sayComparison).join(", ");
  const reasons = verdict.verdict === "unknown" ? verdict.reasons.join("; ") : "";
  const quiet = verdict.verdict === "pass" || verdict.verdict === "clear";
  return [`${head}${compared || reasons}`, ...(quiet ? [] : [`${" ".repeat(26)}${verdict.why}`])];
};

const sayComparison = ({ what, value, operator, threshold, holds }: Comparison): string =>
  `${what} ${short(value)} ${operator} ${short(threshold)}${holds === true ? "" : holds === false ? " no" : " unknown"}`;

const short = (value: Comparison["value"]): string =>
  typeof value === "number" ? String(Math.round(value * 10_000) / 10_000) : canonicalJson(value);
