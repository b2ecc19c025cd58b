import type { OutsideFailure, Result } from "../kernel/result.ts";
import type { DurationMs } from "../kernel/units.ts";

export interface TargetGroupSettings {
  readonly targetGroupArn: string;
  /**
   * Target stickiness of the group (`stickiness.enabled`). Where it is on the load balancer refuses every rule with two
   * groups that is not sticky itself, which pawl's is not at 0 and at 100.
   */
  readonly sticky: boolean;
}

/** For whoever examines a cutover before it is armed. */
export interface TargetGroupsPort {
  /** One by one as asked; `not-found` where one does not exist. Effects: none. */
  readSettings(
    arns: readonly string[],
    timeoutMs: DurationMs,
  ): Promise<Result<readonly TargetGroupSettings[], OutsideFailure>>;
}
