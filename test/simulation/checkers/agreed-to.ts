import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";

/** Which gate each gap would have kept shut, where somebody may agree to go on without it. Nothing else is agreed to. */
const GATE_OF: readonly (readonly [gap: RegExp, gate: (level: number) => string])[] = [
  [/^errors of green$/, () => "errors"],
  [/^p99 of green$/, (level) => (level === 100 ? "p99-absolute" : "p99")],
  [/^\d+ requests of green$/, () => "enough-traffic"],
  [/^(errors|requests) of the load balancer$/, () => "lb-errors"],
  [/^hosts of green$/, () => "hosts"],
];

/** Whether the policy that judged, as this run was shown it, waives this gate at the run's tick. */
export const isWaived = (world: World, run: Run, gate: string): boolean => {
  const { tick, seen } = run;
  const policy = world.table.policies.get(seen?.state.policyDigest ?? "");
  if (tick === null || policy === undefined) return false;
  return policy.waivers.some((waiver) => waiver.gate === gate && tick < Date.parse(waiver.expires));
};

/** The gaps that nobody has agreed to, or not for so long. */
export const notAgreedTo = (world: World, run: Run, level: number, gaps: readonly string[]): readonly string[] =>
  gaps.filter((gap) => {
    const gate = GATE_OF.find(([pattern]) => pattern.test(gap))?.[1](level);
    return gate === undefined || !isWaived(world, run, gate);
  });
