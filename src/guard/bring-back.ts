import { quietFrom } from "../decision/plain-mode.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import { RULE_WRITE_TIMEOUT_MS } from "./limits.ts";
import { whyUnseen } from "./look-for-blue.ts";
import { type Raised, recordVerified } from "./record-verified.ts";
import { NO_STATE, pinGone, type Run, type SnapBackReport } from "./tell-rollback.ts";
import { tellUnverified } from "./tell-unverified.ts";
import { hasTimeFor } from "./time-left.ts";
import { raisePins, type Standing } from "./verify-pin.ts";

/** No round begins later, whoever runs it; what is left then, the next tick goes on with. */
const BUDGET_MS = durationMs(14_000);
/** What a round takes at least where nothing answers: one attempt at the pins, and then one at the weights. */
const ROUND_MS = durationMs(2 * RULE_WRITE_TIMEOUT_MS);
const FIRST_PAUSE_MS = 500;

/**
 * Raises, verifies, records; again and again until it holds or the time is over, so early that people can still be told.
 * `standing` is null without the table.
 */
export const bringBack = async (
  ports: Run,
  cutover: CutoverBindings,
  standing: Standing | null,
): Promise<SnapBackReport> => {
  const deadline = later(ports.clock.now(), BUDGET_MS);
  let why = "";
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const raised = await raisePins(ports, cutover, standing);
    if (raised.kind === "past-return") return pinGone(ports, cutover, raised, NO_STATE);
    if (raised.kind === "answered") {
      const waits = tooEarly(cutover, standing, raised.sentAt);
      if (waits !== null) return waits;
      const unseen = await whyUnseen(ports, cutover);
      if (unseen === null) return record(ports, cutover, standing, raised);
      why = unseen;
    } else why = raised.message;
    if (later(ports.clock.now(), pauseMs) >= deadline || !hasTimeFor(ports, pauseMs + ROUND_MS)) break;
    await ports.clock.sleep(durationMs(pauseMs));
  }
  await tellUnverified(ports, cutover, standing, why);
  return { kind: "unverified", why };
};

/** Where a route has no pin, what is written and read before everything older has arrived proves nothing yet. */
const tooEarly = (
  cutover: CutoverBindings,
  standing: Standing | null,
  sentAt: EpochMs,
): Extract<SnapBackReport, { kind: "asserted" }> | null => {
  const latch = standing?.state.latch;
  if (standing === null || latch === undefined || !hasPlainRoute(cutover)) return null;
  const until = quietFrom(latch);
  return sentAt > until ? null : { kind: "asserted", state: standing.state, until };
};

const record = async (
  ports: Run,
  cutover: CutoverBindings,
  standing: Standing | null,
  raised: Raised,
): Promise<SnapBackReport> =>
  standing === null
    ? { kind: "verified-unrecorded", why: "the table does not answer" }
    : recordVerified(ports, cutover, standing, raised);
