import type { JsonValue } from "../kernel/json.ts";
import type { OutsideFailure, Result } from "../kernel/result.ts";
import type { DurationMs, EpochMs } from "../kernel/units.ts";
import type { RouteBinding } from "../signals/bindings.ts";
import type { PinnedRoute } from "../signals/routes.ts";

export interface ForwardTarget {
  readonly targetGroupArn: string;
  readonly weight: number;
}

/** A forward action, in whichever of its shapes it was written. */
export interface Forward {
  readonly targets: readonly ForwardTarget[];
  readonly sticky: boolean;
  /** Of the group's cookie; only where it is sticky. */
  readonly stickySeconds?: number;
}

/** A listener rule as `DescribeRules` shows it. Actions other than forward are kept opaque and written back unchanged. */
export interface ObservedRule {
  readonly ruleArn: string;
  /** null for the listener's default rule. */
  readonly priority: number | null;
  readonly conditions: readonly JsonValue[];
  readonly forward: Forward | null;
  /** In their order. */
  readonly otherActions: readonly JsonValue[];
  /** Rewrites of the request; absent where there are none. */
  readonly transforms?: readonly JsonValue[];
}

export interface ObservedListener {
  readonly listenerArn: string;
  readonly readAt: EpochMs;
  readonly rules: readonly ObservedRule[];
}

/** What a weighted rule is to be. Weights are always written with the denominator 100. */
export interface WeightWrite {
  readonly route: RouteBinding;
  readonly greenPercent: number;
  /** Target-group stickiness of the rule; null leaves the duration at the adapter's default and switches it off. */
  readonly stickySeconds: number | null;
  /**
   * The one side that is named, and gets all; the other is not named with weight 0, nor health-checked by this rule any
   * more. Green, where decommission leaves it of a plain route; blue, where the two may not stand side by side.
   */
  readonly alone?: "blue" | "green";
}

/**
 * The three ends of a write. `unknown` means the request was sent and no answer came: it may have happened, may
 * still happen, or not; only reading back after the intent's deadline tells.
 */
export type WriteOutcome =
  | { readonly kind: "applied"; readonly answeredAt: EpochMs; readonly shows: readonly ObservedRule[] }
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string };

/** How often a write is sent, and for how long each time. Only what may be repeated gets more than one attempt. */
export interface WriteLimits {
  readonly attempts: number;
  /** Of one attempt, in real time. */
  readonly timeoutMs: DurationMs;
}

export interface RulesPort {
  /** Every listener of a load balancer. Effects: none. */
  listListeners(loadBalancerArn: string, timeoutMs: DurationMs): Promise<Result<readonly string[], OutsideFailure>>;
  /** Every rule of a listener, default rule included. At most 10 s behind the truth. Effects: none. */
  readListener(listenerArn: string, timeoutMs: DurationMs): Promise<Result<ObservedListener, OutsideFailure>>;
  /**
   * Sets the weights of a route's rule, or of its listener's default action, in `limits.attempts` attempts at most: reads
   * nothing, replaces the forward action, keeps `otherActions`, which are those last read. Repeating it is harmless.
   */
  writeWeights(write: WeightWrite, otherActions: readonly JsonValue[], limits: WriteLimits): Promise<WriteOutcome>;
  /**
   * Moves the pin to a priority by one `SetRulePriorities`. `refused` with code `RuleNotFound` means the pin is gone,
   * with `PriorityInUse` that another rule has the number. Moving it where it stands is `applied`.
   */
  movePin(route: PinnedRoute, to: "raised" | "parked", limits: WriteLimits): Promise<WriteOutcome>;
  /** Deletes the pin. Only the point of no return does this. A pin already gone is `applied`. */
  deletePin(route: PinnedRoute, timeoutMs: DurationMs): Promise<WriteOutcome>;
}
