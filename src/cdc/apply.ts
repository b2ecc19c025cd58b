import { assertNever } from "../kernel/assert-never.ts";
import type { Digest } from "../kernel/digest.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import type { CutoverBindings, Side } from "../signals/bindings.ts";
import type { DrainPort } from "../signals/ports.ts";
import { createTopics, putConnector } from "./apply-connectors.ts";
import type { CdcApplied, CdcListener, CdcStop } from "./apply-events.ts";
import { type Proving, proveDrained, proveEqual, proveOneHop, setSequencesApart, writeSeeds } from "./apply-proofs.ts";
import type { DatabaseAddress } from "./facts.ts";
import { planCdc } from "./plan.ts";
import type { PasswordSetting, PhaseName, PlanAction, ProofAction } from "./plan-types.ts";
import type { CdcAdminPorts } from "./ports.ts";
import { readCdcFacts } from "./read-facts.ts";
import { runStatement } from "./statements.ts";

/** What apply needs besides its ports. Passwords by the name of the setting that holds them. */
export interface ApplySettings {
  readonly addresses: Readonly<Record<Side, DatabaseAddress>>;
  readonly passwords: Readonly<Record<PasswordSetting, string>>;
  /** How long copying the rows may take, in real milliseconds. */
  readonly copyWithinMs: number;
  /** Why green's writes may not be stopped, in a sentence; null where nobody needs them. Asked only where green is to be fenced. */
  readonly greenInUse: () => Promise<string | null>;
}

interface Applying {
  readonly ports: CdcAdminPorts;
  readonly settings: ApplySettings;
  readonly proving: (phase: PhaseName) => Proving;
  readonly listen: CdcListener;
  readonly onCompared: (rows: number) => void;
}

type Step = Result<"done" | "already", string>;

const describe = (action: PlanAction): string => {
  switch (action.kind) {
    case "sql":
      return action.sql.split("\n")[0] ?? "";
    case "password":
      return `password of ${action.role} from ${action.setting}`;
    case "topics":
      return `topics ${action.topics.join(", ")}`;
    case "connector":
      return `connector ${action.name}`;
    case "proof":
      return "direction" in action.proof ? `${action.proof.direction} ${action.proof.of}` : action.proof.of;
    default:
      return assertNever(action);
  }
};

const runProof = (applying: Applying, phase: PhaseName, { proof }: ProofAction): Promise<Step> => {
  const proving = applying.proving(phase);
  switch (proof.of) {
    case "drained":
      return proveDrained(proving, proof.direction);
    case "sequences-apart":
      return setSequencesApart(proving);
    case "equal":
      return proveEqual(proving, proof.directions, applying.onCompared);
    case "one-hop":
      return proveOneHop(proving);
    case "seeded":
      return writeSeeds(proving);
    default:
      return assertNever(proof);
  }
};

const runAction = async (applying: Applying, phase: PhaseName, action: PlanAction): Promise<Step> => {
  const { ports, settings, listen } = applying;
  switch (action.kind) {
    case "sql":
      return runStatement(ports, action, (because) =>
        listen({ kind: "again", phase, what: describe(action), because }),
      );
    case "password": {
      const password = settings.passwords[action.setting];
      const set = await ports.databases[action.side].setPassword(action.role, password);
      return set.ok ? ok("done") : fail(set.failure.message);
    }
    case "topics":
      return createTopics(ports, action);
    case "connector":
      return putConnector(ports, action, {
        source: settings.passwords.PAWL_CDC_SOURCE_PASSWORD,
        sink: settings.passwords.PAWL_CDC_SINK_PASSWORD,
      });
    case "proof":
      return runProof(applying, phase, action);
    default:
      return assertNever(action);
  }
};

/**
 * Brings CDC up in start order, or mends what is missing of it. Refuses before it has changed anything where the checks
 * refuse. Safe to repeat: what is there is left alone, and after a stop it goes on from what was reached.
 */
export const applyCdc = async (
  ports: CdcAdminPorts,
  drain: DrainPort,
  cutover: CutoverBindings,
  settings: ApplySettings,
  digest: Digest,
  listen: CdcListener,
): Promise<Result<CdcApplied, CdcStop>> => {
  const startedAt = ports.stopwatch.elapsedMs();
  const facts = await readCdcFacts(ports, cutover, settings.addresses);
  if (!facts.ok) return fail({ kind: "stopped", phase: "reading", what: "facts", why: facts.failure.message });
  const plan = planCdc(cutover, facts.value);
  if (plan.refusals.length > 0) return fail({ kind: "refused", refusals: plan.refusals });
  const inUse = plan.alreadySeeded ? null : await settings.greenInUse();
  if (inUse !== null) return fail({ kind: "green-in-use", why: inUse });

  const counts = { done: 0, already: 0 };
  let rowsCompared = 0;
  const applying: Applying = {
    ports,
    settings,
    listen,
    proving: (phase) => ({
      ports,
      drain,
      cutover,
      digest,
      copyWithinMs: settings.copyWithinMs,
      onWait: (waitingFor) => listen({ kind: "waiting", phase, for: waitingFor }),
    }),
    onCompared: (rows) => {
      rowsCompared += rows;
    },
  };
  for (const { name: phase, why, actions } of plan.phases) {
    listen({ kind: "phase", phase, why });
    for (const action of actions) {
      const began = ports.stopwatch.elapsedMs();
      const step = await runAction(applying, phase, action);
      if (!step.ok) return fail({ kind: "stopped", phase, what: describe(action), why: step.failure });
      counts[step.value] += 1;
      const side = "side" in action ? action.side : null;
      const tookMs = Math.round(ports.stopwatch.elapsedMs() - began);
      listen({ kind: step.value, phase, right: action.right, side, what: describe(action), tookMs });
    }
  }
  return ok({ ...counts, rowsCompared, tookMs: Math.round(ports.stopwatch.elapsedMs() - startedAt) });
};
