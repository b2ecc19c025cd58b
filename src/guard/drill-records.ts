import { drillRefusals, isHeldBy } from "../decision/rollback-drill.ts";
import type { CutoverState, RollbackDrill } from "../decision/state.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { commitOnto } from "./commit.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import { flushOutbox, type OutboxPorts } from "./outbox.ts";

export interface DrillMark {
  readonly what: string;
  readonly at: EpochMs;
}

/** Whether a rehearsal is announced. `unknown`: nobody answered, and its hold may be there until it ends by itself. */
export type DrillBegun = { readonly kind: "begun" } | { readonly kind: "refused" | "unknown"; readonly why: string };

/** Announces a rehearsal, and with it holds the first step. */
export const beginDrill = async (ports: OutboxPorts, seen: CutoverState, drill: RollbackDrill): Promise<DrillBegun> => {
  const summary = `${drill.by} rehearses the rollback with ${drill.alarmArn}`;
  const outcome = await commitOnto(ports, seen, (state) =>
    state.epoch === seen.epoch && drillRefusals(state, drill.at).length === 0
      ? {
          events: [{ kind: "drillBegan", drill }],
          account: { kind: "rollback-drill", summary, at: drill.at, tick: null, detail: { ...drill } },
        }
      : null,
  );
  if (outcome.kind === "unknown") return { kind: "unknown", why: outcome.message };
  if (outcome.kind === "moved")
    // A write that landed unanswered, and was overtaken before it was asked about, is there all the same.
    return outcome.state !== null && isHeldBy(outcome.state, drill)
      ? { kind: "begun" }
      : { kind: "refused", why: "its state changed meanwhile; look and try again" };
  await flushOutbox(ports, outcome.state);
  return { kind: "begun" };
};

/**
 * Takes the hold off a rehearsal in which nothing latched. What its alarm set off counts as old from here on.
 * @returns where it stands: `latched` where something did latch after all, `gone-on` where the hold had ended by itself
 *   and traffic has been moved since, so that nothing was written.
 */
export const endUnlatched = async (
  ports: OutboxPorts,
  { name }: CutoverBindings,
  drill: Pick<RollbackDrill, "at">,
  broken: { readonly link: string; readonly why: string },
): Promise<"armed" | "latched" | "gone-on" | "unknown"> => {
  const at = ports.clock.now();
  const read = await ports.state.read(name, STATE_TIMEOUT_MS);
  if (!read.ok || read.value === null) return "unknown";
  const summary = `the rehearsal of the rollback failed at ${broken.link}: ${broken.why}`;
  const outcome = await commitOnto(ports, read.value, (state) =>
    isHeldBy(state, drill)
      ? {
          events: [{ kind: "drillEnded", at }],
          account: { kind: "rollback-drill", summary, at, tick: null, detail: { ...broken } },
        }
      : null,
  );
  if (outcome.kind === "moved") return outcome.state?.latch === undefined ? "gone-on" : "latched";
  if (outcome.kind === "unknown") return "unknown";
  await flushOutbox(ports, outcome.state);
  return "armed";
};

/** A rehearsal that went the whole way, with its times. */
export const recordPassed = async (
  ports: OutboxPorts,
  state: CutoverState,
  passed: { readonly alarmArn: string; readonly via: string; readonly marks: readonly DrillMark[] },
): Promise<CutoverState> => {
  const summary = `the rehearsal of the rollback passed: ${passed.alarmArn} came by ${passed.via}`;
  const detail = { via: passed.via, marks: passed.marks.map(({ what, at }) => ({ what, at })) };
  const outcome = await commitOnto(ports, state, () => ({
    events: [],
    account: { kind: "rollback-drill", summary, at: ports.clock.now(), tick: null, detail },
  }));
  return outcome.kind === "committed" ? flushOutbox(ports, outcome.state) : state;
};
