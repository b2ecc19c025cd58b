import type { LedgerRecord } from "../decision/record.ts";
import { canonicalJson, type JsonValue } from "../kernel/json.ts";
import type { Comparison, GateVerdict, Judgement, RollbackVerdict } from "../policy/verdict.ts";
import type { ExplainedRules } from "./explain-rules.ts";
import type { Happened } from "./last-judged.ts";
import { sayBlocker, sayDistance } from "./say-explanation.ts";

/** A decision with everything it rests on, and what has happened since. */
export interface ExplainDocument extends ExplainedRules {
  readonly cutover: string;
  /** null where no tick was judged before it was rolled back. */
  readonly record:
    | null
    | (Pick<LedgerRecord, "seq" | "epoch" | "kind" | "summary" | "hash"> & {
        readonly at: string;
        readonly tick: string | null;
      });
  readonly decision: JsonValue;
  readonly reasons: readonly string[];
  /** Verdict for verdict with value and threshold; null where the evidence is not there any more, or was changed. */
  readonly judgement: Judgement | null;
  readonly engine: JsonValue;
  readonly policy: JsonValue;
  readonly evidence: JsonValue;
  readonly snapshots: readonly { readonly tick: string; readonly digest: string }[];
  /** After a rollback: what it proved to have cost, and why. */
  readonly settled: { readonly label: string; readonly reasons: readonly string[] } | null;
  /** Records after it, oldest first; those that say the same together. */
  readonly since: readonly Happened[];
  /** What stands among them and is no record as pawl wrote it: place and why. */
  readonly skipped: readonly string[];
}

/** A decision for people: what, because of what, every gate with value against threshold, and where it is stored. */
export const explainLines = (document: ExplainDocument): readonly string[] => [
  ...(document.record === null
    ? [`${document.cutover}   no tick was judged before it was rolled back`]
    : decisionLines(document, document.record)),
  ...(document.settled === null ? [] : under("settled", [document.settled.label, ...document.settled.reasons])),
  ...under("since then", document.since.slice(-10).map(sayHappened)),
  ...under("skipped", skippedLines(document)),
];

const decisionLines = (
  document: ExplainDocument,
  { tick, epoch, seq }: NonNullable<ExplainDocument["record"]>,
): readonly string[] => {
  const { judgement, snapshots } = document;
  const newest = snapshots.slice(-3).map(({ tick: of, digest }) => `${of} ${digest.slice(0, 12)}`);
  return [
    `${document.cutover}   ${String(document.decision)}   tick ${tick ?? "none"}   epoch ${epoch}, record ${seq}`,
    ...under("because", document.reasons),
    ...(judgement === null
      ? ["  evidence   is not stored any more, or was changed; verdicts cannot be shown"]
      : judgementLines(document, judgement)),
    // The policy's digest whole: pawl policy adopt takes no shorter one.
    ...under("stored", [
      `evidence ${short12(document.evidence)}, policy ${String(document.policy)}, engine ${String(document.engine)}`,
      `snapshots ${newest.join(", ")}${snapshots.length > 3 ? ` and ${snapshots.length - 3} before` : ""}`,
    ]),
  ];
};

const short12 = (digest: JsonValue): string => String(digest).slice(0, 12);

/** What the decision hung on comes first: after a rollback the rules that fired, else the gates. */
const judgementLines = (document: ExplainDocument, judgement: Judgement): readonly string[] => {
  const wentBack = document.decision === "rollback";
  const gates = under(
    "gates",
    judgement.gates.flatMap((verdict) => gateLines(verdict, document.waived)),
  );
  const rules = under(
    "rollback",
    judgement.rollback.flatMap((verdict) => verdictLines(verdict.rule, verdict, verdict.verdict)),
  );
  return [
    ...(wentBack ? [...rules, ...firedLines(document), ...gates] : [...gates, ...blockedLines(document), ...rules]),
    ...under(
      "blind to",
      judgement.blind.map(({ signal, reason }) => `${signal}: ${reason}`),
    ),
    ...under("keys differ", judgement.disagreements),
  ];
};

/** Of rules that fired the values that made them, and how far those are from letting go. */
const firedLines = ({ explained }: ExplainDocument): readonly string[] =>
  under(
    "fired by",
    distanceLines(explained, (holds) => holds === true),
  );

/** Of gates that hold it up the conditions that stand in the way, and how far their values are from their thresholds. */
const blockedLines = ({ explained }: ExplainDocument): readonly string[] => [
  ...under(
    "blocked by",
    Object.entries(explained).flatMap(([gate, { blockers }]) =>
      blockers.map((blocker) => `${gate.padEnd(18)}  ${sayBlocker(blocker)}`),
    ),
  ),
  ...under(
    "distance",
    distanceLines(explained, (holds) => holds !== true),
  ),
];

const distanceLines = (
  explained: ExplainDocument["explained"],
  wanted: (holds: boolean | null) => boolean,
): readonly string[] =>
  Object.entries(explained).flatMap(([name, { distances }]) =>
    distances.filter(({ holds }) => wanted(holds)).map((distance) => `${name.padEnd(18)}  ${sayDistance(distance)}`),
  );

const gateLines = (verdict: GateVerdict, waived: readonly string[]): readonly string[] =>
  verdictLines(verdict.gate, verdict, waived.includes(verdict.gate) ? "waived" : verdict.verdict);

const sayHappened = ({ at, kind, summary, times, until }: Happened): string =>
  `${at} ${kind}: ${summary}${times === 1 ? "" : ` (${times} times, until ${until})`}`;

const skippedLines = ({ cutover, skipped }: ExplainDocument): readonly string[] =>
  skipped.length === 0 ? [] : [...skipped.slice(0, 3), `${skipped.length} in all: pawl ledger verify ${cutover}`];

const WIDTH = 13;

const under = (heading: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => `${(index === 0 ? `  ${heading}` : "").padEnd(WIDTH)}${line}`);

const verdictLines = (name: string, verdict: GateVerdict | RollbackVerdict, called: string): readonly string[] => {
  const head = `${called.padEnd(8)}${name.padEnd(17)} `;
  const compared = verdict.comparisons.map(sayComparison).join(", ");
  const reasons = verdict.verdict === "unknown" ? verdict.reasons.join("; ") : "";
  const quiet = verdict.verdict === "pass" || verdict.verdict === "clear";
  return [`${head}${compared || reasons}`, ...(quiet ? [] : [`${" ".repeat(26)}${verdict.why}`])];
};

const sayComparison = ({ what, value, operator, threshold, holds }: Comparison): string =>
  `${what} ${short(value)} ${operator} ${short(threshold)}${holds === true ? "" : holds === false ? " no" : " unknown"}`;

const short = (value: Comparison["value"]): string =>
  typeof value === "number" ? String(Math.round(value * 10_000) / 10_000) : canonicalJson(value);
