import type { GuardPorts } from "../../../src/guard/ports.ts";
import { requestAdopt } from "../../../src/guard/requests.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import type { Parameters } from "../parameters.ts";
import { START } from "../start.ts";
import { drawWaivers, withWaivers } from "../waived.ts";
import { diceOf } from "./dice.ts";
import type { World } from "./world.ts";

type Operator = (work: (ports: GuardPorts) => Promise<unknown>) => void;

/** People who lose patience with a gate: they have a policy adopted that waives it for a while. Once a minute. */
export const waivingOf = (
  world: World,
  { also }: Parameters,
  digest: (text: string) => string,
  operator: Operator,
): (() => void) => {
  if (also?.includes("waivers") !== true) return () => {};
  const { seed, time, cutover, policy } = world;
  const dice = diceOf(seed, "waivers under way");
  return () => {
    const phase = world.state()?.phase;
    if (!dice.chance(phase === "armed" || phase === "shifting" ? 0.06 : 0.02)) return;
    const minute = Math.round((time.now() - START) / MINUTE_MS);
    const waiving = withWaivers(policy, drawWaivers(dice, minute, 4), START);
    const restartStep = dice.chance(0.7);
    operator(async (ports) => {
      const wanted = policyDigest(waiving, digest);
      const stored = await ports.policies.put(waiving, wanted);
      const asked = { by: "wim", reason: "simulated", policyDigest: wanted, restartStep };
      if (stored.ok) await requestAdopt(ports, cutover.name, asked);
    });
  };
};
