import type { LedgerRecord } from "../../decision/record.ts";
import type { CutoverState } from "../../decision/state.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { toIso } from "../../kernel/instant.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../kernel/json.ts";
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
    const explained = policy?.ok && policy.value !== null ? explainGates(policy.value, evidence) : {};
    const document = { ...documentOf(state, last, evidence), explained };
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
  { record, since, skipped }: LastJudged,
  evidence: JsonObject | null,
): Omit<ExplainDocument, "explained"> => {
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
