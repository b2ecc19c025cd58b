import type { LedgerRecord } from "../../decision/record.ts";
import type { CutoverState } from "../../decision/state.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { toIso } from "../../kernel/instant.ts";
import type { JsonObject, JsonValue } from "../../kernel/json.ts";
import { recordAt } from "../../ledger/entry.ts";
import { explainPlan } from "../../policy/explain/explain.ts";
import { standingStored } from "../../policy/explain/standing.ts";
import { STANDARD_OPERATIONS } from "../../policy/operations/standard.ts";
import { substituteParams } from "../../policy/params.ts";
import { planRule } from "../../policy/plan-rule.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { Judgement } from "../../policy/verdict.ts";
import type { EvidenceState } from "../../snapshot/evidence-state.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { refused } from "../exit.ts";
import { type ExplainDocument, explainLines } from "../explain-lines.ts";
import { unanswered } from "../failures.ts";
import { ledgerEntries, stateOf } from "../ledger-records.ts";
import { PATIENCE_MS } from "../limits.ts";

export type ExplainPorts = Pick<GuardPorts, "state" | "ledger" | "evidence" | "policies">;

/** How far back a decision is looked for: half a day of ticks, most of them latched. */
const LOOK_BACK = 720;

/** Why the last judged tick decided what it decided. @throws {CommandFailure} nothing was judged yet; the table did not answer. */
export const explainCommand = async ({
  ports,
  bindings: { name },
}: CliContext<ExplainPorts>): Promise<CommandResult<ExplainDocument>> => {
  const state = await stateOf(ports, name);
  const records: LedgerRecord[] = [];
  const behind = state.ledgerHead.seq - LOOK_BACK;
  for await (const entry of ledgerEntries(ports, name, behind > 0 ? behind : null)) {
    const found = recordAt(entry);
    if (found.ok) records.push(found.value);
  }
  for (const { record } of state.outbox)
    if (record !== undefined && record.seq > (records.at(-1)?.seq ?? 0)) records.push(record);
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
  const policy = await ports.policies.read(String(record.detail["policy"]), PATIENCE_MS);
  const explained = policy.ok && policy.value !== null ? explainGates(policy.value, stored.value) : {};
  const document = { ...documentOf(state, record, stored.value, records.slice(index + 1)), explained };
  return done(document, explainLines(document));
};

/** What each gate that does not pass waits for, out of what was stored; without a gate whose workings were left out. */
const explainGates = (policy: Policy, evidence: JsonObject | null): ExplainDocument["explained"] => {
  const { gates } = (evidence?.["judgement"] ?? { gates: [] }) as unknown as Pick<Judgement, "gates">;
  const side = (evidence?.["workings"] as StoredWorkings | undefined)?.gates;
  const values = side?.values ?? {};
  const standingOf = standingStored((evidence?.["accumulated"] ?? {}) as unknown as EvidenceState);
  const explained = gates.flatMap(({ gate, verdict, reasons }) => {
    const rule = Object.hasOwn(policy.gates, gate) ? policy.gates[gate]?.rule : undefined;
    const working = side?.rules?.[gate];
    if (verdict === "pass" || rule === undefined || working === undefined) return [];
    const plan = planRule(substituteParams(rule, policy.params ?? {}), STANDARD_OPERATIONS);
    if ("problem" in plan) return [];
    const whyAbsent = (path: string): string => saidOf(path, plan.names.get(path) ?? path, reasons);
    const data = { ...values, facts: working.facts };
    return [[gate, explainPlan(plan, { data, whyAbsent, standingOf })] as const];
  });
  return Object.fromEntries(explained);
};

/** The stored reasons say why a value was missing: "green.requests: no datapoint in that minute". */
const saidOf = (path: string, name: string, reasons: readonly string[]): string => {
  const said = reasons.find((reason) => reason.startsWith(`${name}: `) || reason.startsWith(`${path}: `));
  return said === undefined ? "no value" : said.slice(said.indexOf(": ") + 2);
};

/** As this engine stores them; a text where they were too large to keep. */
interface StoredWorkings {
  readonly gates?: {
    readonly values: JsonObject;
    readonly rules: Readonly<Record<string, { readonly facts: JsonValue }>>;
  };
}

const documentOf = (
  { cutover, settled }: CutoverState,
  record: LedgerRecord,
  evidence: JsonObject | null,
  since: readonly LedgerRecord[],
): Omit<ExplainDocument, "explained"> => {
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
