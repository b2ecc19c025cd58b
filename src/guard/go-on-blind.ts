import type { CutoverBindings } from "../signals/bindings.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import { bringBack } from "./bring-back.ts";
import { inEarnest } from "./in-earnest.ts";
import { type Latching, latchFor } from "./latch-first.ts";
import type { SnapBackTrigger } from "./snap-back-trigger.ts";
import {
  goneBy,
  HALTED,
  noWayBack,
  onBlueUnverified,
  page,
  pinGone,
  type Run,
  type SnapBackReport,
} from "./tell-rollback.ts";
import { raisePins } from "./verify-pin.ts";

/**
 * No answer from the table: the pin goes up first, then the latch is tried again, at once and once more when all is on
 * blue. What was seen before a latch says nothing of it, because a re-arm may have lowered the pin in between (a laptop
 * that slept has no time-out): under a late latch the pin is raised and looked at again before it counts as verified.
 */
export const goOnBlind = async (
  ports: Run,
  cutover: CutoverBindings,
  trigger: SnapBackTrigger,
  why: string,
): Promise<SnapBackReport> => {
  const raised = await raisePins(ports, cutover, null);
  const soon = await latchFor(ports, cutover, trigger);
  const halted = soon.kind === "latched" ? HALTED : "";
  if (raised.kind === "past-return" && !mayRecord(soon))
    return soon.kind === "unanswered" || soon.kind === "ignored"
      ? pinGone(ports, cutover, raised, soon.why)
      : noWayBack(ports, cutover, `${goneBy(raised)}${halted}`);
  const underLatch = ({ state: latched }: Latched): Promise<SnapBackReport> => {
    const since = ports.clock.now();
    return inEarnest(ports, latched, trigger, (state) => bringBack(ports, cutover, { state, since }));
  };
  if (mayRecord(soon)) return underLatch(soon);
  const seen = await bringBack(ports, cutover, null);
  if (seen.kind !== "verified-unrecorded") return seen;
  const late = await latchFor(ports, cutover, trigger);
  if (mayRecord(late)) return underLatch(late);
  if (hasPlainRoute(cutover)) return onBlueUnverified(ports, cutover, `${why}; then: ${unrecorded(late)}`);
  await page(ports, cutover, "all traffic is on blue, not recorded", `${why}; then: ${unrecorded(late)}.`);
  return { kind: "verified-unrecorded", why: unrecorded(late) };
};

type Latched = Extract<Latching, { kind: "latched" }>;

const mayRecord = (late: Latching): late is Latched => late.kind === "latched" && late.state.wayBack === "open";

/** The pin was still there and is up: the fence on blue waits for a look at the rules, and will not be raised. */
const unrecorded = (late: Latching): string => {
  if (late.kind !== "latched" && late.kind !== "complete") return late.why;
  const wayBack = late.kind === "complete" ? "closed, the cutover being complete" : late.state.wayBack;
  return `traffic went back although the way back is ${wayBack}; see pawl restore`;
};
