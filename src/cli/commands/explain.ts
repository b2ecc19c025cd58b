import type { LedgerRecord } from "../../decision/record.ts";
import type { CutoverState } from "../../decision/state.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { toIso } from "../../kernel/instant.ts";
import type { JsonObject } from "../../kernel/json.ts";
import type { Judgement } from "../../policy/verdict.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { refused } from "../exit.ts";
import { type ExplainDocument, explainLines } from "../explain-lines.ts";
import { unanswered } from "../failures.ts";
import { recordsUpTo, stateOf } from "../ledger-records.ts";

export type ExplainPorts = Pick<GuardPorts, "state" | "ledger" | "evidence">;

/** How far back a decision is looked for: half a day of ticks, most of them latched. */
const LOOK_BACK = 720;

/** Why the last judged tick decided what it decided. @throws {CommandFailure} nothing was judged yet; the table did not answer. */
export const explainCommand = async ({
  ports,
  bindings: { name },
}: CliContext<ExplainPorts>): Promise<CommandResult<ExplainDocument>> => {
  const state = await stateOf(ports, name);
  const records: LedgerRecord[] = [];
  for await (const each of recordsUpTo(ports, state, state.ledgerHead.seq - LOOK_BACK)) records.push(each);
  const index = records.findLastIndex(({ detail }) => typeof detail["evidence"] === "string" && "decision" in detail);
  const record = records[index];
  if (record === undefined)
    throw refused(
      `${name} has decided nothing yet that could be explained.`,
      records.at(-1)?.summary ?? "Its ledger is empty.",
      "Wait for a tick that judges: pawl status says when the last one was.",
    );
  const digest = String(record.detail["evidence"]);
  const stored = await ports.evidence.read(name, digest);
  if (!stored.ok) throw unanswered(`The evidence of record ${record.seq} cannot be read.`, stored.failure);
  const document = documentOf(state, record, stored.value, records.slice(index + 1));
  return done(document, explainLines(document));
};

const documentOf = (
  { cutover, settled }: CutoverState,
  record: LedgerRecord,
  evidence: JsonObject | null,
  since: readonly LedgerRecord[],
): ExplainDocument => {
  const { seq, epoch, kind, summary, hash, detail } = record;
  return {
    cutover,
    record: {
      ...{ seq, epoch, kind, summary, hash },
      at: toIso(record.at),
      tick: record.tick === null ? null : toIso(record.tick),
    },
    decision: detail["decision"] ?? null,
    // As this engine wrote them; the record's hash vouches for their form.
    reasons: (detail["reasons"] ?? []) as readonly string[],
    judgement: (evidence?.["judgement"] ?? null) as unknown as Judgement | null,
    engine: detail["engine"] ?? null,
    policy: detail["policy"] ?? null,
    evidence: String(detail["evidence"]),
    snapshots: (evidence?.["snapshots"] ?? []) as unknown as ExplainDocument["snapshots"],
    settled: settled === undefined ? null : { label: settled.label, reasons: settled.reasons },
    since: since.map((later) => ({ at: toIso(later.at), kind: later.kind, summary: later.summary })),
  };
};
