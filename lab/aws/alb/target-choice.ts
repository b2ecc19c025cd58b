import type { TargetGroupRecord, TargetRecord } from "../elbv2/load-balancer.ts";

/** Takes turns among a group's healthy targets. */
export class TargetChoice {
  readonly #turns = new Map<string, number>();

  /**
   * @returns undefined for a group without targets, which is a 503; a group whose targets are all unhealthy fails
   *   open, and nobody fails over to the other group (aws.md 1, no failover between weighted groups).
   */
  next(group: TargetGroupRecord): TargetRecord | undefined {
    const healthy = group.targets.filter((target) => target.state === "healthy");
    const eligible = healthy.length > 0 ? healthy : group.targets;
    const turn = this.#turns.get(group.arn) ?? 0;
    this.#turns.set(group.arn, turn + 1);
    return eligible[turn % eligible.length];
  }
}
