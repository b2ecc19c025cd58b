import { ROLLBACK_LIFE_MS } from "../decision/bounds.ts";
import type { CutoverState } from "../decision/state.ts";
import { later } from "../kernel/units.ts";
import { policyDigest } from "../policy/policy-digest.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import type { ArmPorts, ArmReport } from "./arm.ts";

/** Armed again, and the pin is not known to be down. */
export const isBeingLowered = ({ latch, intent }: CutoverState): boolean =>
  latch === undefined && intent?.kind === "lowerPin";

export const askToLower = async (
  ports: ArmPorts,
  cutover: CutoverBindings,
  state: CutoverState,
): Promise<ArmReport> => {
  const asked = await ports.invoke.rollback(cutover.name, { kind: "lowerPin", epoch: state.epoch });
  return asked.ok
    ? { kind: "armed", state }
    : { kind: "unasked", state, why: `nobody could be asked to lower the pin: ${asked.failure.message}` };
};

/** The command repeated while its pin is up. The epoch has begun, and whoever lowers the pin looks again for itself. */
export const askOnceMore = async (
  ports: ArmPorts,
  cutover: CutoverBindings,
  policy: Policy,
  state: CutoverState,
): Promise<ArmReport> => {
  if (state.policyDigest !== policyDigest(policy, ports.digest))
    return {
      kind: "refused",
      refusals: ["it is armed again already, with another policy, and its pin is being lowered"],
    };
  const inTime = state.intent !== undefined && later(ports.clock.now(), ROLLBACK_LIFE_MS) <= state.intent.notAfter;
  return inTime
    ? askToLower(ports, cutover, state)
    : {
        kind: "refused",
        refusals: ["its pin was not lowered in time: a tick latches within minutes, and it is armed again then"],
      };
};
