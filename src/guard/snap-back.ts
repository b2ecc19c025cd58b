import { mayReachGreen } from "../actuation/observed-route.ts";
import { APPLY_BOUND_MS } from "../decision/bounds.ts";
import type { CutoverState } from "../decision/state.ts";
import { type EpochMs, later } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { bringBack } from "./bring-back.ts";
import { goOnBlind } from "./go-on-blind.ts";
import { hold } from "./hold-rollback.ts";
import { inEarnest } from "./in-earnest.ts";
import { latchFor } from "./latch-first.ts";
import { NOTIFY_TIMEOUT_MS, STATE_TIMEOUT_MS } from "./limits.ts";
import { lookForBlue } from "./look-for-blue.ts";
import { noting } from "./noted-writes.ts";
import { flushLate } from "./outbox.ts";
import type { SnapBackPorts, SnapBackTrigger } from "./snap-back-trigger.ts";
import { askedBy, HALTED, noWayBack, type Run, type SnapBackReport } from "./tell-rollback.ts";
import { hasTimeFor } from "./time-left.ts";

/**
 * Sends all traffic to blue: latch, pin, weighted rule, verify, record.
 *
 * The latch comes first and is not waited for: without an answer from the table the pin is raised all the same, by the
 * bindings this function carries. Repeating it is harmless at any point; one that joins another's latch does the rest
 * of the work and no more.
 */
export const snapBack = async (
  through: SnapBackPorts,
  cutover: CutoverBindings,
  trigger: SnapBackTrigger,
): Promise<SnapBackReport> => {
  const ports: Run = { ...through, ...noting(through.rules), asked: askedBy(trigger, through) };
  const latching = await latchFor(ports, cutover, trigger);
  if (latching.kind === "ignored") return { kind: "ignored", why: latching.why };
  // Its alarms may go on firing for as long as its stack is deployed; nobody has to get up for them.
  if (latching.kind === "complete") return { kind: "no-way-back", why: "it is complete" };
  if (latching.kind === "unanswered") return goOnBlind(ports, cutover, trigger, latching.why);
  const since = ports.clock.now();
  const { state } = latching;
  if (state.wayBack !== "open") return noWayBack(ports, cutover, `the way back is ${state.wayBack}${HALTED}`);
  return inEarnest(ports, state, trigger, async (meant) => {
    const { state: ready, released } = await hold(ports, meant, trigger);
    if (ready.latch?.mode === "held") return { kind: "held", state: ready };
    const standing = { state: ready, since };
    if (!isDone(ready, ports.clock.now())) {
      const report = await bringBack(ports, cutover, standing);
      return released === undefined ? report : sayReleased(ports, report, released);
    }
    const { why, sights } = await lookForBlue(ports, cutover);
    return why === null
      ? { kind: "verified", state: ready }
      : bringBack(ports, cutover, { ...standing, greenAgain: sights.some(mayReachGreen) });
  });
};

/** What else is not said in time, whoever runs next says. */
const sayReleased = async (ports: Run, report: SnapBackReport, released: CutoverState): Promise<SnapBackReport> => {
  if (!hasTimeFor(ports, NOTIFY_TIMEOUT_MS + STATE_TIMEOUT_MS)) return report;
  const now = "state" in report ? report.state : released;
  const state = await flushLate(ports, now, released);
  return "state" in report ? { ...report, state } : report;
};

/** Verified before, and nothing announced before the latch can still arrive. */
const isDone = ({ latch }: CutoverState, now: EpochMs): boolean =>
  latch?.verifiedAt !== undefined &&
  (latch.reassertAfter === undefined || now <= later(latch.reassertAfter, APPLY_BOUND_MS));
