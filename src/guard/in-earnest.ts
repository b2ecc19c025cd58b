import { isOfDrill } from "../decision/rollback-drill.ts";
import type { CutoverState, LatchCause } from "../decision/state.ts";
import { commitOnto } from "./commit.ts";
import { causeOf, sayCause } from "./latch-first.ts";
import { flushOutbox } from "./outbox.ts";
import type { SnapBackPorts, SnapBackTrigger } from "./snap-back-trigger.ts";
import type { SnapBackReport } from "./tell-rollback.ts";

/** Goes back, and takes over a rehearsal that has latched before; one that was not told arms again over this one's head. */
export const inEarnest = async (
  ports: SnapBackPorts,
  state: CutoverState,
  trigger: SnapBackTrigger,
  goBack: (state: CutoverState) => Promise<SnapBackReport>,
): Promise<SnapBackReport> => {
  const meant = await takeOverDrill(ports, state, trigger);
  const report = await goBack(meant ?? state);
  return meant === null && report.kind === "verified" ? { kind: "verified-unrecorded", why: STILL_A_DRILL } : report;
};

const STILL_A_DRILL = "a rehearsal of the rollback is under way, and was not told that this one is meant";

/**
 * A rollback that finds the latch of a rehearsal takes it over, or the rehearsal would arm again over its head as soon as
 * that had settled.
 * @returns the state as it is then; null where the table did not take it.
 */
const takeOverDrill = async (
  ports: SnapBackPorts,
  state: CutoverState,
  trigger: SnapBackTrigger,
): Promise<CutoverState | null> => {
  const cause = trigger.kind === "promote" ? null : causeOf(trigger);
  if (cause === null || !isMeant(state, cause)) return state;
  const outcome = await commitOnto(ports, state, (now) =>
    isMeant(now, cause)
      ? {
          events: [{ kind: "rolledBackInEarnest", cause }],
          account: {
            kind: "rollback",
            summary: `no rehearsal any more: ${sayCause(cause)}`,
            at: ports.clock.now(),
            tick: null,
            detail: { cause: { ...cause } },
            notify: {
              subject: `${now.cutover}: rolled back in earnest`,
              body: `${sayCause(cause)}\nIt had been rolled back as a rehearsal, which does not arm it again now.`,
              urgency: "page",
            },
          },
        }
      : null,
  );
  if (outcome.kind === "committed") return flushOutbox(ports, outcome.state);
  if (outcome.kind === "unknown") return null;
  // Overtaken each time, it has told nobody; where it is no rehearsal any more there is nobody left to tell.
  const there = outcome.state ?? state;
  return isMeant(there, cause) ? null : there;
};

const isMeant = (state: CutoverState, cause: LatchCause): boolean =>
  isOfDrill(state) && !(cause.kind === "alarm" && cause.alarmArn === state.rollbackDrill?.alarmArn);
