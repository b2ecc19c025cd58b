import type { RouteSight } from "../actuation/observed-route.ts";
import { weightStands } from "../actuation/plan-writes.ts";
import { sinceWhen } from "../decision/blocking.ts";
import { INTENT_LIFE_MS } from "../decision/bounds.ts";
import type { Decision } from "../decision/decision.ts";
import { evolve } from "../decision/evolve.ts";
import { pagesDue } from "../decision/pages.ts";
import { staysOnGreen } from "../decision/rollback-safety.ts";
import type { Blocking, CutoverState, Intent } from "../decision/state.ts";
import type { JsonObject } from "../kernel/json.ts";
import { later } from "../kernel/units.ts";
import { adoptionEvents, sayAdoption } from "./adopt.ts";
import { type ChangeOutcome, lowerGreen, raiseGreen } from "./change-weight.ts";
import { commit, commitOnto } from "./commit.ts";
import type { JudgedTick } from "./judge-tick.ts";
import { flushOutbox } from "./outbox.ts";
import type { TransitionOutcome } from "./ports.ts";
import { judgedEvent, type PromotePorts, type PromoteReport, sayings, type Tick } from "./promote-tick.ts";
import { notifyAsked, sayRefused, sayRequest } from "./requests-taken.ts";

type Advance = Extract<Decision, { kind: "advance" }>;

/**
 * One step forward in two phases: announce, ask the load balancer once, and commit only what it has definitely done.
 * A time-out commits nothing and clears nothing; the announced intent stands, and a later tick reads what became of it.
 */
export const advance = async (
  ports: PromotePorts,
  tick: Tick,
  stored: CutoverState,
  judged: JudgedTick & { readonly decision: Advance },
  evidence: JsonObject,
): Promise<PromoteReport> => {
  const { decision } = judged;
  // The judged snapshot may be an earlier run's of this tick; somebody can have moved the rules since.
  if (!standsAt(tick.seen.sights, stored.weightPercent))
    return { kind: "dropped", why: `the rules do not show ${stored.weightPercent} % any more` };
  const intentAt = ports.clock.now();
  const intent: Intent = {
    kind: "setWeight",
    epoch: stored.epoch,
    to: decision.to,
    intentAt,
    notAfter: later(intentAt, INTENT_LIFE_MS),
  };
  const [asked, adoption, refused] = [sayRequest(tick.first), sayAdoption(tick.first), sayRefused(tick.first)];
  const move = `${stored.weightPercent} % → ${decision.to} %`;
  const announced = await commit(ports, stored, {
    events: [...tick.first, judgedEvent(tick.at, judged), { kind: "intentAnnounced", intent }],
    account: {
      kind: "advance",
      summary: [`${move}: ${decision.reasons.join("; ")}`, asked, adoption].filter((each) => each !== null).join(". "),
      at: intentAt,
      tick: tick.at,
      detail: { ...evidence, ...sayings({ request: asked, adoption }) },
      ...notifyAsked(stored.cutover, { refused, adoption }, `It goes on: ${move}.`),
    },
  });
  // Only a committed intent may be acted on; one whose write went unanswered may be there, and is settled if it is.
  if (announced.kind !== "committed") return { kind: "dropped", why: `the intent was not written: ${announced.kind}` };
  const open = announced.state;
  const steps = { from: open.weightPercent, to: decision.to };
  const changed = await raiseGreen(ports, tick.cutover, steps, tick.seen.sights);
  return changed.kind === "refused"
    ? refusedStep(ports, { announced: open, before: stored }, tick, decision, changed)
    : conclude(ports, tick, open, decision, changed);
};

const standsAt = (sights: readonly RouteSight[], percent: number): boolean =>
  sights.length > 0 &&
  sights.every(
    (sight) => sight.kind === "seen" && sight.observed.pin !== "raised" && weightStands(sight.observed, percent),
  );

const conclude = async (
  ports: PromotePorts,
  tick: Tick,
  announced: CutoverState,
  decision: Advance,
  changed: Exclude<ChangeOutcome, { kind: "refused" }>,
): Promise<PromoteReport> => {
  if (changed.kind === "unknown") {
    await flushOutbox(ports, announced);
    return { kind: "judged", decision: "advance", reasons: [`outcome unknown: ${changed.message}`] };
  }
  const last = decision.step === (tick.policy?.steps.length ?? 0) - 1;
  const at = ports.clock.now();
  const outcome = await commitOnto(ports, announced, (state) => {
    if (!standsOpen(state, announced)) return null;
    const committed = { kind: "weightCommitted", step: decision.step, at, last } as const;
    const { policy: current, adopting } = tick;
    const adoptions = adoptionEvents(evolve(state, committed), { current, adopting, at, stepped: true });
    const adoption = sayAdoption(adoptions);
    return {
      events: [committed, ...adoptions],
      account: {
        at,
        tick: tick.at,
        detail: { to: decision.to, outcome: changed.kind, ...(adoption === null ? {} : { adoption }) },
        kind: "step",
        summary: `green has ${decision.to} %${adoption === null ? "" : `. ${adoption}`}`,
        notify: {
          subject: `${state.cutover}: green has ${decision.to} %`,
          body: [...decision.reasons, ...(adoption === null ? [] : [adoption])].join("\n"),
          urgency: "info",
        },
      },
    };
  });
  return finish(ports, tick, announced, decision, outcome);
};

/**
 * The load balancer has said no, for certain: the intent is over, and nothing of it is left. The next tick asks again; people
 * hear of it at once, and every quarter of an hour while it stays so.
 */
const refusedStep = async (
  ports: PromotePorts,
  { announced, before }: { readonly announced: CutoverState; readonly before: CutoverState },
  tick: Tick,
  decision: Advance,
  { message, retryable }: Extract<ChangeOutcome, { kind: "refused" }>,
): Promise<PromoteReport> => {
  const what = `the load balancer refused ${decision.to} %`;
  const obstacle = { what: "step-refused", value: message, threshold: "taken", clears: "the load balancer takes it" };
  const [refused] = sinceWhen([obstacle], before.blocking, tick.at) as [Blocking];
  const isTold = pagesDue([refused], { "step-refused": 0 }, { last: before.lastTick, now: tick.at }).length > 0;
  const outcome = await commitOnto(ports, announced, (state) =>
    standsOpen(state, announced)
      ? {
          events: [{ kind: "stepRefused", refused }],
          account: {
            kind: "step-refused",
            summary: `${what}: ${message}`,
            at: ports.clock.now(),
            tick: tick.at,
            detail: { to: decision.to, outcome: "refused" },
            // A throttled call is asked again by the next tick; nobody has to get up for it.
            ...(isTold
              ? {
                  notify: { subject: `${state.cutover}: ${what}`, body: message, urgency: retryable ? "info" : "page" },
                }
              : {}),
          },
        }
      : null,
  );
  return finish(ports, tick, announced, decision, outcome);
};

const standsOpen = ({ intent, epoch, latch }: CutoverState, announced: CutoverState): boolean =>
  epoch === announced.epoch &&
  latch === undefined &&
  intent?.kind === "setWeight" &&
  intent.intentAt === announced.intent?.intentAt;

const finish = async (
  ports: PromotePorts,
  tick: Tick,
  announced: CutoverState,
  decision: Advance,
  outcome: TransitionOutcome,
): Promise<PromoteReport> => {
  if (outcome.kind === "committed") {
    await flushOutbox(ports, outcome.state);
    return { kind: "judged", decision: "advance", reasons: decision.reasons };
  }
  if (outcome.kind === "moved" && outcome.state?.epoch !== announced.epoch) {
    // What was sent to green by now would be lost on the way back, as all that was there before.
    if (outcome.state !== null && staysOnGreen(outcome.state))
      return {
        kind: "judged",
        decision: "advance",
        reasons: ["a rollback came between and is held; green keeps what it has"],
      };
    // A rollback came between: it wins, also over what this run has just done.
    await lowerGreen(ports, tick.cutover, tick.seen.sights);
    return { kind: "judged", decision: "advance", reasons: ["a rollback came between; green was put back to 0"] };
  }
  return { kind: "failed", why: "the step was made and could not be recorded; the next tick settles it" };
};
