import { ENGINE_VERSION } from "../decision/decision.ts";
import type { CutoverState } from "../decision/state.ts";
import type { Digest } from "../kernel/digest.ts";
import { toIso } from "../kernel/instant.ts";
import { canonicalJson, type JsonObject } from "../kernel/json.ts";
import { oncePerObject } from "../kernel/memo.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { JudgedTick } from "./judge-tick.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import type { Look } from "./look.ts";
import type { GuardPorts } from "./ports.ts";

/** An item of the table holds 400 KB. Traces of long windows may be more; what can be recomputed is left out first. */
const LARGEST_BODY = 350_000;

/**
 * Stores everything the decision rests on under its digest, and returns what the record says of it: enough for anybody
 * to recompute the decision. null where it could not be stored, nor what was seen; then nothing may be promoted on it.
 */
export const storeEvidence = async (
  ports: Pick<GuardPorts, "digest" | "evidence">,
  cutover: CutoverBindings,
  state: CutoverState,
  { snapshots, isStored, trouble }: Pick<Look, "snapshots" | "isStored" | "trouble">,
  judged: JudgedTick,
): Promise<JsonObject | null> => {
  if (!isStored) return null;
  if (ports.evidence.keepsNothing === true) return { evidence: "not kept" };
  const { decision, judgement, evidence: accumulated, corrections } = judged;
  const named = snapshots.map(namedBy(ports.digest));
  const bodyWith = (workings: unknown): string =>
    canonicalJson({
      ...{ cutover, state, policy: judged.policy, snapshots: named, trouble },
      ...{ judgement, decision, accumulated, corrections, workings },
    });
  const whole = bodyWith(workingsOf(judged));
  const plain =
    whole.length <= LARGEST_BODY
      ? whole
      : bodyWith(`left out, ${whole.length} characters with them: the snapshots and the policy give them again`);
  const body = JSON.parse(plain) as JsonObject;
  const evidence = ports.digest(plain);
  const stored = await ports.evidence.put(state.cutover, evidence, body, STATE_TIMEOUT_MS);
  if (!stored.ok) return null;
  return {
    engine: ENGINE_VERSION,
    state: ports.digest(canonicalJson(state)),
    policy: state.policyDigest,
    snapshot: named.at(-1) ?? null,
    evidence,
    decision: decision.kind,
    reasons: decision.reasons,
    verdicts: judgement.gates.map(({ gate, verdict }) => `${gate}: ${verdict}`),
    ...(corrections.length === 0 ? {} : { corrections }),
  };
};

/** How evidence names a snapshot. Whoever keeps snapshots from tick to tick names the same ones again. */
const namedBy = oncePerObject((digest: Digest) =>
  oncePerObject((one: Snapshot) => ({ tick: toIso(one.tick), digest: digest(canonicalJson(one)) })),
);

/** Residual, facts and trace of every rule; the values of the minute once for all gates and once for all rollback rules. */
const workingsOf = ({ workings }: JudgedTick) => {
  const side = (of: JudgedTick["workings"]["gates"]) => ({
    values: { ...Object.values(of)[0]?.data, facts: null },
    rules: Object.fromEntries(
      Object.entries(of).map(([name, { residual, data, trace }]) => [
        name,
        { residual, facts: data["facts"] ?? null, trace },
      ]),
    ),
  });
  return { gates: side(workings.gates), rollback: side(workings.rollback) };
};
