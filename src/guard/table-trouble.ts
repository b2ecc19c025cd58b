import { type Obstacle, sawTicksBefore } from "../decision/blocking.ts";
import type { CutoverState } from "../decision/state.ts";
import { toIso } from "../kernel/instant.ts";
import type { OutsideFailure } from "../kernel/result.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";

/** This tick's snapshot is in no table: what is added up from it could not be told from news by the tick after. */
export const snapshotUnstored = (message: string): Obstacle => ({
  what: "snapshot",
  value: message,
  threshold: "stored before it is judged",
  clears: "the table takes it",
});

/**
 * What the tick is to be judged by could not be had: of it nothing is left but the floor.
 * @param failure null where nobody says why, as of a policy that is not in the table.
 */
export const policyUnread = (digest: string, failure: OutsideFailure | null): Obstacle => ({
  what: "policy",
  value: `the policy it was armed with cannot be read${failure === null ? "" : `: ${failure.message}`}`,
  threshold: digest,
  clears: policyClears(failure),
});

const policyClears = (failure: OutsideFailure | null): string => {
  if (failure === null) return "the table answers, or pawl policy publish";
  return failure.kind === "malformed" ? "it can be read" : "the table answers";
};

/** Of these rules nothing would be heard, however bad green is. Pure. */
export const rulesUnjudged = (rules: readonly string[], { phase }: Pick<CutoverState, "phase">): readonly Obstacle[] =>
  rules.length === 0
    ? []
    : [
        {
          what: "rollback-rules",
          value: `this release cannot judge ${rules.join("; ")}`,
          threshold: "each of them is judged",
          clears: `the release that published the policy is deployed${anotherPolicy(phase)}`,
        },
      ];

/** At a step another policy takes over with the next one, which this block keeps from coming; in decommission none does. */
const anotherPolicy = (phase: CutoverState["phase"]): string => {
  if (phase === "decommissioning") return "";
  const how = phase === "shifting" ? "pawl policy adopt --restart-step" : "pawl policy adopt";
  return `, or ${how} of one that this release knows`;
};

/** What this tick's decision rests on is in no table: a step, or leave to take something apart, could not be shown afterwards. */
export const evidenceUnstored: Obstacle = {
  what: "evidence",
  value: "what the decision rests on could not be stored",
  threshold: "stored before anything goes on",
  clears: "the table takes it",
};

/** The snapshots of the ticks before could not be read: what is missing from their minutes is missing from the look alone. */
export const snapshotsUnread = (message: string): Obstacle => ({
  what: "snapshots",
  value: message,
  threshold: "those of the ticks before are read",
  clears: "the table answers",
});

/** An outage of minutes empties by itself; what waits longer waits for somebody. */
const LEDGER_LATE_MS = durationMs(600_000);

/** The ledger takes no records: nothing new is begun that nobody could be shown afterwards. */
export const ledgerStuck = ({ outbox }: Pick<CutoverState, "outbox">, tick: EpochMs): readonly Obstacle[] => {
  const waiting = outbox.filter(({ record }) => record !== undefined);
  const [oldest] = waiting;
  if (oldest === undefined || tick <= later(oldest.at, LEDGER_LATE_MS)) return [];
  return [
    {
      what: "ledger",
      value: `${waiting.length} records wait, the oldest since ${toIso(oldest.at)}`,
      threshold: `each written within ${LEDGER_LATE_MS / 60_000} min`,
      clears: "the ledger takes them; see the log of promote, and whether its role may write to the table",
    },
  ];
};

/** Whether the tick after will find what this one saw, and this one what those before it saw. */
export const isContinued = (trouble: readonly Pick<Obstacle, "what">[]): boolean =>
  sawTicksBefore(trouble) && !trouble.some(({ what }) => what === "snapshot");
