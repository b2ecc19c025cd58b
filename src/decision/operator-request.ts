import { assertNever } from "../kernel/assert-never.ts";
import type { EpochMs } from "../kernel/units.ts";
import { adoptionAsked, adoptRefusal } from "./adoption.ts";
import type { CutoverEvent } from "./events.ts";
import type { CutoverState, OperatorRequest } from "./state.ts";
import { must, without } from "./transition.ts";

/** The state after a waiting request was carried out, or refused. */
export const requestTaken = (
  state: CutoverState,
  event: Extract<CutoverEvent, { kind: "requestTaken" }>,
): CutoverState => {
  const { at, request, refusal } = event;
  const rest = without(state, "request");
  if (refusal !== null) return rest;
  must(requestRefusal(state, request, at) === null, event);
  const { by, reason } = request;
  switch (request.verb) {
    case "pause":
      return { ...rest, pause: { by, reason, at } };
    case "resume":
      // Past the point of no return a latch has no other way out: an operator has looked and goes on.
      return state.wayBack === "open" ? without(rest, "pause") : without(rest, "pause", "latch");
    case "approve":
      return { ...rest, approval: { by, reason, epoch: state.epoch, at: request.at } };
    case "adopt":
      return adoptionAsked(rest, request);
    // Stryker disable next-line ConditionalExpression,StringLiteral: never taken, requestRefusal has said so
    case "advance":
      return rest;
    default:
      return assertNever(request.verb);
  }
};

/** An approval that ran out while something held up the decommission is renewed, not walked all the way to again. */
const mayApprove = ({ phase, wayBack }: CutoverState): boolean =>
  phase === "soaking" || (phase === "decommissioning" && wayBack === "open");

/** Why a waiting request is not carried out, or null. */
export const requestRefusal = (state: CutoverState, request: OperatorRequest, at: EpochMs): string | null => {
  if (at > request.expiresAt) return "it has expired";
  if (request.epoch !== state.epoch) return `it was meant for epoch ${request.epoch}, this is ${state.epoch}`;
  switch (request.verb) {
    case "approve":
      // Whatever comes of the latch, this soak is over: an arm after it begins another, and takes approvals off.
      if (state.latch !== undefined) return "a rollback is latched";
      return mayApprove(state)
        ? null
        : `approval is given in soaking, or renewed before the point of no return; this is ${state.phase}`;
    case "adopt":
      return adoptRefusal(state, request);
    case "advance":
      return "advance is not offered yet";
    case "pause":
    case "resume":
      return null;
    default:
      // A newer release's, or somebody's own: a tick that ended by it would judge nothing until it has expired.
      return `${request.verb satisfies never} is no verb of this release`;
  }
};
