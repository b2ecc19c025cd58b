import { DAY_MS, durationMs, type EpochMs, epochMs, later } from "../kernel/units.ts";
import type { CutoverState, Permit } from "./state.ts";

const APPROVAL_LIFE_MS = DAY_MS;
/** Three ticks: a permit that promote cannot renew runs out before anybody has to take it away. */
const PERMIT_LIFE_MS = durationMs(180_000);

/** Whether an operator has approved this epoch's decommission, and not too long ago. */
export const approvalHolds = (state: CutoverState, at: EpochMs): boolean =>
  state.approval !== undefined &&
  state.approval.epoch === state.epoch &&
  at <= later(state.approval.at, APPROVAL_LIFE_MS);

/**
 * Leave for the acts that lie ahead: up to and with the point of no return, or the teardown after it. The first ends where
 * a freeze begins: the tick of that minute comes at the same time as whoever acts on the permit of the one before.
 */
export const permitFor = (state: CutoverState, tick: EpochMs, freezeAt: EpochMs | null = null): Permit => {
  const { epoch, wayBack } = state;
  const notAfter = later(tick, PERMIT_LIFE_MS);
  if (wayBack !== "open") return { epoch, action: "teardown", notAfter };
  return { epoch, action: "point-of-no-return", notAfter: epochMs(Math.min(notAfter, freezeAt ?? notAfter)) };
};
