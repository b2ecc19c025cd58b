import { CLOCK_SKEW_MS } from "../decision/bounds.ts";
import type { CutoverState } from "../decision/state.ts";
import { cut } from "../kernel/cut.ts";
import { toIso } from "../kernel/instant.ts";
import { type EpochMs, later } from "../kernel/units.ts";
import { blockingNow } from "./blocking-now.ts";
import { describeCause } from "./latch-status.ts";
import { because, type Label, sayLabel } from "./say-label.ts";
import type { Effective, StatusReport } from "./status-report.ts";
import { forPeople } from "./terminal.ts";
import { undeliveredLines } from "./undelivered.ts";

/** One screen: where it stands, what blocks and since when, the soak clock, the way back. */
export const statusLines = (
  report: StatusReport,
  effective: Effective,
  state: CutoverState,
  now: EpochMs,
): readonly string[] => {
  const { recorded } = report.weightPercent;
  const traffic = effective.known
    ? `${recorded} % green recorded, ${effective.greenPercent} % green in the rules${effective.pinRaised ? " (pin raised: all on blue)" : ""}`
    : `${recorded} % green recorded; the rules could not be read: ${effective.reason}`;
  return [
    `${report.cutover}   ${report.phase}   epoch ${report.epoch}${state.drill ? "   drill" : ""}`,
    `  traffic    ${traffic}`,
    ...latchLines(state, now),
    ...plainModeLines(report),
    ...(state.pause === undefined
      ? []
      : [`  paused     by ${state.pause.by}, ${forPeople(now - state.pause.at)} ago: ${state.pause.reason}`]),
    ...requestLines(state, now),
    ...adoptionLines(report),
    ...exceptionLines(report),
    ...blockingLines(state, now),
    ...(report.act === undefined ? [] : [`  under way  ${report.act.action} since ${report.act.since}`]),
    `  soak       ${soakText(report)}`,
    `  way back   ${wayBackText(state)}`,
    `  last tick  ${lastTickText(state, now)}`,
    ...undeliveredLines(report.undelivered),
  ];
};

const plainModeLines = ({ plainMode }: StatusReport): readonly string[] => {
  if (plainMode === undefined) return [];
  const waiting =
    plainMode.verifiedNotBefore === undefined
      ? []
      : [`             this rollback is verified no earlier than ${plainMode.verifiedNotBefore}`];
  return [`  no pin     accepted by ${plainMode.by}: ${plainMode.givesUp}`, ...waiting];
};

const latchLines = (state: CutoverState, now: EpochMs): readonly string[] => {
  const { latch } = state;
  if (latch === undefined) return [];
  const proof =
    state.settled === undefined
      ? latch.verifiedAt === undefined
        ? "not verified yet"
        : "verified on blue; what it cost is being proven"
      : `settled ${shortLabel(state.settled)}`;
  return [
    `  latched    ${latch.mode}, ${forPeople(now - latch.at)} ago, by ${describeCause(latch)}`,
    state.wayBack === "open"
      ? `             expected ${shortLabel(latch.expected)}; ${proof}`
      : "             past the point of no return: nothing goes back, and decommission stands",
  ];
};

/** Of nothing lost nobody asks why. */
const shortLabel = ({ label, reasons }: Label): string =>
  label === "lossless" ? label : sayLabel({ label, reasons: shortenedAll(reasons) });

const requestLines = ({ request }: CutoverState, now: EpochMs): readonly string[] =>
  request === undefined
    ? []
    : [
        `  asked      ${request.verb} by ${request.by}: ${request.reason}; ${
          now <= request.expiresAt ? "the next tick takes it" : "void since nobody took it in time"
        }`,
      ];

const adoptionLines = ({ adoption }: StatusReport): readonly string[] =>
  adoption === undefined
    ? []
    : [
        `  adopting   policy ${adoption.policyDigest.slice(0, 12)} by ${adoption.by}: ${shortened(adoption.reason)}; it judges from ${
          adoption.takeover === "next-tick" ? "the next tick" : "the next step"
        } on`,
      ];

const exceptionLines = ({ freeze, waivers = [] }: StatusReport): readonly string[] => [
  ...(freeze === undefined
    ? []
    : [`  frozen     ${freeze.until === null ? "no end can be told" : `until ${freeze.until}`}: ${freeze.why}`]),
  ...waivers.map(
    ({ gate, by, expires, why }, index) =>
      `${index === 0 ? "  waived     " : "             "}${gate} until ${expires} by ${by}: ${shortened(why)}`,
  ),
];

const blockingLines = (state: CutoverState, now: EpochMs): readonly string[] => {
  const blocking = blockingNow(state, now);
  return blocking.length === 0
    ? ["  blocking   nothing"]
    : blocking.map(
        (block, index) =>
          `${index === 0 ? "  blocking   " : "             "}${block.what} for ${forPeople(now - block.since)}: ${shortened(block.value)}, needs ${block.threshold}; clears when ${block.clears}`,
      );
};

const soakText = (report: StatusReport): string => {
  const { healthySeconds, requiredSeconds } = report.soak;
  const required = requiredSeconds === null ? "unknown (policy unreadable)" : forPeople(requiredSeconds * 1000);
  return `${forPeople(healthySeconds * 1000)} healthy of ${required}`;
};

const lastTickText = ({ lastTick }: CutoverState, now: EpochMs): string => {
  if (lastTick === null) return "none yet";
  const at = toIso(lastTick);
  return lastTick > later(now, CLOCK_SKEW_MS)
    ? `${at}, ${forPeople(lastTick - now)} ahead of this machine's clock, which is slow: set it`
    : `${at}, ${forPeople(now - lastTick)} ago`;
};

const wayBackText = (state: CutoverState): string => {
  if (state.wayBack === "closed")
    return "closed: green alone holds what was written since; pawl restore says what is left";
  if (state.wayBack === "restorable") return "restorable: no longer one rule; see pawl restore";
  const { label, seconds, reasons } = state.rollbackSafety;
  const age = seconds === null ? "" : `, reverse ${seconds.toFixed(1)} s behind`;
  return `open, ${label}${age}${because(shortenedAll(reasons))}`;
};

/** One screen has no room for every reason; --json and pawl explain have. */
const shortened = (text: string): string => cut(text, LONGEST);

const shortenedAll = (reasons: readonly string[]): readonly string[] =>
  reasons.length === 0 ? reasons : [shortened(reasons.join("; "))];
const LONGEST = 140;
