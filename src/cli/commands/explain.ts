import type { LedgerRecord } from "../../decision/record.ts";
import type { CutoverState } from "../../decision/state.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { toIso } from "../../kernel/instant.ts";
import { canonicalJson, type JsonObject } from "../../kernel/json.ts";
import type { Judgement } from "../../policy/verdict.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { refused } from "../exit.ts";
import { type ExplainDocument, explainLines } from "../explain-lines.ts";
import { explainRules } from "../explain-rules.ts";
import { unanswered } from "../failures.ts";
import { type LastJudged, lastJudged } from "../last-judged.ts";
import { stateOf } from "../ledger-records.ts";
import { PATIENCE_MS } from "../limits.ts";

export type ExplainPorts = Pick<GuardPorts, "state" | "ledger" | "digest" | "evidence" | "policies">;

/**
 * Why the last judged tick decided what it decided, and what has become of it since.
 * @throws {CommandFailure} nothing was judged yet; what the record names is not of this engine; the table did not answer.
 */
export const explainCommand = async ({
  ports,
  bindings: { name },
}: CliContext<ExplainPorts>): Promise<CommandResult<ExplainDocument>> => {
  const state = await stateOf(ports, name);
  const last = await lastJudged(ports, state);
  const { record } = last;
  if (record === null && state.settled === undefined)
    throw refused(
      `${name} has decided nothing yet that could be explained.`,
      last.since.at(-1)?.summary ?? "Its ledger is empty.",
      "Wait for a tick that judges: pawl status says when the last one was.",
    );
  const evidence = record === null ? null : await evidenceOf(ports, record);
  const policy = record === null ? null : await ports.policies.read(String(record.detail["policy"]), PATIENCE_MS);
  try {
    const rules = policy?.ok && policy.value !== null ? policy.value : null;
    const known = record !== null && evidence !== null && rules !== null;
    const document = {
      ...documentOf(state, last, evidence),
      ...(known ? explainRules(rules, evidence, record) : { waived: [], explained: {} }),
    };
    return done(document, explainLines(document));
  } catch (error) {
    // Its digest vouches for whoever wrote it, and that may have been another release.
    throw refused(
      `What the newest judged record of ${name} names is not what this release writes.`,
      error instanceof Error ? error.message : String(error),
      `pawl ledger verify ${name} --recompute tells whether it was changed; use the release that the stack runs.`,
    );
  }
};

/** The evidence that a record names; null where it is not stored any more, or is not what was stored. */
const evidenceOf = async (
  ports: Pick<ExplainPorts, "digest" | "evidence">,
  { seq, cutover, detail }: LedgerRecord,
): Promise<JsonObject | null> => {
  const named = String(detail["evidence"]);
  const stored = await ports.evidence.read(cutover, named);
  if (stored.ok)
    return stored.value !== null && ports.digest(canonicalJson(stored.value)) === named ? stored.value : null;
  if (stored.failure.kind === "malformed") return null;
  throw unanswered(`The evidence of record ${seq} cannot be read.`, stored.failure);
};

const documentOf = (
  { cutover, settled }: CutoverState,
  { record, since, skipped }: LastJudged,
  evidence: JsonObject | null,
): Omit<ExplainDocument, "waived" | "explained"> => {
  const detail = record?.detail ?? {};
  return {
    cutover,
    record: record === null ? null : toldOf(record),
    decision: detail["decision"] ?? null,
    // As this engine wrote them; the record's hash vouches for their form.
    reasons: (detail["reasons"] ?? []) as readonly string[],
    judgement: (evidence?.["judgement"] ?? null) as unknown as Judgement | null,
    engine: detail["engine"] ?? null,
    policy: detail["policy"] ?? null,
    evidence: detail["evidence"] ?? null,
    snapshots: (evidence?.["snapshots"] ?? []) as unknown as ExplainDocument["snapshots"],
    settled: settled === undefined ? null : { label: settled.label, reasons: settled.reasons },
    since,
    skipped,
  };
};

const toldOf = ({
  seq,
  epoch,
  kind,
  summary,
  hash,
  at,
  tick,
}: LedgerRecord): NonNullable<ExplainDocument["record"]> => ({
  ...{ seq, epoch, kind, summary, hash },
  at: toIso(at),
  tick: tick === null ? null : toIso(tick),
});
